"""Deadlines in statutory working days, computed from stored facts."""

from calendar import monthrange
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from django.utils import timezone

from planning.models import CalendarDay
from planning.queries import Timeline

LOOK_AHEAD = 120  # days of calendar read around a date: enough for any limit below 60 working days


def is_workday(day: date, exceptions: Mapping[date, bool]) -> bool:
    """Whether `day` is worked: the published exception, else Monday to Friday."""
    return exceptions.get(day, day.weekday() < 5)


def add_workdays(start: date, days: int, exceptions: Mapping[date, bool]) -> date:
    """The last day of a limit of `days` working days that begins on the day after `start` (民法典 §201)."""
    day, left = start, days
    while left > 0:
        day += timedelta(days=1)
        left -= is_workday(day, exceptions)
    return day


def workdays_between(start: date, end: date, exceptions: Mapping[date, bool]) -> int:
    """Working days after `start` up to and with `end`; negative when `end` is before `start`."""
    if end < start:
        return -workdays_between(end, start, exceptions)
    span = (end - start).days
    return sum(is_workday(start + timedelta(days=n), exceptions) for n in range(1, span + 1))


def calendar_around(day: date) -> dict[date, bool]:
    """Published exceptions to the plain week around a day (one query)."""
    reach = timedelta(days=LOOK_AHEAD)
    rows = CalendarDay.objects.filter(day__range=(day - reach, day + reach))
    return dict(rows.values_list("day", "is_workday"))


def due_on(since: datetime, days: int, exceptions: Mapping[date, bool] | None = None) -> date:
    """The last day of a limit of `days` working days that began at `since`."""
    start = timezone.localtime(since).date()
    return add_workdays(start, days, calendar_around(start) if exceptions is None else exceptions)


class Limits:
    """The limits of the states in working days. What held when a state began stays: nothing applies retroactively."""

    def __init__(self) -> None:
        self.timeline = Timeline("limits")

    def of(self, state: str, since: datetime) -> int | None:
        """The limit of a state that began at `since`, or None where there is none."""
        return self.timeline.on(timezone.localtime(since).date()).get(state)

    def due(self, state: str, since: datetime, exceptions: Mapping[date, bool] | None = None) -> date | None:
        """The last day of a state that began at `since`, or None where there is no limit."""
        limit = self.of(state, since)
        return due_on(since, limit, exceptions) if limit else None


def reply_until(found: Iterable[datetime]) -> dict[datetime, date]:
    """Until when a finding of each moment may be answered: by the row in force when it was found. Two queries."""
    timeline, moments = Timeline("reply_days"), set(found)
    if not moments:
        return {}
    exceptions = calendar_around(timezone.localtime(min(moments)).date())
    until = {}
    for moment in moments:
        until[moment] = due_on(moment, timeline.on(timezone.localtime(moment).date()), exceptions)
    return until


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month where it has no such day."""
    year, month = divmod(day.month - 1 + months, 12)
    last = monthrange(day.year + year, month + 1)[1]
    return date(day.year + year, month + 1, min(day.day, last))
