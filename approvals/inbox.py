"""Which cases wait for whom (待办): one small question for each kind of work, asked of every right held."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from accounts.models import Assignment, User
from accounts.roles import SIDES, Role
from approvals import seat_queries
from approvals.desk_stuck import nobody_can_move
from approvals.models import Decision, Invitation, NoticeItem, Question, Review, Seat
from approvals.names import CONCLUDED, OPEN, PASSING, REVIEWER, UNIFIED_KINDS, LineState, SeatState
from approvals.obligations import to_recheck
from approvals.workflow import WORKFLOW
from projects.models import Finding, Project, ScreeningRun
from projects.states import Band, Relation, RunStatus, State

REVIEWERS = (Role.PLANNER, Role.REQUIREMENTS, Role.STANDARDS)
OFFICE = (Role.INTAKE, Role.MANAGER)
NOBODY = Q(pk__in=[])
CLOSING = (State.INTAKE, State.REVIEW)  # where answered lines are looked at


@dataclass(frozen=True, slots=True)
class Work:
    """One kind of work. waits: the cases that wait for whoever holds that right; by: roles, empty: the person."""

    code: str
    label: Any
    by: tuple[Role, ...]
    waits: Callable[[Assignment, User], Q]


@dataclass(frozen=True, slots=True)
class Waiting:
    """Cases that wait for one person for one reason. held: the right they act under, None for a personal matter."""

    work: Work
    held: Assignment | None
    cases: Q


def waiting(user: User, code: str = "") -> Iterator[Waiting]:
    """Everything that may wait for the user, own rights before lent ones; code: that kind of work alone."""
    wanted = [work for work in WORK if code in {"", work.code}]
    for held in user.mandates:
        for work in wanted:
            if held.role in work.by:
                yield Waiting(work, held, _side(held, user) & work.waits(held, user))
    for work in wanted:
        if not work.by and user.is_authenticated:
            yield Waiting(work, None, work.waits(Assignment(user=user), user))


def works_of(user: User) -> list[Work]:
    """The kinds of work that the user's roles may bring."""
    roles = {held.role for held in user.mandates}
    return [work for work in WORK if not work.by or roles & {role.value for role in work.by}]


def _side(held: Assignment, user: User) -> Q:
    """The applicant side acts for its unit; everybody else keeps out of the own unit's proposals."""
    if held.role == Role.APPLICANT:
        return Q(department=held.department_id)
    if held.role == Role.ENDORSER:
        return Q(department__parent=held.department_id)
    return ~Q(department=user.department_id) if user.department_id else Q()


def is_office(user: User) -> bool:
    """Whether the user acts for anybody but applicant units."""
    return any(held.role not in SIDES["applicant"] for held in user.mandates)


def _people(held: Assignment, user: User) -> set[int]:
    """Who may act: the holder of the right and whoever stands in."""
    return {held.user_id or user.pk, user.pk}


# --- by the state that a case is in: the rows of the workflow table that are a duty of the role -----------------------


def _in_state(state: State) -> Callable[[Assignment, User], Q]:
    def waits(held: Assignment, user: User) -> Q:
        owed = any(step.source == state and step.duty and held.role in step.by for step in WORKFLOW)
        return Q(state=state) if owed else NOBODY

    return waits


def reviews_to_coordinate(held: Assignment, user: User) -> Q:
    """Reviews all concluded and not all passed."""
    here = Review.objects.filter(project=OuterRef("pk"), kind__in=UNIFIED_KINDS)
    here = here.filter(created_at__gte=OuterRef("state_since"))
    against, open_ones = here.filter(status__in=CONCLUDED - PASSING), here.filter(status__in=OPEN)
    return Q(~Exists(open_ones), Exists(against), state=State.REVIEW)


def screening_failed(held: Assignment, user: User) -> Q:
    """A duplicate screening that failed."""
    failed = ScreeningRun.objects.filter(project=OuterRef("pk"), status=RunStatus.FAILED)
    return Q(Exists(failed.filter(requested_at__gte=OuterRef("state_since"))), state=State.SCREENING)


# --- reviews ----------------------------------------------------------------------------------------------------------


def unified_reviews(held: Assignment, user: User) -> Q:
    """An open review of the role's kind that is free, or where the person's signature is due."""
    return Q(Exists(seat_queries.due(_here(held.role), _people(held, user))), state=State.REVIEW)


def expert_reviews(held: Assignment, user: User) -> Q:
    """An open review that the expert was named for; nobody else writes it."""
    seats = _here(held.role)
    return Q(Exists(seats.filter(reviewer=user)), state=State.EXPERT_REVIEW)


def open_reviews_of(role: str) -> "QuerySet[Review]":
    """Open reviews of the kinds that a role writes."""
    kinds = [kind for kind, reviewer in REVIEWER.items() if reviewer == role]
    return Review.objects.filter(kind__in=kinds, status__in=OPEN)


def _here(role: str) -> "QuerySet[Review]":
    return open_reviews_of(role).filter(project=OuterRef("pk"), created_at__gte=OuterRef("state_since"))


def waivers_to_recheck(held: Assignment, user: User) -> Q:
    """A waived item that is to be looked at again by whoever judged it."""
    return to_recheck(user)


def lines_to_close(held: Assignment, user: User) -> Q:
    """Answered lines of a correction notice that the person raised and that nobody has closed or repeated."""
    return Q(Exists(own_lines(_people(held, user)).filter(notice__project=OuterRef("pk"))), state__in=CLOSING)


def own_lines(people: set[int]) -> "QuerySet[NoticeItem]":
    """Lines of answered notices that wait for whoever raised them."""
    answered = NoticeItem.objects.exclude(notice__closed_at=None).exclude(closure=LineState.CLOSED)
    return answered.filter(raised_by__in=people, later=None)


def views_asked(held: Assignment, user: User) -> Q:
    """A signer has asked the person for a view (委派)."""
    asked = Seat.objects.filter(review__project=OuterRef("pk"), delegate=user, returned_at=None, state=SeatState.OPEN)
    return Q(Exists(asked.filter(review__status__in=OPEN)))


# --- questions and findings -------------------------------------------------------------------------------------------


def findings_to_answer(held: Assignment, user: User) -> Q:
    """Findings on which the unit has said nothing and nobody has decided."""
    silent = Finding.objects.filter(
        project=OuterRef("pk"), is_current=True, decision="", reply="", band__in=[Band.RED, Band.AMBER]
    ).exclude(relation=Relation.RELATED)
    return Q(Exists(silent), state__in=[State.REVIEW, State.ADJUDICATION])


def questions_to_answer(held: Assignment, user: User) -> Q:
    """Questions to the applicant that are open."""
    return Q(Exists(Question.objects.filter(project=OuterRef("pk"), answered_at=None, withdrawn_at=None)))


def invitations_to_answer(held: Assignment, user: User) -> Q:
    """The person is asked as an outside expert."""
    asked = Invitation.objects.filter(project=OuterRef("pk"), expert=user)
    return Q(Exists(asked.filter(answered_at=None, declined_at=None, revoked_at=None)))


def endings_to_confirm(held: Assignment, user: User) -> Q:
    """The manager has proposed to end a case and waits for the approver."""
    last = Decision.objects.filter(project=OuterRef("pk"), action__in=["propose_ending", "decline_ending"])
    newest = last.filter(taken_at__gte=OuterRef("state_since")).order_by("-seq").values("action")[:1]
    proposed = Project.objects.annotate(last=Subquery(newest)).filter(last="propose_ending", state=State.ADJUDICATION)
    return Q(pk__in=proposed.values("pk"))


def nobody_left(held: Assignment, user: User) -> Q:
    """Cases that nobody can move: the manager brings somebody in."""
    return nobody_can_move()


# The order in which several reasons of one case are named.
WORK: tuple[Work, ...] = (
    Work("question", _("Answer a question"), (Role.APPLICANT,), questions_to_answer),
    Work("invitation", _("Answer an invitation"), (), invitations_to_answer),
    Work("view", _("Give a view that was asked for"), (), views_asked),
    Work("correct", _("Correct"), (Role.APPLICANT,), _in_state(State.CORRECTION)),
    Work("reply", _("Answer duplicate findings"), (Role.APPLICANT,), findings_to_answer),
    Work("take_up", _("Take up again"), (Role.APPLICANT,), _in_state(State.DEFERRED)),
    Work("endorse", _("Endorse"), (Role.ENDORSER,), _in_state(State.ENDORSEMENT)),
    Work("accept", _("Intake check"), OFFICE, _in_state(State.INTAKE)),
    Work("review", _("Review"), REVIEWERS, unified_reviews),
    Work("close", _("Close answered lines"), (*REVIEWERS, *OFFICE), lines_to_close),
    Work("recheck", _("Check a waived item again"), REVIEWERS, waivers_to_recheck),
    Work("expert", _("Expert opinion"), (Role.EXPERT,), expert_reviews),
    Work("rescreen", _("Failed screening"), OFFICE, screening_failed),
    Work("coordinate", _("Coordinate reviews"), OFFICE, reviews_to_coordinate),
    Work("adjudicate", _("Settle duplicate findings"), OFFICE, _in_state(State.ADJUDICATION)),
    Work("close_experts", _("Close the expert review"), OFFICE, _in_state(State.EXPERT_REVIEW)),
    Work("nobody", _("Nobody can move it"), (Role.MANAGER,), nobody_left),
    Work("confirm", _("Confirm an ending"), (Role.APPROVER,), endings_to_confirm),
    Work("decide", _("Decide"), (Role.APPROVER,), _in_state(State.DECISION)),
)
