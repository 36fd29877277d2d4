"""What taking back, suspending and resuming a case set in motion, in the transaction of the step."""

from typing import TYPE_CHECKING

from django.utils import timezone

from approvals.names import PauseKind
from planning.queries import working_calendar

if TYPE_CHECKING:
    from approvals.models import Case, Decision, Pause


def as_before(case: "Case", decision: "Decision") -> None:
    """The time of the state goes on from when the sender had it first: sending and taking back wins nobody days."""
    rows = case.decisions.filter(target=decision.target, seq__lt=decision.seq).exclude(source=decision.target)
    # A case that was taken back to this state twice is there since it came by another way.
    entered = rows.exclude(action=decision.action).order_by("-seq").first()
    if entered is not None:
        case.state_since = entered.taken_at
        case.save(update_fields=["state_since"])


def reopen_notice(case: "Case", decision: "Decision") -> None:
    """The notice that the recalled version answered waits again, with its answers and its last day."""
    sent = case.decisions.filter(action="resubmit", seq__lt=decision.seq).order_by("-seq").first()
    if sent is not None:
        case.notices.filter(closed_at=sent.taken_at).update(closed_at=None)


def suspend(case: "Case", decision: "Decision") -> None:
    """The clock stands from now on."""
    case.pauses.create(
        kind=PauseKind.SUSPENDED,
        reason=decision.comment[:500],
        started_at=decision.taken_at,
        started_by=decision.actor,
    )
    case.forget()


def resume(case: "Case", decision: "Decision") -> None:
    """The clock goes on; a correction notice that ran meanwhile gets the working days back."""
    pause = end_suspension(case, decision)
    if pause is not None:
        _give_back(case, pause)


def end_suspension(case: "Case", decision: "Decision") -> "Pause | None":
    """Nothing stands still in a case that has ended."""
    pause = case.suspension
    if pause is None:
        return None
    pause.ended_at, pause.ended_by = decision.taken_at, decision.actor
    pause.save(update_fields=["ended_at", "ended_by"])
    case.forget()
    return pause


def _give_back(case: "Case", pause: "Pause") -> None:
    notice = case.open_notice()
    if notice is None or notice.due_on is None:
        return
    first, last = timezone.localtime(pause.started_at).date(), timezone.localtime(pause.ended_at).date()
    calendar = working_calendar()
    days = calendar.between(first, last)
    if days > 0:
        notice.due_on = calendar.add(notice.due_on, days)
        if notice.lapses_on is not None:
            notice.lapses_on = calendar.add(notice.lapses_on, days)
        notice.save(update_fields=["due_on", "lapses_on"])
