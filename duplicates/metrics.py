"""Figures of quality from scored pairs: F1, average precision, recall of systems, verdicts, money."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from duplicates.coverage import money_of
from duplicates.files import Key, Label, Labelled
from duplicates.names import Verdict


@dataclass(frozen=True, slots=True)
class Scored:
    """One proposed capability against one existing one."""

    key: Key
    score: float
    peer: bool
    counts: bool


@dataclass(slots=True)
class Outcome:
    """What a method said about a whole labelled set."""

    pairs: list[Scored] = field(default_factory=list)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    main: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Truth:
    """The labels of a set, sorted for counting. Labels without a capability speak of the whole system."""

    positive: frozenset[Key]
    ignored: frozenset[Key]
    whole: frozenset[tuple[str, str]]
    systems: Mapping[str, frozenset[str]]


def truth_of(labels: Iterable[Label]) -> Truth:
    """Sort the labels: grade 2 is positive, excluded ones are neither hit nor miss."""
    rows = list(labels)
    positive = frozenset(row.key for row in rows if row.grade == 2 and not row.excluded)
    systems: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows:
        if row.grade == 2 and not row.excluded and not row.peer:
            systems[row.key[0]].add(row.key[1])
    return Truth(
        positive,
        frozenset(row.key for row in rows if row.excluded),
        frozenset(row.key[:2] for row in rows if not row.key[2]),
        {capability: frozenset(codes) for capability, codes in systems.items()},
    )


def settle(pairs: Iterable[Scored], truth: Truth) -> list[Scored]:
    """Drop excluded pairs, fold pairs onto the whole system where the truth does, best first."""
    best: dict[Key, Scored] = {}
    for pair in pairs:
        key = (*pair.key[:2], "") if pair.key[:2] in truth.whole else pair.key
        known = best.get(key)
        if key not in truth.ignored and (known is None or (pair.score, pair.counts) > (known.score, known.counts)):
            best[key] = Scored(key, pair.score, pair.peer, pair.counts)
    return sorted(best.values(), key=lambda pair: (-pair.score, pair.key))


def _rates(hits: int, said: int, wanted: int) -> tuple[float, float, float]:
    precision = hits / said if said else 0.0
    recall = hits / wanted if wanted else 0.0
    return precision, recall, 2 * precision * recall / (precision + recall) if hits else 0.0


def pair_figures(pairs: Sequence[Scored], truth: Truth) -> dict[str, float]:
    """F1, precision and recall of the pairs that count; average precision over all that are listed."""
    said = [pair for pair in pairs if pair.counts]
    hits = sum(pair.key in truth.positive for pair in said)
    precision, recall, f1 = _rates(hits, len(said), len(truth.positive))
    seen, total = 0, 0.0
    for number, pair in enumerate(pairs, start=1):
        if pair.key in truth.positive:
            seen += 1
            total += seen / number
    average = total / len(truth.positive) if truth.positive else 0.0
    return {"f1": round(f1, 4), "precision": round(precision, 4), "recall": round(recall, 4), "ap": round(average, 4)}


def best_threshold(pairs: Sequence[Scored], truth: Truth) -> float:
    """The threshold with the best F1, chosen with hindsight: only baselines are given this advantage."""
    hits, best, threshold = 0, 0.0, 1.0
    for number, pair in enumerate(pairs, start=1):
        hits += pair.key in truth.positive
        f1 = _rates(hits, number, len(truth.positive))[2]
        if f1 > best:
            best, threshold = f1, pair.score
    return threshold


def retrieval_figures(pairs: Sequence[Scored], truth: Truth) -> dict[str, float]:
    """Share of capabilities whose right system is among the first 1, 5, 10 systems; and nDCG at 10."""
    ranked: defaultdict[str, list[str]] = defaultdict(list)
    for pair in pairs:
        if not pair.peer and pair.key[1] not in ranked[pair.key[0]]:
            ranked[pair.key[0]].append(pair.key[1])
    wanted = truth.systems
    figures = {}
    for limit in (1, 5, 10):
        found = sum(bool(right & set(ranked[capability][:limit])) for capability, right in wanted.items())
        figures[f"r{limit}"] = round(found / len(wanted), 4) if wanted else 0.0
    gains = [_ndcg(ranked[capability][:10], right) for capability, right in sorted(wanted.items())]
    figures["ndcg10"] = round(sum(gains) / len(gains), 4) if gains else 0.0
    return figures


def _ndcg(ranked: Sequence[str], right: frozenset[str]) -> float:
    gain = sum(1 / math.log2(place + 2) for place, code in enumerate(ranked) if code in right)
    ideal = sum(1 / math.log2(place + 2) for place in range(min(10, len(right))))
    return gain / ideal


def money_recall(pairs: Iterable[Scored], truth: Truth, labelled: Labelled) -> float:
    """Money of truly duplicated capabilities that were found, as a share of all such money."""
    found = {pair.key[0] for pair in pairs if pair.counts and pair.key in truth.positive}
    wanted = {key[0] for key in truth.positive}
    money = {code: amount for item in labelled.proposals for code, amount in money_of(item).amounts.items()}
    total = sum(float(money[code]) for code in wanted)
    return round(sum(float(money[code]) for code in found) / total, 4) if total else 0.0


def verdict_figures(outcome: Outcome, labelled: Labelled) -> dict[str, Any]:
    """Accuracy, confusion (expected → said → count), and how often a right main system is named."""
    confusion: defaultdict[str, Counter[str]] = defaultdict(Counter)
    right = named = asked = 0
    for code, (verdict, main) in labelled.verdicts.items():
        said = outcome.verdicts.get(code, Verdict.NONE)
        confusion[verdict][said] += 1
        right += said == verdict
        if main and verdict in (Verdict.DUPLICATE, Verdict.PARTIAL):
            asked += 1
            named += bool(set(main) & set(outcome.main.get(code, ())))
    count = len(labelled.verdicts)
    return {
        "accuracy": round(right / count, 4) if count else None,
        "confusion": {key: dict(sorted(row.items())) for key, row in sorted(confusion.items())},
        "main_named": round(named / asked, 4) if asked else None,
    }


def figures(outcome: Outcome, labelled: Labelled) -> dict[str, Any]:
    """All figures of one method."""
    truth = truth_of(labelled.truth)
    pairs = settle(outcome.pairs, truth)
    return {
        "pairs": pair_figures(pairs, truth),
        "retrieval": retrieval_figures(pairs, truth),
        "verdicts": verdict_figures(outcome, labelled),
        "money_recall": money_recall(pairs, truth, labelled),
    }
