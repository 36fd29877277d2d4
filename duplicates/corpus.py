"""What proposals are compared with: everything in memory, or what a store in a database finds."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from duplicates import entries
from duplicates.encoders import CachedEncoder, Vectors
from duplicates.entries import Entry
from duplicates.facts import System
from duplicates.index import CandidateStore, MemoryStore, Place
from duplicates.library import Ints, Library
from duplicates.normalise import clean, normalise
from duplicates.segment import grams
from duplicates.vocabulary import Floats, Vocabulary

LEXICAL = 40
DENSE = 30
SYSTEMS = 6
OWNED = 30
TAGGED = 60
SAME_UNIT = 400
DENSE_LENGTH = 400
TOGETHER = 16  # queries multiplied with all vectors at once

Similar = npt.NDArray[np.float32]
T = TypeVar("T")
Owned = TypeVar("Owned")


@dataclass(frozen=True, slots=True)
class Found:
    """The candidates of one proposed capability: numbers in a library, and the encoder's cosines for each."""

    numbers: Ints
    dense: Floats | None


def dense_texts(entry: Entry) -> tuple[str, str]:
    """The two texts an encoder is given for an entry: the capability, and “title：capability”."""
    text, title = clean(entry.text)[:DENSE_LENGTH], clean(entry.owner.title)
    return text, f"{title}：{text}"[:DENSE_LENGTH] if title else text


def place_of(entry: Entry) -> Place:
    """Where an entry stands in a store."""
    return entry.owner.code, entry.capability or ""


class DenseIndex:
    """Vectors of all entries, computed on first use; the search is exact."""

    def __init__(self, known: Sequence[Entry], encoder: CachedEncoder) -> None:
        self._entries, self._encoder = known, encoder
        self._vectors: tuple[Vectors, Vectors] | None = None
        self.places = [place_of(entry) for entry in known]
        self.numbers = {place: number for number, place in enumerate(self.places)}

    def vectors(self) -> tuple[Vectors, Vectors]:
        """(capability, title：capability) vectors."""
        if self._vectors is None:
            pairs = [dense_texts(entry) for entry in self._entries]
            alone = self._encoder.encode([pair[0] for pair in pairs])
            self._vectors = alone, self._encoder.encode([pair[1] for pair in pairs])
        return self._vectors

    def similar(self, asked: Sequence[Entry]) -> Iterator[Similar]:
        """For each entry asked, an (n, 2) array: its cosines with every entry, alone and in context."""
        alone, context = self.vectors()
        for start in range(0, len(asked), TOGETHER):
            pairs = [dense_texts(entry) for entry in asked[start : start + TOGETHER]]
            one = alone @ self._encoder.encode([pair[0] for pair in pairs]).T
            other = context @ self._encoder.encode([pair[1] for pair in pairs]).T
            for number in range(len(pairs)):
                yield np.column_stack([one[:, number], other[:, number]])


def nearest(similar: Similar) -> set[int]:
    """Numbers of the entries with the highest cosines, alone and in context."""
    if len(similar) <= DENSE:
        return set(range(len(similar)))
    found: set[int] = set()
    for column in (0, 1):
        found.update(np.argpartition(-similar[:, column], DENSE)[:DENSE].tolist())
    return found


def _worth_scoring(
    entry: Entry,
    search: Callable[[Collection[str], int], Iterable[T]],
    tagged: Callable[[str, str | None, int], Iterable[T]],
    owned: Callable[[str, int], Iterable[T]],
    owners: Callable[[Collection[str], int], list[Owned]],
) -> tuple[set[T], list[Owned]]:
    """Rare grams, same tag and domain, own department; and the systems of the same matter: the rule for every store."""
    query = grams(normalise(entry.text))
    found = set(search(query, LEXICAL))
    if entry.taxonomy:
        found.update(tagged(entry.taxonomy, entry.domain, TAGGED))
    found.update(owned(entry.owner.department, SAME_UNIT))
    return found, owners(query | grams(normalise(entry.owner.title)), SYSTEMS)


def candidates(store: CandidateStore, entry: Entry) -> tuple[set[Place], list[str]]:
    """Places worth scoring without the encoder, and the codes of systems of the same matter."""
    return _worth_scoring(entry, store.search, store.tagged, store.owned, store.search_owners)


def _found(numbers: Collection[int], library: Library, entry: Entry, cosines: Similar | None) -> Found:
    """The numbers in order, without the proposal itself; ``cosines`` are those of ``numbers`` in ascending order."""
    owners, owner_of = library.owners, library.owner_of
    ordered = sorted(numbers)
    kept = [place for place, number in enumerate(ordered) if owners[owner_of[number]] != entry.owner]
    chosen = np.array([ordered[place] for place in kept], dtype=np.int64)
    if cosines is None:
        return Found(chosen, None)
    exact: Floats = cosines[kept].astype(np.float64).round(4)
    return Found(chosen, exact)


class MemoryCorpus:
    """Systems or proposals held in memory with their own index."""

    def __init__(
        self, groups: Iterable[Sequence[Entry]], store: MemoryStore, words: Vocabulary, encoder: CachedEncoder | None
    ) -> None:
        self.store = store
        self.library = Library(words)
        for found in groups:
            self.library.add(found)
        self.library.freeze()
        self.dense = DenseIndex(self.library.entries, encoder) if encoder and self.library.entries else None

    def gather(self, left: Library) -> tuple[Library, list[Found]]:
        """Rare grams, same tag and domain, systems of the same matter, nearest vectors."""
        if not self.library.entries:
            return self.library, [Found(np.zeros(0, dtype=np.int64), None) for _ in left.entries]
        vectors = self.dense.similar(left.entries) if self.dense else iter(())
        gathered = []
        for entry in left.entries:
            numbers, similar = self.candidates(entry), next(vectors, None)
            if similar is not None:
                numbers |= nearest(similar)
            cosines = None if similar is None else similar[sorted(numbers)]
            gathered.append(_found(numbers, self.library, entry, cosines))
        return self.library, gathered

    def candidates(self, entry: Entry) -> set[int]:
        """Numbers worth scoring without the encoder."""
        store = self.store
        numbers, owners = _worth_scoring(
            entry, store.search_numbers, store.tagged_numbers, store.owned_numbers, store.owner_numbers
        )
        owned = [number for owner in owners for number in self.library.members[owner]]
        return numbers.union(owned[:OWNED])


class StoredCorpus:
    """Systems that stay in a store: only those that hold a candidate are loaded, the others are never read."""

    def __init__(self, store: CandidateStore, words: Vocabulary, dense: DenseIndex | None) -> None:
        self.store, self._words, self._dense = store, words, dense

    def gather(self, left: Library) -> tuple[Library, list[Found]]:
        """The same candidates as in memory; the library lives as long as the visit of its vocabulary."""
        vectors = self._dense.similar(left.entries) if self._dense else iter(())
        wanted: list[tuple[set[Place], list[str], Similar | None]] = []
        for entry in left.entries:
            places, owners = candidates(self.store, entry)
            similar = next(vectors, None)
            if similar is not None and self._dense is not None:
                places.update(self._dense.places[number] for number in nearest(similar))
            wanted.append((places, owners, similar))
        codes = {place[0] for places, _, _ in wanted for place in places}
        library, numbers = self._load(codes.union(*(owners for _, owners, _ in wanted)))
        members = {owner.code: rows for owner, rows in zip(library.owners, library.members, strict=True)}
        gathered = []
        for entry, (places, owners, similar) in zip(left.entries, wanted, strict=True):
            owned = [number for code in owners for number in members.get(code, ())]
            chosen = {numbers[place] for place in places if place in numbers}.union(owned[:OWNED])
            gathered.append(_found(chosen, library, entry, self._cosines(library, chosen, similar)))
        return library, gathered

    def _load(self, codes: set[str]) -> tuple[Library, dict[Place, int]]:
        library = Library(self._words)
        for system in self.store.systems(codes):
            library.add(entries.of_system(system))
        library.freeze()
        return library, {place_of(entry): number for number, entry in enumerate(library.entries)}

    def _cosines(self, library: Library, numbers: set[int], similar: Similar | None) -> Similar | None:
        if similar is None or self._dense is None:
            return None
        known = self._dense.numbers
        return similar[[known[place_of(library.entries[number])] for number in sorted(numbers)]]


def in_memory(known: Iterable[System]) -> tuple[MemoryStore, list[list[Entry]]]:
    """A store of these systems, which must be in the order of their codes, and their entries."""
    store, groups = MemoryStore(), []
    for system in known:
        found = entries.of_system(system)
        store.add(found, system)
        groups.append(found)
    return store, groups
