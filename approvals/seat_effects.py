"""Write what a step on a seat has changed, in the transaction of the step."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from approvals import seat_moves as moves
from approvals.names import SeatState
from approvals.seat_guards import leavers
from approvals.seat_panel import moved, panel_of, store
from approvals.seating import lead

if TYPE_CHECKING:
    from approvals.models import Decision, Review

Effect = Callable[["Review", "Decision"], None]
UNSIGNED = {"opinion": "", "signed_at": None}
NOT_ASKED = {"delegate_asked": "", "delegated_at": None, "delegate_opinion": "", "returned_at": None}


def _effect(move: str, columns: Callable[["Decision"], dict[str, Any]] = lambda decision: {}) -> Effect:
    def effect(review: "Review", decision: "Decision") -> None:
        store(review, moved(review, move), {decision.entry["seat"]: columns(decision)})

    effect.__name__ = f"seat_{move}"
    return effect


def _signature(decision: "Decision") -> dict[str, Any]:
    return {"opinion": decision.comment, "signed_at": decision.taken_at, "read_at": decision.taken_at}


def _question(decision: "Decision") -> dict[str, Any]:
    return {**NOT_ASKED, "delegate_asked": decision.comment[:500], "delegated_at": decision.taken_at}


def _view(decision: "Decision") -> dict[str, Any]:
    return {"delegate_opinion": decision.comment, "returned_at": decision.taken_at}


seat_take = _effect("take")
seat_sign = _effect("sign", _signature)
seat_add = _effect("add")
seat_remove = _effect("remove")
seat_transfer = _effect("transfer", lambda decision: {**NOT_ASKED, "read_at": None})
seat_delegate = _effect("delegate", _question)
seat_give_back = _effect("give_back", _view)
seat_recuse = _effect("recuse")


def seat_take_back(review: "Review", decision: "Decision") -> None:
    """A signature is open again; a question that was out is not asked any more."""
    key = decision.entry["seat"]
    seat = panel_of(review).seat(key)
    assert seat is not None  # the guard has found it
    store(review, moved(review, "take_back"), {key: NOT_ASKED if seat.is_out else UNSIGNED})


def release_leavers(review: "Review", decision: "Decision") -> None:
    """Seats of people who left go back to the pool; where the manager names successors, the review says so."""
    panel, extras = panel_of(review), dict[int, dict[str, Any]]()
    for key in leavers(review):
        panel = moves.release(panel, key)
        extras[key] = {**NOT_ASKED} if panel.seat(key).holder is not None else {**NOT_ASKED, "read_at": None}
    decision.payload = {"seats": sorted(extras)}
    vacate(review)
    store(review, panel, extras)


def vacate(review: "Review") -> None:
    """By the rule "manager", free seats of a review that somebody has left are filled by the manager alone."""
    if review.signing.get("nobody_left") == "manager":
        review.signing = {**review.signing, "vacated": True}
        review.save(update_fields=["signing"])


def sign_alone(outcome: str) -> Effect:
    """The conclusion of a review with one seat is the signature on it."""

    def effect(review: "Review", decision: "Decision") -> None:
        first = lead(panel_of(review))
        if first is None:
            return
        panel = panel_of(review).change(
            first.key, state=SeatState.SIGNED, outcome=outcome, signed_by=decision.actor_id, holder=review.reviewer_id
        )
        store(review, panel, {first.key: _signature(decision)})

    effect.__name__ = f"sign_alone_{outcome}"
    return effect
