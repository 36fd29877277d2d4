"""From scored pairs to findings: which relation, whether it counts, and what is left out with its reason."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from duplicates import explain
from duplicates.facts import NegativeRule, Proposal, Thresholds
from duplicates.library import Ints
from duplicates.matching import Field, Match
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

    def reason(self, match: Match) -> Reason:
        """Why a match was left out."""
        owner = match.right.owner
        if owner.peer:
            return Reason.OWN_VERSION
        return Reason.PREDECESSOR if owner.code == self.proposal.predecessor else Reason.RETIRED

    def visible(self, field: Field, chosen: Ints, listing: Listing) -> list[Match]:
        """Those of ``chosen`` that may count and are worth listing, best first."""
        least = min(self.thresholds.related, self.thresholds.finding, self.thresholds.untagged)
        if listing.top is not None:
            least = min(least, listing.min_score or 0.0)
        kept = chosen[~field.left_out[chosen] & (field.scores[chosen] >= least)]
        return sorted(field.matches(kept), key=Match.order)

    def relation(self, match: Match) -> Relation:
        """What the existing capability is to the proposed one.

        ``extend``: the unit's own system does it, or another's does a part of it (design §5, domain.md §6.4 no. 3).
        """
        entry = match.right
        tagged = match.left.taxonomy and entry.taxonomy
        least = self.thresholds.finding if tagged else self.thresholds.untagged
        if match.score < least or match.generic:
            return Relation.RELATED
        if entry.owner.peer:
            return Relation.SAME_ROUND
        if entry.owner.unified and (self.mandatory is None or (entry.taxonomy or "") in self.mandatory):
            return Relation.UNIFIED
        own = entry.owner.department == self.proposal.department
        return Relation.EXTEND if own or match.lacks_a_part else Relation.DUPLICATE

    def finding(self, match: Match, relation: Relation, money: Decimal, evidence: bool = True) -> Finding:
        """A finding without its band (bands need the coverage of the whole proposal)."""
        mine, entry = match.left, match.right
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

    def exclusion(self, match: Match) -> Exclusion:
        """A match that was found and is not counted."""
        mine, entry = match.left, match.right
        system, peer = (None, entry.owner.code) if entry.owner.peer else (entry.owner.code, None)
        reason = self.reason(match)
        return Exclusion(system, peer, mine.capability or "", reason, entry.capability, match.score)


def leave_out(field: Field, proposal: Proposal) -> None:
    """Mark what must not count: the predecessor, retired systems, an earlier version of the same proposal."""
    for source, right in enumerate(field.rights):
        out = np.array(
            [
                owner.code == proposal.code if owner.peer else owner.retired or owner.code == proposal.predecessor
                for owner in right.owners
            ],
            dtype=np.bool_,
        )
        mine = field.source == source
        if mine.any():
            field.left_out[mine] = out[right.owner_of[field.numbers[mine]]]


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
