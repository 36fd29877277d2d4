"""Reads .xlsx with calamine, once the archive is checked: fills merged cells, names error cells and dead formulas."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import python_calamine
from django.utils.translation import gettext as _

from portfolio.imports import archive
from portfolio.imports.report import FileRefused, RowError
from portfolio.imports.rows import RawFile
from portfolio.imports.sheets import records as table_records
from portfolio.values import EXCEL_EPOCH, MAC_EPOCH

PREFERRED = ("systems", "系统台账")
EXPLAINS = "notes"  # the blank form's own sheet of explanations
MAX_MERGES = 10_000
MAX_FILLED = 200_000
Table = list[list[Any]]


@dataclass(frozen=True, slots=True)
class Opened:
    """One sheet of a workbook: its cells, its merged blocks, and which cells the reader takes for empty ones."""

    names: list[str]  # of the visible sheets
    name: str
    table: Table
    merges: list[tuple[tuple[int, int], tuple[int, int]]]
    scan: archive.SheetScan


def first_of(names: list[str]) -> str:
    """The choice of the first visible sheet."""
    return names[0]


def open_sheet(book: archive.Workbook, choose: Callable[[list[str]], str] = first_of) -> Opened:
    """The sheet of a checked workbook that `choose` takes from the visible ones. Raises FileRefused."""
    try:
        reader = python_calamine.CalamineWorkbook.from_filelike(book.archive)
        names = [sheet.name for sheet in reader.sheets_metadata if _is_visible(sheet)]
        if not names:
            raise FileRefused(_("The workbook has no visible sheet."))
        sheet = reader.get_sheet_by_name(name := choose(names))
        table: Table = sheet.to_python(skip_empty_area=False)
        merges = sheet.merged_cell_ranges or []
    except (python_calamine.CalamineError, python_calamine.ZipError, python_calamine.XmlError, OSError) as error:
        raise FileRefused(_("The workbook is damaged. Save it again as .xlsx.")) from error
    scan = book.scans.get(book.parts.get("#" + book.parts.get(name, ""), ""), archive.SheetScan())
    return Opened(names, name, table, merges, scan)


def records(data: bytes, file: RawFile) -> None:
    """Add the systems of a workbook to `file`: of the sheet named systems or 系统台账, or of the first visible one."""
    book = archive.check(data)
    file.serial_dates, file.epoch = True, MAC_EPOCH if book.mac_dates else EXCEL_EPOCH
    opened = open_sheet(book, _preferred)
    if set(opened.names) - {opened.name, EXPLAINS}:
        file.notes.append(_("Only the sheet “%(name)s” was read; the workbook has more.") % {"name": opened.name})
    _fill_merged(opened.table, opened.merges)
    file.errors += broken_cells(opened)
    table_records(opened.table, file)


def _preferred(names: list[str]) -> str:
    return next((name for name in names if name.strip().lower() in PREFERRED), names[0])


def _is_visible(sheet: Any) -> bool:
    visible = sheet.visible == python_calamine.SheetVisibleEnum.Visible
    return bool(visible and sheet.typ == python_calamine.SheetTypeEnum.WorkSheet)


def _fill_merged(table: Table, merges: list[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    """A merged block means its value for every cell of it."""
    filled = 0
    for (top, left), (bottom, right) in merges:
        bottom, right = min(bottom, len(table) - 1), min(right, len(table[0]) - 1 if table else -1)
        filled += max(bottom - top + 1, 0) * max(right - left + 1, 0)
        if len(merges) > MAX_MERGES or filled > MAX_FILLED:
            raise FileRefused(_("The sheet has too many merged cells. Take the merging away."))
        for row in range(top, bottom + 1):
            for column in range(left, right + 1):
                table[row][column] = table[top][left]


def broken_cells(opened: Opened) -> Iterator[RowError]:
    """Calamine reads error cells and formulas without a result as empty; here they are refused."""
    for (row, column), value in sorted(opened.scan.errors.items()):
        message = _("Column %(column)s holds an error of the spreadsheet.") % {"column": letters(column)}
        yield RowError(row, "", value, message)
    for row, column in sorted(opened.scan.formulas):
        message = _("Column %(column)s holds a formula without a result. Paste its value instead.")
        yield RowError(row, "", "", message % {"column": letters(column)})


def letters(column: int) -> str:
    """The spreadsheet's name of a column: 1 is A, 27 is AA."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
