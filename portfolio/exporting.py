"""Writes systems as files that the import reads back: the same columns, a row per capability, no live formulas."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from portfolio.imports import columns
from portfolio.imports.delimited import defuse, is_dangerous
from portfolio.models import Capability, System

CONTACTS = ("contact_name", "contact_phone")
WIDTHS = {
    "name": 30,
    "department": 12,
    "description": 50,
    "capability_text": 40,
    "provides": 40,
    "department_keeps": 40,
}
Row = list[Any]


def headings(*, contacts: bool = True) -> list[str]:
    """The columns of an export or a blank form."""
    return [name for name in (*columns.SYSTEM, *columns.FLAT) if contacts or name not in CONTACTS]


def rows(systems: Iterable[System], *, contacts: bool) -> Iterator[Row]:
    """Heading, then one row per capability, each with the facts of its system. `contacts`: name the persons too."""
    names = headings(contacts=contacts)
    yield names
    for system in systems:
        facts = _facts(system)
        for capability in system.capabilities.all() or [None]:
            cells = facts | _capability(capability)
            yield [cells[name] for name in names]


def _facts(system: System) -> dict[str, Any]:
    facts = {name: getattr(system, name) for name in columns.SYSTEM}
    yes_no = {True: "yes", False: "no", None: ""}
    return facts | {
        "aliases": ";".join(system.aliases),
        "department": system.department.code,
        "on_gov_cloud": yes_no[system.on_gov_cloud],
    }


def _capability(one: Capability | None) -> dict[str, Any]:
    if one is None:
        return dict.fromkeys(columns.FLAT, "")
    return {
        "capability_code": one.code,
        "capability_text": one.text,
        "taxonomy": one.taxonomy.code if one.taxonomy else "",
        "domain": one.domain.code if one.domain else "",
        "object": one.service_object,
    }


def write_csv(table: Iterable[Row]) -> bytes:
    """CSV in UTF-8 with the mark that makes Excel read it as such; texts that look like formulas are defused."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in table:
        writer.writerow([defuse(cell) if isinstance(cell, str) else cell for cell in row])
    return out.getvalue().encode("utf-8-sig")


def write_xlsx(table: Iterable[Row]) -> bytes:
    """A workbook with the one sheet of systems."""
    lines = iter(table)
    heading = next(lines)
    return write_sheets({"systems": chain([heading], lines)}, widths=[WIDTHS.get(name, 16) for name in heading])


def write_sheets(
    sheets: Mapping[str, Iterable[Sequence[Any]]], *, freeze: str = "C2", widths: Sequence[float] = ()
) -> bytes:
    """A workbook with these sheets, headings first; every text is a text cell, never a formula.

    freeze: the first cell that scrolls. widths: of the columns, in characters.
    """
    book = Workbook(write_only=True)
    for title, table in sheets.items():
        sheet = book.create_sheet(title)
        sheet.freeze_panes = freeze
        for index, width in enumerate(widths, start=1):
            sheet.column_dimensions[get_column_letter(index)].width = width
        for number, row in enumerate(table):
            sheet.append([text_cell(sheet, cell, bold=number == 0) if isinstance(cell, str) else cell for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def text_cell(sheet: Any, written: str, *, bold: bool = False) -> Any:
    """A cell that stays text when somebody edits it, whatever it begins with."""
    cell = WriteOnlyCell(sheet, value=None)
    cell.value = written
    cell.data_type = "s"
    cell.quotePrefix = is_dangerous(written)
    if bold:
        cell.font = Font(bold=True)
    return cell


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file."""

    write: Callable[[Iterable[Row]], bytes]
    content_type: str


KINDS = {
    "csv": Kind(write_csv, "text/csv; charset=utf-8"),
    "xlsx": Kind(write_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
