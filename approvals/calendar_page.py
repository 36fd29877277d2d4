"""What the calendar page shows: the months of a year, its notice, and what an import would change."""

from datetime import date
from typing import Any

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policy import has_permission
from approvals.calendar_outlook import Outlook
from approvals.models import DeadlineMove
from approvals.names import REVIEWER, UNIFIED_KINDS
from approvals.workflow import WORKFLOW
from planning.models import CalendarImport
from planning.queries import working_calendar
from planning.round_page import tabs
from planning.working_days import DAY, MOVING, WEEKEND, Calendar, span
from projects.models import Project
from projects.queries import visible_to
from projects.states import BADGE, State

MONTHS, WEEK = range(1, 13), 7
NOTICE_FROM = 11  # the month from which next year's notice is waited for; that for 2026 is of 4 November 2025


def page(user: User, wanted: str) -> dict[str, Any]:
    """The page of one year; a year that cannot be shown falls back to the present one."""
    calendar, today = working_calendar(), timezone.localdate()
    last = max(*MOVING, *calendar.published)
    years = range(min({*calendar.published, today.year}), last + 1)
    year = int(wanted) if wanted.isdecimal() and int(wanted) in years else today.year
    ranges, made_up = _named(calendar, year)
    return {
        "year": year,
        "before": year - 1 if year - 1 in years else None,
        "after": year + 1 if year + 1 in years else None,
        "months": [_month(calendar, year, month, today) for month in MONTHS],
        "workdays": calendar.between(date(year - 1, 12, 31), date(year, 12, 31)),
        "published": year in calendar.published,
        "ranges": ranges,
        "made_up": made_up,
        "imports": _imports(user, year),
        "missing": missing_notice(calendar, today),
        "tabs": tabs(user, "clocks:calendar"),
        "may_import": has_permission(user, "calendar.import"),
        "weekdays": [_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun")],
    }


def missing_notice(calendar: Calendar, today: date) -> int | None:
    """The year whose notice should be there by now and is not: from 1 November on that of the next year."""
    year = today.year + (today.month >= NOTICE_FROM)
    return next((one for one in (today.year, year) if one not in calendar.published), None)


def _month(calendar: Calendar, year: int, month: int, today: date) -> dict[str, Any]:
    first = date(year, month, 1)
    last = date(year + month // 12, month % 12 + 1, 1) - DAY
    cells: list[dict[str, Any] | None] = [None] * first.weekday()
    cells += [_cell(calendar, day, today) for day in span(first, last)]
    cells += [None] * (-len(cells) % WEEK)
    count = calendar.between(first - DAY, last)
    return {"first": first, "weeks": [cells[n : n + WEEK] for n in range(0, len(cells), WEEK)], "workdays": count}


def _cell(calendar: Calendar, day: date, today: date) -> dict[str, Any]:
    special = calendar.of(day)
    kind = "work" if day.weekday() < WEEKEND else "off"
    if special is not None:
        kind = "made-up" if special.is_workday else "holiday"
    words = {"made-up": _("make-up working day"), "holiday": _("holiday")}
    name = f"{special.name} {words[kind]}".strip() if special else ""
    return {"day": day, "kind": kind, "name": name, "today": day == today}


def _named(calendar: Calendar, year: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Days off in ranges with the weekends around them, and make-up days; each with its name and notice."""
    ranges: list[dict[str, Any]] = []
    made_up = []
    for day in span(date(year, 1, 1), date(year, 12, 31)):
        special = calendar.of(day)
        if special is None:
            continue
        if special.is_workday:
            made_up.append({"day": day, "name": special.name, "notice": special.notice})
        elif ranges and ranges[-1]["name"] == special.name and not calendar.between(ranges[-1]["last"], day):
            ranges[-1] |= {"last": day, "days": ranges[-1]["days"] + 1}
        else:
            ranges.append({"first": day, "last": day, "name": special.name, "notice": special.notice, "days": 1})
    return ranges, made_up


def _imports(user: User, year: int) -> list[dict[str, Any]]:
    """The notices of a year, the newest first, with the deadlines that each moved and the person may see."""
    rows = CalendarImport.objects.filter(year=year).select_related("imported_by").annotate(moved=Count("moves"))
    seen = DeadlineMove.objects.filter(imported__in=rows, project__in=visible_to(user)).select_related("project")
    return [
        {
            "row": row,
            "moved": row.moved,
            "moves": [move for move in seen if move.imported_id == row.pk],
            "corrects": bool(row.before),
        }
        for row in rows
    ]


def previewed(user: User, found: Outlook) -> dict[str, Any]:
    """What an import would change: days, and which open deadlines move from when to when, and whose they are."""
    rows = {row.pk: row for row in visible_to(user).filter(pk__in=[move.project.pk for move in found.moves])}
    moves = [
        {"move": move, "badge": BADGE[move.project.state], "with": _lies_with(move.project)}
        for move in found.moves
        if move.project.pk in rows
    ]
    return {"days": found.days, "moves": moves, "hidden": len(found.moves) - len(moves), "settled": found.settled}


def _lies_with(project: Project) -> str:
    """Whose step it is: the unit, or the roles of the office whose duty the state is."""
    if project.state == State.CORRECTION:
        return project.department.label
    if project.state == State.REVIEW:
        return "、".join(str(REVIEWER[kind].label) for kind in UNIFIED_KINDS)
    roles = [step.by[0] for step in WORKFLOW if step.source == project.state and step.duty and not step.is_automatic]
    return str(roles[0].label) if roles else ""
