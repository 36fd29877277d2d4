"""The engine's reviewed word lists, read once from duplicates/data."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"


def lines(name: str) -> list[str]:
    """The rows of a data file without comments and blanks."""
    text = (DATA / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


@functools.cache
def traditional() -> Mapping[int, str]:
    """Traditional character (code point) → simplified character."""
    pairs = " ".join(lines("traditional.txt")).split()
    return {ord(pair[0]): pair[1] for pair in pairs}


@dataclass(frozen=True, slots=True)
class Group:
    """One synonym group: ``code`` is the index term, ``label`` what a page prints."""

    code: str
    label: str
    members: tuple[str, ...]
    kind: str


@functools.cache
def groups() -> tuple[Group, ...]:
    """All synonym groups of synonyms.tsv: kind, members separated by |, source."""
    found = []
    for number, line in enumerate(lines("synonyms.tsv")):
        kind, members, _source = (line.split("\t") + ["", ""])[:3]
        names = tuple(name.strip() for name in members.split("|") if name.strip())
        found.append(Group(f"§{number}", names[0], names, kind))
    return tuple(found)


@functools.cache
def words(name: str) -> frozenset[str]:
    """A plain list: words separated by blanks or line ends."""
    return frozenset(word for line in lines(name) for word in line.split())


@functools.cache
def phrases(name: str) -> tuple[str, ...]:
    """A list of phrases, one a line, longest first."""
    return tuple(sorted(lines(name), key=lambda text: (-len(text), text)))


@functools.cache
def boilerplate() -> re.Pattern[str]:
    """One pattern for all boilerplate phrases (rows starting with re: are regular expressions)."""
    parts = [row[3:] if row.startswith("re:") else re.escape(row.lower()) for row in phrases("boilerplate.txt")]
    return re.compile("|".join(parts))


BACKGROUND_TEXTS = 400


@functools.cache
def background(script: str) -> tuple[int, Mapping[str, float]]:
    """Background frequencies of ``han`` or ``latin`` grams, scaled to 400 texts: a real inventory outweighs them."""
    table: dict[str, Any] = json.loads((DATA / "background.json").read_text(encoding="utf-8"))[script]
    scale = BACKGROUND_TEXTS / table["texts"] if table["texts"] else 0.0
    return (BACKGROUND_TEXTS if scale else 0), {
        gram: round(count * scale, 4) for gram, count in table["frequency"].items()
    }


@functools.cache
def kinds() -> Mapping[str, str]:
    """Synonym group code → its kind (platform, function, object, domain)."""
    return {group.code: group.kind for group in groups()}


@functools.cache
def factors() -> Mapping[str, float]:
    """Weight of a word or synonym group by its class; what is missing counts in full."""
    table = {code: 0.5 for code, kind in kinds().items() if kind == "function"}
    table.update(dict.fromkeys(words("functions.txt"), 0.5))
    table.update(dict.fromkeys(words("places.txt"), 0.1))
    return table


@functools.cache
def not_objects() -> frozenset[str]:
    """Words and synonym groups that never name a business object."""
    return frozenset(factors()) | {code for code, kind in kinds().items() if kind == "platform"}
