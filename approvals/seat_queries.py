"""Whose signature is due, asked of many reviews at once, and who has a seat at the reviews of one case."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from accounts.reading import once
from approvals.models import Review, ReviewItem, Seat
from approvals.names import Placement, ReviewStatus, SeatState, SigningMode


def due(reviews: QuerySet[Review], people: set[int]) -> QuerySet[Review]:
    """Those of `reviews` (open ones) in which one of these people has to act now, or may take a free first seat.

    The lead is due until the sheet is filled in, then everybody whose turn it is (approvals.seating says the same of
    one panel). Two people in `people` are one person with whom they stand in for.
    """
    seats = Seat.objects.filter(review=OuterRef("pk"), state=SeatState.OPEN)
    mine = seats.filter(holder__in=people)
    unjudged = ReviewItem.objects.filter(review=OuterRef("pk"), applies=True, verdict="")
    signing = Q(status=ReviewStatus.IN_PROGRESS) & ~Exists(unjudged)
    leads = Q(reviewer__in=people) & (Q(status=ReviewStatus.NOT_STARTED) | Exists(unjudged))
    free_lead = Q(reviewer=None) & ~Exists(seated(people))
    turn = signing & Exists(_in_turn(mine).filter(_not_out()))
    pooled = signing & Exists(_in_turn(seats.filter(holder=None))) & ~Exists(seated(people))
    return reviews.filter(leads | turn | ((free_lead | pooled) & ~Exists(_named_only())))


def seated(people: set[int]) -> QuerySet[Seat]:
    """Seats of the review at hand in which these people have or had a part."""
    own = Q(holder__in=people) | Q(signed_by__in=people)
    return Seat.objects.filter(own, review=OuterRef("pk")).exclude(state=SeatState.REMOVED)


def _not_out() -> Q:
    return Q(delegate=None) | Q(returned_at__isnull=False)


def _in_turn(seats: QuerySet[Seat]) -> QuerySet[Seat]:
    open_seats = Seat.objects.filter(state=SeatState.OPEN)
    added_before = open_seats.filter(anchor=OuterRef("pk"), placement=Placement.BEFORE)
    earlier = open_seats.filter(review=OuterRef("review"), order__lt=OuterRef("order"))
    in_sequence = Q(review__signing__mode=SigningMode.SEQUENCE.value) & Exists(earlier)
    after_open = Q(placement=Placement.AFTER, anchor__state=SeatState.OPEN)
    return seats.exclude(after_open).filter(~Exists(added_before)).filter(~in_sequence)


def _named_only() -> QuerySet[Review]:
    """Reviews whose free seats the manager fills."""
    return Review.objects.filter(pk=OuterRef("pk"), signing__vacated=True)


def reviews_with_a_part(project_id: int, people: set[int]) -> set[int]:
    """Keys of the reviews of a project in which these people hold or held an active seat, or owe a view. One query."""
    asked = Q(delegate__in=people, returned_at=None, state=SeatState.OPEN)
    sits = Q(holder__in=people, state__in=[SeatState.OPEN, SeatState.SIGNED]) | Q(signed_by__in=people)
    rows = Seat.objects.filter(sits | asked, review__project=project_id)
    key = ("parts", project_id, frozenset(people))
    return once(key, lambda: set(rows.values_list("review", flat=True)))


def in_whose_stead(user: User) -> set[int]:
    """Keys of the user and of everybody they stand in for now."""
    return {user.pk, *(held.user_id for held in user.mandates)}
