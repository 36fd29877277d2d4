"""What may happen to the seats of a review: each move returns the panel after it, or raises Refused with the reason."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from approvals.names import Outcome, Placement, SeatState, SigningMode
from approvals.seating import Decided, Panel, Seat, before, free, has_spoken, has_stepped_back, may_sit, result


class Refused(Exception):
    """The move is not possible; nothing changes."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who moves. stands_for: people in whose stead they act; is_manager: moves seats of others by that right."""

    person: int
    stands_for: frozenset[int] = frozenset()
    is_manager: bool = False

    def is_(self, person: int | None) -> bool:
        """Whether they are that person or act in that person's stead."""
        return person is not None and (person == self.person or person in self.stands_for)


def sign(panel: Panel, key: int, actor: Actor, outcome: str) -> Panel:
    """签署. The holder or who stands in for them, when it is their turn; nobody signs twice, nobody for their unit."""
    seat = _own(panel, key, actor)
    if seat.is_out:
        raise Refused(_("%(name)s was asked for a view that is not in yet.") % {"name": panel.name(seat.delegate)})
    apart = actor.person in panel.barred or has_stepped_back(panel, actor.person)
    if apart or seat.holder not in panel.eligible:
        raise Refused(_("You must keep out of this review, so another person has to sign."))
    if has_spoken(panel, key, {actor.person, seat.holder}):
        raise Refused(_("One person signs one seat of a review: this one needs somebody else."))
    if outcome not in Outcome.values:
        raise Refused(_("Choose an outcome."))
    first = before(panel, seat)
    if first is not None:
        raise Refused(_("First signs: %(name)s.") % {"name": panel.name(first.holder)})
    return panel.change(key, state=SeatState.SIGNED, outcome=Outcome(outcome), signed_by=actor.person)


def take_back(panel: Panel, key: int, actor: Actor) -> Panel:
    """拿回. The own signature, while nothing is decided and nobody has built on it; or a view that was asked for."""
    seat = _undecided(panel, key)
    if not (actor.is_(seat.holder) or actor.is_(seat.signed_by)):
        raise Refused(_held_by(panel, seat))
    if seat.is_out:
        return panel.change(key, delegate=None, answered=False)
    if seat.state != SeatState.SIGNED:
        raise Refused(_("There is nothing to take back."))
    for other in panel.signed:
        if _follows(panel, other, seat):
            raise Refused(_("%(name)s has signed after you.") % {"name": panel.name(other.holder)})
    return panel.change(key, state=SeatState.OPEN, outcome="", signed_by=None)


def _follows(panel: Panel, other: Seat, seat: Seat) -> bool:
    in_turn = panel.rule.mode == SigningMode.SEQUENCE and (other.order, other.key) > (seat.order, seat.key)
    added = other.placement == Placement.AFTER and other.anchor == seat.key
    return in_turn or added or (seat.placement == Placement.BEFORE and seat.anchor == other.key)


def add(panel: Panel, key: int, actor: Actor, person: int, placement: str) -> Panel:
    """加签. Whoever holds the seat `key` (or the manager) seats somebody before or after it; that never concludes."""
    seat = _undecided(panel, key)
    if not (actor.is_manager or actor.is_(seat.holder)):
        raise Refused(_held_by(panel, seat))
    if seat.state not in {SeatState.OPEN, SeatState.SIGNED}:
        raise Refused(_("This seat no longer counts."))
    if placement not in Placement.values:
        raise Refused(_("Choose where: before or after."))
    if placement == Placement.BEFORE and not seat.is_open:
        raise Refused(_("It is signed already: only somebody after it can be added."))
    _seatable(panel, person)
    return _insert(panel, seat, person, actor.person, Placement(placement))


def _insert(panel: Panel, seat: Seat, person: int, added_by: int, placement: Placement) -> Panel:
    key = min([0, *(other.key for other in panel.seats)]) - 1
    new = Seat(key, holder=person, added_by=added_by, placement=placement, anchor=seat.key)
    rows = sorted(panel.seats, key=lambda other: (other.order, other.key))
    rows.insert(rows.index(seat) + (placement == Placement.AFTER), new)
    return replace(panel, seats=tuple(replace(row, order=number) for number, row in enumerate(rows, start=1)))


def remove(panel: Panel, key: int, actor: Actor) -> Panel:
    """减签. A seat that is neither opened nor signed, by who added it or the manager; never the last one."""
    seat = _undecided(panel, key)
    if not (actor.is_manager or (seat.added_by is not None and actor.is_(seat.added_by))):
        raise Refused(_("Only whoever added it and the manager can remove a seat."))
    if not seat.is_open:
        raise Refused(_("Only an open seat can be removed."))
    if seat.read or seat.delegate is not None:
        raise Refused(_("%(name)s has opened it already.") % {"name": panel.name(seat.holder)})
    if len(panel.active) == 1:
        raise Refused(_("The last seat stays."))
    return panel.change(key, state=SeatState.REMOVED)


def transfer(panel: Panel, key: int, actor: Actor, person: int) -> Panel:
    """转办. The other person holds the seat from now on and decides."""
    seat = _undecided(panel, key)
    if not (actor.is_manager or actor.is_(seat.holder)):
        raise Refused(_held_by(panel, seat))
    if not seat.is_open:
        raise Refused(_("Only an open seat can be handed on."))
    _seatable(panel, person)
    return panel.change(key, holder=person, read=False, delegate=None, answered=False)


def delegate(panel: Panel, key: int, actor: Actor, person: int) -> Panel:
    """委派. Somebody is asked for a view; then it comes back, and the holder signs."""
    seat = _own(panel, key, actor)
    if seat.is_out:
        raise Refused(_("%(name)s was asked for a view that is not in yet.") % {"name": panel.name(seat.delegate)})
    _seatable(panel, person)
    return panel.change(key, delegate=person, answered=False)


def give_back(panel: Panel, key: int, actor: Actor) -> Panel:
    """退回委派. The delegate's view is in; the seat is with its holder again."""
    seat = _undecided(panel, key)
    if not seat.is_out:
        raise Refused(_("No view is asked for."))
    if not actor.is_(seat.delegate):
        raise Refused(_("%(name)s was asked for a view that is not in yet.") % {"name": panel.name(seat.delegate)})
    return panel.change(key, answered=True)


def recuse(panel: Panel, key: int, actor: Actor) -> Panel:
    """回避. The seat no longer counts and the others suffice; where nobody is left, the rule says what follows."""
    seat = _undecided(panel, key)
    if seat.holder != actor.person:
        raise Refused(_("Everybody steps back for themselves: this seat is held by %(name)s.") % {
            "name": panel.name(seat.holder),
        })  # fmt: skip
    if not seat.is_open or any(other.signed_by == actor.person for other in panel.signed):
        raise Refused(_("Take your signature back first."))
    return _refilled(panel.change(key, state=SeatState.RECUSED, delegate=None, answered=False))


def _refilled(panel: Panel) -> Panel:
    if panel.active or panel.rule.nobody_left != "reopen" or not free(panel):
        return panel
    key = min([0, *(seat.key for seat in panel.seats)]) - 1
    order = max((seat.order for seat in panel.seats), default=0) + 1
    return replace(panel, seats=(*panel.seats, Seat(key, order=order)))


def release(panel: Panel, key: int) -> Panel:
    """Somebody has left: an open seat goes back to the pool, a view that was asked of them is asked no longer."""
    seat = _undecided(panel, key)
    if not seat.is_open:
        raise Refused(_("What is signed stays signed."))
    if seat.holder in panel.eligible:
        return panel.change(key, delegate=None, answered=False)
    return panel.change(key, holder=None, read=False, delegate=None, answered=False)


def take(panel: Panel, key: int, actor: Actor) -> Panel:
    """认领. Whoever may sit takes a free seat; in somebody's stead it is that person's."""
    seat = _undecided(panel, key)
    if not seat.is_open or seat.holder is not None:
        raise Refused(_held_by(panel, seat))
    if panel.rule.named_only:
        raise Refused(_("The manager names who takes this seat."))
    own = actor.person in panel.eligible or not actor.stands_for
    person = actor.person if own else min(actor.stands_for)
    _seatable(panel, person)
    if actor.person in panel.barred or has_stepped_back(panel, actor.person):
        raise Refused(_("You must keep out of this review, so another person has to sign."))
    return panel.change(key, holder=person)


def read(panel: Panel, key: int, actor: Actor) -> Panel:
    """已阅. The holder has opened it."""
    seat = _own(panel, key, actor)
    return panel.change(seat.key, read=True)


# --- what every move asks first ---------------------------------------------------------------------------------------


def _undecided(panel: Panel, key: int) -> Seat:
    if isinstance(result(panel), Decided):
        raise Refused(_("The signatures have decided it: nothing can be changed any more."))
    seat = panel.seat(key)
    if seat is None:
        raise Refused(_("There is no such seat at this review."))
    return seat


def _own(panel: Panel, key: int, actor: Actor) -> Seat:
    seat = _undecided(panel, key)
    if not seat.is_open:
        raise Refused(_("This seat does not wait for a signature."))
    if not actor.is_(seat.holder):
        raise Refused(_held_by(panel, seat))
    return seat


def _held_by(panel: Panel, seat: Seat) -> str:
    if seat.holder is None:
        return _("Nobody has taken this seat yet.")
    return _("This seat is held by %(name)s.") % {"name": panel.name(seat.holder)}


def _seatable(panel: Panel, person: int) -> None:
    reason = may_sit(panel, person)
    if reason:
        raise Refused(reason)


def refusal(move: Callable[..., Panel], panel: Panel, *args: object) -> str | None:
    """Why a move is not possible now, or None."""
    try:
        move(panel, *args)
    except Refused as refused:
        return str(refused)
    return None
