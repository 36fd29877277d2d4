"""What a step of a project sets in motion, in the same transaction, after the decision row is written."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from accounts.policy import holders
from accounts.roles import Role
from approvals.deadlines import due_on
from approvals.duties import owe
from approvals.names import CONCLUDED, OPEN, PASSING, UNIFIED_KINDS, ReviewKind, ReviewStatus
from planning.queries import open_rounds, policy
from projects.models import Finding
from projects.screening import request_run
from projects.services import take_snapshot
from projects.states import State

if TYPE_CHECKING:
    from approvals.models import Case, Decision, Review


def snapshot(case: "Case", decision: "Decision") -> None:
    """Freeze what was submitted as the next version."""
    is_correction = decision.source == State.CORRECTION
    take_snapshot(case, decision.actor, decision.taken_at, is_correction=is_correction)
    case.forget()


def request_screening(case: "Case", decision: "Decision") -> None:
    """Queue a screening of the newest version; it is carried out after the commit."""
    version = case.current_version
    assert version is not None  # the step that asks for it takes a submitted proposal
    request_run(case, version)
    case.forget()


def open_reviews(case: "Case", decision: "Decision") -> None:
    """Three reviews in parallel; one whose basis is unchanged is carried forward instead (promise 3)."""
    for kind in UNIFIED_KINDS:
        earlier = _standing_on_unchanged_basis(case, kind)
        if earlier is None:
            case.open_review(kind)
        elif earlier.version_id != case.current_version.pk:
            earlier.carried_to = case.current_version
            earlier.save(update_fields=["carried_to"])
    case.forget()


def _standing_on_unchanged_basis(case: "Case", kind: str) -> "Review | None":
    basis = case.basis_of(kind)
    for review in case.all_reviews:
        if review.kind == kind and review.status in PASSING and review.basis == basis:
            return review
    return None


def issue_notice(case: "Case", decision: "Decision") -> None:
    """One merged notice: what the reviews and findings ask for, then what the actor adds."""
    lines = [*decision.collected, *(decision.entry.get("items") or [])]
    limit = policy("limits")["correction"]
    due = due_on(decision.taken_at, limit) if decision.target == State.CORRECTION else None
    notice = case.notices.create(
        number=case.notices.count() + 1,
        decision=decision,
        issued_at=decision.taken_at,
        due_on=due,
        lapses_on=due and due + timedelta(days=policy("correction_grace")),
    )
    for position, line in enumerate(lines, start=1):
        origin = line.get("origin") or decision.mandate.split("@")[0]
        notice.items.create(position=position, **{**line, "origin": origin})
    if decision.target == State.DRAFT:
        # Sent back before intake: the list guides the unit, and nothing waits for formal answers.
        notice.closed_at = decision.taken_at
        notice.save(update_fields=["closed_at"])


def close_notice(case: "Case", decision: "Decision") -> None:
    """The answers are in: the notice is closed with the version that carries them."""
    case.notices.filter(closed_at=None).update(closed_at=decision.taken_at)


def settle_findings(case: "Case", decision: "Decision") -> None:
    """Write the manager's decision on the chosen findings, with reason and expiry."""
    entry = decision.entry
    Finding.objects.filter(project_id=case.pk, pk__in=entry["findings"]).update(
        decision=entry["decision"],
        reason_code=entry.get("reason_code") or "",
        reason=decision.comment,
        expires_on=entry.get("expires_on"),
        decided_by=decision.actor,
        decided_at=decision.taken_at,
    )
    case.forget()


def invite_experts(case: "Case", decision: "Decision") -> None:
    """A seat for every active expert who is neither of the unit, nor seated on this basis, nor stepped back before."""
    basis, version = case.basis_of(ReviewKind.EXPERT), case.current_version
    reviews = [review for review in case.all_reviews if review.kind == ReviewKind.EXPERT]
    away = {review.reviewer_id for review in reviews if review.status == ReviewStatus.RECUSED}
    for review in reviews:
        if review.basis == basis and review.status in OPEN | CONCLUDED:
            away.add(review.reviewer_id)
            if review.version_id != version.pk:
                review.carried_to = version
                review.save(update_fields=["carried_to"])
    for expert in holders(Role.EXPERT).exclude(department_id=case.department_id).order_by("username"):
        if expert.pk not in away:
            case.open_review(ReviewKind.EXPERT, reviewer=expert)
    case.forget()


def grant(case: "Case", decision: "Decision") -> None:
    """Record what was granted: amount, conditions, validity (policy, months)."""
    months = policy("approval_validity_months")
    today = timezone.localtime(decision.taken_at).date()
    year, month = divmod(today.month - 1 + months, 12)
    valid_until = today.replace(year=today.year + year, month=month + 1, day=min(today.day, 28))
    decision.create_approval(
        amount=decision.entry["approved_amount"],
        conditions=decision.entry.get("conditions") or "",
        valid_until=valid_until,
    )
    owe(case)


def join_open_round(case: "Case", decision: "Decision") -> None:
    """A deferred project is filed again in the round that is open now, where there is one."""
    current = open_rounds().order_by("-opens_on").first()
    if current and current.pk != case.round_id:
        case.round = current
        case.save(update_fields=["round"])
