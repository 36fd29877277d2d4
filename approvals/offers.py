"""What a person may do with a case now: offered steps, disabled ones with reason and person, and who holds the case."""

from dataclasses import dataclass, field

from accounts.models import User
from accounts.reading import once
from approvals.machine import blockers
from approvals.models import Case
from approvals.names import OPEN, REVIEWER, UNIFIED_KINDS
from approvals.seat_panel import signers_due
from approvals.standing import conflict, mandate_for, names_of, people_for
from approvals.step import Step
from approvals.workflow import WORKFLOW
from projects.states import ENDINGS, State


@dataclass(frozen=True, slots=True)
class Offer:
    """One step as a person sees it."""

    step: Step
    reasons: list[str] = field(default_factory=list)
    who: list[str] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Whether nothing stands in the way."""
        return not self.reasons


def offers(case: Case, actor: User) -> list[Offer]:
    """The steps of the present state that belong to `actor`'s roles, blocked ones with every reason, in table order."""
    case.entry, case.actor = None, actor
    found = []
    for step in WORKFLOW:
        if step.source != case.state or step.is_automatic:
            continue
        mandate = mandate_for(case, actor, step.by)
        if mandate is None:
            continue
        reason = conflict(case, actor, mandate.split("@")[0])
        if reason:
            others = [person for person in people_for(case, step) if person.pk != actor.pk]
            found.append(Offer(step, [reason], names_of(others)))
        else:
            reasons = blockers(case, step)
            found.append(Offer(step, reasons, _helpers(case, actor) if reasons else []))
    return found


def offer_of(case: Case, actor: User, action: str) -> Offer | None:
    """The offer of one action, or None when it is not the actor's or not of this state."""
    return next((offer for offer in offers(case, actor) if offer.step.action == action), None)


def holders_now(case: Case) -> list[User]:
    """Who has the case: the people whose duty the next step is."""
    return once(("holders", case.pk), lambda: _holders_now(case))


def _holders_now(case: Case) -> list[User]:
    if case.state in ENDINGS:
        return []
    if case.state == State.REVIEW:
        return _reviewers_now(case)
    people: list[User] = []
    for step in WORKFLOW:
        if step.source == case.state and step.duty and not step.is_automatic:
            people += [person for person in people_for(case, step, limit=3) if person not in people]
            if people:
                break
    return people


def _reviewers_now(case: Case) -> list[User]:
    people: list[User] = []
    reviews = [review for kind in UNIFIED_KINDS if (review := case.review_of(kind)) and review.status in OPEN]
    signers = signers_due(reviews)
    for review in reviews:
        seat = Step(State.REVIEW, "", State.REVIEW, (REVIEWER[review.kind],), "")
        here = signers.get(review.pk) or ([review.reviewer] if review.reviewer else people_for(case, seat, limit=1))
        people += [person for person in here if person not in people]
    return people


def _helpers(case: Case, actor: User) -> list[str]:
    return names_of([person for person in holders_now(case) if person.pk != actor.pk][:3])
