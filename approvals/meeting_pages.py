"""What the pages of meetings show: the list, one meeting, its papers, and the panel on the case page."""

from typing import Any

from django.core.paginator import Paginator
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policy import has_permission
from accounts.requests import SignedInRequest
from approvals import expert_queries, meeting_queries
from approvals.machine import blockers
from approvals.meeting_forms import AgendaForm
from approvals.models import Case, Meeting, MeetingItem
from approvals.names import MeetingStatus, Pending
from approvals.services import STEPS
from projects.states import State

PER_PAGE = 30
BADGES: dict[str, str] = {
    MeetingStatus.PLANNED: "waiting",
    MeetingStatus.HELD: "returned",
    MeetingStatus.RELEASED: "passed",
    MeetingStatus.CANCELLED: "stopped",
}


def _crumbs(meeting: Meeting | None = None) -> list[tuple[str, str]]:
    found = [(_("Workbench"), reverse("approvals:workbench")), (_("Meetings"), reverse("meetings:meetings"))]
    return [*found, (meeting.title, "")] if meeting else [found[0], (found[1][0], "")]


def list_page(request: SignedInRequest) -> dict[str, Any]:
    """All meetings, the latest first."""
    page = Paginator(meeting_queries.meetings_for(request.user), PER_PAGE).get_page(request.GET.get("page"))
    return {
        "page": page,
        "rows": [{"meeting": row, "badge": BADGES[row.status]} for row in page.object_list],
        "may_edit": has_permission(request.user, "meetings.edit"),
        "sees": meeting_queries.sees_results(request.user),
        "crumbs": _crumbs(),
    }


def meeting_page(meeting: Meeting, user: User, agenda: AgendaForm | None = None) -> dict[str, Any]:
    """One meeting: agenda, results for whoever may see them, the look at the set, and what may be done."""
    items, sees = meeting_queries.items_of(meeting), meeting_queries.sees_results(user)
    over = meeting.status in meeting_queries.OVER
    may_edit = has_permission(user, "meetings.edit") and not over
    cases = meeting_queries.waiting_cases(meeting) if may_edit else []
    return {
        "meeting": meeting,
        "badge": BADGES[meeting.status],
        "rows": [_row(item, sees) for item in items],
        "sees": sees,
        "check": meeting_queries.set_check(meeting, items) if sees and items else None,
        "over": over,
        "may_edit": may_edit,
        "may_write": has_permission(user, "meetings.edit"),
        "agenda": agenda or (AgendaForm(cases=cases) if cases else None),
        "release": _release(meeting, items, user),
        "crumbs": _crumbs(meeting),
    }


def _row(item: MeetingItem, sees: bool) -> dict[str, Any]:
    released = item.decision is not None
    return {
        "item": item,
        "project": item.project,
        "asked": getattr(item, "asked", None),
        "shown": sees or released,
        "result": item.get_pending_display() if item.pending else "",
        "kind": {"approve": "passed", "reject": "stopped"}.get(item.pending, "returned") if item.pending else "",
        "moved": not released and item.pending and item.seen != item.project.seq,
    }


def _release(meeting: Meeting, items: list[MeetingItem], user: User) -> dict[str, Any] | None:
    if not has_permission(user, "meetings.release") or meeting.status in meeting_queries.OVER:
        return None
    waiting = [item for item in items if item.pending and item.decision_id is None]
    early = meeting.held_on > timezone.localdate()
    return {"waiting": len(waiting), "early": early, "open": bool(waiting) and not early}


def in_the_way(item: MeetingItem) -> list[str]:
    """What would refuse the result at the door now, besides who acts; asked anew when it is released."""
    case = Case.objects.select_related("department", "round").get(pk=item.project_id)
    step = STEPS.get((case.state, item.pending or Pending.APPROVE.value))
    if step is None or case.state != State.DECISION:
        return [_("The project is not waiting for a decision now: %(state)s.") % {"state": case.get_state_display()}]
    case.entry = None
    return blockers(case, step)


def paper_page(meeting: Meeting, user: User) -> dict[str, Any]:
    """Agenda or minutes on paper: each project with what is asked and what the experts' points come to."""
    items, sees = meeting_queries.items_of(meeting), meeting_queries.sees_results(user)
    opinions = meeting_queries.opinions_on(items)
    rows = []
    for item in items:
        seats = opinions.get(item.project_id)
        rows.append({**_row(item, sees), "points": expert_queries.summary_of(seats) if seats else None})
    return {"meeting": meeting, "rows": rows, "sees": sees, "printed_at": timezone.localtime()}


def panel(case: Case, user: User) -> dict[str, Any] | None:
    """On whose agenda the case is or was; the letter of a released result. Results that wait stay out of it."""
    rows = meeting_queries.agenda_of(case)
    roles = {mandate.role for mandate in user.mandates}
    if not rows or roles == {"expert"}:
        return None
    return {"rows": rows, "may_open": has_permission(user, "meetings.view")}
