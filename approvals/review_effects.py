"""What a step of a review sets in motion, in the same transaction."""

from typing import TYPE_CHECKING

from approvals.names import ReviewKind

if TYPE_CHECKING:
    from approvals.models import Decision, Review


def take_seat(review: "Review", decision: "Decision") -> None:
    """The reviewer who opens it holds it from now on."""
    review.reviewer = decision.actor
    review.save(update_fields=["reviewer"])


def open_another_seat(review: "Review", decision: "Decision") -> None:
    """Recusal frees the seat for another reviewer of the kind; an expert's place is not filled again here."""
    if review.kind != ReviewKind.EXPERT:
        review.case.open_review(review.kind)
