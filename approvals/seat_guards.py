"""Facts that must hold before a step on a seat: the refusals of approvals.seat_moves, and what the sheet allows."""

import hashlib
import json
from collections.abc import Callable
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from approvals.names import REVIEWER, Outcome, ReviewKind
from approvals.notice_guards import its_lines_are_closed
from approvals.review_guards import a_veto_failed, majors_waived, no_veto_failed, nothing_found, something_found
from approvals.seat_moves import Refused
from approvals.seat_panel import actor_of, moved, panel_of, people
from approvals.seating import AGAINST, Decided, lead, may_sit, result
from approvals.standing import conflict

if TYPE_CHECKING:
    from approvals.models import Review

Guard = Callable[["Review"], str | None]


def _may(move: str) -> Guard:
    """The guard of one move; while a step is only offered no seat is named, and the panel of the page says more."""

    def guard(review: "Review") -> str | None:
        if review.entry is None:
            return None
        try:
            moved(review, move)
        except Refused as refused:
            return str(refused)
        return _keeps_out(review)

    guard.__name__ = f"may_{move}"
    return guard


def _keeps_out(review: "Review") -> str | None:
    """Separation of duties for whoever is seated or asked (promise 4)."""
    person = (review.entry or {}).get("person")
    if person is None:
        return None
    if any(conflict(review.project, user, REVIEWER[review.kind]) for user in people([person])):
        return _("%(name)s must keep out of this project.") % {"name": panel_of(review).name(person)}
    return None


may_take, may_sign, may_take_back, may_add, may_remove, may_transfer, may_delegate, may_give_back, may_recuse = (
    _may(move) for move in ("take", "sign", "take_back", "add", "remove", "transfer", "delegate", "give_back", "recuse")
)


def first_seat_is_free(review: "Review") -> str | None:
    """The review is begun by the holder of its first seat; where that is free, by whoever takes it."""
    panel = panel_of(review)
    first = lead(panel)
    if first is None or review.actor is None:
        return None
    if first.holder is not None:
        held = actor_of(review).is_(first.holder)
        return None if held else _("This review is held by %(name)s.") % {"name": panel.name(first.holder)}
    if panel.rule.named_only:
        return _("The manager names who takes this seat.")
    return may_sit(panel, review.held.user_id if review.held is not None else review.actor.pk)


def signs_alone(review: "Review") -> str | None:
    """With one seat the conclusion is the signature; with several each signs the own seat."""
    panel = panel_of(review)
    if len(panel.active) > 1:
        return _("Several people sign this review: sign your seat.")
    if any(seat.is_out for seat in panel.active):
        return _("A view was asked for that is not in yet.")
    return None


def steps_back_in_person(review: "Review") -> str | None:
    """Nobody steps back in somebody else's stead."""
    if review.held is None or review.actor is None or review.held.user_id == review.actor.pk:
        return None
    return _("Everybody steps back for themselves.")


def does_not_lead(review: "Review") -> str | None:
    """The lead's own step back voids the sheet, so it is the step of the whole review."""
    first = lead(panel_of(review))
    if review.entry is None or first is None or first.key != review.entry.get("seat"):
        return None
    return _("You lead this review: step back from the review as a whole.")


def digest_of_sheet(review: "Review") -> str:
    """A short hash of the verdicts: a signature says which sheet it rests on."""
    rows = [[item.code, item.verdict, item.problem, item.suggestion, item.clause] for item in review.sheet_items()]
    return hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:16]


def sheet_is_as_seen(review: "Review") -> str | None:
    """The lead has changed no verdict since the signer opened the page."""
    seen = (review.entry or {}).get("sheet")
    if not seen or seen == digest_of_sheet(review):
        return None
    return _("The sheet has changed since you opened it. Read it again before you sign.")


def outcome_fits_the_sheet(review: "Review") -> str | None:
    """What a signature says agrees with the verdicts; a dissent gives its reason."""
    if review.entry is None:
        return None
    outcome = review.entry.get("outcome")
    if outcome not in Outcome.values:
        return _("Choose an outcome.")
    if outcome in AGAINST and not review.comment.strip():
        return _("Say why: the opinion is missing.")
    return outcome_refused(review, outcome)


def outcome_refused(review: "Review", outcome: str) -> str | None:
    """Why the verdicts do not bear an outcome, or None. To ask for correction an opinion of one's own is enough."""
    if review.kind == ReviewKind.EXPERT or outcome == Outcome.ASK:
        return None
    guards = {
        Outcome.PASS: (nothing_found, its_lines_are_closed),
        Outcome.CONDITIONAL: (something_found, no_veto_failed, majors_waived, its_lines_are_closed),
        Outcome.FAIL: (a_veto_failed,),
    }[Outcome(outcome)]
    return next((reason for guard in guards if (reason := guard(review)) is not None), None)


# --- asked by the system ----------------------------------------------------------------------------------------------


def leavers(review: "Review") -> list[int]:
    """Open seats whose holder, or whoever owes a view on them, may not sit any more: left the service or the role."""
    panel = panel_of(review)
    return [
        seat.key for seat in panel.open
        if (seat.holder is not None and seat.holder not in panel.eligible)
        or (seat.is_out and seat.delegate not in panel.eligible)
    ]  # fmt: skip


def somebody_has_left(review: "Review") -> str | None:
    """A seat is held by somebody who may not sit any more."""
    undecided = not isinstance(result(panel_of(review)), Decided)
    return None if review.kind != ReviewKind.EXPERT and undecided and leavers(review) else "-"


def the_expert_has_left(review: "Review") -> str | None:
    """The place of an expert is not filled again by itself: it counts as a recusal, and the manager hears of it."""
    return None if review.kind == ReviewKind.EXPERT and leavers(review) else "-"


def signatures_say(outcome: str) -> Guard:
    """The signatures have decided exactly this outcome, and there were several to count."""

    def guard(review: "Review") -> str | None:
        found = result(panel_of(review))
        return None if isinstance(found, Decided) and found.outcome == outcome else "-"

    guard.__name__ = f"signatures_say_{outcome}"
    return guard
