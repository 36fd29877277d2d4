"""Who is told of a step, and of what: those who have to act next, the applicant side, and the copies."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import BooleanField, ExpressionWrapper, Q

from accounts.models import User
from accounts.policy import holders
from accounts.roles import SIDES, Role
from approvals.clocks import clock_of
from approvals.guards import quorum_reached
from approvals.models import CarbonCopy, Case, Decision, Review, Waiver
from approvals.names import CONCLUDED, OPEN, PASSING, REVIEWER, UNIFIED_KINDS, ReviewKind, ReviewStatus, SeatState
from approvals.offers import holders_now
from approvals.standing import people_for
from approvals.step import Step
from notifications.messages import Payload
from notifications.names import Event
from planning.queries import policy
from projects.states import State

MOST = 20  # people told of one event; more would be a mailing list

# A case that arrives in one of these states waits for these people.
DUTY: dict[State, tuple[Event, Role]] = {
    State.ENDORSEMENT: (Event.TO_ENDORSE, Role.ENDORSER),
    State.INTAKE: (Event.TO_CHECK, Role.INTAKE),
    State.ADJUDICATION: (Event.TO_ADJUDICATE, Role.MANAGER),
    State.DECISION: (Event.TO_DECIDE, Role.APPROVER),
}
# And in these it is back with the applicant side, or over.
UNIT: dict[State, Event] = {
    State.DRAFT: Event.SENT_BACK,
    State.CORRECTION: Event.TO_CORRECT,
    State.DEFERRED: Event.DEFERRED,
    State.APPROVED: Event.APPROVED,
    State.FILED: Event.FILED,
    State.REJECTED: Event.REJECTED,
    State.MERGED: Event.MERGED,
    State.REUSE: Event.REUSE,
    State.WITHDRAWN: Event.WITHDRAWN,
}
# The same state, reached in a way that is told otherwise.
UNIT_BY_ACTION = {"take_up": Event.TAKEN_UP, "lapse": Event.LAPSED}
# Steps that leave the case where it is and still hand it to somebody.
HANDED: dict[str, tuple[Event, Role]] = {
    "propose_ending": (Event.TO_CONFIRM, Role.APPROVER),
    "decline_ending": (Event.ENDING_DECLINED, Role.MANAGER),
}
# Taken back by the sender: whoever had it hears that it is gone.
RECALLED = frozenset({"recall", "recall_correction", "recall_endorsement"})
STANDSTILL = {"suspend": Event.SUSPENDED, "resume": Event.RESUMED}
# Steps on a waiver.
WAIVERS: dict[str, Event] = {
    "waive": Event.WAIVED,
    "end_waiver": Event.WAIVER_CURED,
    "lapse_waiver": Event.WAIVER_EXPIRED,
}


# Steps that seat experts while the case stays before them.
DRAWS = frozenset({"draw_experts", "replace_expert"})


@dataclass(frozen=True, slots=True)
class Telling:
    """One event, the people who are told, and the project that it is about for them."""

    event: Event
    people: list[User]
    project: Case | None
    payload: Payload


def tellings(decision: Decision, case: Case, step: Step) -> Iterator[Telling]:
    """Whom to tell of one step, the most pressing first: a person is told of a step once."""
    if decision.review is not None:
        yield from _of_review(decision, case)
        return
    if step.action in RECALLED:
        role = Role.ENDORSER if decision.source == State.ENDORSEMENT else Role.INTAKE
        payload = _payload(decision, person=decision.actor.username)
        yield Telling(Event.RECALLED, [*office(case, role), *applicants(case)], case, payload)
    elif decision.source != decision.target:
        yield from _of_arrival(decision, case)
    elif step.action in STANDSTILL:
        people = list(dict.fromkeys([*applicants(case), *holders_now(case)]))
        yield Telling(STANDSTILL[step.action], people, case, _payload(decision))
    elif step.action in WAIVERS:
        yield from _of_waivers(decision, case)
    elif step.action == "extend":
        people = list(dict.fromkeys([*applicants(case), *holders_now(case)]))
        yield Telling(Event.EXTENDED, people, case, _payload(decision, due_on=str(clock_of(case).due)))
    elif step.action in DRAWS:
        names = [name for draw in case.draws.filter(decision=decision) for name in draw.drawn]
        drawn = [person for person in seated_experts(case) if person.username in names]
        yield Telling(Event.TO_ADVISE, drawn, case, _payload(decision))
    elif step.action in HANDED:
        event, role = HANDED[step.action]
        yield Telling(event, office(case, role), case, _payload(decision))
    if step.copies:
        copies = CarbonCopy.objects.filter(decision=decision, user__is_active=True).select_related("user")
        yield Telling(Event.COPIED, [copy.user for copy in copies], case, _payload(decision))


def _of_waivers(decision: Decision, case: Case) -> Iterator[Telling]:
    """The applicant side and whoever reviewed the item; of a waiver that ran out the manager too."""
    rows = Waiver.objects.filter(project_id=case.pk).select_related("item")
    granted = rows.filter(decision=decision)
    ended = rows.filter(ended_at=decision.taken_at).exclude(outcome="renewed")
    event = WAIVERS[decision.action]
    for waiver in granted if event == Event.WAIVED else ended:
        payload = _payload(decision, item=waiver.code, due_on=waiver.expires_on.isoformat())
        people = [*applicants(case), *reviewers_of(case, waiver)]
        if event == Event.WAIVER_EXPIRED:
            people += office(case, Role.MANAGER)
        yield Telling(event, people, case, payload)


def of_due_waiver(waiver: Waiver) -> Telling:
    """Whom to tell that a waived item is to be looked at again: its reviewers, and the unit that has to cure it."""
    case = Case.objects.select_related("department").get(pk=waiver.project_id)
    payload = Payload(state=case.state, item=waiver.code, due_on=waiver.expires_on.isoformat())
    return Telling(Event.WAIVER_DUE, [*reviewers_of(case, waiver), *applicants(case)], case, payload)


def reviewers_of(case: Case, waiver: Waiver) -> list[User]:
    """Who holds the review that the item belongs to, else those who may take reviews of its kind."""
    review = case.review_of(waiver.item.kind)
    if review is not None and review.reviewer is not None and review.reviewer.is_active:
        return [review.reviewer]
    return office(case, REVIEWER[waiver.item.kind])


def _of_arrival(decision: Decision, case: Case) -> Iterator[Telling]:
    state, payload = State(case.state), _payload(decision)
    if state in DUTY:
        event, role = DUTY[state]
        yield Telling(event, office(case, role), case, payload)
    elif state == State.REVIEW:
        yield from _of_reviews_begun(decision, case)
    elif state == State.EXPERT_REVIEW:
        yield Telling(Event.TO_ADVISE, seated_experts(case), case, payload)
        yield from _of_quorum(decision, case, quorum_reached(case) is None)
    elif state in UNIT:
        yield from _of_return_or_end(decision, case, UNIT_BY_ACTION.get(decision.action, UNIT[state]))


def _of_reviews_begun(decision: Decision, case: Case) -> Iterator[Telling]:
    for kind in UNIFIED_KINDS:
        review = case.review_of(kind)
        if review is not None and review.status in OPEN:
            people = [review.reviewer] if review.reviewer else office(case, REVIEWER[kind])
            yield Telling(Event.TO_REVIEW, people, case, _payload(decision))
    if any(not finding.reply for finding in case.undecided_findings()):
        payload = _payload(decision, due_on=str(case.reply_until() or ""))
        yield Telling(Event.TO_REPLY, applicants(case), case, payload)


def _of_return_or_end(decision: Decision, case: Case, event: Event) -> Iterator[Telling]:
    notice = getattr(decision, "notice", None) if event == Event.TO_CORRECT else None
    target = _merged_into(decision, case) if event == Event.MERGED else ""
    due_on = str(notice.due_on or "") if notice else ""
    yield Telling(event, applicants(case), case, _payload(decision, due_on=due_on, target_project=target))
    other = Case.objects.select_related("department").filter(ref=target).first() if target else None
    if other is not None:
        payload = _payload(decision, target_project=target, merged_project=case.ref)
        yield Telling(Event.MERGED_HERE, applicants(other), other, payload)


def _merged_into(decision: Decision, case: Case) -> str:
    """The reference that the manager entered; a confirmed merger finds it in the proposal."""
    entered = decision.payload.get("target_project") or (case.proposed_ending() or {}).get("target_project")
    return str(entered or "")


def _of_review(decision: Decision, case: Case) -> Iterator[Telling]:
    """Reviews are blind: no reviewer hears of another's opinion, and the manager hears when the last one is in."""
    review, result = decision.review, decision.review_target
    if review is None:
        return
    yield from _of_seats(decision, case, review)
    if result == ReviewStatus.RECUSED and review.kind in UNIFIED_KINDS:
        recused = {row.reviewer_id for row in case.all_reviews if row.status == ReviewStatus.RECUSED}
        people = [person for person in office(case, REVIEWER[review.kind]) if person.pk not in recused]
        yield Telling(Event.SEAT_FREE, people, case, _payload(decision))
    elif result == ReviewStatus.RECUSED and review.kind == ReviewKind.EXPERT:
        yield Telling(Event.SEAT_FREE, office(case, Role.MANAGER), case, _payload(decision))
    elif result in CONCLUDED and review.kind == ReviewKind.EXPERT:
        yield from _of_quorum(decision, case, case.expert_opinions() == policy("expert_quorum").get(case.tier))
    elif result in CONCLUDED and all(case.review_stands(kind, CONCLUDED) for kind in UNIFIED_KINDS):
        passed = all(case.review_stands(kind, PASSING) for kind in UNIFIED_KINDS)
        event = Event.REVIEWS_PASSED if passed else Event.REVIEWS_AGAINST
        yield Telling(event, office(case, Role.MANAGER), case, Payload(state=case.state))


def _of_seats(decision: Decision, case: Case, review: Review) -> Iterator[Telling]:
    """Who is asked for a view, whose view is in, who need not sign any more, and whose seat is free again.

    Whose turn to sign comes is told by the signal signature_due: it follows from all seats together.
    """
    seats, person = review.seats.select_related("holder", "delegate"), decision.actor.username
    chosen = seats.filter(pk=decision.payload.get("seat")).first()
    payload = _payload(decision, person=person)
    if decision.action == "seat_delegate" and chosen is not None:
        yield Telling(Event.DELEGATED, _known(chosen.delegate), case, payload)
    elif decision.action == "seat_give_back" and chosen is not None:
        yield Telling(Event.DELEGATE_ANSWERED, _known(chosen.holder), case, payload)
    elif decision.action == "seat_remove" and chosen is not None:
        yield Telling(Event.SEAT_REMOVED, _known(chosen.holder), case, payload)
    elif decision.action.startswith("seats_"):
        left = seats.filter(state=SeatState.OPEN)
        yield Telling(Event.SEAT_REMOVED, _known(*(seat.holder for seat in left)), case, payload)
    elif decision.action == "seat_release":
        yield Telling(Event.SEAT_FREE, office(case, REVIEWER[review.kind]) or office(case, Role.MANAGER), case, payload)


def _known(*people: User | None) -> list[User]:
    return [person for person in people if person is not None]


def _of_quorum(decision: Decision, case: Case, is_reached: bool) -> Iterator[Telling]:
    if is_reached:
        yield Telling(Event.TO_CLOSE, office(case, Role.MANAGER), case, Payload(state=case.state))


def _payload(decision: Decision, **more: str) -> Payload:
    return Payload(action=decision.action, state=decision.target, **more)


# --- people ---------------------------------------------------------------------------------------------------------


def office(case: Case, role: Role) -> list[User]:
    """Holders of `role` who may act on the case, without those who prepared it: they would be refused."""
    version = case.current_version
    prepared = set() if role in SIDES["applicant"] else {case.created_by_id, version and version.submitted_by_id}
    people = people_for(case, Step(State(case.state), "", State(case.state), (role,), ""), limit=MOST)
    return [person for person in people if person.pk not in prepared]


def seated_experts(case: Case) -> list[User]:
    """Experts whose seat on the newest version still waits for an opinion."""
    seats = [review for review in case.all_reviews if review.kind == ReviewKind.EXPERT and review.status in OPEN]
    return [seat.reviewer for seat in seats if seat.reviewer and case.review_in_force(seat)][:MOST]


def applicants(case: Case) -> list[User]:
    """The applicant side: who began the proposal, who submitted it last, then the active applicants of the unit."""
    version = case.current_version
    own = Q(pk__in={case.created_by_id, version.submitted_by_id if version else case.created_by_id})
    unit = Q(pk__in=holders(Role.APPLICANT, department_id=case.department_id).values("pk"))
    people = User.objects.filter(own | unit, is_active=True)
    first = people.annotate(is_own=ExpressionWrapper(own, output_field=BooleanField()))
    return list(first.order_by("-is_own", "username")[:MOST])
