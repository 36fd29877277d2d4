"""The second look: a match is surer when it is ahead of its rivals and when its system matches more of the proposal."""

from __future__ import annotations

import bisect
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from duplicates.matching import Match
from duplicates.model import Model, probability

NAMES = ("first_look", "ahead", "rank", "siblings", "alone_here", "support", "peer_siblings", "peer_support")
CLIP = 4.0
MOST = 3.0
NO_RIVAL = -9.0


def _clip(value: float) -> float:
    return max(-CLIP, min(CLIP, value))


@dataclass(slots=True)
class Field:
    """All counting first-look matches of one proposal: by capability, by existing capability, by system."""

    rivals: dict[tuple[str, bool], list[float]]
    claims: dict[tuple[str, str], list[float]]
    best: dict[str, dict[str, float]]
    capabilities: int


def survey(matches: Mapping[str, Sequence[Match]]) -> Field:
    """Sort the matches of one proposal for the second look. ``matches``: capability code → matches that may count."""
    rivals: defaultdict[tuple[str, bool], list[float]] = defaultdict(list)
    claims: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    best: defaultdict[str, dict[str, float]] = defaultdict(dict)
    for code, found in matches.items():
        for match in found:
            entry = match.right.entry
            rivals[code, entry.owner.peer].append(match.log_odds)
            claims[entry.owner.key, entry.capability or ""].append(match.log_odds)
            known = best[entry.owner.key]
            known[code] = max(known.get(code, 0.0), probability(match.log_odds))
    for values in (*rivals.values(), *claims.values()):
        values.sort(reverse=True)
    return Field(dict(rivals), dict(claims), dict(best), len(matches))


def _ahead(value: float, others: Sequence[float], counted: bool) -> float:
    """Margin over the best of the others; ``counted`` tells whether the value itself stands among them."""
    skip = 1 if counted and others and others[0] == value else 0
    return _clip(value - (others[skip] if len(others) > skip else NO_RIVAL))


def second_values(code: str, match: Match, field: Field, counted: bool = True) -> dict[str, float]:
    """The second look's features of one match."""
    entry, value = match.right.entry, match.log_odds
    rivals = field.rivals.get((code, entry.owner.peer), [])
    claims = field.claims.get((entry.owner.key, entry.capability or ""), [])
    siblings = float(field.capabilities > 1)
    peer = float(entry.owner.peer)
    others = sum(score for other, score in sorted(field.best.get(entry.owner.key, {}).items()) if other != code)
    support = math.sqrt(min(MOST, others)) * siblings
    own = 2.0 if len(claims) <= 1 else _ahead(value, claims, counted)
    return {
        "first_look": value,
        "ahead": _ahead(value, rivals, counted),
        "rank": math.exp(-min(20, bisect.bisect_left(rivals, -value, key=float.__neg__))),
        "siblings": siblings,
        "alone_here": own * siblings,
        "support": support,
        "peer_siblings": peer * siblings,
        "peer_support": peer * support,
    }


def look_again(matches: Mapping[str, Sequence[Match]], left_out: Iterable[tuple[str, Match]], model: Model) -> None:
    """Set the final score of every match, and of those left out as if they had competed."""
    field = survey(matches)
    for code, found in matches.items():
        for match in found:
            _settle(match, second_values(code, match, field), model)
    for code, match in left_out:
        _settle(match, second_values(code, match, field, counted=False), model)


def _settle(match: Match, values: dict[str, float], model: Model) -> None:
    match.values.update(values)
    match.score = round(probability(model.second.log_odds(values)), 4)
