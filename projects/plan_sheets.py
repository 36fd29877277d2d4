"""Plan items as a table: the columns, a workbook read into rows, and rows for a file that reads back the same."""

import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import PurePath
from typing import Any

import python_calamine
from django.utils.translation import gettext as _
from openpyxl import Workbook

from planning.models import PlanItem
from portfolio import values
from portfolio.exporting import text_cell
from portfolio.imports import archive
from portfolio.imports.report import FileRefused, RowError, printable
from portfolio.imports.workbook import letters
from portfolio.values import Unreadable, blank, suggestion

MAX_BYTES, MAX_ROWS = 5 * 1024 * 1024, 2000
COLUMNS = (
    "code", "title", "title_en", "level", "parent", "department", "year_from", "year_to", "envelope", "source",
    "summary",
)  # fmt: skip
REQUIRED = ("code", "title", "year_from", "year_to", "source")
HEADINGS = {
    "编号": "code", "条目编号": "code", "名称": "title", "条目名称": "title", "英文名称": "title_en", "层级": "level",
    "上级条目": "parent", "牵头单位": "department", "起始年度": "year_from", "终止年度": "year_to",
    "总盘子(万元)": "envelope", "来源文件": "source", "内容": "summary",
}  # fmt: skip
LEVELS = {
    **{value: value for value in PlanItem.Level.values},
    "市级规划": "city", "部门规划": "department", "上级文件": "superior",
}  # fmt: skip
_YEAR = re.compile(r"20\d\d\Z")
Row = list[Any]


@dataclass(slots=True)
class Line:
    """One row of the file, read: model field → value for each column that the file has, and year → money."""

    row: int
    values: dict[str, Any] = field(default_factory=dict)
    envelopes: dict[int, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Sheet:
    """What a file says, and every cell that cannot be read."""

    lines: list[Line] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)


def _readers() -> dict[str, Any]:
    line = {name: partial(values.text, limit=200) for name in ("title", "title_en", "source")}
    codes = {name: partial(values.code, limit=20) for name in ("code", "parent", "department")}
    years = {name: partial(values.whole, low=2000, high=2100) for name in ("year_from", "year_to")}
    more = {"level": partial(values.choice, words=LEVELS), "envelope": values.money}
    return {**line, **codes, **years, **more, "summary": partial(values.text, limit=3000, prose=True)}


READERS = _readers()


def read(data: bytes, filename: str) -> Sheet:
    """The rows of an .xlsx file under their columns. Raises FileRefused when it cannot be read at all."""
    if len(data) > MAX_BYTES:
        raise FileRefused(_("The file is larger than %(limit)s MB.") % {"limit": MAX_BYTES // 1024 // 1024})
    if not data.startswith(b"PK") or PurePath(filename).suffix.lower() != ".xlsx":
        raise FileRefused(_("Only .xlsx workbooks are accepted, and this file is none."))
    checked = archive.check(data)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(checked.archive)
        name = book.sheet_names[0]
        table = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, python_calamine.ZipError, python_calamine.XmlError, OSError) as error:
        raise FileRefused(_("The workbook is damaged. Save it again as .xlsx.")) from error
    sheet = _sheet(table)
    sheet.errors += _broken(checked, name)
    return sheet


def _broken(book: archive.Workbook, name: str) -> Iterator[RowError]:
    """The reader takes error cells and formulas without a result for empty ones; here they are refused."""
    scan = book.scans.get(book.parts.get("#" + book.parts.get(name, ""), ""), archive.SheetScan())
    for (row, column), value in sorted(scan.errors.items()):
        message = _("Column %(column)s holds an error of the spreadsheet.") % {"column": letters(column)}
        yield RowError(row, "", value, message)
    for row, column in sorted(scan.formulas):
        message = _("Column %(column)s holds a formula without a result. Paste its value instead.")
        yield RowError(row, "", "", message % {"column": letters(column)})


def _sheet(table: Sequence[Sequence[Any]]) -> Sheet:
    numbered = [(number, list(row)) for number, row in enumerate(table, start=1) if not all(map(blank, row))]
    if not numbered:
        raise FileRefused(_("The file is empty."))
    if len(numbered) > MAX_ROWS + 1:
        raise FileRefused(_("At most %(limit)s rows can be imported at once.") % {"limit": MAX_ROWS})
    (first, heading), sheet = numbered[0], Sheet()
    names = [_name(cell) for cell in heading]
    sheet.errors += _heading_errors(first, names, heading)
    for number, cells in [] if sheet.errors else numbered[1:]:
        _add(sheet, number, dict(zip(names, cells, strict=False)))
    return sheet


def _heading_errors(row: int, names: list[str], heading: list[Any]) -> Iterator[RowError]:
    for name, cell in zip(names, heading, strict=True):
        if name and name not in COLUMNS and not _YEAR.match(name):
            message = _("There is no such column.") + suggestion(name, (*COLUMNS, *HEADINGS))
            yield RowError(row, name, printable(cell), message)
        elif name and names.count(name) > 1:
            yield RowError(row, name, printable(cell), _("This column is there twice."))
    if "code" not in names:
        yield RowError(row, "code", "", _("This column is missing."))


def _add(sheet: Sheet, number: int, cells: dict[str, Any]) -> None:
    line = Line(number)
    for name, cell in cells.items():
        if not name:
            if not blank(cell):
                sheet.errors.append(RowError(number, "", printable(cell), _("This cell stands under no heading.")))
            continue
        try:
            if _YEAR.match(name):
                line.envelopes[int(name)] = values.money(cell)
            else:
                line.values[name] = READERS[name](cell)
        except Unreadable as error:
            sheet.errors.append(RowError(number, name, printable(cell), str(error)))
    missing = [name for name in REQUIRED if name in line.values and line.values[name] in ("", None)]
    sheet.errors += [RowError(number, name, "", _("Required.")) for name in missing]
    sheet.lines.append(line)


def _name(cell: Any) -> str:
    """A heading as one of the known names, whatever its case, width or language; 2026.0 is the year 2026."""
    if isinstance(cell, float) and cell == int(cell):
        return str(int(cell))
    written = unicodedata.normalize("NFKC", str(cell or "")).strip().strip("\ufeff*").strip()
    written = written.removesuffix("年") if _YEAR.match(written.removesuffix("年")) else written
    return HEADINGS.get("".join(written.split())) or "_".join(written.lower().replace("-", " ").split())


def rows_of(items: Iterable[PlanItem]) -> Iterator[Row]:
    """Heading with a column per year in which money is set aside, then one row per item."""
    items = list(items)
    money = {item.pk: {one.year: one.amount for one in item.envelopes.all()} for item in items}
    years = sorted({year for amounts in money.values() for year in amounts})
    yield [*COLUMNS, *map(str, years)]
    for item in items:
        named = {"parent": item.parent.code if item.parent else "", "department": ""}
        named["department"] = item.department.code if item.department else ""
        cells = [named.get(name, getattr(item, name)) for name in COLUMNS]
        yield [*cells, *(money[item.pk].get(year) for year in years)]


def write(sheets: dict[str, Iterable[Row]]) -> bytes:
    """A workbook with these sheets; every text is a text cell, never a formula."""
    book = Workbook(write_only=True)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        sheet.freeze_panes = "C2"
        for number, row in enumerate(rows):
            sheet.append([text_cell(sheet, cell, bold=number == 0) if isinstance(cell, str) else cell for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
