"""Seats of one review as plain values: whose turn it is, what the signatures say together, for whom it waits."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from approvals.names import Outcome, Placement, SeatState, SigningMode

SEVERITY = {outcome: number for number, outcome in enumerate(Outcome)}
AGAINST = frozenset({Outcome.ASK, Outcome.FAIL})
ACTIVE = frozenset({SeatState.OPEN, SeatState.SIGNED})


@dataclass(frozen=True, slots=True)
class Rule:
    """How the seats count together; pinned on the review when it was opened (policy row "signing")."""

    mode: str = SigningMode.ANY
    seats: int = 1
    ratio: Decimal = Decimal("0.67")  # of the weight of all seats, for a vote
    refusal: str = "wait"  # what a dissent does: "wait" for the others, or conclude "at_once"; a vote always counts
    nobody_left: str = "reopen"  # "reopen": a free seat for whoever may take it; "manager": the manager names somebody
    named_only: bool = False  # a vacated review whose free seats only the manager fills

    @classmethod
    def read(cls, pinned: Mapping[str, Any]) -> "Rule":
        """From Review.signing; what it does not say is as for one seat."""
        known = {name: pinned[name] for name in ("mode", "seats", "refusal", "nobody_left") if name in pinned}
        named = bool(pinned.get("vacated")) and known.get("nobody_left") == "manager"
        return cls(**known, ratio=Decimal(str(pinned.get("ratio", "0.67"))), named_only=named)


@dataclass(frozen=True, slots=True)
class Seat:
    """One seat; people are keys. answered: the view that was asked of the delegate is in."""

    key: int
    order: int = 1
    weight: int = 1
    holder: int | None = None
    state: str = SeatState.OPEN
    outcome: str = ""
    signed_by: int | None = None
    read: bool = False
    added_by: int | None = None
    placement: str = ""
    anchor: int | None = None
    delegate: int | None = None
    answered: bool = False

    @property
    def is_open(self) -> bool:
        """Whether it waits for a signature."""
        return self.state == SeatState.OPEN

    @property
    def is_out(self) -> bool:
        """Whether somebody was asked for a view that is not in."""
        return self.is_open and self.delegate is not None and not self.answered


@dataclass(frozen=True, slots=True)
class Panel:
    """The seats of one review. eligible: who may sit (role, active, not of the unit, did not prepare it).
    barred: who must keep out, also as somebody's substitute. names: for the texts."""

    rule: Rule
    seats: tuple[Seat, ...]
    eligible: frozenset[int] = frozenset()
    barred: frozenset[int] = frozenset()
    names: Mapping[int, str] = field(default_factory=dict, compare=False)

    def seat(self, key: int | None) -> Seat | None:
        """The seat of that key."""
        return next((seat for seat in self.seats if seat.key == key), None)

    @property
    def active(self) -> list[Seat]:
        """Open and signed seats, in their order."""
        return sorted((seat for seat in self.seats if seat.state in ACTIVE), key=lambda seat: (seat.order, seat.key))

    @property
    def open(self) -> list[Seat]:
        """Seats without a signature, in their order."""
        return [seat for seat in self.active if seat.is_open]

    @property
    def signed(self) -> list[Seat]:
        """Seats that are signed, in their order."""
        return [seat for seat in self.active if not seat.is_open]

    def name(self, person: int | None) -> str:
        """How a text calls somebody."""
        return self.names.get(person, str(person)) if person is not None else _("nobody yet")

    def change(self, key: int, **values: Any) -> "Panel":
        """The panel with one seat changed."""
        seats = tuple(replace(seat, **values) if seat.key == key else seat for seat in self.seats)
        return replace(self, seats=seats)


@dataclass(frozen=True, slots=True)
class Decided:
    """The signatures say it."""

    outcome: str
    why: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nothing is decided. people: whose turn it is; pool: whoever takes a free seat; manager: has to name somebody."""

    people: tuple[int, ...]
    why: str
    pool: bool = False
    manager: bool = False


def lead(panel: Panel) -> Seat | None:
    """The first seat: its holder leads the review and fills in the sheet (主审)."""
    own = [seat for seat in panel.active if not seat.placement]
    return next(iter(own or panel.active), None)


# --- people -----------------------------------------------------------------------------------------------------------


def voices(panel: Panel, person: int) -> list[Seat]:
    """Seats in which somebody has a part: holds or signed it, or owes a view on it."""
    return [
        seat for seat in panel.active
        if person in {seat.holder, seat.signed_by} or (seat.is_out and seat.delegate == person)
    ]  # fmt: skip


def free(panel: Panel) -> frozenset[int]:
    """Who could still take a seat."""
    return frozenset(person for person in panel.eligible if may_sit(panel, person) is None)


def may_sit(panel: Panel, person: int) -> str | None:
    """Why somebody cannot be given a seat or asked for a view, or None."""
    if person not in panel.eligible or person in panel.barred:
        text = _("%(name)s cannot sit here: not of this role, of the applicant unit, or had a part in this project.")
        return text % {"name": panel.name(person)}
    if has_stepped_back(panel, person):
        return _("%(name)s stepped back from this review.") % {"name": panel.name(person)}
    if voices(panel, person):
        return _("%(name)s already has a part in this review: nobody acts twice.") % {"name": panel.name(person)}
    return None


def has_stepped_back(panel: Panel, person: int) -> bool:
    """Whether somebody has recused themselves."""
    return any(seat.state == SeatState.RECUSED and seat.holder == person for seat in panel.seats)


def has_spoken(panel: Panel, key: int, people: Iterable[int | None]) -> bool:
    """Whether one of these people has signed another seat, as its holder or for its holder."""
    wanted = {person for person in people if person is not None}
    return any(seat.key != key and wanted & {seat.holder, seat.signed_by} for seat in panel.signed)


# --- turns ------------------------------------------------------------------------------------------------------------


def before(panel: Panel, seat: Seat) -> Seat | None:
    """The open seat that has to be signed before this one, or None."""
    for other in panel.open:
        if other.key == seat.key:
            continue
        if other.placement == Placement.BEFORE and other.anchor == seat.key:
            return other
        if seat.placement == Placement.AFTER and seat.anchor == other.key:
            return other
        if panel.rule.mode == SigningMode.SEQUENCE and (other.order, other.key) < (seat.order, seat.key):
            return other
    return None


def due(panel: Panel) -> list[Seat]:
    """The open seats whose turn it is, in their order."""
    return [seat for seat in panel.open if before(panel, seat) is None]


def due_people(panel: Panel) -> list[int]:
    """Who has to act now: holders whose turn it is, or whoever owes them a view. Pooled seats name nobody."""
    if isinstance(result(panel), Decided):
        return []
    people = [seat.delegate if seat.is_out else seat.holder for seat in due(panel) if not _is_mute(panel, seat)]
    return [person for person in people if person is not None]


def _is_mute(panel: Panel, seat: Seat) -> bool:
    """Whether its holder has spent their voice elsewhere and cannot sign it."""
    return seat.holder is not None and has_spoken(panel, seat.key, {seat.holder})


# --- what they say together -------------------------------------------------------------------------------------------


def result(panel: Panel) -> Decided | Waiting:
    """Decided, with the outcome and why; or for whom the panel waits, and why. There is nothing in between."""
    if not panel.active:
        return Waiting((), _("Nobody who may sign is left: the manager has to seat somebody."), manager=True)
    outcome = TALLIES[SigningMode(panel.rule.mode)](panel)
    if outcome:
        return Decided(outcome, said(panel))
    turn = due(panel)
    people = [seat.delegate if seat.is_out else seat.holder for seat in turn if not _is_mute(panel, seat)]
    pooled = any(seat.holder is None for seat in turn)
    pool = pooled and bool(free(panel)) and not panel.rule.named_only
    stuck = (pooled and not pool) or any(_is_mute(panel, seat) for seat in turn)
    why = _("The manager has to name somebody for a seat that nobody can take.") if stuck else said(panel)
    return Waiting(tuple(person for person in people if person is not None), why, pool, stuck)


def _all(panel: Panel) -> str:
    """会签 and 依次: everybody who is seated; the gravest outcome counts."""
    given = [seat.outcome for seat in panel.signed]
    if panel.rule.refusal == "at_once" and (against := AGAINST & set(given)):
        return _gravest(against)
    return "" if panel.open else _gravest(given)


def _any(panel: Panel) -> str:
    """或签: one signature with those that were added to it. A dissent concludes at once, or when all have dissented."""
    given = {seat.outcome for seat in panel.signed}
    if panel.rule.refusal == "at_once" and (against := AGAINST & given):
        return _gravest(against)
    groups: dict[int, list[Seat]] = {}
    for seat in panel.active:
        groups.setdefault(_root(panel, seat), []).append(seat)
    whole = [group for group in groups.values() if not any(seat.is_open for seat in group)]
    for_it = [group for group in whole if not AGAINST & {seat.outcome for seat in group}]
    if for_it:
        return _gravest(seat.outcome for group in for_it for seat in group)
    return "" if panel.open else _gravest(given)


def _root(panel: Panel, seat: Seat) -> int:
    here: Seat | None = seat
    while here is not None and here.anchor is not None:
        seat, here = here, panel.seat(here.anchor)
    return here.key if here is not None else seat.key


def _vote(panel: Panel) -> str:
    """票签: decided as soon as no signature that is missing could change whether the share is reached."""
    total = sum(seat.weight for seat in panel.active)
    needed = panel.rule.ratio * total
    in_favour = [seat for seat in panel.signed if seat.outcome not in AGAINST]
    weight, left = sum(seat.weight for seat in in_favour), sum(seat.weight for seat in panel.open)
    if in_favour and weight >= needed:
        return _gravest(seat.outcome for seat in in_favour)
    against = [seat.outcome for seat in panel.signed if seat.outcome in AGAINST]
    return _gravest(against) if against and weight + left < needed else ""


def _gravest(outcomes: Iterable[str]) -> str:
    return max((Outcome(outcome) for outcome in outcomes), key=lambda outcome: SEVERITY[outcome])


TALLIES = {
    SigningMode.ALL: _all, SigningMode.SEQUENCE: _all, SigningMode.ANY: _any, SigningMode.VOTE: _vote,
}  # fmt: skip


def said(panel: Panel) -> str:
    """The rule in words with how far it has come: "All must agree (2/3 done)"."""
    done = {"done": len(panel.signed), "all": len(panel.active), "share": f"{panel.rule.ratio * 100:.0f} %"}
    texts = {
        SigningMode.ALL: _("All must agree (%(done)d/%(all)d done)"),
        SigningMode.ANY: _("Any one signature is enough (%(done)d/%(all)d done)"),
        SigningMode.VOTE: _("Vote: %(share)s of the weight must agree (%(done)d/%(all)d done)"),
        SigningMode.SEQUENCE: _("One after the other, all must agree (%(done)d/%(all)d done)"),
    }
    return texts[SigningMode(panel.rule.mode)] % done
