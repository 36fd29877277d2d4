"""Systems that do the same: the report, its download, and what a manager says is no duplicate."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import policy
from accounts.requests import SignedInRequest
from portfolio import exporting
from projects import overlap_queries as queries
from projects import overlap_table
from projects.forms.overlaps import DismissalForm
from projects.services import overlaps as services

PAGE_SIZE = 20


@require_safe
def overlaps(request: SignedInRequest) -> HttpResponse:
    """The newest report: what could be merged into what, and what it may save."""
    found = queries.overview_for(request.user)
    context = {
        "found": found,
        "page": Paginator(found.mergers, PAGE_SIZE).get_page(request.GET.get("page")),
        "totals": queries.totals_of(found.mergers),
        "may_dismiss": policy.has_permission(request.user, "duplicates.adjudicate"),
        "crumbs": _crumbs((_("Overlapping systems"), "")),
    }
    return render(request, "projects/overlaps.html", context)


@require_safe
def download_overlaps(request: SignedInRequest, kind: str) -> HttpResponse:
    """The newest report as .xlsx or .csv."""
    report, rows = queries.table_for(request.user)
    if kind not in exporting.KINDS or report is None:
        raise Http404(kind)
    written = exporting.KINDS[kind]
    response = HttpResponse(written.write(overlap_table.rows(rows)), content_type=written.content_type)
    response["Content-Disposition"] = f'attachment; filename="overlaps-{report.started_at:%Y-%m-%d}.{kind}"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def dismiss_overlap(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say that two systems are no duplicates, with the reason."""
    overlap = queries.overlap_for(request.user, pk, "duplicates.adjudicate")
    if overlap is None:
        messages.info(request, _("The report has been made anew since; look at the pair again."))
        return redirect("overlaps:overlaps")
    form = DismissalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.dismiss_overlap(overlap_id=pk, actor=request.user, reason=form.cleaned_data["reason"])
        messages.success(request, _("Recorded as no duplicate. It stays away until a text of either system changes."))
        return redirect("overlaps:overlaps")
    crumbs = _crumbs((_("Overlapping systems"), reverse("overlaps:overlaps")), (_("Not a duplicate"), ""))
    return render(request, "projects/dismiss_overlap.html", {"overlap": overlap, "form": form, "crumbs": crumbs})


@require_POST
def restore_overlap(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take a dismissal back."""
    policy.require(request.user, "duplicates.adjudicate")
    services.revoke_dismissal(dismissal_id=queries.dismissal_or_404(pk).pk, actor=request.user)
    messages.success(request, _("Taken back: the pair counts again."))
    return redirect("overlaps:overlaps")


def _crumbs(*last: tuple[Any, str]) -> list[tuple[Any, str]]:
    return [(_("Duplicate building"), reverse("approvals:duplicates")), *last]
