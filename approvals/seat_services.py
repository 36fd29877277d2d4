"""Free the seats of people who left, and note what a holder has read."""

import logging

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import User
from approvals.errors import WorkflowError
from approvals.models import Review, Seat
from approvals.names import OPEN, REVIEWER, SeatState
from approvals.services import advance_review

log = logging.getLogger(__name__)


def release_of(user: User) -> int:
    """Free the open seats of somebody who left the service or a role; returns in how many reviews.

    Through the door: the system takes the row `seat_release` (an expert's seat: `review_vacate`), which only those open
    seats pass whose holder may not sit any more. What is signed stays signed. Rule [proposed]: rules_in_code.
    """
    return _advance(_seats(Q(holder=user) | Q(delegate=user, returned_at=None)))


def sweep() -> int:
    """The same for everybody: open seats of people who are not active or no longer hold the role of the review."""
    gone = Q(pk__in=[])
    for kind, role in REVIEWER.items():
        staff = User.objects.filter(is_active=True, assignments__role=role, assignments__is_active=True).values("pk")
        away = (Q(holder__isnull=False) & ~Q(holder__in=staff)) | (
            Q(delegate__isnull=False, returned_at=None) & ~Q(delegate__in=staff)
        )
        gone |= Q(review__kind=kind) & away
    return _advance(_seats(gone))


def _seats(which: Q) -> QuerySet[Seat]:
    return Seat.objects.filter(which, state=SeatState.OPEN, review__status__in=OPEN)


def _advance(seats: QuerySet[Seat]) -> int:
    freed = 0
    for key in sorted(set(seats.values_list("review", flat=True))):
        try:
            freed += advance_review(key)
        except WorkflowError:  # one review that does not move must not hold up the others
            log.exception("Review %s: seats of people who left could not be freed.", key)
    return freed


@transaction.atomic
def note_read(*, review: Review, user: User) -> bool:
    """Note that the holder has opened the review (已阅): from then on the seat is not removed. Once, no step.

    Returns whether it was new. The locked row is asked again, so that reading and removing do not cross.
    """
    if review.status not in OPEN:
        return False
    rows = review.seats.filter(holder=user, state=SeatState.OPEN, read_at=None)
    return bool(rows.update(read_at=timezone.now()))
