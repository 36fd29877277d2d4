"""The words the engine speaks: relations, bands, verdicts, kinds of evidence, reasons for leaving a match out."""

from __future__ import annotations

from enum import StrEnum

ENGINE_VERSION = "2.0"


class Relation(StrEnum):
    """What an existing thing is to a proposed capability."""

    DUPLICATE = "duplicate"
    EXTEND = "extend"
    UNIFIED = "unified"
    NEGATIVE = "negative"
    SAME_ROUND = "same_round"
    RELATED = "related"


class Band(StrEnum):
    """How severe: of a proposal (all four) or of a finding (never ``insufficient``)."""

    RED = "red"
    AMBER = "amber"
    GREEN = "green"
    INSUFFICIENT = "insufficient"


class Verdict(StrEnum):
    """The recommendation for a whole proposal."""

    DUPLICATE = "duplicate"
    PARTIAL = "partial"
    NONE = "none"
    INSUFFICIENT = "insufficient"


class Kind(StrEnum):
    """The kinds of evidence a score is made of."""

    SHARED_TERM = "shared_term"
    SYNONYM = "synonym"
    TAXONOMY = "taxonomy"
    DOMAIN = "domain"
    OBJECT = "object"
    DENSE = "dense"
    GENERIC = "generic"
    NOT_COVERED = "not_covered"
    RULE = "rule"


class Reason(StrEnum):
    """Why a textual match is shown but does not count."""

    PREDECESSOR = "predecessor"
    RETIRED = "retired"
    OWN_VERSION = "own_version"


class ScreeningError(Exception):
    """Screening cannot give an answer; whoever called must treat the proposal as blocked."""
