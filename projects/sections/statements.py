"""Which statements on duplicates still hold: the newest on each question, while the capability is worded the same."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from projects.models import DuplicateStatement, Project


def standing_statements(project: "Project") -> list["DuplicateStatement"]:
    """What the unit says about what its capabilities meet, by capability and target.

    project: with capabilities and budget_lines prefetched where it matters. A budget line that meets the negative list
    is asked about by its name, so names of lines count as wordings too. One query.
    """
    wordings = {row.text for row in project.capabilities.all()} | {line.name for line in project.budget_lines.all()}
    newest: dict[tuple, DuplicateStatement] = {}
    rows = project.statements.select_related("system", "other_project", "rule", "stated_by")
    for statement in rows.order_by("-pk"):
        if statement.capability_text in wordings:
            newest.setdefault(statement.question, statement)
    return sorted(newest.values(), key=lambda row: (row.capability_code, row.target_code, row.pk))


def statement_row(statement: "DuplicateStatement") -> dict[str, Any]:
    """A statement as it is frozen with a version: codes instead of keys."""
    return {
        "capability": statement.capability_code,
        "text": statement.capability_text,
        "system": statement.system.code if statement.system else None,
        "project": statement.other_project.ref if statement.other_project else None,
        "rule": statement.rule.code if statement.rule else None,
        "matched": list(statement.matched),
        "kind": str(statement.kind),
        "statement": statement.text,
        "by": statement.stated_by.username,
        "at": statement.stated_at.isoformat(),
    }
