"""Turns results into JSON lines and plain tables."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from duplicates.explain import sentence
from duplicates.results import Finding, ProposalResult


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


def proposal_row(result: ProposalResult) -> dict[str, Any]:
    """One proposal's conclusion as data (design §9)."""
    return {
        "kind": "proposal", "proposal": result.proposal, "band": str(result.band), "verdict": str(result.verdict),
        "coverage": result.coverage, "main_systems": list(result.main_systems), "union": list(result.union),
        "union_coverage": result.union_coverage, "insufficient": result.insufficient,
        "insufficient_reasons": list(result.insufficient_reasons), "mapped_share": result.mapped_share,
        "systems": [
            {"system": item.system, "coverage": item.coverage, "money": _number(item.money), "band": str(item.band)}
            for item in result.systems
        ],
        "same_round": [
            {"proposal2": item.proposal, "coverage": item.coverage, "money": _number(item.money), "band": str(item.band)}
            for item in result.peers
        ],
        "excluded": [
            {
                **({"system": item.system} if item.system else {"proposal2": item.proposal2}),
                "capability": item.capability, "matched_capability": item.matched_capability, "reason": str(item.reason),
                "score": item.score,
            }
            for item in result.excluded
        ],
        "suggestions": [
            {"capability": item.capability, "claimed": item.claimed, "suggested": item.suggested, "confidence": item.confidence}
            for item in result.suggestions
        ],
    }  # fmt: skip


def lines(result: ProposalResult) -> Iterator[str]:
    """The JSON lines of one proposal: its findings, then its conclusion."""
    for finding in result.findings:
        yield json.dumps(finding_row(finding), ensure_ascii=False)
    yield json.dumps(proposal_row(result), ensure_ascii=False)


def evaluation(figures: dict[str, Any]) -> str:
    """The figures of evaluate as a table."""
    rows = [("engine", figures), *figures["baselines"].items()]
    text = [f"encoder {figures['encoder']}, folds {figures['folds'] or 'none (committed coefficients)'}"]
    text.append(f"{'method':<18}{'F1':>7}{'P':>7}{'R':>7}{'AP':>7}{'R@1':>7}{'R@5':>7}{'R@10':>7}{'money':>7}{'verdict':>9}{'main':>7}")
    for name, row in rows:
        pairs, found, verdict = row["pairs"], row["retrieval"], row["verdicts"]
        numbers = [pairs[key] for key in ("f1", "precision", "recall", "ap")]
        numbers += [found[key] for key in ("r1", "r5", "r10")] + [row["money_recall"]]
        cells = "".join(f"{number:7.3f}" for number in numbers)
        accuracy, named = verdict["accuracy"], verdict["main_named"]
        cells += f"{'–' if accuracy is None else format(accuracy, '.3f'):>9}{'–' if named is None else format(named, '.3f'):>7}"
        text.append(f"{name:<18}{cells}")
    for expected, said in figures["verdicts"]["confusion"].items():
        text.append(f"  expected {expected}: {', '.join(f'{key} {count}' for key, count in said.items())}")
    return "\n".join(text)
