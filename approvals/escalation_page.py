"""What the page of escalations shows: overdue steps first, then every rung with who was told when."""

from typing import Any

from django.core.paginator import Paginator
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policy import has_permission
from accounts.requests import SignedInRequest
from approvals.clock import Deadline
from approvals.clocks import TIMED, clocks_of, shown
from approvals.models import Case, Rung
from projects.models import Project
from projects.queries import visible_to
from projects.states import BADGE, State

PER_PAGE = 50
NEAR = 75  # percent of the norm from which a case is listed


def page(request: SignedInRequest) -> dict[str, Any]:
    """Two lists: what is overdue or near it, the longest over first; and the rungs, the newest first."""
    tab = "told" if request.GET.get("tab") == "told" else "overdue"
    rungs = Rung.objects.filter(project__in=visible_to(request.user))
    late = _late(request.user)
    context: dict[str, Any] = {
        "tab": tab,
        "tabs": [
            {"label": _("Overdue or near"), "url": "?tab=overdue", "count": len(late), "current": tab == "overdue"},
            {"label": _("Who was told when"), "url": "?tab=told", "count": rungs.count(), "current": tab == "told"},
        ],
    }
    if tab == "told":
        rows = (
            rungs.select_related("project__department").prefetch_related("people").order_by("-reached_at", "-percent")
        )
        shown_page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
        return {**context, "page_obj": shown_page, "rungs": [_rung(row) for row in shown_page]}
    late_page = Paginator(late, PER_PAGE).get_page(request.GET.get("page"))
    return {**context, "page_obj": late_page, "rows": _with_rungs(list(late_page))}


def _late(user: User) -> list[tuple[Project, Deadline]]:
    """Cases that have used most of their time, the longest over first; those whose clock stands last."""
    cases = list(visible_to(user).filter(state__in=TIMED).select_related("department"))
    clocks = clocks_of(cases)
    rows = [(case, clocks[case.pk]) for case in cases if clocks[case.pk].has_reached(NEAR)]
    return sorted(rows, key=lambda row: (row[1].paused, row[1].remaining or 0, row[0].ref))


def _with_rungs(rows: list[tuple[Project, Deadline]]) -> list[dict[str, Any]]:
    keys = [case.pk for case, _clock in rows]
    found: dict[int, list[Rung]] = {}
    for rung in Rung.objects.filter(project__in=keys).prefetch_related("people").order_by("percent"):
        found.setdefault(rung.project_id, []).append(rung)
    return [
        {
            "project": case,
            "badge": BADGE[case.state],
            "due": shown(case, clock),
            "percent": clock.percent,
            "legal_due": clock.legal_due,
            "legal_over": (clock.legal_remaining or 0) < 0,
            "rungs": [_rung(rung) for rung in found.get(case.pk, []) if rung.state_since == case.state_since],
        }
        for case, clock in rows
    ]


def _rung(rung: Rung) -> dict[str, Any]:
    return {
        "row": rung,
        "state": State(rung.stage).label,
        "people": ", ".join(person.label for person in rung.people.all()),
    }


def panel(case: Case, user: User) -> dict[str, Any] | None:
    """For the case page: the rungs of the present stay, where there are any and the person may see them."""
    if not has_permission(user, "escalations.view"):
        return None
    rungs = Rung.objects.filter(project_id=case.pk).prefetch_related("people").order_by("-reached_at", "-percent")
    rows = [_rung(rung) for rung in rungs]
    return {"rungs": rows} if rows else None
