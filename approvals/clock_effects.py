"""What an extension of a time limit leaves behind, in the transaction of the step."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from approvals.models import Case, Decision


def extend(case: "Case", decision: "Decision") -> None:
    """More days for this stay in the state; the deadline follows from the row."""
    case.extensions.create(
        decision=decision, stage=case.state, state_since=case.state_since, days=decision.entry["days"],
        reason=decision.comment[:500],
    )  # fmt: skip
