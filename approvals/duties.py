"""What an approved project must show later: items judged at acceptance, and conditions of its reviews."""

from calendar import monthrange
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from approvals.names import NEEDS_REASON, UNIFIED_KINDS, ReviewStatus
from projects.queries import facts
from standards.kinds import Severity
from standards.services import sheet

if TYPE_CHECKING:
    from approvals.models import Case


def owe(case: "Case") -> None:
    """Write the obligations of a project that is being approved, once each; the caller holds its lock.

    At acceptance: items of severity X and those that weigh again then, where they apply to what was submitted, from the
    edition that the version is pinned to. Conditions: what a review passed with. Due at the planned end of the project.
    Source: domain reference §5 (X items), §3.4.
    """
    due = _last_day_of(case.ends_on)
    for code, values in {**_conditions(case), **_at_acceptance(case)}.items():
        origin = values.pop("origin")
        case.obligations.get_or_create(code=code[0], origin=origin, defaults={**values, "due_on": due})


def _last_day_of(month: str) -> date | None:
    """The last day of a month "YYYY-MM"; None where nothing is stated."""
    if not month:
        return None
    year, number = (int(part) for part in month.split("-"))
    return date(year, number, monthrange(year, number)[1])


def _at_acceptance(case: "Case") -> dict[tuple[str, str], dict[str, Any]]:
    version, stated, found = case.current_version, facts(case), {}
    day = timezone.localtime(version.submitted_at).date()
    for kind in UNIFIED_KINDS:
        for row in sheet(kind, stated, day, version.edition):
            if row.applies and row.at_acceptance:
                values = {"item": row.item, "severity": row.item.acceptance_severity, "origin": "acceptance"}
                found[row.item.code, "acceptance"] = values
    return found


def _conditions(case: "Case") -> dict[tuple[str, str], dict[str, Any]]:
    """Majors are left out: their waiver says until when."""
    found = {}
    for row in case.judged_items:
        wanting = row.verdict in NEEDS_REASON and row.severity != Severity.MAJOR
        if wanting and row.review.status == ReviewStatus.CONDITIONAL:
            values = {"item": row.item, "severity": row.severity, "text": row.suggestion, "origin": "condition"}
            found[row.code, "condition"] = values
    return found
