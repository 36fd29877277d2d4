"""The nine sections of a proposal: what belongs to each, what is missing, and how they are frozen."""

from projects.sections.completeness import (
    Gap,
    Progress,
    SectionStatus,
    Status,
    advice,
    gaps,
    label_of,
    required_documents,
    status,
    unmapped,
)
from projects.sections.snapshot import canonical, digest_of, section_hashes, section_snapshot
from projects.sections.statements import standing_statements
from projects.sections.table import CODES, SECTIONS, Section, section_of

__all__ = [
    "CODES",
    "SECTIONS",
    "Gap",
    "Progress",
    "Section",
    "SectionStatus",
    "Status",
    "advice",
    "canonical",
    "digest_of",
    "gaps",
    "label_of",
    "required_documents",
    "section_hashes",
    "section_of",
    "section_snapshot",
    "standing_statements",
    "status",
    "unmapped",
]
