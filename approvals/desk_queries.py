"""Who has a case now, who may be told of it, which versions were taken back, and which cases nobody can move."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Assignment, User
from accounts.policy import PERMISSIONS, holders, require
from accounts.roles import Role, Scope
from approvals.desk_stuck import DUTY, nobody_can_move
from approvals.models import CarbonCopy, Case, Decision, Pause, Seat, Urge
from approvals.names import OPEN, PauseKind, SeatState
from approvals.offers import holders_now
from approvals.standing import names_of
from projects import queries as projects
from projects.models import Project
from projects.states import State

RECALLS = ("recall", "recall_correction")
MOST = 20


def who_holds(case: Case) -> list[User]:
    """The people with whom the case lies: whose duty the next step is, and open seats of reviews that several sign."""
    people = {person.pk: person for person in holders_now(case)}
    seats = Seat.objects.filter(review__project=case.pk, review__status__in=OPEN, state=SeatState.OPEN)
    for seat in seats.select_related("holder", "delegate", "review"):
        waits_for = seat.delegate if seat.delegate and seat.returned_at is None else seat.holder
        if waits_for is not None and waits_for.is_active and case.state in {State.REVIEW, State.EXPERT_REVIEW}:
            people.setdefault(waits_for.pk, waits_for)
    return list(people.values())[:MOST]


def stopped_clock(case: Case) -> Pause | None:
    """The pause that runs now; a suspension first, because it stops everything."""
    rows = Pause.objects.filter(project=case.pk, ended_at=None).select_related("started_by")
    return next(iter(sorted(rows, key=lambda row: row.kind != PauseKind.SUSPENDED)), None)


def suspended_among(cases: Iterable[int]) -> set[int]:
    """Which of these projects are suspended; one query for a list."""
    rows = Pause.objects.filter(project__in=list(cases), kind=PauseKind.SUSPENDED, ended_at=None)
    return set(rows.values_list("project", flat=True))


def urges_of(case: Case) -> list[Urge]:
    """The last reminders with the people they reached."""
    return list(case.urges.select_related("by").prefetch_related("people")[:5])


def copies_of(case: Case) -> list[CarbonCopy]:
    """Every copy of the case with its receipt, the newest first."""
    rows = CarbonCopy.objects.filter(decision__project=case.pk)
    return list(rows.select_related("user__department", "sent_by", "decision").order_by("-pk")[:50])


def may_be_copied(case: Case) -> QuerySet[User]:
    """People who may see the case by their own rights and have no copy of its newest step: nobody else is offered."""
    reach = Q(pk__in=[])
    for role, scope in PERMISSIONS["projects.view"].items():
        held = Q(role=role)
        if scope is Scope.OWN:
            held &= Q(department=case.department_id)
        elif scope is Scope.SUBTREE:
            held &= Q(department__code__in=[code for code in case.department.path.split("/") if code])
        elif scope is not Scope.ALL:
            continue
        reach |= held
    seated = case.reviews.filter(kind="expert").exclude(reviewer=None).values("reviewer")
    rights = Assignment.objects.filter(reach, is_active=True)
    people = User.objects.filter(Q(pk__in=rights.values("user")) | Q(pk__in=seated), is_active=True)
    had = CarbonCopy.objects.filter(decision__project=case.pk, decision__seq=case.seq)
    unread = CarbonCopy.objects.filter(decision__project=case.pk, read_at=None)
    people = people.exclude(pk__in=had.values("user")).exclude(pk__in=unread.values("user"))
    return people.select_related("department").order_by("department__code", "username")


def recalled_versions(case: Case) -> set[int]:
    """Keys of versions that their sender took back: kept for the record, never reviewed."""
    rows = Decision.objects.filter(project=case.pk, action__in=RECALLS, version__isnull=False)
    return set(rows.values_list("version", flat=True))


# --- cases that nobody can move ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stuck:
    """A case that waits for people: whose step it is, and who can bring somebody in."""

    project: Project
    needs: str
    fix: list[str]


def stuck_cases(user: User) -> list[Stuck]:
    """Every case that nobody can move, for whoever names reviewers and substitutes. Raises PermissionDenied."""
    require(user, "reviews.assign")
    rows = projects.visible_to(user).filter(nobody_can_move()).order_by("state_since", "pk")
    fix = who_can_fix()
    return [Stuck(row, needed_for(row), fix) for row in rows]


def is_stuck(case: Case) -> bool:
    """The same question for one case; one query."""
    return Project.objects.filter(nobody_can_move(), pk=case.pk).exists()


def needed_for(project: Project) -> str:
    """Whose act the case waits for."""
    role = DUTY.get(State(project.state))
    return str(role.label) if role else _("a reviewer")


def who_can_fix() -> list[str]:
    """The manager names reviewers; the security administrator has a role given to somebody."""
    managers, keepers = holders(Role.MANAGER)[:2], holders(Role.SECADMIN)[:2]
    return [*names_of(managers), *names_of(keepers)]
