"""What a step of a review sets in motion, in the same transaction."""

from approvals.names import ReviewKind


def take_seat(review, decision) -> None:
    """The reviewer who opens it holds it from now on."""
    review.reviewer = decision.actor
    review.save(update_fields=["reviewer"])


def open_another_seat(review, decision) -> None:
    """Recusal frees the seat for another reviewer of the kind; an expert's place is not filled again here."""
    if review.kind != ReviewKind.EXPERT:
        review.case.open_review(review.kind)
