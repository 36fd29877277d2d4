"""What units have promised to integrate: the list, and its two forms."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.policy import has_permission, require
from accounts.requests import SignedInRequest
from planning.models import IntegrationCommitment
from planning.plan_queries import commitment_or_404
from planning.plan_queries import commitments as listed
from planning.round_page import tabs
from planning.services import add_commitment
from planning.services import close_commitment as close
from projects import plan_pages
from projects.forms.planning import ClosingForm, CommitmentForm

FORMS = ["GET", "HEAD", "POST"]


@require_http_methods(FORMS)
def commitments(request: SignedInRequest) -> HttpResponse:
    """Every commitment, open ones first; planners add one below the list."""
    require(request.user, "planning.edit" if request.method == "POST" else "planning.view")
    form = CommitmentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            add_commitment(actor=request.user, **form.cleaned_data)
            messages.success(request, _("Recorded."))
            return redirect("plan:commitments")
        except ValidationError as error:
            form.refuse(error)
    return render(request, "projects/plan/commitments.html", _page(request, form))


def _page(request: SignedInRequest, form: CommitmentForm) -> dict[str, Any]:
    today = timezone.localdate()
    return {
        "rows": [{"row": row, "overdue": row.done_on is None and row.due_on < today} for row in listed()],
        "form": form,
        "may_edit": has_permission(request.user, "planning.edit"),
        "tabs": tabs(request.user, "plan:commitments"),
    }


@require_http_methods(FORMS)
def close_commitment(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record that a commitment is fulfilled."""
    require(request.user, "planning.edit")
    row = commitment_or_404(pk)
    form = ClosingForm(request.POST or None, initial={"done_on": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            close(actor=request.user, commitment_id=pk, **form.cleaned_data)
            messages.success(request, _("Recorded."))
            return redirect("plan:commitments")
        except ValidationError as error:
            form.refuse(error)
    return render(request, "projects/plan/close_commitment.html", _closing(row, form))


def _closing(row: IntegrationCommitment, form: ClosingForm) -> dict[str, Any]:
    back, title = reverse("plan:commitments"), _("Commitment fulfilled: %(text)s") % {"text": row.text}
    here = plan_pages.crumbs((_("Integration commitments"), back), (str(row.department), ""))
    return {"form": form, "title": title, "back": back, "crumbs": here, "at_once": True}
