"""Freeze the sections of a proposal as canonical JSON, and hash them."""

import hashlib
import json
from typing import TYPE_CHECKING, Any

from projects.sections.assessed import assessment_rows
from projects.sections.rows import structured
from projects.sections.statements import standing_statements, statement_row
from projects.sections.table import SECTIONS, Section
from projects.sections.trace_snapshot import freeze_tracing

if TYPE_CHECKING:
    from projects.models import BudgetLine, Document, Project, ProposedCapability

Snapshot = dict[str, dict[str, Any]]
LINE_DETAILS = ("vendor", "site", "period_from", "period_to")
# Columns that came later, with the value that says nothing: left out then, so that older versions keep their digest.
LATER: dict[str, Any] = {
    **dict.fromkeys(("internet_facing", "important_data", "cii", "external_cloud")),
    "article3": {},
    "no_data_needed": False,
}


def section_snapshot(project: "Project") -> Snapshot:
    """Every section with its values: codes instead of keys, money as text with two decimals.

    Beside their columns, solution holds `capabilities`, budget `lines`, attachments `documents`, overview `round`, unit
    `department`. The structured lists of sections.rows stand in their section where they have a row, and columns that
    came later where they have a value. What the unit stated on duplicates is a part of its own, `statements`, present
    only where something was stated: it belongs to no section, so it makes no review void, and versions without it keep
    their digest.
    """
    snapshot = {section.code: _columns(project, section) for section in SECTIONS}
    snapshot["overview"]["round"] = project.round.code
    if needs := sorted(need.code for need in project.needs.all()):
        snapshot["overview"]["needs"] = needs
    snapshot["unit"]["department"] = project.department.code
    snapshot["solution"]["capabilities"] = [_capability(row) for row in project.capabilities.all()]
    snapshot["budget"]["lines"] = [_line(row) for row in project.budget_lines.all()]
    documents = sorted(project.documents.all(), key=lambda row: (row.kind, row.digest, row.pk))
    snapshot["attachments"]["documents"] = [_document(row) for row in documents]
    for code, lists in structured(project).items():
        snapshot[code] |= lists
    freeze_tracing(snapshot, project)
    if statements := standing_statements(project):
        snapshot["statements"] = {"rows": [statement_row(row) for row in statements]}
    if assessed := assessment_rows(project):  # a part of its own in the same way
        snapshot["assessment"] = {"rows": assessed}
    return snapshot


def section_hashes(snapshot: Snapshot) -> dict[str, str]:
    """SHA-256 of the canonical form of each section: equal hashes, equal section."""
    return {code: digest_of(values) for code, values in snapshot.items()}


def canonical(value: Any) -> str:
    """JSON in the one form that is hashed: sorted keys, no blanks, no escapes."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest_of(value: Any) -> str:
    """SHA-256 of the canonical form."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def _columns(project: "Project", section: Section) -> dict[str, Any]:
    values = {name: _value(project, name) for name in section.fields}
    return {name: value for name, value in values.items() if name not in LATER or value != LATER[name]}


def _value(project: "Project", name: str) -> Any:
    if name == "plan_items":
        return sorted(item.code for item in project.plan_items.all())
    if name == "predecessor":
        return project.predecessor.code if project.predecessor else None
    value = getattr(project, name)
    return str(value) if isinstance(value, str) else value


def _capability(row: "ProposedCapability") -> dict[str, Any]:
    return {
        "code": row.code,
        "text": row.text,
        "taxonomy": row.taxonomy.code if row.taxonomy else None,
        "domain": row.domain.code if row.domain else None,
        "object": str(row.service_object),
    }


def _line(row: "BudgetLine") -> dict[str, Any]:
    """Details that are not filled in are left out, so that a version without them keeps its digest."""
    details = {name: getattr(row, name) for name in LINE_DETAILS}
    return {
        "name": row.name,
        "amount": f"{row.amount:.2f}",
        "category": str(row.category),
        "capability": row.capability.code if row.capability else None,
        "fund_source": str(row.fund_source),
        **{name: value for name, value in details.items() if value},
    }


def _document(row: "Document") -> dict[str, Any]:
    return {"kind": str(row.kind), "name": row.name, "size": row.size, "digest": row.digest}
