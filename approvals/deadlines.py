"""Days by which something is due, in statutory working days, on the working-day calendar (planning.working_days)."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, datetime

from django.utils import timezone

from planning.queries import Timeline, working_calendar
from planning.working_days import Calendar


def due_on(since: datetime, days: int, calendar: Calendar | None = None) -> date:
    """The last day of a limit of `days` working days that began at `since`."""
    return (calendar or working_calendar()).add(timezone.localtime(since).date(), days)


class Limits:
    """The service norms of the states in working days. What held when a state began stays: nothing is retroactive."""

    def __init__(self) -> None:
        self.timeline = Timeline("limits")

    def of(self, state: str, since: datetime) -> int | None:
        """The norm of a state that began at `since`, or None where there is none; approvals.clocks has the dates."""
        return self.timeline.on(timezone.localtime(since).date()).get(state)


def reply_until(found: Iterable[datetime]) -> dict[datetime, date]:
    """Until when a finding of each moment may be answered: by the row in force when it was found. Three queries."""
    timeline, moments = Timeline("reply_days"), set(found)
    if not moments:
        return {}
    calendar = working_calendar()
    return {moment: due_on(moment, timeline.on(timezone.localtime(moment).date()), calendar) for moment in moments}


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month where it has no such day."""
    year, month = divmod(day.month - 1 + months, 12)
    last = monthrange(day.year + year, month + 1)[1]
    return date(day.year + year, month + 1, min(day.day, last))
