"""Entries and their owners in flat arrays, so that one proposed capability is measured against all at once."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from duplicates.entries import Entry, Owner
from duplicates.tokens import Tokens, tokens
from duplicates.vocabulary import Flags, Floats, Vocabulary, sums

Ints = npt.NDArray[np.int64]


class Ragged:
    """Rows of different lengths, one after the other."""

    def __init__(self) -> None:
        self._building = array("i")
        self._ends = array("q", [0])
        self.flat: npt.NDArray[np.int32] = np.zeros(0, dtype=np.int32)
        self.bounds: Ints = np.zeros(1, dtype=np.int64)

    def add(self, row: Iterable[int]) -> None:
        """One more row."""
        self._building.extend(row)
        self._ends.append(len(self._building))

    def freeze(self) -> None:
        """Make the rows readable; nothing can be added afterwards."""
        self.flat = np.frombuffer(self._building, dtype=np.int32) if self._building else self.flat
        self.bounds = np.frombuffer(self._ends, dtype=np.int64)

    def segments(self) -> Ints:
        """For each element, the row it stands in."""
        return np.repeat(np.arange(len(self.bounds) - 1), np.diff(self.bounds))

    def row(self, number: int) -> slice:
        """Where a row stands in `flat`."""
        return slice(int(self.bounds[number]), int(self.bounds[number + 1]))

    def pick(self, rows: Ints) -> tuple[Ints, Ints]:
        """(places in `flat`, which of `rows` each belongs to)."""
        starts = self.bounds[rows]
        lengths = self.bounds[rows + 1] - starts
        ends = np.cumsum(lengths)
        total = int(ends[-1]) if len(ends) else 0
        segment = np.repeat(np.arange(len(rows)), lengths)
        return np.arange(total) + np.repeat(starts - (ends - lengths), lengths), segment


class Library:
    """Owners are added one by one with all their entries; `freeze` weighs everything."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.entries: list[Entry] = []
        self.owners: list[Owner] = []
        self.members: list[range] = []
        self.words, self._shares, self._objects = Ragged(), array("f"), bytearray()
        self.spoken = Ragged()
        self.titles, self._title_shares = Ragged(), array("f")
        self._generic, self._tags = array("d"), array("i")
        self._owner_of, self._flags = array("q"), bytearray()
        self._units, self._whole = array("i"), bytearray()

    def add(self, found: Sequence[Entry]) -> None:
        """One owner with all its entries."""
        owner = found[0].owner
        self.members.append(range(len(self.entries), len(self.entries) + len(found)))
        title = tokens(owner.title)
        spoken = set(title.keys).union(tokens(owner.story).keys)
        for text in owner.capabilities:
            cut = tokens(text)
            spoken.update(cut.keys[: cut.words])
        self.spoken.add(self.vocabulary.numbers(sorted(spoken)))
        objects = [number for number in range(title.words) if title.objects[number]]
        self.titles.add(self.vocabulary.numbers(title.keys[number] for number in objects))
        self._title_shares.extend(title.shares[number] for number in objects)
        self._flags.extend((owner.unified, owner.peer, owner.retired))
        for entry in found:
            self._add_entry(entry, tokens(entry.text))
        self.owners.append(owner)

    def _add_entry(self, entry: Entry, cut: Tokens) -> None:
        self.words.add(self.vocabulary.numbers(cut.keys))
        self._shares.extend(cut.shares)
        self._objects.extend(cut.objects)
        self._objects.extend(bytes(len(cut.keys) - cut.words))
        self._generic.append(cut.generic_share)
        tag = self.vocabulary.tag
        area = entry.taxonomy[0] if entry.taxonomy else None
        self._tags.extend((tag(entry.taxonomy), tag(area), tag(entry.domain), tag(entry.object)))
        self._owner_of.append(len(self.owners))
        self._units.append(tag(entry.owner.department))
        self._whole.append(entry.capability is None)
        self.entries.append(entry)

    def freeze(self) -> Library:
        """Weigh all terms by their rarity; returns the library itself."""
        self.vocabulary.settle()
        for rows in (self.words, self.spoken, self.titles):
            rows.freeze()
        idf, count = self.vocabulary.idf, len(self.entries)
        segment = self.words.segments()
        self.weights = np.asarray(self._shares, dtype=np.float32) * idf[self.words.flat].astype(np.float32)
        self.objects: Flags = np.frombuffer(bytes(self._objects), dtype=np.bool_)
        self.total: Floats = sums(segment, self.weights, count)
        self.norm: Floats = np.sqrt(sums(segment, self.weights.astype(np.float64) ** 2, count))
        self.objects_total: Floats = sums(segment, self.weights * self.objects, count)
        named = sums(segment, self.vocabulary.things[self.words.flat], count)
        self.names_thing: Flags = named > 0
        self.title_weights = np.asarray(self._title_shares, dtype=np.float32) * idf[self.titles.flat].astype(np.float32)
        titled = self.titles.segments()
        self.title_total: Floats = sums(titled, self.title_weights, len(self.owners))
        self.title_things: Flags = sums(titled, self.vocabulary.things[self.titles.flat], len(self.owners)) > 0
        self.generic: Floats = np.asarray(self._generic)
        self.tags = np.asarray(self._tags, dtype=np.int32).reshape(count, 4)
        self.unit = np.asarray(self._units, dtype=np.int32)
        self.whole: Flags = np.frombuffer(bytes(self._whole), dtype=np.bool_)
        self.owner_of: Ints = np.asarray(self._owner_of, dtype=np.int64)
        flags = np.frombuffer(bytes(self._flags), dtype=np.bool_).reshape(len(self.owners), 3)
        self.unified, self.peer, self.retired = flags[:, 0], flags[:, 1], flags[:, 2]
        return self

    def row_weights(self, number: int) -> dict[str, float]:
        """Term → weight of one entry."""
        place = self.words.row(number)
        keys = (self.vocabulary.key(int(number)) for number in self.words.flat[place])
        return dict(zip(keys, self.weights[place].tolist(), strict=True))
