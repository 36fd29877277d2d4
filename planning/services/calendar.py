"""Store the published working-day calendar: seeded from a library, replaced year by year by notices."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

import chinese_calendar
from django.db import transaction

from accounts.models import User
from accounts.services import record_edit
from planning.models import CalendarDay, CalendarImport
from planning.working_days import WEEKEND, span

TABLE = "planning.CalendarDay"


@dataclass(frozen=True, slots=True)
class NoticeDay:
    """One day of a notice of public holidays."""

    day: date
    is_workday: bool
    name: str = ""
    notice: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """The notice of public holidays of one year, as it was read and checked (approvals.calendar_files)."""

    year: int
    days: tuple[NoticeDay, ...]
    number: str = ""
    source: str = ""
    published_on: date | None = None


@transaction.atomic
def seed_calendar(years: range) -> int:
    """Store the published days of years without a notice, each as an import of the system; returns how many days.

    Source: chinesecalendar, which follows the State Council's yearly notices. Years that it does not know are left out:
    nothing is guessed. A year that was imported, and days already in the table, are never touched.
    """
    known = set(CalendarImport.objects.filter(year__in=list(years)).values_list("year", flat=True))
    present = set(CalendarDay.objects.filter(day__year__in=list(years)).values_list("day", flat=True))
    made = 0
    for year in years:
        days = [] if year in known else _of_library(year)
        if not days:
            continue
        notice = Notice(year, tuple(days), source=f"chinesecalendar, State Council notice for {year}")
        rows = [row for row in rows_of(notice) if row.day not in present]
        CalendarDay.objects.bulk_create(rows)
        CalendarImport.objects.create(year=year, source=notice.source, days=stored(notice.days))
        made += len(rows)
    return made


def _of_library(year: int) -> list[NoticeDay]:
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return []
    found = []
    for day in span(date(year, 1, 1), date(year, 12, 31)):
        worked = chinese_calendar.is_workday(day)
        _holiday, name = chinese_calendar.get_holiday_detail(day)
        if worked != (day.weekday() < WEEKEND) or name:
            found.append(NoticeDay(day, worked, _name(name)))
    return found


def _name(name: str | None) -> str:
    try:
        return chinese_calendar.Holiday(name).chinese if name else ""
    except ValueError:
        return name or ""


def rows_of(notice: Notice) -> list[CalendarDay]:
    """The days of a notice that differ from the plain week, as rows that are not saved."""
    return [
        CalendarDay(
            day=one.day, is_workday=one.is_workday, name=one.name, notice=one.notice or notice.number,
            source=notice.source, year=notice.year if one.day.year != notice.year else None,
        )
        for one in notice.days
        if one.is_workday != (one.day.weekday() < WEEKEND)
    ]  # fmt: skip


def stored(days: Iterable[NoticeDay]) -> list[list]:
    """Days as JSON keeps them, in their order in time: [[day, is_workday, name]]."""
    return [[one.day.isoformat(), one.is_workday, one.name] for one in sorted(days, key=lambda one: one.day)]


def said_of(year: int) -> list[list]:
    """What the newest notice of a year says, as `stored` keeps it; empty for a year without one."""
    newest = CalendarImport.objects.filter(year=year).order_by("-pk").first()
    return newest.days if newest else []


def publish(notice: Notice, actor: User | None) -> CalendarImport:
    """Put a notice into the calendar in place of what was known of its year, and keep what it said before.

    notice: checked (approvals.calendar_files). actor: who imports, or None for a command. The caller holds the
    transaction, because open deadlines move with it (approvals.calendar_services). Returns the import.
    """
    before, after = said_of(notice.year), stored(notice.days)
    CalendarDay.objects.filter(day__year=notice.year, year=None).delete()
    CalendarDay.objects.filter(year=notice.year).delete()
    rows = rows_of(notice)
    CalendarDay.objects.filter(day__in=[row.day for row in rows]).delete()  # the last days of the December before
    CalendarDay.objects.bulk_create(rows)
    imported = CalendarImport.objects.create(
        year=notice.year, notice=notice.number, source=notice.source, published_on=notice.published_on,
        imported_by=actor, days=after, before=before,
    )  # fmt: skip
    record_edit(
        table=TABLE, key=str(notice.year), actor=actor, before=_summary(before), after=_summary(after),
        reason=notice.number or notice.source,
    )  # fmt: skip
    return imported


def _summary(days: list[list]) -> dict[str, str] | None:
    """Days off and days worked, for the record of changes; None where nothing was known."""
    if not days:
        return None
    off = [day for day, worked, _name in days if not worked]
    made_up = [day for day, worked, _name in days if worked]
    return {"days_off": ", ".join(off), "make_up_days": ", ".join(made_up)}
