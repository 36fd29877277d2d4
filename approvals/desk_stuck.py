"""Cases that nobody can move: no holder of the role is left for the next step, or all of them must keep out."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.models import Assignment, User
from accounts.roles import SIDES, Role
from approvals.models import Decision, Review
from approvals.names import OPEN, REVIEWER, UNIFIED_KINDS
from projects.models import Version
from projects.states import State

# Whose duty each state is, for the question whether anybody can take it up.
DUTY: dict[State, Role] = {
    State.ENDORSEMENT: Role.ENDORSER,
    State.INTAKE: Role.INTAKE,
    State.CORRECTION: Role.APPLICANT,
    State.ADJUDICATION: Role.MANAGER,
    State.EXPERT_REVIEW: Role.MANAGER,
    State.DECISION: Role.APPROVER,
}
OFFICE = (State.INTAKE, State.ADJUDICATION, State.EXPERT_REVIEW, State.DECISION)


def _able(role: Role) -> Q:
    """Somebody active with the role whom standing.conflict would not keep out.

    A substitute changes nothing: who stands in for somebody who must keep out has to keep out, too.
    """
    held = Assignment.objects.filter(role=role, is_active=True).values("user")
    people = User.objects.filter(pk__in=held, is_active=True)
    people = people.exclude(department=OuterRef("department")).exclude(pk=OuterRef("created_by"))
    people = people.exclude(pk=Coalesce(OuterRef("edited_by"), 0))
    sent = Version.objects.filter(project=OuterRef(OuterRef("pk")), submitted_by=OuterRef("pk"))
    people = people.filter(~Exists(sent))
    side = next((roles for roles in SIDES.values() if role in roles), None)
    if side is not None:
        people = people.filter(~Exists(_acted_against(side)))
    return Q(Exists(people))


def _acted_against(side: frozenset[Role]) -> "QuerySet[Decision]":
    """Steps that a person took on the project on another side than this one."""
    against = Q(pk__in=[])
    for roles in SIDES.values():
        for other in roles if roles is not side else ():
            against |= Q(mandate__startswith=f"{other.value}@")
    return Decision.objects.filter(against, project=OuterRef(OuterRef("pk")), actor=OuterRef("pk"))


def nobody_can_move() -> Q:
    """Projects whose next step is nobody's: no holder of the role is left, or all of them must keep out."""
    unit = Assignment.objects.filter(is_active=True, user__is_active=True)
    endorser = unit.filter(role=Role.ENDORSER, department=OuterRef("department__parent"))
    applicant = unit.filter(role=Role.APPLICANT, department=OuterRef("department"))
    stuck = Q(~Exists(endorser), state=State.ENDORSEMENT) | Q(~Exists(applicant), state=State.CORRECTION)
    for state in OFFICE:
        stuck |= Q(state=state) & ~_able(DUTY[state])
    for kind in UNIFIED_KINDS:
        waits = Review.objects.filter(project=OuterRef("pk"), kind=kind, status__in=OPEN)
        waits = waits.filter(created_at__gte=OuterRef("state_since"))
        free = Q(Exists(waits.filter(reviewer=None)), state=State.REVIEW) & ~_able(REVIEWER[kind])
        stuck |= free | Q(Exists(waits.filter(reviewer__is_active=False)), state=State.REVIEW)
    return stuck
