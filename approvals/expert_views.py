"""The expert pool: list, entry, pause, export."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.policy import require
from accounts.requests import SignedInRequest
from approvals import expert_pages, expert_queries
from approvals.expert_forms import ExpertForm
from approvals.expert_services import keep_expert, pause_expert
from approvals.models import ExpertProfile


@require_safe
def experts(request: SignedInRequest) -> HttpResponse:
    """The pool, by field."""
    return render(request, "approvals/experts.html", expert_pages.pool_page(request))


@require_safe
def export_experts(request: SignedInRequest) -> HttpResponse:
    """The filtered pool as an Excel file."""
    given = {name: request.GET.get(name, "") for name in ("field", "q", "show")}
    rows = expert_queries.profiles_for(request.user, **given)
    response = HttpResponse(expert_pages.workbook(rows), content_type=expert_pages.SHEET)
    response["Content-Disposition"] = 'attachment; filename="experts.xlsx"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def new_expert(request: SignedInRequest) -> HttpResponse:
    """Put an account with the role of an expert into the pool."""
    require(request.user, "experts.edit")
    form = ExpertForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _kept(request, form, form.cleaned_data["person"]):
        return redirect("experts:experts")
    return render(request, "approvals/edit_expert.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_expert(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change what the pool says of an expert."""
    row = expert_queries.profile_for(request.user, pk)
    form = ExpertForm(request.POST if request.method == "POST" else None, profile=row)
    if form.is_valid() and _kept(request, form, row.user):
        return redirect("experts:experts")
    context = {"form": form, "row": row}
    return render(request, "approvals/edit_expert.html", context, status=422 if form.errors else 200)


def _kept(request: SignedInRequest, form: ExpertForm, person: User) -> bool:
    try:
        kept: ExpertProfile = keep_expert(actor=request.user, person=person, **form.values)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    messages.success(request, _("Saved: %(name)s.") % {"name": kept.user.label})
    return True


@require_POST
def set_available(request: SignedInRequest, pk: int) -> HttpResponse:
    """Leave an expert out of draws, or let them be drawn again."""
    row = expert_queries.profile_for(request.user, pk)
    wanted = request.POST.get("available") == "1"
    pause_expert(actor=request.user, profile_id=row.pk, is_available=wanted, reason=request.POST.get("reason", ""))
    messages.success(request, _("Saved: %(name)s.") % {"name": row.user.label})
    return redirect("experts:experts")
