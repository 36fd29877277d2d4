"""Candidate search by rare grams: what every store must offer, and the store in memory."""

from __future__ import annotations

import math
from array import array
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from duplicates import entries
from duplicates.entries import Entry
from duplicates.facts import System
from duplicates.normalise import normalise
from duplicates.segment import grams

RAREST = 10
COMMON_SHARE = 0.01
COMMON_LEAST = 400
WORK = 6_000
UNIT = 1_000_000

Sums = npt.NDArray[np.int64]
# The code of the system and the code of its capability ("" where its description stands for it): also the tie-break.
Place = tuple[str, str]


def chosen_grams(known: Iterable[tuple[int, str]], size: int) -> list[tuple[int, str]]:
    """Which of the query's (frequency, gram) to read, the rarest first: every store must use this choice.

    Ten, as long as each stands in at most 1 % of the entries; more while they are cheap to read, which
    in a small inventory means all of them.
    """
    ceiling = max(COMMON_LEAST, int(size * COMMON_SHARE))
    chosen: list[tuple[int, str]] = []
    work = 0
    for count, gram in sorted(known):
        work += count
        if count > 0 and count <= ceiling and (len(chosen) < RAREST or work <= WORK):
            chosen.append((count, gram))
    return chosen


def weight(count: int, size: int) -> int:
    """Inverse document frequency in millionths: whole numbers add up to the same sum in any order and any store."""
    return round(UNIT * math.log((size + 1) / count))


class CandidateStore(Protocol):
    """Where candidates come from: in memory here, a gram table in the inventory's database in the product.

    Best means the largest sum of `weight` over the chosen grams that an entry (or owner) has; ties by `Place` (by
    code), compared character by character.
    """

    @property
    def size(self) -> int:
        """How many entries are stored."""
        ...

    def frequencies(self, grams: Collection[str]) -> Mapping[str, int]:
        """In how many entries each gram occurs; those that occur nowhere may be left out."""
        ...

    def search(self, grams: Collection[str], limit: int) -> list[Place]:
        """The best entries, best first."""
        ...

    def search_owners(self, grams: Collection[str], limit: int) -> list[str]:
        """The systems whose name, aliases and description match best, best first."""
        ...

    def tagged(self, taxonomy: str, domain: str | None, limit: int) -> list[Place]:
        """The first entries that carry this node and this domain (None: that carry the node and no domain)."""
        ...

    def owned(self, department: str, limit: int) -> list[Place]:
        """The first entries of this department's systems."""
        ...

    def systems(self, codes: Collection[str]) -> list[System]:
        """These systems with all their capabilities, in the order of codes."""
        ...


@dataclass(frozen=True, slots=True)
class IndexedEntry:
    """What a store keeps of one entry: its place, its tags, and the grams of its text."""

    place: Place
    taxonomy: str | None
    domain: str | None
    grams: frozenset[str]


def indexed(system: System) -> tuple[frozenset[str], list[IndexedEntry]]:
    """What every store keeps of one system: the grams of its name, aliases and description, and its entries."""
    return cut(entries.of_system(system))


def cut(found: Sequence[Entry]) -> tuple[frozenset[str], list[IndexedEntry]]:
    """The same for the entries of one system or proposal."""
    owner = found[0].owner
    rows = [
        IndexedEntry(
            (entry.owner.code, entry.capability or ""),
            entry.taxonomy,
            entry.domain,
            frozenset(grams(normalise(entry.text))),
        )
        for entry in found
    ]
    return frozenset(grams(normalise(f"{owner.title} {owner.story}"))), rows


class Postings:
    """Which entries hold a gram, in the order of their numbers; numbers follow places (or codes), so ties do too."""

    def __init__(self) -> None:
        self._rows: defaultdict[str, array[int]] = defaultdict(lambda: array("i"))
        self._sums: Sums = np.zeros(0, dtype=np.int64)
        self.size = 0

    def add(self, grams: Iterable[str]) -> None:
        """One more entry; it must come after those before it in the order of places."""
        for gram in grams:
            self._rows[gram].append(self.size)
        self.size += 1

    def count(self, gram: str) -> int:
        """In how many entries a gram occurs."""
        found = self._rows.get(gram)
        return len(found) if found else 0

    def best(self, grams: Iterable[str], limit: int) -> list[int]:
        """Numbers of the entries with the largest sums of weights, best first."""
        chosen = chosen_grams([(self.count(gram), gram) for gram in set(grams)], self.size)
        if not chosen:
            return []
        if len(self._sums) != self.size:
            self._sums = np.zeros(self.size, dtype=np.int64)
        rows = [np.frombuffer(self._rows[gram], dtype=np.int32) for _, gram in chosen]
        for (count, _), row in zip(chosen, rows, strict=True):
            self._sums[row] += weight(count, self.size)  # a gram names an entry once, so no sum is lost
        numbers = np.concatenate(rows)
        sums = self._sums[numbers]
        self._sums[numbers] = 0
        reach = limit * len(chosen)  # an entry stands there at most once for each gram
        if len(sums) > reach:
            kept = sums >= np.partition(sums, len(sums) - reach)[len(sums) - reach]
            numbers, sums = numbers[kept], sums[kept]
        numbers, first = np.unique(numbers, return_index=True)
        order = np.argsort(-sums[first], kind="stable")[:limit]
        found: list[int] = numbers[order].tolist()
        return found


class MemoryStore:
    """The store in memory; systems are added in the order of their codes and the store is then only read."""

    def __init__(self) -> None:
        self.places: list[Place] = []
        self.codes: list[str] = []
        self._systems: dict[str, System] = {}
        self._entries, self._owners = Postings(), Postings()
        self._tags: defaultdict[tuple[str, str | None], list[int]] = defaultdict(list)
        self._units: defaultdict[str, list[int]] = defaultdict(list)

    @property
    def size(self) -> int:
        """How many entries are stored."""
        return self._entries.size

    def add(self, found: Sequence[Entry], system: System | None = None) -> None:
        """The entries of one more system or proposal, its code after those before it."""
        spoken, rows = cut(found)
        self._owners.add(spoken)
        self.codes.append(found[0].owner.code)
        if system is not None:
            self._systems[system.code] = system
        for row in rows:
            if row.taxonomy:
                self._tags[row.taxonomy, row.domain].append(len(self.places))
            self._units[found[0].owner.department].append(len(self.places))
            self._entries.add(row.grams)
            self.places.append(row.place)

    def frequencies(self, grams: Collection[str]) -> Mapping[str, int]:
        """In how many entries each gram occurs."""
        return {gram: self._entries.count(gram) for gram in grams}

    def search(self, grams: Collection[str], limit: int) -> list[Place]:
        """The best entries, best first."""
        return [self.places[number] for number in self.search_numbers(grams, limit)]

    def search_numbers(self, grams: Collection[str], limit: int) -> list[int]:
        """The same, as numbers in the order of places."""
        return self._entries.best(grams, limit)

    def search_owners(self, grams: Collection[str], limit: int) -> list[str]:
        """The systems whose name, aliases and description match best, best first."""
        return [self.codes[number] for number in self.owner_numbers(grams, limit)]

    def owner_numbers(self, grams: Collection[str], limit: int) -> list[int]:
        """The same, as numbers in the order of codes."""
        return self._owners.best(grams, limit)

    def tagged(self, taxonomy: str, domain: str | None, limit: int) -> list[Place]:
        """The first entries that carry this node and this domain."""
        return [self.places[number] for number in self.tagged_numbers(taxonomy, domain, limit)]

    def tagged_numbers(self, taxonomy: str, domain: str | None, limit: int) -> list[int]:
        """The same, as numbers in the order of places."""
        return self._tags.get((taxonomy, domain), [])[:limit]

    def owned(self, department: str, limit: int) -> list[Place]:
        """The first entries of this department's systems."""
        return [self.places[number] for number in self.owned_numbers(department, limit)]

    def owned_numbers(self, department: str, limit: int) -> list[int]:
        """The same, as numbers in the order of places."""
        return self._units.get(department, [])[:limit] if department else []

    def systems(self, codes: Collection[str]) -> list[System]:
        """These systems with all their capabilities, in the order of codes."""
        return [self._systems[code] for code in sorted(set(codes)) if code in self._systems]


class Remembered:
    """A store that remembers what it has read: for a process that asks the same inventory again and again."""

    def __init__(self, inner: CandidateStore, limit: int = 500_000) -> None:
        self._inner, self._limit = inner, limit
        self._counts: dict[str, int] = {}
        self._systems: dict[str, System] = {}

    @property
    def size(self) -> int:
        """How many entries are stored."""
        return self._inner.size

    def frequencies(self, grams: Collection[str]) -> Mapping[str, int]:
        """In how many entries each gram occurs."""
        missing = [gram for gram in grams if gram not in self._counts]
        if missing:
            if len(self._counts) + len(missing) > self._limit:
                self._counts.clear()
                missing = list(grams)
            found = self._inner.frequencies(missing)
            self._counts.update((gram, found.get(gram, 0)) for gram in missing)
        return {gram: self._counts[gram] for gram in grams}

    def search(self, grams: Collection[str], limit: int) -> list[Place]:
        """The best entries, best first."""
        return self._inner.search(grams, limit)

    def search_owners(self, grams: Collection[str], limit: int) -> list[str]:
        """The systems whose name, aliases and description match best, best first."""
        return self._inner.search_owners(grams, limit)

    def tagged(self, taxonomy: str, domain: str | None, limit: int) -> list[Place]:
        """The first entries that carry this node and this domain."""
        return self._inner.tagged(taxonomy, domain, limit)

    def owned(self, department: str, limit: int) -> list[Place]:
        """The first entries of this department's systems."""
        return self._inner.owned(department, limit)

    def systems(self, codes: Collection[str]) -> list[System]:
        """These systems with all their capabilities, in the order of codes."""
        missing = [code for code in codes if code not in self._systems]
        if missing:
            if len(self._systems) + len(missing) > self._limit // 100:
                self._systems.clear()
                missing = list(codes)
            self._systems.update((system.code, system) for system in self._inner.systems(missing))
        return [self._systems[code] for code in sorted(set(codes)) if code in self._systems]
