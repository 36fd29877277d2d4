"""The engine: indexes an inventory once, then screens proposals against it and previews single capabilities."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal

from duplicates import entries, splits
from duplicates.corpus import DenseIndex, MemoryCorpus, StoredCorpus, candidates, in_memory
from duplicates.coverage import Money, money_of
from duplicates.encoders import Encoder, choose
from duplicates.facts import Capability, NegativeRule, Proposal, System, Thresholds
from duplicates.index import CandidateStore, MemoryStore
from duplicates.library import Library
from duplicates.matching import Field, Match, field_of
from duplicates.model import Model, load
from duplicates.names import ENGINE_VERSION, Relation, ScreeningError
from duplicates.relations import Judge, Listing, leave_out, negative_findings
from duplicates.results import Finding, ProposalResult, RunRecord
from duplicates.verdicts import Screening, conclude
from duplicates.vocabulary import Vocabulary

EMPTY = "the inventory is empty: nothing can be compared"


def fingerprint(systems: Iterable[System]) -> str:
    """Of everything compared: the sum of one SHA-256 per system, so that a change of one system costs one digest."""
    total = 0
    for system in systems:
        capabilities = sorted(system.capabilities, key=lambda item: item.code)
        text = repr((replace(system, capabilities=()), capabilities))
        total += int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest())
    return f"{total % 2**256:064x}"


def _unique(kind: str, codes: Iterable[str]) -> None:
    repeated = sorted(code for code, count in Counter(codes).items() if count > 1)
    if repeated:
        raise ScreeningError(f"{kind} code given twice: {', '.join(repeated[:5])}")


class Engine:
    """One inventory, indexed.

    ``systems`` are held in memory; or ``store`` finds candidates among systems that stay where they are, ``inventory``
    tells how many (systems, fingerprint) those are, and ``dense`` holds their vectors. ``peers`` are the proposals of
    the same round; ``reuse_mandatory`` the taxonomy nodes that must be taken from a unified platform (None: whatever a
    unified system offers). ``encoder`` is ``"lexical"``, ``"use"``, an Encoder, or None for the default. An encoder
    that fails degrades to lexical, which ``record`` tells.

    Raises ScreeningError on an empty inventory or
    codes given twice.
    """

    def __init__(
        self,
        systems: Iterable[System] = (),
        *,
        peers: Iterable[Proposal] = (),
        negative_rules: Iterable[NegativeRule] = (),
        thresholds: Thresholds | None = None,
        encoder: str | Encoder | None = None,
        reuse_mandatory: Iterable[str] | None = None,
        coefficients: Model | None = None,
        store: CandidateStore | None = None,
        inventory: tuple[int, str] | None = None,
        dense: DenseIndex | None = None,
    ) -> None:
        self._encoder, name, degraded = choose(encoder)
        self.coefficients = coefficients or load("dense" if self._encoder else "lexical")
        self.thresholds = thresholds or Thresholds()
        self._rules = tuple(negative_rules)
        self._mandatory = None if reuse_mandatory is None else frozenset(reuse_mandatory)
        count, digest = self._open(systems, dense) if store is None else self._attach(store, dense, inventory)
        self._round = tuple(peers)
        self._peers = self._peer_corpus(self._round)
        self._record = RunRecord(
            ENGINE_VERSION, name, degraded, self.thresholds, digest, count, self._corpus.store.size,
            len(self._peers.library.owners),
        )  # fmt: skip

    def _open(self, systems: Iterable[System], dense: DenseIndex | None) -> tuple[int, str]:
        known = sorted(systems, key=lambda item: item.code)
        if not known:
            raise ScreeningError(EMPTY)
        _unique("system", (item.code for item in known))
        _unique("capability", (item.code for system in known for item in system.capabilities))
        store, groups = in_memory(known)
        self._words = Vocabulary(store)
        self._corpus: MemoryCorpus | StoredCorpus = MemoryCorpus(groups, store, self._words, self._encoder)
        return len(known), fingerprint(known)

    def _attach(
        self, store: CandidateStore, dense: DenseIndex | None, inventory: tuple[int, str] | None
    ) -> tuple[int, str]:
        if not store.size:
            raise ScreeningError(EMPTY)
        self._words = Vocabulary(store)
        self._corpus = StoredCorpus(store, self._words, dense if self._encoder else None)
        return inventory or (0, "")

    @property
    def record(self) -> RunRecord:
        """What must be known to repeat or judge a run."""
        return self._record

    def _peer_corpus(self, peers: Iterable[Proposal]) -> MemoryCorpus:
        known = sorted(peers, key=lambda item: item.code)
        _unique("proposal", (item.code for item in known))
        groups = [found for item in known if (found := entries.of_proposal(item))]
        store = MemoryStore()
        for found in groups:
            store.add(found)
        return MemoryCorpus(groups, store, self._words, self._encoder)

    @contextmanager
    def field(self, proposal: Proposal, peers: Iterable[Proposal] | None = None) -> Iterator[Field]:
        """All pairs of a proposal, scored; readable until the block ends. ``peers`` as in `screen`."""
        with self._words.visit():
            others = self._peers if peers is None else self._peer_corpus(peers)
            left = Library(self._words)
            if proposal.capabilities:
                left.add(entries.of_proposal(proposal))
            left.freeze()
            found = field_of(left, [self._corpus.gather(left), others.gather(left)])
            leave_out(found, proposal)
            found.score(self.coefficients)
            yield found

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
        money = money_of(proposal)
        with self.field(proposal, None if peers is None else others) as field:
            screening = self._judged(judge, field, money, listing or Listing())
            result = conclude(screening, frozenset(rule.code for rule in self._rules if rule.ban))
        return replace(result, hints=splits.hints(proposal, others, result.findings))

    def _judged(self, judge: Judge, field: Field, money: Money, listing: Listing) -> Screening:
        """The findings of a field, and what else the conclusion needs."""
        proposal = judge.proposal
        findings = negative_findings(proposal, self._rules, dict(money.amounts))
        excluded, suggesting = [], {}
        for row, entry in enumerate(field.left.entries):
            code, chosen = entry.capability or "", field.of(row)
            kept = judge.visible(field, chosen, listing)
            findings += judge.findings(kept, money.amounts[code], listing)
            out = sorted(field.matches(chosen[field.left_out[chosen]]), key=Match.order)
            excluded += [judge.exclusion(match) for match in out if judge.shown(match)]
            suggesting[code] = kept
        silent = [entry.capability or "" for entry, share in zip(field.left.entries, field.left.generic, strict=True)
                  if share >= 1.0]  # fmt: skip
        return Screening(proposal, judge.thresholds, money, findings, excluded, silent, suggesting)

    def candidates(self, proposal: Proposal) -> int:
        """How many candidates a proposal has among the systems without the encoder: the search alone, for measuring."""
        corpus, asked = self._corpus, entries.of_proposal(proposal)
        if isinstance(corpus, MemoryCorpus):
            return sum(len(corpus.candidates(entry)) for entry in asked)
        return sum(len(candidates(corpus.store, entry)[0]) for entry in asked)

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
        with self.field(proposal) as field:
            findings = judge.findings(judge.visible(field, field.of(0), Listing()), Decimal(0), Listing())
        return sorted(findings, key=lambda item: item.relation is Relation.RELATED)


def _check(proposal: Proposal) -> None:
    _unique("capability", (item.code for item in proposal.capabilities))
    amounts = [item.budget for item in proposal.capabilities] + [line.amount for line in proposal.budget_lines]
    if any(not amount.is_finite() or amount < 0 for amount in amounts):
        raise ScreeningError(f"proposal {proposal.code}: an amount is negative or not a number")
