"""What a step of a project sets in motion, in the same transaction, after the decision row is written."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from accounts.roles import Role
from approvals.carrying import experts_weighed, reviews_weighed, run_to_carry, standing
from approvals.deadlines import due_on
from approvals.duties import owe
from approvals.names import UNIFIED_KINDS, LineState
from approvals.notice_effects import number_lines, send_line
from planning.queries import open_rounds, policy
from projects.models import Finding
from projects.screening import request_run
from projects.screening_carry import carry
from projects.services import take_snapshot
from projects.states import State

if TYPE_CHECKING:
    from approvals.models import Case, Decision


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


def screen_or_carry(case: "Case", decision: "Decision") -> None:
    """Carry the last screening forward where nothing that it read has changed; else queue a new one."""
    run, _why = run_to_carry(case)
    version = case.current_version
    if run is None or version is None:
        request_screening(case, decision)
    elif not run.stands_for(version):
        carry(run, version)
        case.forget()


def note_screening(case: "Case", decision: "Decision") -> None:
    """The decision row says which run is carried forward, or why the version is compared anew."""
    run, why = run_to_carry(case)
    version = case.current_version
    if run is not None and version is not None and not run.stands_for(version):
        moved = {"run": run.pk, "from": run.version.number, "to": version.number}
        decision.payload["screening"] = moved
    elif why and why != ["none"]:
        decision.payload["screening"] = {"again": why}


def note_reviews(case: "Case", decision: "Decision") -> None:
    """The decision row says which reviews are carried forward and which changes made the others void."""
    if weighed := reviews_weighed(case):
        decision.payload["reviews"] = weighed


def note_experts(case: "Case", decision: "Decision") -> None:
    """The same for the opinions of experts."""
    if weighed := experts_weighed(case):
        decision.payload["experts"] = weighed


def open_reviews(case: "Case", decision: "Decision") -> None:
    """Three reviews in parallel; one whose basis is unchanged is carried forward instead (promise 3)."""
    for kind in UNIFIED_KINDS:
        earlier = standing(case, kind)
        if earlier is None:
            case.open_review(kind)
        elif earlier.version_id != case.current_version.pk:
            earlier.carried_to = case.current_version
            earlier.save(update_fields=["carried_to"])
    case.forget()


def issue_notice(case: "Case", decision: "Decision") -> None:
    """One merged notice, in the order of the sections: what was collected and what the actor adds, or as edited."""
    limit = policy("limits")["correction"]
    due = due_on(decision.taken_at, limit) if decision.target == State.CORRECTION else None
    lines = number_lines(case, decision)
    notice = case.notices.create(
        number=case.notices.count() + 1,
        decision=decision,
        issued_at=decision.taken_at,
        due_on=due,
        lapses_on=due and due + timedelta(days=policy("correction_grace")),
    )
    for position, line in enumerate(lines, start=1):
        send_line(case, notice, position, line, decision.mandate.split("@")[0])
    if decision.target == State.DRAFT:
        # Sent back before intake: the list guides the unit, and nothing waits for formal answers.
        notice.closed_at = decision.taken_at
        notice.save(update_fields=["closed_at"])


def close_notice(case: "Case", decision: "Decision") -> None:
    """The answers are in: the notice is closed with the version that carries them."""
    case.notices.filter(closed_at=None).update(closed_at=decision.taken_at)


def close_intake_lines(case: "Case", decision: "Decision") -> None:
    """Accepting says that what the check of the form asked for has been supplied."""
    answered = case.notices.exclude(closed_at=None)
    for notice in answered:
        notice.items.filter(origin=Role.INTAKE.value, closure=LineState.OPEN, reviews=None).update(
            closure=LineState.CLOSED, closed_by=decision.actor, closed_at=decision.taken_at
        )


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
