"""Compares one capability with a corpus: candidates, features, first-look log-odds."""

from __future__ import annotations

from dataclasses import dataclass, field

from duplicates.corpus import Corpus
from duplicates.entries import Entry
from duplicates.features import Dense, features
from duplicates.model import Model
from duplicates.prepare import Prepared, Preparer

GENERIC_ONLY = 0.999


@dataclass(slots=True)
class Match:
    """One scored pair; ``score`` is set by the second look."""

    left: Prepared
    right: Prepared
    log_odds: float
    values: dict[str, float] = field(repr=False)
    score: float = 0.0

    @property
    def generic(self) -> bool:
        """The proposed text names nothing but generic modules: such a match never counts."""
        return self.left.generic_share >= GENERIC_ONLY

    def order(self) -> tuple[float, float, str, str]:
        """Best score first; ties by first look, owner and capability code."""
        entry = self.right.entry
        return -self.score, -self.log_odds, entry.owner.key, entry.capability or ""


def first_look(entry: Entry, corpus: Corpus, preparer: Preparer, model: Model) -> list[Match]:
    """All candidates of one proposed capability with their first-look log-odds, in the corpus's order."""
    if not corpus.entries:
        return []
    left = preparer(entry)
    similar = corpus.similar(entry)
    found = []
    for number in corpus.candidates(entry, similar):
        dense = Dense(round(float(similar[0][number]), 4), round(float(similar[1][number]), 4)) if similar else None
        right = preparer(corpus.entries[number])
        values = features(left, right, dense)
        found.append(Match(left, right, model.first.log_odds(values), values))
    return found
