"""The engine's reviewed word lists, read once from duplicates/data."""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from duplicates.names import ENGINE_VERSION, ScreeningError

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
    source: str = ""


Row = tuple[str, tuple[str, ...], str]
KINDS = ("platform", "function", "object", "domain")
_adopted: list[Row] = []


def rows(text: str) -> list[Row]:
    """Synonym rows of a table: kind, members separated by |, source. Raises ScreeningError naming the line."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.startswith("#"):
            kind, members, source = (line.split("\t") + ["", ""])[:3]
            names = tuple(name.strip() for name in members.split("|") if name.strip())
            if kind not in KINDS or not names:
                raise ScreeningError(f"synonyms line {number}: a kind ({', '.join(KINDS)}), then words separated by |")
            found.append((kind, names, source.strip()))
    return found


@functools.cache
def groups() -> tuple[Group, ...]:
    """All synonym groups: those of synonyms.tsv, and the adopted ones, which widen a group they share a word with."""
    found: list[Group] = []
    owner: dict[str, int] = {}
    shipped = rows((DATA / "synonyms.tsv").read_text(encoding="utf-8"))
    for kind, names, source in (*shipped, *_adopted):
        known = next((owner[name.lower()] for name in names if name.lower() in owner), None)
        if known is not None and len(found) >= len(shipped):
            group = found[known]
            added = tuple(name for name in names if name.lower() not in owner)
            found[known] = replace(group, members=(*group.members, *added))
        else:
            known = len(found)
            found.append(Group(f"§{known}", names[0], names, kind, source))
        for name in names:
            owner.setdefault(name.lower(), known)
    return tuple(found)


def adopt(extra: Sequence[Row]) -> str:
    """Make a city's own groups part of every later comparison of this process; returns the new stamp.

    ``extra``: (kind, members, source) rows, in any order; they replace those adopted before. Whatever was indexed or
    prepared under another stamp must be built anew. Raises ScreeningError on an unknown kind or an empty group.
    """
    wanted = sorted((kind, tuple(names), source) for kind, names, source in extra)
    if any(kind not in KINDS or not any(name.strip() for name in names) for kind, names, _ in wanted):
        raise ScreeningError(f"a synonym group needs words and a kind: {', '.join(KINDS)}")
    if wanted != _adopted:
        _adopted[:] = wanted
        for forget in _dependent:
            forget()
    return stamp()


_dependent: list[Callable[[], None]] = []


def depends(forget: Callable[[], None]) -> None:
    """Call ``forget`` whenever the groups change: for caches that rest on them."""
    _dependent.append(forget)


@functools.cache
def stamp() -> str:
    """SHA-256 of everything that decides how a text is cut: engine version, word lists, adopted groups."""
    digest = hashlib.sha256(ENGINE_VERSION.encode())
    for path in sorted(DATA.iterdir()):
        if path.name != "model.json":
            digest.update(path.name.encode() + path.read_bytes())
    digest.update(repr(_adopted).encode())
    return digest.hexdigest()


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


FUNCTION = 0.5  # what is done counts half, whatever it is done to


@functools.cache
def kinds() -> Mapping[str, str]:
    """Synonym group code → its kind (platform, function, object, domain)."""
    return {group.code: group.kind for group in groups()}


@functools.cache
def factors() -> Mapping[str, float]:
    """Weight of a word or synonym group by its class; what is missing counts in full."""
    table = {code: FUNCTION for code, kind in kinds().items() if kind == "function"}
    table.update(dict.fromkeys(words("functions.txt"), FUNCTION))
    table.update(dict.fromkeys(words("places.txt"), 0.1))
    return table


@functools.lru_cache(maxsize=65_536)
def is_function(word: str) -> bool:
    """Whether a word says what is done or built, to whatever object: one of the list, or made of such (服务平台)."""
    known = words("functions.txt")
    return word in known or any(
        word[:cut] in known and is_function(word[cut:]) for cut in range(2, len(word) - 1) if word[0] > "㏿"
    )


@functools.cache
def not_objects() -> frozenset[str]:
    """Words and synonym groups that never name a business object."""
    return frozenset(factors()) | {code for code, kind in kinds().items() if kind == "platform"}


def factor(key: str) -> float:
    """Weight of a word or synonym group by its class."""
    known = factors().get(key)
    if known is None:
        return FUNCTION if is_function(key) else 1.0
    return known


def may_be_object(key: str) -> bool:
    """Whether a word or synonym group may name a business object."""
    return key not in not_objects() and not is_function(key)


for _cached in (groups, stamp, kinds, factors, not_objects):
    depends(_cached.cache_clear)
