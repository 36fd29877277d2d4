"""Needs as a table: the columns, a workbook or CSV read into rows, and rows for a file that reads back the same."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

from django.utils.translation import gettext as _

from planning.models import Need
from planning.need_queries import FACTS
from portfolio.imports import archive
from portfolio.imports.decoding import decode
from portfolio.imports.delimited import refuse
from portfolio.imports.report import FileRefused, RowError
from portfolio.imports.workbook import broken_cells, open_sheet
from projects.sheet_rows import column_name, heading_errors, numbered, refuse_large

READ = ("code", "call", "department", "status", *FACTS)
# Written for people to read; a file may keep them, and they change nothing.
SHOWN = ("group", "position", "mode", "lead", "target_system", "same_as", "reason")
HEADINGS = {
    "编号": "code", "需求编号": "code", "征集": "call", "征集批次": "call", "单位": "department",
    "提出单位": "department", "状态": "status", "需求": "title", "需求名称": "title", "现状问题": "problem",
    "期望": "wanted", "期望实现": "wanted", "职责事项": "duty_item", "使用人": "users", "所需数据": "data_needed",
    "紧急程度": "urgency", "估算(万元)": "estimate", "联系人": "contact_name", "联系电话": "contact_phone",
}  # fmt: skip
STATUSES = {"草稿": "draft", "已报送": "filed", "已提交": "filed"}
Row = list[Any]
Rows = Iterable[Row]


@dataclass(slots=True)
class Sheet:
    """What a file says: (row number, column → cell), and what is wrong with its form."""

    rows: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)


def rows_of(needs: Iterable[Need]) -> Iterator[Row]:
    """Heading, then one row per need; `reason` and the like are for reading."""
    yield [*READ, *SHOWN]
    for need in needs:
        named = {
            "call": need.call.code,
            "department": need.department.code,
            "group": need.group.title if need.group else "",
            "lead": need.lead.code if need.lead else "",
            "same_as": need.same_as.code if need.same_as else "",
        }
        yield [named.get(name, _cell(need, name)) for name in (*READ, *SHOWN)]


def blank_rows() -> list[Row]:
    """The heading alone."""
    return [[name for name in READ if name != "code"]]


def read(data: bytes, filename: str) -> Sheet:
    """The rows of an .xlsx or .csv file under their columns. Raises FileRefused when it cannot be read at all."""
    refuse_large(data)
    if not data.strip():
        raise FileRefused(_("The file is empty."))
    suffix = PurePath(filename).suffix.lower()
    if data.startswith(b"PK") and suffix == ".xlsx":
        opened = open_sheet(archive.check(data))
        sheet = _sheet(opened.table)
        sheet.errors += broken_cells(opened)
        return sheet
    if suffix == ".csv":
        return _sheet([[refuse(cell) for cell in row] for row in _lines(decode(data))])
    raise FileRefused(_("Only .xlsx and .csv files are accepted, and this one is none of them."))


def _lines(text: str) -> list[list[str]]:
    try:
        return list(csv.reader(text.splitlines(keepends=True), strict=True))
    except csv.Error as error:
        message = _("The quotation marks or the length of a cell are not right (%(reason)s).") % {"reason": error}
        raise FileRefused(message) from error


def _sheet(table: Sequence[Sequence[Any]]) -> Sheet:
    (first, heading), *rows = numbered(table)
    sheet, names = Sheet(), [column_name(str(cell or ""), HEADINGS) for cell in heading]
    sheet.errors += heading_errors(first, names, heading, {*READ, *SHOWN}.__contains__, (*READ, *HEADINGS))
    if "title" not in names:
        sheet.errors.append(RowError(first, "title", "", _("This column is missing: it says what is needed.")))
    for number, cells in [] if sheet.errors else rows:
        named = {name: cell for name, cell in zip(names, cells, strict=False) if name in READ}
        sheet.rows.append((number, named))
    return sheet


def _cell(need: Need, name: str) -> Any:
    value = getattr(need, name)
    return "" if value is None else str(value) if isinstance(value, str) else value
