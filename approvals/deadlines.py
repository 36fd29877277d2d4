"""Deadlines in statutory working days, computed from stored facts."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.utils import timezone

from planning.models import CalendarDay

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
