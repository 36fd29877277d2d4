"""What the printed approval form says."""

from collections.abc import Iterable

from django.utils import timezone

from accounts.models import User
from approvals.models import Case, Decision
from approvals.queries import history
from approvals.timeline import LABELS
from projects.fact_tables import FactTable, tables_of

# Which opinions the form prints, in the order of the stages.
STAGES = (
    *("endorse", "accept", "review_pass", "review_pass_with_conditions", "review_fail", "review_ask"),
    *("to_decision", "approve", "reject", "defer"),
)


def page(case: Case, user: User) -> dict:
    """Filing data, opinions, the decision; the verification code is the head of the hash chain."""
    rows = [row for row in reversed(history(case, user)) if row.action in STAGES and row.mandate != "system"]
    last = case.decisions.order_by("-seq").first()
    return {
        "case": case,
        "version": case.current_version,
        "tables": [table for tables in _tables(case) for table in tables],
        "opinions": [{"row": row, "label": _label(row)} for row in rows],
        "approval": getattr(case, "approval", None),
        "code": f"{last.digest[:8]}-{last.digest[8:16]}".upper() if last else "",
        "printed_at": timezone.localtime(),
    }


def _tables(case: Case) -> Iterable[list[FactTable]]:
    """Goals, requests, reuse, partners and funds as they were submitted."""
    return tables_of(case.current_version.snapshot).values() if case.current_version else ()


def _label(row: Decision) -> str:
    label = str(LABELS.get(row.action, row.action))
    return f"{row.review.get_kind_display()} · {label}" if row.review else label
