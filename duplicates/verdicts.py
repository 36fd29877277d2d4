"""From the findings of one proposal to its bands, coverage, verdict and main systems."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from duplicates.coverage import UNION, Money, band_of, covered_by, greedy_union, mapped_share, worse
from duplicates.facts import Proposal, Thresholds
from duplicates.matching import Match
from duplicates.names import Band, Relation, Verdict
from duplicates.results import (
    Exclusion,
    Finding,
    PeerCoverage,
    ProposalResult,
    SystemCoverage,
    TagSuggestion,
)

VERDICTS = {
    Band.RED: Verdict.DUPLICATE,
    Band.AMBER: Verdict.PARTIAL,
    Band.GREEN: Verdict.NONE,
    Band.INSUFFICIENT: Verdict.INSUFFICIENT,
}


@dataclass(frozen=True, slots=True)
class Screening:
    """Everything found for one proposal before it is judged as a whole."""

    proposal: Proposal
    thresholds: Thresholds
    money: Money
    findings: Sequence[Finding]
    excluded: Sequence[Exclusion]
    silent: Sequence[str]
    matches: Mapping[str, Sequence[Match]]


def insufficient_reasons(screening: Screening, mapped: float) -> tuple[str, ...]:
    """Why the proposal cannot be judged: codes ``unmapped_money``, ``no_capabilities``, ``texts_say_nothing``."""
    reasons = []
    if mapped < screening.thresholds.mapped:
        reasons.append("unmapped_money")
    if not screening.proposal.capabilities:
        reasons.append("no_capabilities")
    elif screening.money.share(screening.silent) > 0.5:
        reasons.append("texts_say_nothing")
    return tuple(reasons)


def _band(
    finding: Finding,
    systems: Mapping[str, Band],
    peers: Mapping[str, Band],
    union: Mapping[str, Band],
    ban: frozenset[str],
) -> Band:
    """Severity of one finding: of its system's coverage or of the union it belongs to, whichever is worse."""
    if finding.relation is Relation.NEGATIVE:
        return Band.RED if finding.rule in ban else Band.AMBER
    if not finding.counts:
        return Band.GREEN
    if finding.relation is Relation.SAME_ROUND:
        return peers[finding.proposal2 or ""]
    code = finding.system or ""
    least = Band.AMBER if finding.relation is Relation.UNIFIED else Band.GREEN
    return worse(systems[code], union.get(code, Band.GREEN), least)


def suggestions(screening: Screening) -> tuple[TagSuggestion, ...]:
    """The node most of the close matches carry, where the applicant's own is missing or another."""
    found = []
    for capability in sorted(screening.proposal.capabilities, key=lambda item: item.code):
        votes: Counter[str] = Counter()
        for match in screening.matches.get(capability.code, ())[:5]:
            node = match.right.taxonomy
            if node and match.score >= screening.thresholds.related:
                votes[node] += round(match.score * 10_000)
        if votes:
            node, weight = min(votes.items(), key=lambda item: (-item[1], item[0]))
            share = weight / sum(votes.values())
            if node != capability.taxonomy and share > 0.5:
                found.append(TagSuggestion(capability.code, capability.taxonomy, node, round(share, 3)))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Shares:
    """Who covers how much of the proposal's money."""

    systems: tuple[SystemCoverage, ...]
    peers: tuple[PeerCoverage, ...]
    union: tuple[str, ...]
    union_coverage: float
    coverage: float


def shares(screening: Screening) -> Shares:
    """Coverage per system and other proposal, by the best three systems together, and in all."""
    money, limits = screening.money, screening.thresholds
    covered, peers_covered = covered_by(screening.findings)
    scores: dict[str, float] = {}
    for finding in screening.findings:
        if finding.counts and finding.system:
            scores[finding.system] = scores.get(finding.system, 0.0) + finding.score
    systems, peers = [], []
    for code, capabilities in covered.items():
        share = money.share(capabilities)
        systems.append(SystemCoverage(code, share, money.sum(capabilities), band_of(share, limits)))
    for code, capabilities in peers_covered.items():
        share = money.share(capabilities)
        peers.append(PeerCoverage(code, share, money.sum(capabilities), band_of(share, limits)))
    systems.sort(key=lambda item: (-item.coverage, -round(scores[item.system], 4), item.system))
    peers.sort(key=lambda item: (-item.coverage, item.proposal))
    union = greedy_union(covered, money, scores)
    together = money.share({code for system in union for code in covered[system]})
    in_all = money.share(set().union(*covered.values(), *peers_covered.values()))
    return Shares(tuple(systems), tuple(peers), tuple(union), together, in_all)


def main_systems(screening: Screening, found: Shares, band: Band) -> tuple[str, ...]:
    """Up to three systems to talk about first: the union, then by coverage, then the best of what is only related
    (those not for a green proposal)."""
    related: dict[str, float] = {}
    for match in (match for matches in screening.matches.values() for match in matches):
        owner, score = match.right.owner, match.score
        if not owner.peer and score >= screening.thresholds.related and band is not Band.GREEN:
            related[owner.code] = max(related.get(owner.code, 0.0), score)
    ranked = [*found.union, *(item.system for item in found.systems)]
    ranked += sorted(related, key=lambda code: (-related[code], code))
    return tuple(dict.fromkeys(ranked))[:UNION]


def conclude(screening: Screening, ban: frozenset[str] = frozenset()) -> ProposalResult:
    """Bands, coverage, union, main systems and verdict (rule: domain.md §6.5; thresholds are policy rows)."""
    found = shares(screening)
    mapped = mapped_share(screening.proposal)
    reasons = insufficient_reasons(screening, mapped)
    share_band = band_of(found.coverage, screening.thresholds)
    findings = _banded(screening, found, ban)
    return ProposalResult(
        proposal=screening.proposal.code,
        band=Band.INSUFFICIENT if reasons else worse(share_band, *(finding.band for finding in findings)),
        verdict=VERDICTS[Band.INSUFFICIENT if reasons else share_band],
        coverage=found.coverage,
        systems=found.systems,
        union=found.union,
        union_coverage=found.union_coverage,
        main_systems=main_systems(screening, found, share_band),
        insufficient=bool(reasons),
        mapped_share=mapped,
        excluded=tuple(screening.excluded),
        findings=findings,
        peers=found.peers,
        suggestions=suggestions(screening),
        insufficient_reasons=reasons,
    )


def _banded(screening: Screening, found: Shares, ban: frozenset[str]) -> tuple[Finding, ...]:
    systems = {item.system: item.band for item in found.systems}
    peers = {item.proposal: item.band for item in found.peers}
    union = dict.fromkeys(found.union, band_of(found.union_coverage, screening.thresholds))
    return tuple(replace(finding, band=_band(finding, systems, peers, union, ban)) for finding in screening.findings)
