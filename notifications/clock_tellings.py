"""Who is told of what the clock does: a deadline that a new calendar moved, a rung of the escalation ladder."""

from collections.abc import Iterator

from accounts.models import User
from approvals.models import Case, DeadlineMove, Rung
from approvals.offers import holders_now
from notifications.messages import Payload
from notifications.names import Event
from notifications.recipients import MOST, Telling, applicants

PASSED = 100  # percent of the norm from which the time is over


def of_moved_deadline(move: DeadlineMove, case: Case) -> Telling:
    """Whoever holds the case, and the applicant unit: the new day, and the one before."""
    people = list(dict.fromkeys([*holders_now(case)[:MOST], *applicants(case)]))
    payload = Payload(state=case.state, due_on=move.after.isoformat(), until=move.before.isoformat())
    return Telling(Event.DEADLINE_MOVED, people, case, payload)


def of_rung(rung: Rung, case: Case, audiences: list[tuple[str, list[User]]]) -> Iterator[Telling]:
    """The holder hears that it is near or over; a head or a manager that it is escalated, and with whom it lies."""
    holding = holders_now(case)[:1]
    payload = Payload(state=case.state, due_on=rung.due_on.isoformat(), person=holding[0].username if holding else "")
    own = Event.DEADLINE_PASSED if rung.percent >= PASSED else Event.DEADLINE_NEAR
    for name, people in audiences:
        yield Telling(own if name == "holder" else Event.ESCALATED, people, case, payload)
