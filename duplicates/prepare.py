"""Turns entries into weighted terms; generic modules, function words and places are discounted."""

from __future__ import annotations

import functools
import math
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from duplicates import lexicon
from duplicates.entries import Entry, Owner
from duplicates.normalise import Normal, normalise
from duplicates.segment import Term, bigrams, terms

Weights = dict[str, float]

GENERIC_FACTOR = 0.3
BIGRAM_FACTOR = 0.5
REMEMBERED = 100_000


@dataclass(slots=True, eq=False)
class Context:
    """What the title, the description and the other capabilities of an owner say."""

    title: Weights
    title_objects: Weights
    vocabulary: frozenset[str]
    closeness: dict[Context, float] = field(default_factory=dict)


@dataclass(slots=True)
class Prepared:
    """One entry ready for comparison."""

    entry: Entry
    weights: Weights
    total: float
    norm: float
    objects: Weights
    objects_total: float
    asked: Weights
    asked_total: float
    generic_share: float
    platforms: frozenset[str]
    things: frozenset[str]
    context: Context


@functools.cache
def _generic() -> re.Pattern[str]:
    """One pattern for all generic module names, the longest first; Latin ones must be whole words."""
    names = sorted(
        {normalise(phrase).text.strip() for phrase in lexicon.phrases("generic.txt")}, key=lambda n: (-len(n), n)
    )
    return re.compile("|".join(rf"\b{re.escape(name)}\b" if name.isascii() else re.escape(name) for name in names))


def generic_spans(normal: Normal) -> list[tuple[int, int]]:
    """Where the text names a generic module, from left to right, the longest first."""
    return [match.span() for match in _generic().finditer(normal.text)]


def _things(weights: Weights) -> frozenset[str]:
    """The business objects of the synonym table that a text names."""
    kinds = lexicon.kinds()
    return frozenset(key for key in weights if kinds.get(key) == "object")


class Preparer:
    """Weighs terms with the frequencies of one inventory; owners' contexts are computed once."""

    def __init__(self, frequency: Callable[[str], int], size: Callable[[], int]) -> None:
        self._frequency = frequency
        self._size = size
        self._contexts: dict[Owner, Context] = {}
        self._idf: dict[str, float] = {}
        self._prepared: dict[Entry, Prepared] = {}

    def idf(self, key: str) -> float:
        """Inverse document frequency, worked out once per key (the inventory of an engine does not change)."""
        known = self._idf.get(key)
        if known is None:
            if len(self._idf) > 4 * REMEMBERED:
                self._idf.clear()
            known = self._idf[key] = self._inverse(key)
        return known

    def _inverse(self, key: str) -> float:
        """Over inventory and background together; a Han word counts as its rarest pair of characters."""
        texts, table = lexicon.background("latin" if key[0].isascii() else "han")
        parts = [key]
        if key[0] > "\u33ff" and len(key) > 2:
            parts = [key[i : i + 2] for i in range(len(key) - 1)]
        seen = min(self._frequency(part) + table.get(part, 0.0) for part in parts)
        return math.log((self._size() + texts + 1) / (seen + 0.5))

    def factor(self, key: str) -> float:
        """How much a word counts by its class."""
        return lexicon.factors().get(key, 1.0)

    def weigh(self, normal: Normal, found: list[Term], generic: list[tuple[int, int]]) -> Weights:
        """Term → weight: words, synonym groups and (at half weight) Han bigrams; term frequency counts as 1 + ln."""
        counts: Counter[str] = Counter()
        discount: dict[str, float] = {}
        for term in found:
            counts[term.key] += 1
            inside = any(start <= term.start and term.end <= end for start, end in generic)
            discount[term.key] = min(discount.get(term.key, 1.0), GENERIC_FACTOR if inside else 1.0)
        weights = {
            key: self.idf(key) * self.factor(key) * discount[key] * (1.0 + math.log(count))
            for key, count in counts.items()
        }
        for pair in bigrams(normal.text):
            if pair not in weights:
                weights[pair] = self.idf(pair) * BIGRAM_FACTOR * self.factor(pair)
        return weights

    def _objects(self, found: list[Term], weights: Weights, generic: list[tuple[int, int]]) -> Weights:
        others = lexicon.not_objects()
        return {
            term.key: weights[term.key]
            for term in found
            if term.key not in others and not any(start <= term.start and term.end <= end for start, end in generic)
        }

    def text(self, text: str) -> tuple[Weights, Weights, float]:
        """Weights, object weights, and the share of the words that only name generic modules."""
        normal = normalise(text)
        found = terms(normal)
        generic = generic_spans(normal)
        weights = self.weigh(normal, found, generic)
        objects = self._objects(found, weights, generic)
        inside = sum(any(start <= term.start and term.end <= end for start, end in generic) for term in found)
        return weights, objects, inside / len(found) if found else 1.0

    def context(self, owner: Owner) -> Context:
        """The owner's context, computed once."""
        known = self._contexts.get(owner)
        if known is None:
            title, title_objects, _ = self.text(owner.title)
            story, _, _ = self.text(owner.story)
            vocabulary = set(title) | set(story)
            for text in owner.capabilities:
                vocabulary |= {term.key for term in terms(normalise(text))}
            known = self._contexts[owner] = Context(title, title_objects, frozenset(vocabulary))
        return known

    def __call__(self, entry: Entry) -> Prepared:
        """The entry's weighted terms, computed once; ``asked`` are its objects and, at half weight, its title's."""
        known = self._prepared.get(entry)
        if known is None:
            if len(self._prepared) > REMEMBERED:
                self._prepared.clear()
                self._contexts.clear()
            known = self._prepared[entry] = self._prepare(entry)
        return known

    def _prepare(self, entry: Entry) -> Prepared:
        weights, objects, generic = self.text(entry.text)
        context = self.context(entry.owner)
        asked = {**{key: weight / 2 for key, weight in context.title_objects.items()}, **objects}
        return Prepared(
            entry=entry,
            weights=weights,
            total=sum(weights.values()),
            norm=math.sqrt(sum(weight * weight for weight in weights.values())),
            objects=objects,
            objects_total=sum(objects.values()),
            asked=asked,
            asked_total=sum(asked.values()),
            generic_share=generic,
            platforms=frozenset(key for key in weights if lexicon.kinds().get(key) == "platform"),
            things=_things(weights) or _things(context.title),
            context=context,
        )
