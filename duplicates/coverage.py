"""How much of a proposal's money existing systems and other proposals cover: per system, by the best three, in all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from duplicates.facts import Proposal, Thresholds
from duplicates.names import Band
from duplicates.results import Finding

UNION = 3
SEVERITY = {Band.GREEN: 0, Band.AMBER: 1, Band.RED: 2, Band.INSUFFICIENT: 3}


def worse(*bands: Band) -> Band:
    """The most severe band."""
    return max(bands, key=SEVERITY.__getitem__, default=Band.GREEN)


def band_of(share: float, thresholds: Thresholds) -> Band:
    """Red, amber or green by share of money (domain.md §6.5)."""
    if share >= thresholds.red:
        return Band.RED
    return Band.AMBER if share >= thresholds.amber else Band.GREEN


@dataclass(frozen=True, slots=True)
class Money:
    """Money of each capability in 万元, and the weights used for shares (equal ones where no money is given)."""

    amounts: Mapping[str, Decimal]
    weights: Mapping[str, Decimal]

    def share(self, capabilities: Iterable[str]) -> float:
        """Weight of these capabilities among all, 0–1."""
        total = sum(self.weights.values(), Decimal(0))
        part = sum((self.weights[code] for code in set(capabilities)), Decimal(0))
        return round(float(part / total), 6) if total else 0.0

    def sum(self, capabilities: Iterable[str]) -> Decimal:
        """Money of these capabilities in 万元."""
        return sum((self.amounts[code] for code in set(capabilities)), Decimal(0))


def money_of(proposal: Proposal) -> Money:
    """Money per capability: its own budget, else the lines mapped to it."""
    amounts = {}
    for item in proposal.capabilities:
        lines = sum((line.amount for line in proposal.budget_lines if line.capability == item.code), Decimal(0))
        amounts[item.code] = item.budget if item.budget > 0 else lines
    return Money(amounts, amounts if any(amounts.values()) else dict.fromkeys(amounts, Decimal(1)))


def mapped_share(proposal: Proposal) -> float:
    """Share of software money that is mapped to a declared capability, 0–1 (domain.md §6.6)."""
    codes = {item.code for item in proposal.capabilities}
    software = [line for line in proposal.budget_lines if line.category == "software"]
    total = sum((line.amount for line in software), Decimal(0))
    if not total:
        return 1.0 if any(money_of(proposal).amounts.values()) else 0.0
    mapped = sum((line.amount for line in software if line.capability in codes), Decimal(0))
    return round(float(mapped / total), 6)


def covered_by(findings: Iterable[Finding]) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """Capabilities with a counting match: per system, and per other proposal."""
    systems: dict[str, set[str]] = {}
    peers: dict[str, set[str]] = {}
    for finding in findings:
        if finding.counts and finding.system:
            systems.setdefault(finding.system, set()).add(finding.capability)
        elif finding.counts and finding.proposal2:
            peers.setdefault(finding.proposal2, set()).add(finding.capability)
    return systems, peers


def greedy_union(covered: Mapping[str, set[str]], money: Money, scores: Mapping[str, float]) -> list[str]:
    """Up to three systems that together cover the most money; ties by sum of scores, then code."""
    chosen: list[str] = []
    done: set[str] = set()
    while len(chosen) < UNION:
        rest = [code for code in covered if code not in chosen and covered[code] - done]
        if not rest:
            break
        best = min(rest, key=lambda code: (-money.share(covered[code] - done), -round(scores.get(code, 0.0), 4), code))
        chosen.append(best)
        done |= covered[best]
    return chosen
