"""Store the published working-day calendar."""

from datetime import date, timedelta

import chinese_calendar
from django.db import transaction

from planning.models import CalendarDay


@transaction.atomic
def seed_calendar(years: range) -> int:
    """Store the published days that differ from the plain week; returns how many were created.

    Source: chinesecalendar, which follows the State Council's yearly notices. Years that it does not know are left out:
    nothing is guessed. Days already in the table are never touched.
    """
    present = set(CalendarDay.objects.filter(day__year__in=list(years)).values_list("day", flat=True))
    rows = []
    for year in years:
        try:
            chinese_calendar.is_workday(date(year, 1, 1))
        except NotImplementedError:
            continue
        rows += [row for row in _exceptions(year) if row.day not in present]
    CalendarDay.objects.bulk_create(rows)
    return len(rows)


def _exceptions(year: int) -> list[CalendarDay]:
    day, found = date(year, 1, 1), []
    while day.year == year:
        worked = chinese_calendar.is_workday(day)
        if worked != (day.weekday() < 5):
            _holiday, name = chinese_calendar.get_holiday_detail(day)
            source = f"chinesecalendar, State Council notice for {year}"
            found.append(CalendarDay(day=day, is_workday=worked, name=name or "", source=source))
        day += timedelta(days=1)
    return found
