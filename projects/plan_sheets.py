"""Plan items as a table: the columns, a workbook read into rows, and rows for a file that reads back the same."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import PurePath
from typing import Any

from django.utils.translation import gettext as _

from planning.models import PlanItem
from portfolio import values
from portfolio.imports import archive
from portfolio.imports.report import FileRefused, RowError, printable
from portfolio.imports.workbook import broken_cells, open_sheet
from portfolio.values import Unreadable, blank
from projects.sheet_rows import column_name, heading_errors, numbered, refuse_large

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
    refuse_large(data)
    if not data.startswith(b"PK") or PurePath(filename).suffix.lower() != ".xlsx":
        raise FileRefused(_("Only .xlsx workbooks are accepted, and this file is none."))
    opened = open_sheet(archive.check(data))
    sheet = _sheet(opened.table)
    sheet.errors += broken_cells(opened)
    return sheet


def _sheet(table: Sequence[Sequence[Any]]) -> Sheet:
    (first, heading), *rows = numbered(table)
    sheet, names = Sheet(), [_name(cell) for cell in heading]
    sheet.errors += heading_errors(first, names, heading, _is_known, (*COLUMNS, *HEADINGS))
    if "code" not in names:
        sheet.errors.append(RowError(first, "code", "", _("This column is missing.")))
    for number, cells in [] if sheet.errors else rows:
        _add(sheet, number, dict(zip(names, cells, strict=False)))
    return sheet


def _is_known(name: str) -> bool:
    return name in COLUMNS or bool(_YEAR.match(name))


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
    """A heading as one of the known names; 2026.0 and 2026年 are the year 2026."""
    if isinstance(cell, float) and cell == int(cell):
        return str(int(cell))
    name = column_name(str(cell or ""), HEADINGS)
    return name.removesuffix("年") if _YEAR.match(name.removesuffix("年")) else name


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
