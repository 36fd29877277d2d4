"""Freeze the requirement table, the counted functions and the estimate's factors with a version."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from projects.models import FunctionItem, Project, TraceRow


def freeze_tracing(snapshot: dict[str, dict[str, Any]], project: "Project") -> None:
    """Add what there is to the sections needs and budget; what is empty is left out, so older digests hold.

    project: with trace_rows and functions prefetched where it matters.
    """
    if rows := [_trace(row) for row in project.trace_rows.all()]:
        snapshot["needs"]["trace"] = rows
    if items := [_function(item) for item in project.functions.all()]:
        snapshot["budget"]["functions"] = items
    if project.estimate_factors:
        snapshot["budget"]["estimate_factors"] = dict(project.estimate_factors)
    if project.estimate_reason:
        snapshot["budget"]["estimate_reason"] = project.estimate_reason


def _trace(row: "TraceRow") -> dict[str, Any]:
    return {
        "need": row.need.code if row.need else None,
        "text": row.need_text,
        "duty": row.duty_item,
        "capability": row.capability.code if row.capability else None,
        "criterion": row.criterion,
    }


def _function(item: "FunctionItem") -> dict[str, Any]:
    return {
        "capability": item.capability.code if item.capability else None,
        "name": item.name,
        "type": str(item.type),
        "count": item.count,
        "reuse": item.reuse,
    }
