"""Seat: one person's place at a review that several sign; approvals.seating says what may happen to it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from approvals.names import Outcome, Placement, SeatState
from planning.queries import PolicyMissing, policy

if TYPE_CHECKING:
    from approvals.models.review import Review


class Seat(models.Model):
    """One signature that a review needs. Facts only: whose turn it is follows from all seats of the review."""

    review = models.ForeignKey("approvals.Review", models.CASCADE, related_name="seats")
    order = models.PositiveSmallIntegerField(_("order"), default=1)
    weight = models.PositiveSmallIntegerField(_("weight"), default=1)
    # Empty: whoever of the review's role takes it.
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="seats")
    state = models.CharField(_("state"), max_length=12, choices=SeatState.choices, default=SeatState.OPEN)
    outcome = models.CharField(_("outcome"), max_length=24, choices=Outcome.choices, blank=True)
    opinion = models.TextField(_("opinion"), blank=True)
    read_at = models.DateTimeField(_("read at"), null=True)  # the holder has opened it (已阅)
    signed_at = models.DateTimeField(_("signed at"), null=True)
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    # --- who added it, and where (加签) ---
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    placement = models.CharField(max_length=8, choices=Placement.choices, blank=True)
    anchor = models.ForeignKey("self", models.PROTECT, null=True, related_name="added")

    # --- asked for a view, which comes back to the holder (委派) ---
    delegate = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="delegated_seats")
    delegate_asked = models.CharField(_("what is asked"), max_length=500, blank=True)
    delegated_at = models.DateTimeField(null=True)
    delegate_opinion = models.TextField(_("view of the delegate"), blank=True)
    returned_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["review", "order", "pk"]
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        constraints = [
            models.UniqueConstraint(
                fields=["review", "holder"],
                condition=models.Q(state__in=[SeatState.OPEN.value, SeatState.SIGNED.value]),
                name="one_seat_per_person",
            )
        ]

    def __str__(self) -> str:
        return f"{self.review_id} {self.order} {self.state}"


def rule_of(kind: str) -> dict[str, Any]:
    """How the seats of a new review of `kind` count together: the policy row "signing" of today; empty: one seat."""
    try:
        return dict(policy("signing").get(kind, {}))
    except PolicyMissing:
        return {}


def open_seats(review: "Review", holders: Sequence[int | None] = ()) -> None:
    """The seats that the review's rule asks for; the first is the reviewer's. holders: who keeps one of the others."""
    wanted = max(1, int(review.signing.get("seats", 1)), 1 + len(holders))
    people = [review.reviewer_id, *holders, *[None] * wanted][:wanted]
    rows = [Seat(review=review, order=number, holder_id=who) for number, who in enumerate(people, start=1)]
    Seat.objects.bulk_create(rows)
