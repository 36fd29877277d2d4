"""The draw of experts: the same seed, pool and rules give the same people, on any machine and for anybody."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

ALGORITHM = "sha256-order-1"
SEED_BYTES = 32


@dataclass(frozen=True, slots=True)
class Candidate:
    """One expert as the draw sees them."""

    username: str
    fields: tuple[str, ...] = ()
    employer: str = ""

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> "Candidate":
        """From a stored draw."""
        return cls(stored["username"], tuple(stored.get("fields") or ()), stored.get("employer") or "")

    def stored(self) -> dict[str, Any]:
        """As a draw keeps it."""
        return {"username": self.username, "fields": sorted(self.fields), "employer": self.employer}


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a draw came to: who was drawn in which order, whom the employer rule passed over, what nobody covers."""

    usernames: list[str] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)
    uncovered: list[str] = field(default_factory=list)


def rank(seed: str, username: str) -> str:
    """Where a name stands in the draw: the SHA-256 of seed, colon and name, as hexadecimal text."""
    return hashlib.sha256(f"{seed}:{username}".encode()).hexdigest()


def order(seed: str, candidates: Iterable[Candidate]) -> list[Candidate]:
    """The candidates in the order of the draw; in which order they were given makes no difference."""
    return sorted(candidates, key=lambda one: (rank(seed, one.username), one.username))


def draw(
    seed: str, candidates: Iterable[Candidate], *, wanted: int, fields: Sequence[str] = (), per_employer: int = 0,
    seated: Iterable[Candidate] = (),
) -> Drawn:  # fmt: skip
    """Draw at most `wanted` people.

    Algorithm "sha256-order-1": 1. Put the candidates in the order of SHA-256("seed:username"). 2. For each field asked
    for that no seated or drawn person covers, take the first in that order who covers it. 3. Take the first of those
    left until enough are drawn. A person whose employer already has `per_employer` people on the panel (0: no limit)
    is passed over in both steps. Nothing else enters: neither the order of the rows nor the clock.
    """
    ordered, panel, taken = order(seed, candidates), list(seated), []

    def fits(one: Candidate) -> bool:
        of_employer = sum(1 for other in panel if other.employer == one.employer)
        return one not in taken and not (per_employer and one.employer and of_employer >= per_employer)

    def take(one: Candidate) -> None:
        taken.append(one)
        panel.append(one)

    for wish in fields:
        if len(taken) < wanted and not _covered(wish, panel):
            first = next((one for one in ordered if wish in one.fields and fits(one)), None)
            if first is not None:
                take(first)
    for one in ordered:
        if len(taken) < wanted and fits(one):
            take(one)
    # Only while places were left is somebody passed over because of the employer; the others simply came later.
    left = [one.username for one in ordered if one not in taken] if len(taken) < wanted else []
    return Drawn([one.username for one in taken], left, [wish for wish in fields if not _covered(wish, panel)])


def _covered(wish: str, panel: Iterable[Candidate]) -> bool:
    return any(wish in one.fields for one in panel)


def again(record: Mapping[str, Any]) -> Drawn:
    """Run a stored draw again from nothing but what it recorded. Raises LookupError for an unknown algorithm.

    record: seed, algorithm, wanted, rules (fields, per_employer, seated), pool and excluded, as ExpertDraw keeps them.
    """
    if record["algorithm"] != ALGORITHM:
        raise LookupError(record["algorithm"])
    out = {row["username"] for row in record["excluded"]}
    rules = record["rules"]
    return draw(
        record["seed"],
        [one for one in map(Candidate.read, record["pool"]) if one.username not in out],
        wanted=record["wanted"],
        fields=rules.get("fields") or (),
        per_employer=rules.get("per_employer") or 0,
        seated=map(Candidate.read, rules.get("seated") or ()),
    )


def fingerprint(record: Mapping[str, Any]) -> str:
    """The hash of everything a draw rested on and came to; the decision row carries it into the chain."""
    names = ("seed", "algorithm", "wanted", "rules", "pool", "excluded", "drawn")
    text = json.dumps({name: record[name] for name in names}, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()
