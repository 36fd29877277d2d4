"""Candidate search by rare grams: the protocol, and the store in memory."""

from __future__ import annotations

import heapq
import math
from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Protocol

RAREST = 10
COMMON_SHARE = 0.01
COMMON_LEAST = 400
WORK = 6_000


def chosen_grams(known: Sequence[tuple[int, str]], size: int) -> list[tuple[int, str]]:
    """Which of the query's (frequency, gram) to read, the rarest first: every store must use this choice.

    Ten, as long as each stands in at most 1 % of the entries; more while they are cheap to read, which
    in a small inventory means all of them.
    """
    ceiling = max(COMMON_LEAST, int(size * COMMON_SHARE))
    chosen: list[tuple[int, str]] = []
    work = 0
    for count, gram in known:
        work += count
        if count > 0 and count <= ceiling and (len(chosen) < RAREST or work <= WORK):
            chosen.append((count, gram))
    return chosen


class CandidateStore(Protocol):
    """Where candidates come from: in memory here, a gram table in the inventory's database in the product."""

    @property
    def size(self) -> int:
        """How many entries are stored."""
        ...

    def frequency(self, gram: str) -> int:
        """In how many entries a gram occurs."""
        ...

    def search(self, grams: Iterable[str], limit: int) -> list[int]:
        """Numbers of the best entries, best first, ties by number."""
        ...


class MemoryStore:
    """Posting lists in arrays; entries are numbered in the order they were added."""

    def __init__(self) -> None:
        self._postings: defaultdict[str, array[int]] = defaultdict(lambda: array("I"))
        self._size = 0

    @property
    def size(self) -> int:
        """How many entries are stored."""
        return self._size

    def add(self, grams: Iterable[str]) -> int:
        """Store one entry and return its number."""
        number = self._size
        for gram in grams:
            self._postings[gram].append(number)
        self._size += 1
        return number

    def frequency(self, gram: str) -> int:
        """In how many entries a gram occurs."""
        found = self._postings.get(gram)
        return len(found) if found else 0

    def search(self, grams: Iterable[str], limit: int) -> list[int]:
        """Sum of idf over the rarest grams of the query."""
        known = sorted((self.frequency(gram), gram) for gram in set(grams))
        rare = chosen_grams(known, self._size)
        scores: dict[int, float] = {}
        for count, gram in rare:
            weight = math.log((self._size + 1) / count)
            for number in self._postings[gram]:
                scores[number] = scores.get(number, 0.0) + weight
        best = heapq.nsmallest(limit, scores.items(), key=lambda item: (-round(item[1], 9), item[0]))
        return [number for number, _ in best]
