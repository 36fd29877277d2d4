"""Notices of public holidays as files: an Excel table, or JSON of holiday-cn; every wrong row and field is named."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import PurePath
from typing import Any

from django.utils.translation import gettext as _

from planning.services import Notice, NoticeDay
from planning.working_days import WEEKEND, statutory
from portfolio import values
from portfolio.imports import archive
from portfolio.imports.report import FileRefused, RowError, printable
from portfolio.imports.workbook import broken_cells, open_sheet
from portfolio.values import Unreadable, blank
from projects.sheet_rows import column_name, heading_errors, numbered, refuse_large

COLUMNS = ("date", "workday", "name", "notice")
HEADINGS = {"日期": "date", "是否上班": "workday", "名称": "name", "文号": "notice"}
WORDS = {
    **dict.fromkeys(("是", "上班", "班", "yes", "true", "1"), "yes"),
    **dict.fromkeys(("否", "休息", "放假", "休", "no", "false", "0"), "no"),
}
YEARS = range(2000, 2100)
BEFORE = 12  # the month of the year before that a notice may reach into
LONGEST_NAME, LONGEST_NUMBER = 60, 60


@dataclass(slots=True)
class Read:
    """What a file says: the notice, or every error with row (None: of the file) and field."""

    notice: Notice | None = None
    errors: list[RowError] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Paper:
    """What the person says of the file: number and day of the notice."""

    number: str = ""
    published_on: date | None = None


def read(data: bytes, filename: str, paper: Paper) -> Read:
    """The notice in a file; nothing is stored. Errors are never partly accepted: with one, there is no notice."""
    try:
        refuse_large(data)
        rows = _json(data) if PurePath(filename).suffix.lower() == ".json" else _sheet(data, filename)
    except FileRefused as error:
        return Read(errors=[RowError(None, "", "", str(error))])
    if rows.errors:
        return Read(errors=rows.errors)
    return checked(rows.days, paper, PurePath(filename).name, rows.year)


@dataclass(slots=True)
class Rows:
    """Days with the row that each stands in; year: where the file names one."""

    days: list[tuple[int, NoticeDay]] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    year: int | None = None


def _json(data: bytes) -> Rows:
    """{"year": 2027, "papers": […], "days": [{"name", "date", "isOffDay"}]} (github.com/NateScarlet/holiday-cn)."""
    try:
        told = json.loads(data.decode("utf-8-sig"))
    except ValueError as error:
        raise FileRefused(_("The file is no JSON: %(reason)s") % {"reason": error}) from error
    if not isinstance(told, dict) or not isinstance(told.get("days"), list):
        raise FileRefused(_("The file has not the form of holiday-cn: year, papers, days."))
    found = Rows(year=told["year"] if isinstance(told.get("year"), int) else None)
    for number, one in enumerate(told["days"], start=1):
        facts = one if isinstance(one, dict) else {}
        day, off, name = facts.get("date"), facts.get("isOffDay"), facts.get("name")
        if not isinstance(off, bool):
            found.errors.append(RowError(number, "isOffDay", printable(off), _("Write true or false.")))
        if not isinstance(name, str) or not 0 < len(name) <= LONGEST_NAME:
            found.errors.append(RowError(number, "name", printable(name), _("Required.")))
        try:
            found.days.append((number, NoticeDay(date.fromisoformat(str(day)), not off, str(name))))
        except ValueError:
            found.errors.append(RowError(number, "date", printable(day), _("This is no day; write 2027-02-06.")))
    return found


def _sheet(data: bytes, filename: str) -> Rows:
    if not data.startswith(b"PK") or PurePath(filename).suffix.lower() != ".xlsx":
        raise FileRefused(_("Only .xlsx workbooks and .json files are accepted, and this file is neither."))
    opened = open_sheet(archive.check(data))
    (first, heading), *rows = numbered(opened.table)
    names = [column_name(str(cell or ""), HEADINGS) for cell in heading]
    errors = list(heading_errors(first, names, heading, COLUMNS.__contains__, (*COLUMNS, *HEADINGS)))
    errors += [RowError(first, name, "", _("This column is missing.")) for name in COLUMNS[:3] if name not in names]
    found = Rows(errors=errors)
    for number, cells in [] if errors else rows:
        _add(found, number, dict(zip(names, cells, strict=False)))
    found.errors += broken_cells(opened)
    return found


READERS: dict[str, Any] = {
    "date": partial(values.day, serial=True),
    "workday": partial(values.choice, words=WORDS),
    "name": partial(values.text, limit=LONGEST_NAME),
    "notice": partial(values.text, limit=LONGEST_NUMBER),
}


def _add(found: Rows, number: int, cells: dict[str, Any]) -> None:
    told: dict[str, Any] = {}
    for name, cell in cells.items():
        if not name:
            continue
        try:
            told[name] = READERS[name](cell)
        except Unreadable as error:
            found.errors.append(RowError(number, name, printable(cell), str(error)))
    missing = [name for name in COLUMNS[:3] if name in cells and blank(cells[name])]
    found.errors += [RowError(number, name, "", _("Required.")) for name in missing]
    if all(told.get(name) for name in COLUMNS[:3]):
        day = NoticeDay(told["date"], told["workday"] == "yes", told["name"], told.get("notice") or "")
        found.days.append((number, day))


# --- what a notice must say -------------------------------------------------------------------------------------------


def checked(rows: Sequence[tuple[int, NoticeDay]], paper: Paper, source: str, year: int | None = None) -> Read:
    """The notice that rows make, or what is wrong with them. year: as the file says; None: that of most days."""
    if not rows:
        return Read(errors=[RowError(None, "days", "", _("The file names no day: the notice is not published yet."))])
    found = year or _year_of(day.day for _number, day in rows)
    errors = [*_twice(rows), *_outside(rows, found), *_pointless(rows)]
    errors = errors or list(_missing(rows, found))
    if not paper.number and not any(day.notice for _number, day in rows):
        errors.append(RowError(None, "notice", "", _("Name the number of the notice.")))
    if errors:
        return Read(errors=errors)
    number = paper.number or next(day.notice for _row, day in rows if day.notice)
    days = tuple(sorted((day for _row, day in rows), key=lambda day: day.day))
    return Read(Notice(found, days, number, source[:120], paper.published_on))


def _year_of(days: Iterable[date]) -> int:
    years = [day.year for day in days]
    return max(set(years), key=years.count)


def _twice(rows: Sequence[tuple[int, NoticeDay]]) -> Iterator[RowError]:
    seen: dict[date, int] = {}
    for number, one in rows:
        if one.day in seen:
            text = _("This day stands in row %(row)s as well.") % {"row": seen[one.day]}
            yield RowError(number, "date", one.day.isoformat(), text)
        seen.setdefault(one.day, number)


def _outside(rows: Sequence[tuple[int, NoticeDay]], year: int) -> Iterator[RowError]:
    """A notice speaks of its year, and may move days of the December before."""
    if year not in YEARS:
        yield RowError(None, "year", str(year), _("There is no such year."))
    for number, one in rows:
        if one.day.year != year and (one.day.year, one.day.month) != (year - 1, BEFORE):
            text = _("This day is not of %(year)s.") % {"year": year}
            yield RowError(number, "date", one.day.isoformat(), text)


def _pointless(rows: Sequence[tuple[int, NoticeDay]]) -> Iterator[RowError]:
    for number, one in rows:
        if one.is_workday and one.day.weekday() < WEEKEND:
            text = _("A make-up day is a Saturday or a Sunday; this day is worked anyway.")
            yield RowError(number, "workday", one.day.isoformat(), text)


def _missing(rows: Sequence[tuple[int, NoticeDay]], year: int) -> Iterator[RowError]:
    """Days off that the law fixes and that the file leaves out: a file that was cut off is not taken for a notice."""
    off = {one.day for _number, one in rows if not one.is_workday}
    for day, name in sorted(statutory(year).items()):
        if day.weekday() < WEEKEND and day not in off:
            text = _("%(name)s is a public holiday by law, and the file does not name it.") % {"name": name}
            yield RowError(None, "date", day.isoformat(), text)


def template_rows(year: int) -> Iterator[list[Any]]:
    """A table to fill in: the heading, then the days off that the law fixes for the year."""
    yield ["日期", "是否上班", "名称", "文号"]
    for day, name in sorted(statutory(year).items()):
        yield [day.isoformat(), "否", name, ""]
