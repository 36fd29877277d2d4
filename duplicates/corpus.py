"""A searchable set of entries: an inventory of systems, or the other proposals of a round."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from duplicates.encoders import CachedEncoder, Vectors
from duplicates.entries import Entry, Owner
from duplicates.index import MemoryStore
from duplicates.normalise import clean, normalise
from duplicates.segment import grams

LEXICAL = 40
DENSE = 30
SYSTEMS = 6
OWNED = 30
TAGGED = 60
DENSE_LENGTH = 400

Similar = npt.NDArray[np.float32]


def dense_texts(entry: Entry) -> tuple[str, str]:
    """The two texts an encoder is given for an entry: the capability, and “title：capability”."""
    text, title = clean(entry.text)[:DENSE_LENGTH], clean(entry.owner.title)
    return text, f"{title}：{text}"[:DENSE_LENGTH] if title else text


class Corpus:
    """Entries with a gram index on capabilities and one on owners; vectors are computed on first dense use."""

    def __init__(self, entries: Iterable[Entry], encoder: CachedEncoder | None) -> None:
        self.entries: list[Entry] = list(entries)
        self.encoder = encoder
        self.store = MemoryStore()
        self.owner_store = MemoryStore()
        self.owners: list[Owner] = []
        self._members: defaultdict[str, list[int]] = defaultdict(list)
        self._tags: defaultdict[tuple[str | None, str | None], list[int]] = defaultdict(list)
        self._vectors: tuple[Vectors, Vectors] | None = None
        for entry in self.entries:
            self._add(entry)

    def _add(self, entry: Entry) -> None:
        number = self.store.add(grams(normalise(entry.text)))
        if entry.owner.code not in self._members:
            self.owners.append(entry.owner)
            self.owner_store.add(grams(normalise(f"{entry.owner.title} {entry.owner.story}")))
        self._members[entry.owner.code].append(number)
        if entry.taxonomy:
            self._tags[entry.taxonomy, entry.domain].append(number)

    def vectors(self) -> tuple[Vectors, Vectors] | None:
        """(capability, title：capability) vectors, or None without an encoder."""
        if self.encoder is None or not self.entries:
            return None
        if self._vectors is None:
            pairs = [dense_texts(entry) for entry in self.entries]
            alone = self.encoder.encode([pair[0] for pair in pairs])
            self._vectors = alone, self.encoder.encode([pair[1] for pair in pairs])
        return self._vectors

    def similar(self, entry: Entry) -> tuple[Similar, Similar] | None:
        """Cosines of one query with every entry, alone and in context."""
        vectors = self.vectors()
        if vectors is None or self.encoder is None:
            return None
        query = self.encoder.encode(list(dense_texts(entry)))
        return vectors[0] @ query[0], vectors[1] @ query[1]

    def candidates(self, entry: Entry, similar: tuple[Similar, Similar] | None) -> list[int]:
        """Numbers worth scoring: rare grams, same tag and domain, systems of the same matter, nearest vectors."""
        query = grams(normalise(entry.text))
        found = set(self.store.search(query, LEXICAL))
        if entry.taxonomy:
            found.update(self._tags.get((entry.taxonomy, entry.domain), [])[:TAGGED])
        owned: list[int] = []
        for owner in self.owner_store.search(query | grams(normalise(entry.owner.title)), SYSTEMS):
            owned += self._members[self.owners[owner].code]
        found.update(owned[:OWNED])
        for row in similar or ():
            found.update(_nearest(row, DENSE))
        return sorted(number for number in found if self.entries[number].owner != entry.owner)


def _nearest(row: Similar, limit: int) -> Sequence[int]:
    if len(row) <= limit:
        return range(len(row))
    chosen: list[int] = np.argpartition(-row, limit)[:limit].tolist()
    return chosen
