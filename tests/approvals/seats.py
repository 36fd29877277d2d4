"""Reviews that several people sign, for tests: the rule, more staff, and one review with its sheet filled in."""

from django.utils import timezone

from accounts.models import Substitution
from accounts.roles import Role
from approvals.models import Review, Seat
from approvals.services import perform_review
from planning.policy_rows import SIGNING
from planning.services import set_policy
from projects.states import State
from tests.approvals.acting import judge, review_of, step_review
from tests.cast import make_case, person


def sign_by(kind="standards", **rule) -> None:
    """Reviews of that kind that are opened from now on are signed so."""
    value = {name: dict(SIGNING) for name in ("planning", "requirements", "standards")}
    set_policy(key="signing", value={**value, kind: {**SIGNING, **rule}}, source="x")


def staff(city, count=4) -> list:
    """So many standards reviewers, the city's own first."""
    return [city.standards, *(person(f"standards{n}", Role.STANDARDS, city.office) for n in range(2, count + 1))]


def opened(city, ready=True, **rule) -> tuple[Review, list]:
    """A standards review begun by its lead, the other seats taken, the sheet filled in; and the people."""
    sign_by(**rule)
    people = staff(city)
    review = review_of(make_case(city, State.REVIEW), "standards")
    step_review(review, "review_open", people[0])
    for seat, who in zip(list(review.seats.order_by("order"))[1:], people[1:], strict=False):
        move(review, "take", who, seat)
    if ready:
        judge(review, people[0])
    return Review.objects.get(pk=review.pk), people


def move(review, name, actor, seat=None, comment="意见", **entry):
    """One move of a seat (by default the actor's own) through the door."""
    seat = seat or review.seats.get(holder=actor, state__in=["open", "signed"])
    entry = {name: getattr(value, "pk", value) for name, value in entry.items()}
    entry["seat"] = seat.pk
    return perform_review(review_id=review.pk, action=f"seat_{name}", actor=actor, comment=comment, entry=entry)


def sign(review, actor, outcome="pass", **more):
    """A signature on the actor's own seat."""
    return move(review, "sign", actor, outcome=outcome, **more)


def now(review) -> Review:
    """The review as it is stored."""
    return Review.objects.get(pk=review.pk)


def seat_of(review, holder) -> Seat:
    """The active seat of somebody."""
    return review.seats.get(holder=holder, state__in=["open", "signed"])


def on_leave(principal, substitute) -> Substitution:
    """The substitute stands in from today."""
    today = timezone.localdate()
    principal.__dict__.pop("mandates", None)
    substitute.__dict__.pop("mandates", None)
    return Substitution.objects.create(
        principal=principal, substitute=substitute, first_day=today, last_day=today, arranged_by=principal
    )
