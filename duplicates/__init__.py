"""Duplicate-build detection: compares proposed capabilities with existing systems and says why they match."""

from duplicates.encoders import Encoder
from duplicates.engine import Engine
from duplicates.facts import BudgetLine, Capability, NegativeRule, Proposal, System, Thresholds
from duplicates.index import CandidateStore, MemoryStore
from duplicates.names import ENGINE_VERSION, Band, Kind, Reason, Relation, ScreeningError, Verdict
from duplicates.results import (
    Evidence,
    Exclusion,
    Finding,
    PeerCoverage,
    ProposalResult,
    RunRecord,
    SplitHint,
    SystemCoverage,
    TagSuggestion,
)

__all__ = [
    "ENGINE_VERSION",
    "Band",
    "BudgetLine",
    "CandidateStore",
    "Capability",
    "Encoder",
    "Engine",
    "Evidence",
    "Exclusion",
    "Finding",
    "Kind",
    "MemoryStore",
    "NegativeRule",
    "PeerCoverage",
    "Proposal",
    "ProposalResult",
    "Reason",
    "Relation",
    "RunRecord",
    "ScreeningError",
    "SplitHint",
    "System",
    "SystemCoverage",
    "TagSuggestion",
    "Thresholds",
    "Verdict",
]
