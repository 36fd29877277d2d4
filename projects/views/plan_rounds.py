"""Rounds: their page, their form with its preview, late filings, and the order of a department's proposals."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.policy import has_permission, require
from accounts.requests import SignedInRequest
from planning import plan_queries
from planning.models import LateFiling, Round
from planning.round_page import strips
from planning.services import grant_late_filing, revoke_late_filing, save_round
from planning.services.rounds import TABLE, Change
from projects import plan_pages, plan_ranks
from projects.forms.planning import LateFilingForm, RankForm, ReasonForm, RoundForm
from projects.services.ranking import save_ranks
from projects.views.plan_confirm import DONE, PREVIEW, preview, tried

FORMS = ["GET", "HEAD", "POST"]


@require_safe
def round_page(request: SignedInRequest, code: str) -> HttpResponse:
    """One round: its calendar, the proposals in it, late filings, history."""
    require(request.user, "planning.view")
    row = plan_queries.round_or_404(code)
    may = {
        "may_edit": has_permission(request.user, "planning.edit"),
        "may_grant": has_permission(request.user, "planning.late_filing") and row.closes_on < timezone.localdate(),
        "may_revoke": has_permission(request.user, "planning.late_filing"),
        "may_rank": has_permission(request.user, "projects.rank"),
    }
    return render(request, "projects/plan/round.html", {**_round(request, row), **may})


def _round(request: SignedInRequest, row: Round) -> dict[str, Any]:
    filings = plan_queries.late_filings_of(row)
    return {
        "round": row,
        "strip": strips([row])[0],
        "days": _days(row),
        "filings": [{"row": one, "valid": plan_queries.is_valid(one)} for one in filings],
        "states": plan_ranks.states_in(request.user, row),
        "history": plan_pages.history(Round, TABLE, row.code),
        "crumbs": plan_pages.crumbs((row.label, "")),
    }


def _days(row: Round) -> list[dict[str, Any]]:
    return [
        {"label": plan_pages.label_of(Round, name), "value": getattr(row, name)} for name in plan_queries.ROUND_DATES
    ]


@require_http_methods(FORMS)
def new_round(request: SignedInRequest) -> HttpResponse:
    """Create a round."""
    require(request.user, "planning.edit")
    form = RoundForm(request.POST or None)
    return _round_form(request, form, None)


@require_http_methods(FORMS)
def edit_round(request: SignedInRequest, code: str) -> HttpResponse:
    """Change a round, after a look at the open proposals in it."""
    require(request.user, "planning.edit")
    row = plan_queries.round_or_404(code)
    return _round_form(request, RoundForm(request.POST or None, present=row), row)


def _round_form(request: SignedInRequest, form: RoundForm, row: Round | None) -> HttpResponse:
    def save(dry: bool) -> Change:
        more = {"round_id": row.pk, "reason": form.cleaned_data["reason"]} if row else {}
        expected = form.cleaned_data["expected"]
        return save_round(actor=request.user, values=form.values(), expected=expected, dry_run=dry, **more)

    return _answer(request, form, row, tried(request, form, save))


def _answer(
    request: SignedInRequest, form: RoundForm, row: Round | None, outcome: tuple[str, Change | None]
) -> HttpResponse:
    step, change = outcome
    title = _("Change the round") if row else _("New round")
    page = {"title": title, "crumbs": plan_pages.crumbs((row.label if row else title, ""))}
    if step == DONE and change:
        messages.success(request, _("Saved: %(name)s.") % {"name": change.after["name"]})
        return redirect("plan:round", change.after["code"])
    if step == PREVIEW and change:
        touched = plan_ranks.touched_by_round(request.user, row) if row else None
        return preview(request, Round, change, touched, **page)
    back = reverse("plan:round", args=[row.code]) if row else reverse("planning:index")
    return render(request, "projects/plan/form.html", {"form": form, "back": back, **page})


@require_http_methods(FORMS)
def grant_late(request: SignedInRequest, code: str) -> HttpResponse:
    """Grant one unit leave to file after the window."""
    require(request.user, "planning.late_filing")
    row = plan_queries.round_or_404(code)
    form = LateFilingForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            filing = grant_late_filing(actor=request.user, round_id=row.pk, **form.cleaned_data)
            messages.success(request, _("Granted: %(name)s.") % {"name": filing.department.label})
            return redirect("plan:round", code)
        except ValidationError as error:
            form.refuse(error)
    return _small_form(request, row, form, _("Grant late filing"))


@require_http_methods(FORMS)
def revoke_late(request: SignedInRequest, code: str, pk: int) -> HttpResponse:
    """Take leave for late filing back."""
    require(request.user, "planning.late_filing")
    filing = LateFiling.objects.filter(pk=pk, round__code=code).select_related("round", "department").first()
    if filing is None:
        raise Http404(str(pk))
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            revoke_late_filing(actor=request.user, filing_id=pk, reason=form.cleaned_data["reason"])
            messages.success(request, _("Revoked. What was filed under it stays filed."))
            return redirect("plan:round", code)
        except ValidationError as error:
            form.refuse(error)
    title = _("Revoke late filing of %(unit)s") % {"unit": filing.department.label}
    return _small_form(request, filing.round, form, title)


def _small_form(request: SignedInRequest, row: Round, form: Any, title: str) -> HttpResponse:
    back = reverse("plan:round", args=[row.code])
    here = plan_pages.crumbs((row.label, back), (title, ""))
    context = {"form": form, "title": title, "back": back, "crumbs": here, "at_once": True}
    return render(request, "projects/plan/form.html", context)


@require_http_methods(FORMS)
def ranking(request: SignedInRequest, code: str) -> HttpResponse:
    """The order in which a department wants its proposals of a round."""
    row = plan_queries.round_or_404(code)
    unit = plan_ranks.unit_to_rank(request.user, request.GET.get("department", ""))
    projects = list(plan_ranks.ranked_in(row, unit))
    form = RankForm(request.POST or None, projects=projects)
    if request.method == "POST" and form.is_valid():
        try:
            places, seen = form.places(), form.opened_on()
            count = save_ranks(actor=request.user, round=row, department=unit, places=places, expected=seen)
            messages.success(request, _("Saved. Places changed: %(n)s.") % {"n": count})
            return redirect(request.get_full_path())
        except ValidationError as error:
            form.refuse(error)
    return render(request, "projects/plan/ranking.html", _ranking(request, row, unit, projects, form))


def _ranking(request: SignedInRequest, row: Round, unit: Any, projects: list[Any], form: RankForm) -> dict[str, Any]:
    back = reverse("plan:round", args=[row.code])
    return {
        "round": row,
        "unit": unit,
        "units": plan_ranks.units_to_rank(request.user),
        "rows": [(project, form[project.ref]) for project in projects],
        "form": form,
        "crumbs": plan_pages.crumbs((row.label, back), (_("Order of proposals"), "")),
    }
