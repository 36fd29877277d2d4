"""The structured lists of a proposal as they are frozen: codes instead of keys, only the lists that have a row."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from projects.models import DataRequest, FundScope, JointPartner, PerformanceGoal, Project, ReuseDeclaration

GOAL = ("name", "base", "target", "due", "method")
REQUEST = ("name", "provider", "purpose", "legal_basis", "channel", "reason")
SCOPE = ("fund_source", "scope", "document")
Rows = list[dict[str, Any]]


def structured(project: "Project") -> dict[str, dict[str, Rows]]:
    """Section code → name of the list → its rows. No query where queries.load_parts has read them."""
    lists: dict[str, dict[str, Rows]] = {
        "overview": {"partners": [_partner(row) for row in project.partners.all()]},
        "solution": {"reuse": [_reuse(row) for row in project.reuse_declarations.all()]},
        "resources": {"data_requests": [_columns(row, REQUEST) for row in project.data_requests.all()]},
        "management": {"goals": [_columns(row, GOAL) for row in project.goals.all()]},
        "budget": {"fund_scopes": [_columns(row, SCOPE) for row in project.fund_scopes.all()]},
    }
    return {code: {name: rows for name, rows in named.items() if rows} for code, named in lists.items()}


def _columns(row: "PerformanceGoal | DataRequest | FundScope", names: tuple[str, ...]) -> dict[str, Any]:
    return {name: str(getattr(row, name)) for name in names}


def _reuse(row: "ReuseDeclaration") -> dict[str, Any]:
    return {"component": row.component.code, "choice": str(row.choice), "reason": row.reason}


def _partner(row: "JointPartner") -> dict[str, Any]:
    return {
        "department": row.department.code,
        "scope": row.scope,
        "capabilities": sorted(capability.code for capability in row.capabilities.all()),
        "amount": None if row.amount is None else f"{row.amount:.2f}",
    }
