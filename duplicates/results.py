"""What screening hands back: findings with evidence, coverage per system, the band of a proposal, the run record."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from duplicates.facts import Thresholds
from duplicates.names import Band, Kind, Reason, Relation, Verdict

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Evidence:
    """One part of a score: spans are [start, end) character offsets into the two original texts.

    ``term`` is what to print (the shared word, the tag, the rule's keyword); ``other`` the existing side's wording
    where it differs (synonyms, tags); ``weight`` the part's signed contribution in log-odds (0 when it only informs).
    """

    kind: Kind
    term: str
    proposed: tuple[Span, ...] = ()
    existing: tuple[Span, ...] = ()
    weight: float = 0.0
    other: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One proposed capability against one existing capability, other proposal's capability, or negative-list rule."""

    proposal: str
    capability: str
    relation: Relation
    score: float
    system: str | None = None
    proposal2: str | None = None
    rule: str | None = None
    matched_capability: str | None = None
    band: Band = Band.GREEN
    evidence: tuple[Evidence, ...] = ()
    money: Decimal = Decimal(0)
    counts: bool = False
    text: str = ""
    matched_text: str = ""
    system_name: str = ""
    low_confidence: bool = False


@dataclass(frozen=True, slots=True)
class SystemCoverage:
    """Share of the proposal's money (万元) that one system already covers."""

    system: str
    coverage: float
    money: Decimal
    band: Band


@dataclass(frozen=True, slots=True)
class PeerCoverage:
    """Share of the proposal's money (万元) that another proposal of the round also asks for."""

    proposal: str
    coverage: float
    money: Decimal
    band: Band


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A match that was found and deliberately not counted."""

    system: str | None
    proposal2: str | None
    capability: str
    reason: Reason
    matched_capability: str | None = None
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class TagSuggestion:
    """A taxonomy node the capability's neighbours carry, when the applicant's own tag is missing or disagrees."""

    capability: str
    claimed: str | None
    suggested: str
    confidence: float


@dataclass(frozen=True, slots=True)
class HintPair:
    """Two things that look like one: a line, title or capability of the proposal and its counterpart, in 万元.

    ``ground`` is what they have in common: the vendor and the months, the site, the words.
    """

    mine: str
    theirs: str
    amount: Decimal
    other_amount: Decimal
    ground: str = ""


@dataclass(frozen=True, slots=True)
class SplitHint:
    """A sign that one undertaking was split, or that one cost is asked for twice.

    ``kind``: same_unit, split_under_tier, same_cost_item, same_vendor_period, same_site, running_contract.
    ``proposal2`` is the other proposal, or for running_contract the number of the contract. ``money`` (万元) is what
    this proposal asks for the ``items``; for split_under_tier what the proposals of the unit ask together, where
    ``limit`` is the tier's. ``system`` pays the contract.
    """

    kind: str
    proposal2: str
    items: tuple[str, ...]
    money: Decimal
    pairs: tuple[HintPair, ...] = ()
    limit: Decimal | None = None
    system: str = ""


@dataclass(frozen=True, slots=True)
class ProposalResult:
    """Everything screening says about one proposal. Coverage figures are shares (0–1) of capability money."""

    proposal: str
    band: Band
    verdict: Verdict
    coverage: float
    systems: tuple[SystemCoverage, ...] = ()
    union: tuple[str, ...] = ()
    union_coverage: float = 0.0
    main_systems: tuple[str, ...] = ()
    insufficient: bool = False
    mapped_share: float = 1.0
    excluded: tuple[Exclusion, ...] = ()
    findings: tuple[Finding, ...] = ()
    peers: tuple[PeerCoverage, ...] = ()
    suggestions: tuple[TagSuggestion, ...] = ()
    hints: tuple[SplitHint, ...] = ()
    insufficient_reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunRecord:
    """What must be known to repeat or judge a run."""

    engine_version: str
    encoder: str
    degraded_reason: str | None
    thresholds: Thresholds
    inventory_fingerprint: str
    systems: int
    capabilities: int
    peers: int
