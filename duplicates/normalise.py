"""Brings texts to one form (width, traditional characters, case, boilerplate) and keeps the way back to the original."""

from __future__ import annotations

import functools
import unicodedata
from dataclasses import dataclass

from duplicates import lexicon

LIMIT = 20_000
_SPACED = {"Cc", "Cf", "Cs", "Co", "Cn", "So", "Sk", "Zs", "Zl", "Zp"}


@dataclass(frozen=True, slots=True)
class Normal:
    """Normalised text; ``offsets[i]`` is where character i stood in the original."""

    text: str
    offsets: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original [start, end) of a normalised [start, end)."""
        return self.offsets[start], self.offsets[end - 1] + 1


@functools.cache
def _character(character: str) -> str:
    table = lexicon.traditional()
    folded = unicodedata.normalize("NFKC", character).translate(table).lower().translate(table)
    return "".join(" " if unicodedata.category(part) in _SPACED else part for part in folded)


def normalise(text: str) -> Normal:
    """Fold width, traditional characters and case; blank out control characters, emoji and boilerplate phrases.

    Only the first 20,000 characters are read. Source of the steps: issue "duplicate-build detection", item 1.
    """
    parts: list[str] = []
    offsets: list[int] = []
    for position, character in enumerate(text[:LIMIT]):
        folded = _character(character)
        parts.append(folded)
        offsets.extend([position] * len(folded))
    plain = "".join(parts)
    cleaned = lexicon.boilerplate().sub(lambda match: " " * len(match.group()), plain)
    return Normal(cleaned, tuple(offsets))


def clean(text: str) -> str:
    """The normalised text with single blanks: what an encoder is given."""
    return " ".join(normalise(text).text.split())
