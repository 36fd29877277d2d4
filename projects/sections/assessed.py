"""The unit's self-assessment as it is frozen with a version: one row an item that says anything."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from projects.models import Project, SelfAssessment


def assessment_rows(project: "Project") -> list[dict[str, Any]]:
    """What the unit claims of each checklist item, by code, with the place of the evidence. One query."""
    rows = project.assessments.select_related("document").order_by("code")
    return [_row(row) for row in rows if row.claim or row.note]


def _row(row: "SelfAssessment") -> dict[str, Any]:
    """Documents by their digest, as among the attachments; what is not filled in is left out."""
    values = {
        "code": row.code,
        "claim": str(row.claim),
        "note": row.note,
        "document": row.document.digest if row.document else "",
        "page": row.page,
        "field": row.field,
    }
    return {name: value for name, value in values.items() if value}
