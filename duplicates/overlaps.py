"""All against all: which existing systems do the same as others, and which of them could be merged into which."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from duplicates.engine import Engine
from duplicates.facts import Capability, Proposal, System
from duplicates.names import Relation
from duplicates.relations import Listing

RETIRED = "retired"
IN_OPERATION = "in_operation"
UNIFIED = "unified"


@dataclass(frozen=True, slots=True)
class SharedCapability:
    """One capability of each side that do the same; ``score`` is the better one of the two directions."""

    left: str
    left_text: str
    right: str
    right_text: str
    score: float
    relation: Relation


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two systems with what they share; ``left`` is the smaller code. Shares (0–1) are of each side's capabilities."""

    left: str
    right: str
    left_covered: float
    right_covered: float
    pairs: tuple[SharedCapability, ...]

    def covered(self, code: str) -> float:
        """The share of the capabilities of ``code`` that the other side has, too."""
        return self.left_covered if code == self.left else self.right_covered

    def other(self, code: str) -> str:
        """The other side."""
        return self.right if code == self.left else self.left


@dataclass(frozen=True, slots=True)
class Candidate:
    """One system that could stay, and those that could be merged into it: the most covered first."""

    target: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Survey:
    """The overlaps of an inventory, the most severe first; retired systems are left out and named."""

    overlaps: tuple[Overlap, ...]
    excluded: tuple[str, ...]
    compared: int


def as_proposal(system: System) -> Proposal:
    """A system as if it were proposed today; it is its own predecessor, so that it does not meet itself.

    Without capabilities it is compared by its description, as the engine does on the other side.
    """
    story = system.description if system.description.strip() else system.name
    capabilities = tuple(sorted(system.capabilities, key=lambda item: item.code)) or (Capability("", story),)
    title = " ".join((system.name, *system.aliases))
    return Proposal(system.code, title, system.department, "new", system.code, system.description, capabilities)


@dataclass(slots=True)
class _Both:
    """What two systems share while it is collected, and the capabilities of each side that are met."""

    pairs: dict[tuple[str, str], SharedCapability] = field(default_factory=dict)
    met: tuple[set[str], set[str]] = field(default_factory=lambda: (set(), set()))

    def add(self, pair: SharedCapability) -> None:
        """Keep the better direction of a pair; on a tie the relation that comes first by name."""
        key = (pair.left, pair.right)
        known = self.pairs.get(key)
        if known is None or (-pair.score, pair.relation) < (-known.score, known.relation):
            self.pairs[key] = pair
        self.met[0].add(pair.left)
        self.met[1].add(pair.right)


def survey(systems: Iterable[System], engine: Engine) -> Survey:
    """Screen every living system as if it were a proposal. ``engine`` holds the same systems.

    A pair counts when the engine counts it in either direction, so the order of systems says nothing. Raises
    ScreeningError where the engine does.
    """
    known = sorted(systems, key=lambda item: item.code)
    living = [system for system in known if system.status != RETIRED]
    retired = tuple(system.code for system in known if system.status == RETIRED)
    shared: dict[tuple[str, str], _Both] = {}
    for system in living:
        for (left, right), pair in _met_by(system, engine):
            shared.setdefault((left, right), _Both()).add(pair)
    sizes = {system.code: max(1, len(system.capabilities)) for system in living}
    found = [_overlap(left, right, both, sizes) for (left, right), both in shared.items()]
    return Survey(tuple(sorted(found, key=_order)), retired, len(living))


def _met_by(system: System, engine: Engine) -> Iterable[tuple[tuple[str, str], SharedCapability]]:
    result = engine.screen(as_proposal(system), peers=(), listing=Listing(evidence=False))
    for found in result.findings:
        if not found.counts or found.system is None or found.system == system.code:
            continue
        mine, theirs = (found.capability, found.text), (found.matched_capability or "", found.matched_text)
        sides = (system.code, found.system)
        first, second = (mine, theirs) if sides[0] < sides[1] else (theirs, mine)
        pair = SharedCapability(*first, *second, found.score, found.relation)
        yield (min(sides), max(sides)), pair


def _overlap(left: str, right: str, both: _Both, sizes: Mapping[str, int]) -> Overlap:
    pairs = sorted(both.pairs.values(), key=lambda pair: (-pair.score, pair.left, pair.right))
    shares = [round(len(met) / sizes[code], 4) for code, met in zip((left, right), both.met, strict=True)]
    return Overlap(left, right, shares[0], shares[1], tuple(pairs))


def _order(overlap: Overlap) -> tuple[float, float, str, str]:
    shares = sorted((overlap.left_covered, overlap.right_covered))
    return -shares[1], -shares[0], overlap.left, overlap.right


def candidates(
    overlaps: Sequence[Overlap],
    systems: Iterable[System],
    *,
    strong: float,
    users: Mapping[str, int] | None = None,
    dismissed: Collection[tuple[str, str]] = (),
) -> tuple[Candidate, ...]:
    """Group strong overlaps into stars: one system that stays and those that could be merged into it.

    A system may be merged into another when at least ``strong`` (0–1) of its capabilities are there; a unified platform
    only into a unified platform. Connected components are not used: A ~ B ~ C would put A and C into one group that
    share nothing. Instead the best target is taken with everything that fits it, then the best of what is left, until
    nothing fits. Best: a unified platform, then a system in operation, then the one that covers most (sum of shares),
    then the one with more ``users`` (code → number), then the smaller code. So every system stands in one star at most,
    and no system that is to be merged is a target. ``dismissed`` pairs (smaller code first) are left out.
    """
    known = {system.code: system for system in systems}
    fitting = _fitting(overlaps, known, strong, frozenset(dismissed))
    counted = users or {}
    stars: list[Candidate] = []
    while True:
        free = {target: members for target, members in fitting.items() if members}
        if not free:
            return tuple(stars)
        best = min(free, key=lambda code: _preference(known[code], free[code], counted.get(code, 0)))
        members = sorted(free[best], key=lambda code: (-free[best][code], code))
        stars.append(Candidate(best, tuple(members)))
        gone = {best, *members}
        fitting = {
            target: {code: share for code, share in found.items() if code not in gone}
            for target, found in free.items()
            if target not in gone
        }


def _fitting(
    overlaps: Iterable[Overlap], known: Mapping[str, System], strong: float, dismissed: Collection[tuple[str, str]]
) -> dict[str, dict[str, float]]:
    """Target → systems that fit it, each with the share of its capabilities that the target has."""
    found: dict[str, dict[str, float]] = {}
    for overlap in overlaps:
        if (overlap.left, overlap.right) in dismissed:
            continue
        for code in (overlap.left, overlap.right):
            target, share = overlap.other(code), overlap.covered(code)
            if share >= strong and _may_move(known[code], known[target]):
                found.setdefault(target, {})[code] = share
    return found


def _may_move(system: System, target: System) -> bool:
    return system.build_mode != UNIFIED or target.build_mode == UNIFIED


def _preference(system: System, members: Mapping[str, float], users: int) -> tuple[bool, bool, float, int, str]:
    total = round(sum(members[code] for code in sorted(members)), 4)
    return system.build_mode != UNIFIED, system.status != IN_OPERATION, -total, -users, system.code
