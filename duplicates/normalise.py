"""Brings texts to one form (width, traditional characters, case, boilerplate) and keeps the way back."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from duplicates import lexicon

LIMIT = 20_000
_SPACED = {"Cc", "Cf", "Cs", "Co", "Cn", "So", "Sk", "Zs", "Zl", "Zp"}


@dataclass(frozen=True, slots=True)
class Normal:
    """Normalised text; ``offsets[i]`` is where character i stood in the original."""

    text: str
    offsets: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original [start, end) of a normalised [start, end)."""
        return self.offsets[start], self.offsets[end - 1] + 1


class _Folded(dict[str, str]):
    """Character → its folded form, worked out on first use."""

    def __missing__(self, character: str) -> str:
        table = lexicon.traditional()
        folded = unicodedata.normalize("NFKC", character).translate(table).lower().translate(table)
        result = "".join(" " if unicodedata.category(part) in _SPACED else part for part in folded)
        self[character] = result
        return result


_FOLDED = _Folded()


@functools.lru_cache(maxsize=8192)
def normalise(text: str) -> Normal:
    """Fold width, traditional characters and case; blank out control characters, emoji and boilerplate phrases.

    Only the first 20,000 characters are read. Source of the steps: issue "duplicate-build detection", item 1.
    """
    text = text[:LIMIT]
    parts = [_FOLDED[character] for character in text]
    plain = "".join(parts)
    offsets: Sequence[int] = range(len(text))
    if len(plain) != len(text):
        offsets = tuple(position for position, part in enumerate(parts) for _ in part)
    return Normal(lexicon.boilerplate().sub(_blank, plain), offsets)


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


def clean(text: str) -> str:
    """The normalised text with single blanks: what an encoder is given."""
    return " ".join(normalise(text).text.split())
