"""Numbers for the terms of one inventory, with their rarity; what a single call adds is forgotten after it."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from duplicates import lexicon

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
FIRST = 1024


def sums(segment: npt.NDArray[np.int64], weights: npt.NDArray[Any], count: int) -> Floats:
    """The sum of weights per segment, added up in their order (which makes it the same on every machine)."""
    return np.asarray(np.bincount(segment, weights, count), dtype=np.float64)


class Frequencies(Protocol):
    """How many entries there are, and in how many of them a gram occurs."""

    @property
    def size(self) -> int:
        """How many entries are stored."""
        ...

    def frequencies(self, grams: Collection[str]) -> Mapping[str, int]:
        """In how many entries each gram occurs; those that occur nowhere may be left out."""
        ...


def _parts(key: str) -> list[str]:
    """A Han word counts as its rarest pair of characters: those are what stores count."""
    if key[0] > "㏿" and len(key) > 2:
        return [key[i : i + 2] for i in range(len(key) - 1)]
    return [key]


class Vocabulary:
    """Term → number, inverse document frequency, and whether it is a platform or a business object of the table."""

    def __init__(self, store: Frequencies) -> None:
        self._store = store
        self._numbers: dict[str, int] = {}
        self._tags: dict[str, int] = {}
        self._keys: list[str] = []
        self._settled = 0
        self.idf: Floats = np.zeros(FIRST)
        self.platforms: Flags = np.zeros(FIRST, dtype=np.bool_)
        self.things: Flags = np.zeros(FIRST, dtype=np.bool_)

    def __len__(self) -> int:
        return len(self._keys)

    def numbers(self, keys: Iterable[str]) -> list[int]:
        """The numbers of the keys; new ones are added and must be settled before they are weighed."""
        known, found = self._numbers, []
        for key in keys:
            number = known.get(key)
            if number is None:
                number = known[key] = len(known)
                self._keys.append(key)
            found.append(number)
        return found

    def key(self, number: int) -> str:
        """The term of a number."""
        return self._keys[number]

    def tag(self, name: str | None) -> int:
        """A number for a tag; -1 for none."""
        return self._tags.setdefault(name, len(self._tags)) if name else -1

    def settle(self) -> None:
        """Work out the rarity of every term that was added since the last time."""
        start, end = self._settled, len(self._keys)
        if start == end:
            return
        self._grow(end)
        fresh = self._keys[start:]
        wanted = {part for key in fresh for part in _parts(key)}
        seen, size = self._store.frequencies(wanted), self._store.size
        kinds = lexicon.kinds()
        tables = {script: lexicon.background(script) for script in ("latin", "han")}
        for number, key in enumerate(fresh, start):
            texts, table = tables["latin" if key[0].isascii() else "han"]
            least = min(seen.get(part, 0) + table.get(part, 0.0) for part in _parts(key))
            self.idf[number] = math.log((size + texts + 1) / (least + 0.5))
            kind = kinds.get(key) if key[0] == "§" else None
            self.platforms[number], self.things[number] = kind == "platform", kind == "object"
        self._settled = end

    def _grow(self, needed: int) -> None:
        room = len(self.idf)
        if needed > room:
            more = max(needed, 2 * room) - room
            self.idf = np.concatenate([self.idf, np.zeros(more)])
            self.platforms = np.concatenate([self.platforms, np.zeros(more, dtype=np.bool_)])
            self.things = np.concatenate([self.things, np.zeros(more, dtype=np.bool_)])

    @contextmanager
    def visit(self) -> Iterator[None]:
        """Forget at the end what was added inside: a process that screens for months must not remember every typo."""
        mark = len(self._keys)
        try:
            yield
        finally:
            for key in self._keys[mark:]:
                del self._numbers[key]
            del self._keys[mark:]
            self._settled = min(self._settled, mark)
