"""What granting, ending and lapsing a waiver sets in motion, in the transaction of the step."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from approvals.names import NEEDS_REASON, ReviewStatus
from approvals.waiver_guards import in_force
from planning.queries import policy
from projects.states import State
from standards.kinds import Severity

if TYPE_CHECKING:
    from approvals.models import Case, Decision, Review, Waiver


def grant_waiver(case: "Case", decision: "Decision") -> None:
    """The waiver as a row; one that is in force for the item ends as renewed. A review that only waited goes on."""
    code, until = decision.entry["item"], decision.entry["until"]
    earlier = in_force(case).get(code)
    if earlier is not None:
        earlier.end("renewed", decision)
    today = timezone.localtime(decision.taken_at).date()
    before = timedelta(days=policy("waiver")["recheck_days_before"])
    row = case.judged_item(code)
    case.waivers.create(
        code=code, item=row.item if row else earlier.item, reason=decision.comment, measure=decision.entry["measure"],
        expires_on=until, recheck_on=max(today, until - before), granted_by=decision.actor,
        granted_at=decision.taken_at, decision=decision,
    )  # fmt: skip
    case.forget()
    if case.state == State.REVIEW and row is not None:
        _resume(case, row.review)


def _resume(case: "Case", review: "Review") -> None:
    """A review that asked for correction because of this alone is given back to its reviewer with its verdicts."""
    if review.status != ReviewStatus.INFO_NEEDED:
        return
    waived = in_force(case)
    wanting = [row for row in review.sheet_items() if row.verdict in NEEDS_REASON]
    if all(row.severity == Severity.MAJOR and row.code in waived for row in wanting):
        case.resume_review(review)


def end_waiver(case: "Case", decision: "Decision") -> None:
    """Cured: the evidence is kept with the waiver."""
    in_force(case)[decision.entry["item"]].end("cured", decision, decision.entry["evidence"])
    case.forget()


def lapse_waivers(case: "Case", decision: "Decision") -> None:
    """Every waiver whose last day has passed ends; after the approval the item becomes an obligation.

    Before the approval nothing more is needed: without a waiver in force the item blocks again.
    """
    today = timezone.localtime(decision.taken_at).date()
    for waiver in case.open_waivers:
        if waiver.expires_on < today:
            waiver.end("expired", decision)
            if case.state == State.APPROVED:
                _comes_back(case, waiver)
    case.forget()


def _comes_back(case: "Case", waiver: "Waiver") -> None:
    due = waiver.expires_on + timedelta(days=policy("waiver")["cure_days"])
    case.obligations.get_or_create(
        code=waiver.code, origin="waiver",
        defaults={"item": waiver.item, "severity": waiver.item.severity, "text": waiver.measure, "due_on": due},
    )  # fmt: skip
