"""All scored pairs of one proposal: candidates, features, the two looks of the score."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from duplicates import features, second
from duplicates.corpus import Found
from duplicates.entries import Entry
from duplicates.library import Ints, Library
from duplicates.model import Model, probabilities
from duplicates.vocabulary import Flags, Floats

GENERIC_ONLY = 0.999
HALF = 0.5


@dataclass(frozen=True, slots=True)
class Match:
    """One scored pair of a field."""

    field: Field
    number: int

    @property
    def left(self) -> Entry:
        """The proposed capability."""
        return self.field.left.entries[int(self.field.asked[self.number])]

    @property
    def right(self) -> Entry:
        """The existing capability."""
        return self.field.existing(self.number)

    @property
    def score(self) -> float:
        """Probability that a reviewer would call it the same function."""
        return float(self.field.scores[self.number])

    @property
    def log_odds(self) -> float:
        """The first look's score."""
        return float(self.field.log_odds[self.number])

    @property
    def generic(self) -> bool:
        """The proposed text names nothing but generic modules: such a match never counts."""
        return bool(self.field.left.generic[int(self.field.asked[self.number])] >= GENERIC_ONLY)

    @property
    def values(self) -> dict[str, float]:
        """All features of both looks by name."""
        first = zip(features.NAMES, self.field.values[self.number].tolist(), strict=True)
        return dict(first) | dict(zip(second.NAMES, self.field.later[self.number].tolist(), strict=True))

    @property
    def lacks_a_part(self) -> bool:
        """Most of the existing text is said in the proposed one, which says at least as much again."""
        values = self.field.values[self.number]
        return bool(values[features.COLUMN["covers"]] >= HALF >= values[features.COLUMN["covered"]])

    def weights(self) -> tuple[dict[str, float], dict[str, float]]:
        """Term → weight of the proposed text: all terms, and its business objects."""
        left, row = self.field.left, int(self.field.asked[self.number])
        weights, chosen = left.row_weights(row), left.objects[left.words.row(row)].tolist()
        return weights, {key: value for (key, value), keep in zip(weights.items(), chosen, strict=True) if keep}

    def order(self) -> tuple[float, float, str, str]:
        """Best score first; ties by first look, owner and capability code."""
        entry = self.right
        return -self.score, -self.log_odds, entry.owner.key, entry.capability or ""


@dataclass(slots=True)
class Field:
    """The pairs of one proposal in columns.

    ``asked``: row in ``left``; ``source``: 0 inventory, 1 other proposals; ``numbers``: entry in that library;
    ``owners``, ``claims``: the same number for the same owner, for the same existing entry; ``left_out``: must not
    count.
    """

    left: Library
    rights: tuple[Library, ...]
    asked: Ints
    source: Ints
    numbers: Ints
    owners: Ints
    claims: Ints
    values: Floats
    left_out: Flags
    log_odds: Floats
    later: Floats
    scores: Floats

    def existing(self, number: int) -> Entry:
        """The existing entry of a pair."""
        return self.rights[int(self.source[number])].entries[int(self.numbers[number])]

    def score(self, model: Model) -> None:
        """Both looks with these coefficients."""
        self.log_odds = model.first.log_odds(self.values, features.NAMES)
        self.later = second.values(self)
        self.scores = np.round(probabilities(model.second.log_odds(self.later, second.NAMES)), 4)

    def of(self, asked: int) -> Ints:
        """The pairs of one proposed capability."""
        start, end = np.searchsorted(self.asked, (asked, asked + 1))
        return np.arange(start, end)

    def matches(self, chosen: Ints) -> Iterator[Match]:
        """These pairs, one by one."""
        return (Match(self, number) for number in chosen.tolist())


def field_of(left: Library, sources: Sequence[tuple[Library, list[Found]]]) -> Field:
    """Measure every candidate of every capability; nothing is scored and nothing left out yet."""
    asked, source, numbers, values = [], [], [], []
    for row in range(len(left.entries)):
        for origin, (right, found) in enumerate(sources):
            chosen = found[row].numbers
            if len(chosen):
                asked.append(np.full(len(chosen), row))
                source.append(np.full(len(chosen), origin))
                numbers.append(chosen)
                values.append(features.features(left, row, right, chosen, found[row].dense))
    rows, origins, places = (_joined(part) for part in (asked, source, numbers))
    owners, claims = np.zeros(len(rows), dtype=np.int64), np.zeros(len(rows), dtype=np.int64)
    for origin, (right, _) in enumerate(sources):
        mine = origins == origin
        owners[mine] = right.owner_of[places[mine]] * len(sources) + origin
        claims[mine] = places[mine] * len(sources) + origin
    return Field(
        left=left,
        rights=tuple(right for right, _ in sources),
        asked=rows,
        source=origins,
        numbers=places,
        owners=owners,
        claims=claims,
        values=np.concatenate(values) if values else np.zeros((0, len(features.NAMES))),
        left_out=np.zeros(len(rows), dtype=np.bool_),
        log_odds=np.zeros(len(rows)),
        later=np.zeros((len(rows), len(second.NAMES))),
        scores=np.zeros(len(rows)),
    )


def _joined(parts: Sequence[Ints]) -> Ints:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.int64)
