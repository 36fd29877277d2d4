"""Signs that one undertaking was split over two proposals, or one cost asked for twice (domain.md §6.4, failure 10)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from duplicates.coverage import money_of
from duplicates.facts import BudgetLine, Proposal
from duplicates.normalise import clean
from duplicates.results import Finding, SplitHint

LEAST_NAME = 5
CATEGORIES = frozenset({"software", "hardware", "data"})


def hints(proposal: Proposal, peers: Iterable[Proposal], findings: Iterable[Finding]) -> tuple[SplitHint, ...]:
    """``same_unit``: another proposal of this unit asks for the same; ``same_cost_item``: one line in two proposals."""
    shared: dict[str, set[str]] = {}
    for finding in findings:
        if finding.counts and finding.proposal2:
            shared.setdefault(finding.proposal2, set()).add(finding.capability)
    money = money_of(proposal)
    found = []
    for peer in sorted(peers, key=lambda item: item.code):
        if peer.code == proposal.code:
            continue
        codes = shared.get(peer.code)
        if codes and clean(peer.department) == clean(proposal.department):
            found.append(SplitHint("same_unit", peer.code, tuple(sorted(codes)), money.sum(codes)))
        lines = _same_lines(proposal, peer)
        if lines:
            total = sum((line.amount for line in lines), Decimal(0))
            found.append(SplitHint("same_cost_item", peer.code, tuple(line.name for line in lines), total))
    return tuple(found)


def _same_lines(proposal: Proposal, peer: Proposal) -> list[BudgetLine]:
    theirs = {(clean(line.name), line.amount) for line in peer.budget_lines}
    return [
        line
        for line in proposal.budget_lines
        if line.category in CATEGORIES
        and line.amount > 0
        and len(clean(line.name)) >= LEAST_NAME
        and (clean(line.name), line.amount) in theirs
    ]
