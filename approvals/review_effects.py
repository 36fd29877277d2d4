"""What a step of a review sets in motion, in the same transaction."""

from typing import TYPE_CHECKING

from approvals.names import ReviewKind, SeatState
from approvals.seat_effects import vacate
from approvals.seat_panel import panel_of, store
from approvals.seating import lead

if TYPE_CHECKING:
    from approvals.models import Decision, Review


def take_seat(review: "Review", decision: "Decision") -> None:
    """Whoever opens it holds its first seat from now on; a substitute opens it for the person they stand in for."""
    holder = decision.on_behalf_of_id or decision.actor_id
    first = lead(panel_of(review))
    if first is not None:
        if first.holder is not None:
            holder = first.holder
        store(review, panel_of(review).change(first.key, holder=holder), {first.key: {"read_at": decision.taken_at}})
    review.reviewer_id = holder
    review.save(update_fields=["reviewer"])


def open_another_seat(review: "Review", decision: "Decision") -> None:
    """Recusal frees the review for another reviewer of the kind, with the seats that others hold; an expert's place is
    not filled again here."""
    panel, first = panel_of(review), lead(panel_of(review))
    if first is not None:
        store(review, panel.change(first.key, state=SeatState.RECUSED, holder=decision.actor_id))
    if review.kind == ReviewKind.EXPERT:
        return
    others = [seat.holder for seat in panel.active if seat != first and not seat.placement]
    again = review.case.open_review(review.kind, signing=review.signing, holders=others)
    vacate(again)
