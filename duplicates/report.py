"""Turns results into JSON lines and plain tables."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from duplicates.explain import sentence
from duplicates.results import Exclusion, Finding, PeerCoverage, ProposalResult, SplitHint, SystemCoverage


def _number(amount: Any) -> float | int:
    value = float(amount)
    return int(value) if value.is_integer() else value


def finding_row(finding: Finding) -> dict[str, Any]:
    """One finding as data (design §9)."""
    row: dict[str, Any] = {"kind": "finding", "proposal": finding.proposal, "capability": finding.capability}
    for name in ("system", "proposal2", "rule"):
        if getattr(finding, name):
            row[name] = getattr(finding, name)
    row |= {
        "matched_capability": finding.matched_capability,
        "relation": str(finding.relation),
        "score": finding.score,
        "band": str(finding.band),
        "counts": finding.counts,
        "evidence": [
            {
                "kind": str(item.kind), "term": item.term, "other": item.other, "weight": item.weight,
                "proposed": [list(span) for span in item.proposed], "existing": [list(span) for span in item.existing],
            }
            for item in finding.evidence
        ],
        "money": _number(finding.money),
        "zh": sentence(finding, "zh"),
        "en": sentence(finding, "en"),
    }  # fmt: skip
    if finding.low_confidence:
        row["low_confidence"] = True
    return row


def _covered(items: Iterable[SystemCoverage | PeerCoverage], key: str) -> list[dict[str, Any]]:
    rows = []
    for item in items:
        code = item.system if isinstance(item, SystemCoverage) else item.proposal
        rows.append({key: code, "coverage": item.coverage, "money": _number(item.money), "band": str(item.band)})
    return rows


def _excluded(item: Exclusion) -> dict[str, Any]:
    other = {"system": item.system} if item.system else {"proposal2": item.proposal2}
    row = {"capability": item.capability, "matched_capability": item.matched_capability}
    return {**other, **row, "reason": str(item.reason), "score": item.score}


def _hint(item: SplitHint) -> dict[str, Any]:
    other = {"contract": item.proposal2, "system": item.system} if item.system else {"proposal2": item.proposal2}
    row = {"kind": item.kind, **other, "items": list(item.items), "money": _number(item.money)}
    if item.limit is not None:
        row["limit"] = _number(item.limit)
    pairs = [
        {
            "mine": pair.mine, "theirs": pair.theirs, "amount": _number(pair.amount),
            "other_amount": _number(pair.other_amount), "ground": pair.ground,
        }
        for pair in item.pairs
    ]  # fmt: skip
    return row | {"pairs": pairs}


def proposal_row(result: ProposalResult) -> dict[str, Any]:
    """One proposal's conclusion as data (design §9)."""
    return {
        "kind": "proposal",
        "proposal": result.proposal,
        "band": str(result.band),
        "verdict": str(result.verdict),
        "coverage": result.coverage,
        "main_systems": list(result.main_systems),
        "union": list(result.union),
        "union_coverage": result.union_coverage,
        "insufficient": result.insufficient,
        "insufficient_reasons": list(result.insufficient_reasons),
        "mapped_share": result.mapped_share,
        "systems": _covered(result.systems, "system"),
        "same_round": _covered(result.peers, "proposal2"),
        "excluded": [_excluded(item) for item in result.excluded],
        "suggestions": [asdict(item) for item in result.suggestions],
        "hints": [_hint(item) for item in result.hints],
    }


def lines(result: ProposalResult) -> Iterator[str]:
    """The JSON lines of one proposal: its findings, then its conclusion."""
    for finding in result.findings:
        yield json.dumps(finding_row(finding), ensure_ascii=False)
    yield json.dumps(proposal_row(result), ensure_ascii=False)


def _cell(value: float | None, width: int) -> str:
    return f"{'–' if value is None else format(value, '.3f'):>{width}}"


def evaluation(figures: dict[str, Any]) -> str:
    """The figures of evaluate as a table."""
    heads = ("F1", "P", "R", "AP", "R@1", "R@5", "R@10", "money", "verdict", "main")
    text = [
        f"encoder {figures['encoder']}, folds {figures['folds'] or 'none (committed coefficients)'}",
        f"{'method':<18}" + "".join(f"{head:>8}" for head in heads),
    ]
    for name, row in [("engine", figures), *figures["baselines"].items()]:
        numbers = [row["pairs"][key] for key in ("f1", "precision", "recall", "ap")]
        numbers += [row["retrieval"][key] for key in ("r1", "r5", "r10")] + [row["money_recall"]]
        numbers += [row["verdicts"]["accuracy"], row["verdicts"]["main_named"]]
        text.append(f"{name:<18}" + "".join(_cell(number, 8) for number in numbers))
    for expected, said in figures["verdicts"]["confusion"].items():
        text.append(f"  expected {expected}: {', '.join(f'{key} {count}' for key, count in said.items())}")
    return "\n".join(text)
