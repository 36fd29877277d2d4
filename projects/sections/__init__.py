"""The nine sections of a proposal: what belongs to each, what is missing, and how they are frozen."""

from projects.sections.article3 import suggest
from projects.sections.completeness import (
    Progress,
    SectionStatus,
    Stage,
    Status,
    advice,
    gaps,
    gaps_of,
    label_of,
    later_gaps,
    required_documents,
    stages,
    status,
)
from projects.sections.gap import Gap
from projects.sections.parts import fund_amounts, unmapped
from projects.sections.requirements import REQUIRED, Required, asked_of
from projects.sections.reuse import keep_components, mandatory_components
from projects.sections.snapshot import canonical, digest_of, section_hashes, section_snapshot
from projects.sections.statements import standing_statements
from projects.sections.table import CODES, SECTIONS, Section, section_of

__all__ = [
    "CODES",
    "REQUIRED",
    "SECTIONS",
    "Gap",
    "Progress",
    "Required",
    "Section",
    "SectionStatus",
    "Stage",
    "Status",
    "advice",
    "asked_of",
    "canonical",
    "digest_of",
    "fund_amounts",
    "gaps",
    "gaps_of",
    "keep_components",
    "label_of",
    "later_gaps",
    "mandatory_components",
    "required_documents",
    "section_hashes",
    "section_of",
    "section_snapshot",
    "stages",
    "standing_statements",
    "status",
    "suggest",
    "unmapped",
]
