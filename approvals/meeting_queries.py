"""Fetch meetings, agendas and results for a person, and look at a set of results as a whole."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, Q, QuerySet
from django.http import Http404

from accounts.models import User
from accounts.policy import has_permission, require
from accounts.roles import SIDES, Role
from approvals.models import Case, Meeting, MeetingItem, Review
from approvals.names import CONCLUDED, MeetingStatus, Pending, ReviewKind
from projects.models import Version
from projects.plan_board import board
from projects.queries import reachable
from projects.states import State

OVER = (MeetingStatus.RELEASED, MeetingStatus.CANCELLED)


def meetings_for(user: User) -> QuerySet[Meeting]:
    """Every meeting with its counts, the latest first. Raises PermissionDenied."""
    require(user, "meetings.view")
    rows = Meeting.objects.select_related("called_by", "released_by")
    waiting = Count("items", filter=~Q(items__pending="") & Q(items__decision=None))
    return rows.annotate(
        count=Count("items", distinct=True),
        waiting=waiting,
        released=Count("items", filter=Q(items__decision__isnull=False)),
    ).order_by("-held_on", "-pk")


def meeting_for(user: User, pk: int, permission: str = "meetings.view") -> Meeting:
    """One meeting. Raises PermissionDenied, Http404."""
    meeting = meetings_for(user).filter(pk=pk).first()
    require(user, permission)
    if meeting is None:
        raise Http404(str(pk))
    return meeting


def sees_results(user: User) -> bool:
    """Whether the user sees results that wait: whoever enters them, whoever releases them, and the auditor."""
    return has_permission(user, "meetings.edit") or has_permission(user, "meetings.release") or user.holds(Role.AUDITOR)


def items_of(meeting: Meeting) -> list[MeetingItem]:
    """The agenda with what its pages show; three queries. Each item gets `asked`, the newest version's amount."""
    rows = list(meeting.items.select_related("project__department", "project__round", "decision__actor", "entered_by"))
    versions = Version.objects.filter(project__in=[row.project_id for row in rows]).order_by("number")
    newest = {version.project_id: version for version in versions.only("project", "number", "amount")}
    for row in rows:
        version = newest.get(row.project_id)
        row.asked, row.newest = (version.amount, version.pk) if version else (None, None)  # type: ignore[attr-defined]
    return rows


def opinions_on(items: list[MeetingItem]) -> dict[int, list[Review]]:
    """Project → concluded expert reviews of its newest version with their points; two queries.

    Nothing of a project that is still before experts: independent first, visible after.
    """
    newest = {row.project_id: row.newest for row in items if row.project.state != State.EXPERT_REVIEW}  # type: ignore[attr-defined]
    rows = Review.objects.filter(project__in=newest, kind=ReviewKind.EXPERT, status__in=CONCLUDED, released_at=None)
    found: dict[int, list[Review]] = {}
    for row in rows.select_related("reviewer").prefetch_related("scores"):
        if newest[row.project_id] in {row.version_id, row.carried_to_id}:
            found.setdefault(row.project_id, []).append(row)
    return found


def item_for(user: User, pk: int, permission: str) -> MeetingItem:
    """One item of an agenda for whoever holds `permission`. Raises PermissionDenied, Http404."""
    require(user, permission)
    item = MeetingItem.objects.select_related("meeting", "project__department", "project__round").filter(pk=pk).first()
    if item is None:
        raise Http404(str(pk))
    return item


def letter_for(user: User, pk: int) -> MeetingItem:
    """A released result for the desk, or for the applicant side of its project. Raises Http404."""
    rows = MeetingItem.objects.select_related(
        "meeting", "project__department__parent", "project__round", "decision__actor", "decision__version"
    )
    item = rows.filter(pk=pk).exclude(decision=None).first()
    roles = {mandate.role for mandate in user.mandates}
    allowed = has_permission(user, "meetings.view") or bool(roles & {role.value for role in SIDES["applicant"]})
    if item is None or not allowed or not reachable(user).filter(pk=item.project_id).exists():
        raise Http404(str(pk))
    return item


def waiting_cases(meeting: Meeting) -> list[Case]:
    """Projects that may be put on the agenda: waiting for a decision or before experts, and on no other open one."""
    taken = MeetingItem.objects.filter(decision=None).exclude(meeting__status__in=OVER).values("project")
    rows = Case.objects.filter(state__in=[State.DECISION, State.EXPERT_REVIEW]).exclude(pk__in=taken)
    rows = rows.exclude(pk__in=meeting.items.values("project"))
    return list(rows.select_related("department").order_by("state", "ref"))


@dataclass(slots=True)
class SetCheck:
    """The results of a meeting as a whole: sums in 万元, and what to look at before the release."""

    approved: Decimal = Decimal(0)
    asked: Decimal = Decimal(0)
    over: Decimal = Decimal(0)
    envelopes: list[tuple[str, int, Decimal]] = field(default_factory=list)
    without: list[str] = field(default_factory=list)
    moved: list[str] = field(default_factory=list)


def set_check(meeting: Meeting, items: list[MeetingItem]) -> SetCheck:
    """Sum against the ceiling, plan envelopes that the approved projects exceed, items without a result or overtaken.

    A number of queries that does not depend on how many items there are.
    """
    found = SetCheck()
    approved = [item for item in items if item.pending == Pending.APPROVE]
    found.approved = sum((item.amount or Decimal(0) for item in approved), Decimal(0))
    found.asked = sum((getattr(item, "asked", None) or Decimal(0) for item in approved), Decimal(0))
    if meeting.ceiling is not None:
        found.over = max(Decimal(0), found.approved - meeting.ceiling)
    waiting = [item for item in items if item.decision_id is None]
    found.without = [item.project.ref for item in waiting if not item.pending]
    found.moved = [item.project.ref for item in waiting if item.pending and item.seen != item.project.seq]
    found.envelopes = _envelopes([item.project_id for item in approved])
    return found


def _envelopes(projects: list[int]) -> list[tuple[str, int, Decimal]]:
    """(plan item, year, by how much) for envelopes that what is asked of them exceeds and that these projects cite."""
    cited = set(Case.plan_items.through.objects.filter(project__in=projects).values_list("planitem", flat=True))
    if not cited:
        return []
    found = []
    rows = board().rows
    for row in sorted(rows, key=lambda row: -row.depth):
        if row.item and row.item.pk in cited and row.item.parent_id:
            cited.add(row.item.parent_id)
    for row in rows:
        if row.item and row.item.pk in cited:
            found += [(row.item.code, cell.year, cell.over) for cell in row.cells if cell.over]
    return found


def agenda_of(case: Case) -> list[MeetingItem]:
    """The meetings that have the case on their agenda, the latest first; called off ones aside."""
    rows = MeetingItem.objects.filter(project_id=case.pk).exclude(meeting__status=MeetingStatus.CANCELLED)
    return list(rows.select_related("meeting").order_by("-meeting__held_on", "-pk"))
