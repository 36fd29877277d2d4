"""Cuts a text once into what is compared: words, synonym groups, pairs of characters, each with its share of weight."""

from __future__ import annotations

import functools
import math
import re
from collections import Counter
from dataclasses import dataclass

from duplicates import lexicon
from duplicates.normalise import Normal, normalise
from duplicates.segment import Term, bigrams, terms

GENERIC_FACTOR = 0.3
BIGRAM_FACTOR = 0.5
REMEMBERED = 32_768


@dataclass(frozen=True, slots=True)
class Tokens:
    """``keys`` are words and groups first (``words`` of them), then pairs of Han characters; ``shares`` what each
    weighs before its rarity; ``objects`` whether a word may name a business object; ``generic_share`` how much of the
    text only names generic modules."""

    keys: tuple[str, ...]
    shares: tuple[float, ...]
    words: int
    objects: tuple[bool, ...]
    generic_share: float


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


def _inside(term: Term, spans: list[tuple[int, int]]) -> bool:
    return any(start <= term.start and term.end <= end for start, end in spans)


@functools.lru_cache(maxsize=REMEMBERED)
def tokens(text: str) -> Tokens:
    """Words count by class and generic modules less; a word said n times counts 1 + ln n; pairs of characters half."""
    normal = normalise(text)
    found, spans = terms(normal), generic_spans(normal)
    factors = lexicon.factors()
    counts: Counter[str] = Counter()
    outside: set[str] = set()
    generic: list[str] = []
    for term in found:
        counts[term.key] += 1
        if _inside(term, spans):
            generic.append(term.key)
        else:
            outside.add(term.key)
    shares = [
        lexicon.factor(key) * (GENERIC_FACTOR if key in generic else 1.0) * (1.0 + math.log(count))
        for key, count in counts.items()
    ]
    objects = tuple(key in outside and lexicon.may_be_object(key) for key in counts)
    # Besides generic modules only words that say what is done (综合展示大屏): nothing there could be a duplicate.
    named = any(objects) or any(key in lexicon.kinds() for key in outside)
    pairs = [pair for pair in bigrams(normal.text) if pair not in counts]
    return Tokens(
        keys=(*counts, *pairs),
        shares=(*shares, *[BIGRAM_FACTOR * factors.get(pair, 1.0) for pair in pairs]),
        words=len(counts),
        objects=objects,
        generic_share=len(generic) / len(found) if found and (named or not spans) else 1.0,
    )


lexicon.depends(tokens.cache_clear)
