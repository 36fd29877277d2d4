"""Merge what several people ask to be corrected into the lines of one notice: plain values, no database.

A line is a dictionary: section, field, code, clause, problem, suggestion, origin; raised_by and reviews (keys of people
and reviews), lines (keys of the prepared lines it came from), finding, earlier (key of the line that was not cured),
allowed_by and allowed_because (leave for a second notice). What is not known is left out.
"""

import hashlib
import json
import unicodedata
from collections.abc import Iterable
from typing import Any

from projects.sections import CODES

Line = dict[str, Any]
WHO = ("raised_by", "reviews", "lines")
ONE = ("finding", "earlier", "allowed_by", "allowed_because", "origin", "field", "code")
# The longest texts that a line of a notice can hold.
LIMITS = {"problem": 2000, "suggestion": 2000, "clause": 300}


def normal(text: str) -> str:
    """The same words, whatever their width, blanks, punctuation and case; signs such as ≥ and % say something."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in folded if sign == "%" or unicodedata.category(sign)[0] not in "PZC")


def same_as(line: Line) -> tuple:
    """What makes two lines one: the finding, the checklist item, else the place and the problem."""
    if finding := line.get("finding"):
        return "finding", finding
    if code := line.get("code"):
        return "code", code
    return "text", line.get("section", ""), line.get("field", ""), normal(line.get("problem", ""))


def merged(lines: Iterable[Line]) -> list[Line]:
    """One line for each thing to correct, with everybody who raised it; in the order of the sections."""
    found: dict[tuple, Line] = {}
    for line in lines:
        key = same_as(line)
        found[key] = joined(found[key], line) if key in found else {**line}
    return by_section(found.values())


def joined(first: Line, second: Line) -> Line:
    """Two lines as one: texts that differ stand below each other, people and reviews are added up."""
    line = {**second, **{name: value for name, value in first.items() if value not in ("", None, [])}}
    for name, limit in LIMITS.items():
        line[name] = _texts(first.get(name, ""), second.get(name, ""), limit)
    for name in WHO:
        if both := [*first.get(name, []), *second.get(name, [])]:
            line[name] = list(dict.fromkeys(both))
    return line


def by_section(lines: Iterable[Line]) -> list[Line]:
    """In the order of the nine sections; what belongs to none comes last."""
    place = {code: number for number, code in enumerate(CODES)}
    return sorted(lines, key=lambda line: place.get(line.get("section", ""), len(place)))


def digest_of(lines: Iterable[Line]) -> str:
    """Changes as soon as a line is added, removed or reworded: what was looked at is what is sent."""
    rows = [[line.get("section", ""), line.get("code", ""), line.get("problem", "")] for line in lines]
    return hashlib.sha256(json.dumps(sorted(rows), ensure_ascii=False).encode()).hexdigest()


def _texts(first: str, second: str, limit: int) -> str:
    parts = [first, *second.split("\n")]
    kept: dict[str, str] = {}
    for part in [piece for text in parts for piece in text.split("\n")]:
        if part.strip():
            kept.setdefault(normal(part), part.strip())
    return "\n".join(kept.values())[:limit]
