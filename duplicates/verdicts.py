"""From the findings of one proposal to its bands, coverage, verdict and main systems."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from duplicates.coverage import Money, band_of, covered_by, greedy_union, mapped_share, worse
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


def _band(finding: Finding, systems: Mapping[str, Band], peers: Mapping[str, Band], union: Mapping[str, Band], ban: set[str]) -> Band:
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
            if match.right.entry.taxonomy and match.score >= screening.thresholds.related:
                votes[match.right.entry.taxonomy] += round(match.score * 10_000)
        if votes:
            node, weight = min(votes.items(), key=lambda item: (-item[1], item[0]))
            share = weight / sum(votes.values())
            if node != capability.taxonomy and share > 0.5:
                found.append(TagSuggestion(capability.code, capability.taxonomy, node, round(share, 3)))
    return tuple(found)


def conclude(screening: Screening, ban: frozenset[str] = frozenset()) -> ProposalResult:
    """Bands, coverage, union, main systems and verdict (rule: domain.md §6.5; thresholds are policy rows)."""
    money, limits = screening.money, screening.thresholds
    covered, peers_covered = covered_by(screening.findings)
    scores: Counter[str] = Counter()
    for finding in screening.findings:
        if finding.counts and finding.system:
            scores[finding.system] += finding.score  # type: ignore[assignment]
    systems = [SystemCoverage(c, money.share(k), money.sum(k), band_of(money.share(k), limits)) for c, k in covered.items()]
    systems.sort(key=lambda item: (-item.coverage, -round(scores[item.system], 4), item.system))
    peers = [PeerCoverage(c, money.share(k), money.sum(k), band_of(money.share(k), limits)) for c, k in peers_covered.items()]
    peers.sort(key=lambda item: (-item.coverage, item.proposal))
    union = greedy_union(covered, money, scores)
    union_share = money.share({code for system in union for code in covered[system]})
    mapped = mapped_share(screening.proposal)
    reasons = insufficient_reasons(screening, mapped)
    everything = set().union(*covered.values(), *peers_covered.values())
    coverage = money.share(everything)
    findings = _banded(screening, systems, peers, dict.fromkeys(union, band_of(union_share, limits)), set(ban))
    share_band = band_of(coverage, limits)
    band = Band.INSUFFICIENT if reasons else worse(share_band, *(finding.band for finding in findings))
    return ProposalResult(
        proposal=screening.proposal.code,
        band=band,
        verdict=VERDICTS[Band.INSUFFICIENT if reasons else share_band],
        coverage=coverage,
        systems=tuple(systems),
        union=tuple(union),
        union_coverage=union_share,
        main_systems=tuple(union),
        insufficient=bool(reasons),
        mapped_share=mapped,
        excluded=tuple(screening.excluded),
        findings=findings,
        peers=tuple(peers),
        suggestions=suggestions(screening),
        insufficient_reasons=reasons,
    )


def _banded(
    screening: Screening,
    systems: Sequence[SystemCoverage],
    peers: Sequence[PeerCoverage],
    union: Mapping[str, Band],
    ban: set[str],
) -> tuple[Finding, ...]:
    by_system = {item.system: item.band for item in systems}
    by_peer = {item.proposal: item.band for item in peers}
    return tuple(
        replace(finding, band=_band(finding, by_system, by_peer, union, ban)) for finding in screening.findings
    )
