"""From scored pairs to findings: which relation, whether it counts, and what is left out with its reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from duplicates import explain
from duplicates.facts import NegativeRule, Proposal, Thresholds
from duplicates.matching import Match
from duplicates.model import Model
from duplicates.names import Kind, Reason, Relation
from duplicates.normalise import normalise
from duplicates.results import Evidence, Exclusion, Finding

RELATED = 3


@dataclass(frozen=True, slots=True)
class Listing:
    """How much is listed per capability: evaluation asks for more; bands never change."""

    top: int | None = None
    min_score: float | None = None
    evidence: bool = True


@dataclass(frozen=True, slots=True)
class Judge:
    """Turns matches into findings for one proposal."""

    proposal: Proposal
    model: Model
    thresholds: Thresholds
    mandatory: frozenset[str] | None

    def excluded(self, match: Match) -> Reason | None:
        """Why this match must not count: predecessor, retired, or an earlier version of the same proposal."""
        owner = match.right.entry.owner
        if owner.peer:
            return Reason.OWN_VERSION if owner.code == self.proposal.code else None
        if self.proposal.predecessor and owner.code == self.proposal.predecessor:
            return Reason.PREDECESSOR
        return Reason.RETIRED if owner.retired else None

    def relation(self, match: Match) -> Relation:
        """What the existing capability is to the proposed one."""
        entry = match.right.entry
        if match.score < self.thresholds.finding or match.generic:
            return Relation.RELATED
        if entry.owner.peer:
            return Relation.SAME_ROUND
        if entry.owner.unified and (self.mandatory is None or (entry.taxonomy or "") in self.mandatory):
            return Relation.UNIFIED
        return Relation.EXTEND if entry.owner.department == self.proposal.department else Relation.DUPLICATE

    def finding(self, match: Match, relation: Relation, money: Decimal, evidence: bool = True) -> Finding:
        """A finding without its band (bands need the coverage of the whole proposal)."""
        mine, entry = match.left.entry, match.right.entry
        return Finding(
            proposal=self.proposal.code,
            capability=mine.capability or "",
            relation=relation,
            score=match.score,
            system=None if entry.owner.peer else entry.owner.code,
            proposal2=entry.owner.code if entry.owner.peer else None,
            matched_capability=entry.capability,
            evidence=explain.evidence(match, self.model) if evidence else (),
            money=money,
            counts=relation is not Relation.RELATED,
            text=mine.text,
            matched_text=entry.text,
            system_name=entry.owner.name,
            low_confidence=entry.capability is None,
        )

    def shown(self, match: Match) -> bool:
        """Worth listing at all."""
        return match.score >= self.thresholds.related

    def findings(self, matches: Iterable[Match], money: Decimal, listing: Listing) -> list[Finding]:
        """Findings of one capability, best first: all that count, the best related ones, what the listing asks for."""
        found: list[Finding] = []
        related = 0
        for number, match in enumerate(matches):
            relation = self.relation(match)
            wanted = listing.top is not None and number < listing.top and match.score >= (listing.min_score or 0.0)
            if relation is Relation.RELATED and not wanted:
                if not self.shown(match) or related >= RELATED:
                    continue
                related += 1
            found.append(self.finding(match, relation, money, listing.evidence))
        return found

    def exclusion(self, match: Match, reason: Reason) -> Exclusion:
        """A match that was found and is not counted."""
        mine, entry = match.left.entry, match.right.entry
        system, peer = (None, entry.owner.code) if entry.owner.peer else (entry.owner.code, None)
        return Exclusion(system, peer, mine.capability or "", reason, entry.capability, match.score)


def negative_findings(proposal: Proposal, rules: Iterable[NegativeRule], money: dict[str, Decimal]) -> list[Finding]:
    """Capabilities and budget lines that name a keyword of the negative list (domain.md §4.3)."""
    texts = [(item.code, item.text, money[item.code]) for item in proposal.capabilities]
    texts += [(line.capability or "", line.name, line.amount) for line in proposal.budget_lines]
    found: dict[tuple[str, str, str], Finding] = {}
    for rule in sorted(rules, key=lambda rule: rule.code):
        for code, text, amount in texts:
            hits = _hits(text, rule)
            if hits:
                finding = Finding(
                    proposal.code, code, Relation.NEGATIVE, 1.0, rule=rule.code, evidence=hits, money=amount, text=text,
                    matched_text=rule.title, system_name=rule.title,
                )  # fmt: skip
                found.setdefault((rule.code, code, "" if code else text), finding)
    return [found[key] for key in sorted(found)]


def _hits(text: str, rule: NegativeRule) -> tuple[Evidence, ...]:
    normal = normalise(text)
    found = []
    for keyword in sorted(rule.keywords):
        wanted = normalise(keyword).text.strip()
        start = normal.text.find(wanted) if wanted else -1
        if start >= 0:
            found.append(Evidence(Kind.RULE, keyword, (normal.span(start, start + len(wanted)),)))
    return tuple(found)
