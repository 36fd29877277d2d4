"""The engine: indexes an inventory once, then screens proposals against it and previews single capabilities."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from duplicates import entries, splits
from duplicates.corpus import Corpus
from duplicates.coverage import money_of
from duplicates.encoders import Encoder, choose
from duplicates.facts import Capability, NegativeRule, Proposal, System, Thresholds
from duplicates.matching import Match, first_look
from duplicates.model import Model, load
from duplicates.names import ENGINE_VERSION, Reason, Relation, ScreeningError
from duplicates.prepare import Preparer
from duplicates.relations import Judge, Listing, negative_findings
from duplicates.results import Finding, ProposalResult, RunRecord
from duplicates.second import look_again
from duplicates.verdicts import Screening, conclude


def fingerprint(systems: Sequence[System]) -> str:
    """A SHA-256 of everything compared, independent of the order of systems."""
    digest = hashlib.sha256()
    for system in sorted(systems, key=lambda item: item.code):
        capabilities = sorted(system.capabilities, key=lambda item: item.code)
        digest.update(repr((replace(system, capabilities=()), capabilities)).encode())
    return digest.hexdigest()


def _unique(kind: str, codes: Iterable[str]) -> None:
    repeated = sorted(code for code, count in Counter(codes).items() if count > 1)
    if repeated:
        raise ScreeningError(f"{kind} code given twice: {', '.join(repeated[:5])}")


class Engine:
    """One inventory, indexed.

    ``peers`` are the proposals of the same round; ``reuse_mandatory`` the taxonomy nodes that must be taken from a
    unified platform (None: whatever a unified system offers). ``encoder`` is ``"lexical"``, ``"use"``, an Encoder, or
    None for the default. An encoder that fails degrades to lexical, which ``record`` tells.

    Raises ScreeningError on an empty inventory or
    codes given twice.
    """

    def __init__(
        self,
        systems: Iterable[System],
        *,
        peers: Iterable[Proposal] = (),
        negative_rules: Iterable[NegativeRule] = (),
        thresholds: Thresholds | None = None,
        encoder: str | Encoder | None = None,
        reuse_mandatory: Iterable[str] | None = None,
        coefficients: Model | None = None,
    ) -> None:
        known = sorted(systems, key=lambda item: item.code)
        if not known:
            raise ScreeningError("the inventory is empty: nothing can be compared")
        _unique("system", (item.code for item in known))
        _unique("capability", (item.code for system in known for item in system.capabilities))
        self._encoder, name, degraded = choose(encoder)
        self.coefficients = coefficients or load("dense" if self._encoder else "lexical")
        self.thresholds = thresholds or Thresholds()
        self._rules = tuple(negative_rules)
        self._mandatory = None if reuse_mandatory is None else frozenset(reuse_mandatory)
        self._corpus = Corpus((entry for item in known for entry in entries.of_system(item)), self._encoder)
        self._prepare = Preparer(self._corpus.store.frequency, lambda: self._corpus.store.size)
        self._round = tuple(peers)
        self._peers = self._peer_corpus(self._round)
        self._record = RunRecord(
            ENGINE_VERSION, name, degraded, self.thresholds, fingerprint(known), len(known),
            len(self._corpus.entries), len(self._peers.owners),
        )  # fmt: skip

    @property
    def peers(self) -> Corpus:
        """The other proposals of the round."""
        return self._peers

    @property
    def record(self) -> RunRecord:
        """What must be known to repeat or judge a run."""
        return self._record

    def _peer_corpus(self, peers: Iterable[Proposal]) -> Corpus:
        known = sorted(peers, key=lambda item: item.code)
        _unique("proposal", (item.code for item in known))
        return Corpus((entry for item in known for entry in entries.of_proposal(item)), self._encoder)

    def matches(
        self, proposal: Proposal, peers: Corpus, judge: Judge
    ) -> tuple[dict[str, list[Match]], dict[str, list[tuple[Match, Reason]]]]:
        """Scored matches per capability, best first: those that may count, and those left out with the reason."""
        kept: dict[str, list[Match]] = {}
        left_out: dict[str, list[tuple[Match, Reason]]] = {}
        for entry in entries.of_proposal(proposal):
            code = entry.capability or ""
            kept[code], left_out[code] = [], []
            for corpus in (self._corpus, peers):
                for match in first_look(entry, corpus, self._prepare, self.coefficients):
                    reason = judge.excluded(match)
                    if reason:
                        left_out[code].append((match, reason))
                    else:
                        kept[code].append(match)
        look_again(kept, [(code, match) for code, rows in left_out.items() for match, _ in rows], self.coefficients)
        for found in kept.values():
            found.sort(key=Match.order)
        for rows in left_out.values():
            rows.sort(key=lambda row: row[0].order())
        return kept, left_out

    def screen(
        self, proposal: Proposal, peers: Iterable[Proposal] | None = None, listing: Listing | None = None
    ) -> ProposalResult:
        """Compare one proposal with the inventory, the negative list and the other proposals of the round.

        ``peers`` replaces the engine's peers for this call; ``listing`` widens what is listed without changing bands.
        Raises ScreeningError when no trustworthy answer can be given: the proposal must then stay blocked.
        """
        _check(proposal)
        judge = Judge(proposal, self.coefficients, self.thresholds, self._mandatory)
        others = self._round if peers is None else tuple(peers)
        kept, left_out = self.matches(proposal, self._peers if peers is None else self._peer_corpus(others), judge)
        money = money_of(proposal)
        findings = negative_findings(proposal, self._rules, dict(money.amounts))
        for code, found in kept.items():
            findings += judge.findings(found, money.amounts[code], listing or Listing())
        excluded = [
            judge.exclusion(match, reason) for rows in left_out.values() for match, reason in rows if judge.shown(match)
        ]
        asked = {entry.capability or "": self._prepare(entry) for entry in entries.of_proposal(proposal)}
        silent = [code for code, prepared in asked.items() if prepared.generic_share >= 1.0]
        screening = Screening(proposal, self.thresholds, money, findings, excluded, silent, kept)
        result = conclude(screening, frozenset(rule.code for rule in self._rules if rule.ban))
        return replace(result, hints=splits.hints(proposal, others, result.findings))

    def candidates(self, proposal: Proposal) -> int:
        """How many candidates a proposal has among the systems: the search alone, for measuring."""
        found = 0
        for entry in entries.of_proposal(proposal):
            found += len(self._corpus.candidates(entry, self._corpus.similar(entry)))
        return found

    def preview(
        self,
        text: str,
        taxonomy: str | None = None,
        domain: str | None = None,
        object: str | None = None,
        title: str = "",
    ) -> list[Finding]:
        """Findings for one capability that is being typed; nothing is stored. Empty for an empty text."""
        if not text.strip():
            return []
        capability = Capability("preview", text, taxonomy, domain, object)
        proposal = Proposal("", title, "", "new", None, "", (capability,))
        judge = Judge(proposal, self.coefficients, self.thresholds, self._mandatory)
        kept, _ = self.matches(proposal, self._peers, judge)
        findings = judge.findings(kept["preview"], Decimal(0), Listing())
        return sorted(findings, key=lambda item: item.relation is Relation.RELATED)


def _check(proposal: Proposal) -> None:
    _unique("capability", (item.code for item in proposal.capabilities))
    amounts = [item.budget for item in proposal.capabilities] + [line.amount for line in proposal.budget_lines]
    if any(not amount.is_finite() or amount < 0 for amount in amounts):
        raise ScreeningError(f"proposal {proposal.code}: an amount is negative or not a number")
