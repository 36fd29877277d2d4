"""What a notice of public holidays would change: days of the calendar, and the open deadlines that move with them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from approvals.clocks import TIMED, Rules, clocks_of
from approvals.models import CorrectionNotice
from planning.services import Notice
from planning.services.calendar import rows_of
from planning.working_days import Calendar, Special
from projects.models import Project


@dataclass(frozen=True, slots=True)
class DayChange:
    """A day that would be another: worked or not before and after, and the name that the notice gives it."""

    day: date
    was_workday: bool
    is_workday: bool
    name: str


@dataclass(frozen=True, slots=True)
class Move:
    """An open deadline that would move."""

    project: Project
    before: date
    after: date


@dataclass(slots=True)
class Outlook:
    """The answer; settled: deadlines that keep their day and are no longer provisional."""

    days: list[DayChange] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    settled: int = 0


def outlook(notice: Notice) -> Outlook:
    """What importing the notice would do now; nothing is written. A constant number of queries."""
    rules = Rules.read()
    after = with_notice(rules.calendar, notice)
    moves, settled = moves_between(rules, after)
    return Outlook(list(changes(rules.calendar, after, notice)), moves, settled)


def with_notice(calendar: Calendar, notice: Notice) -> Calendar:
    """The calendar as it would be."""
    days = {row.day: Special(row.is_workday, row.name, row.notice, row.year or 0) for row in rows_of(notice)}
    return calendar.replaced(notice.year, days)


def changes(before: Calendar, after: Calendar, notice: Notice) -> Iterator[DayChange]:
    """Days of which the two calendars think differently."""
    touched = {*before.days_of(notice.year), *after.days_of(notice.year), *(one.day for one in notice.days)}
    touched |= {day for day, one in (*before.exceptions.items(), *after.exceptions.items()) if one.year == notice.year}
    if notice.year not in before.published:
        touched |= set(before.computed(notice.year))
    for day in sorted(touched):
        was, now = before.is_workday(day), after.is_workday(day)
        if was != now:
            special = after.of(day) or before.of(day)
            yield DayChange(day, was, now, special.name if special else "")


def moves_between(rules: Rules, after: Calendar) -> tuple[list[Move], int]:
    """Open deadlines that the other calendar moves, the nearest first; and how many are only settled by it."""
    cases = list(Project.objects.filter(state__in=TIMED).select_related("department").order_by("ref"))
    now, then = clocks_of(cases, rules), clocks_of(cases, rules.on(after))
    moves, settled = [], 0
    for case in cases:
        old, new = now[case.pk], then[case.pk]
        if old.due is None or new.due is None:
            continue
        if old.due != new.due:
            moves.append(Move(case, old.due, new.due))
        elif old.provisional and not new.provisional:
            settled += 1
    return sorted(moves, key=lambda move: (move.before, move.project.ref)), settled


def move_notice(move: Move) -> None:
    """An open correction notice carries its last day: it moves along, and it never lapses earlier than it said."""
    rows = CorrectionNotice.objects.filter(project_id=move.project.pk, closed_at=None, due_on=move.before)
    for row in rows:
        row.due_on = move.after
        if row.lapses_on is not None:
            row.lapses_on = max(row.lapses_on, row.lapses_on + (move.after - move.before))
        row.save(update_fields=["due_on", "lapses_on"])
