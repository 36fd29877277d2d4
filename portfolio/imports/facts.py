"""Checked facts of systems, ready to be compared with the registry."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class CapabilityFacts:
    """One capability. An empty code means: find it by its text, or number it."""

    code: str
    text: str
    taxonomy_id: int | None = None
    domain_id: int | None = None
    service_object: str = ""
    row: int | None = None
    field: str = "code"


@dataclass(slots=True)
class SystemFacts:
    """One system: model field → value for every field the source mentions; capabilities None when it mentions none."""

    code: str
    values: dict[str, Any] = field(default_factory=dict)
    capabilities: list[CapabilityFacts] | None = None
    row: int | None = None
    # Fields that were there and could not be read: an error names them already.
    unread: set[str] = field(default_factory=set)
