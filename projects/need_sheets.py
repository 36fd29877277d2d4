"""Needs as a table: the columns, a workbook or CSV read into rows, and rows for a file that reads back the same."""

import csv
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

import python_calamine
from django.utils.translation import gettext as _

from planning.models import Need
from planning.need_queries import FACTS
from portfolio.imports import archive
from portfolio.imports.decoding import decode
from portfolio.imports.delimited import refuse
from portfolio.imports.report import FileRefused, RowError, printable
from portfolio.values import blank, suggestion

MAX_BYTES, MAX_ROWS = 5 * 1024 * 1024, 2000
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
    if len(data) > MAX_BYTES:
        raise FileRefused(_("The file is larger than %(limit)s MB.") % {"limit": MAX_BYTES // 1024 // 1024})
    if not data.strip():
        raise FileRefused(_("The file is empty."))
    suffix = PurePath(filename).suffix.lower()
    if data.startswith(b"PK") and suffix == ".xlsx":
        return _sheet(_workbook(data))
    if suffix == ".csv":
        return _sheet([[refuse(cell) for cell in row] for row in _lines(decode(data))])
    raise FileRefused(_("Only .xlsx and .csv files are accepted, and this one is none of them."))


def _lines(text: str) -> list[list[str]]:
    try:
        return list(csv.reader(text.splitlines(keepends=True), strict=True))
    except csv.Error as error:
        message = _("The quotation marks or the length of a cell are not right (%(reason)s).") % {"reason": error}
        raise FileRefused(message) from error


def _workbook(data: bytes) -> list[list[Any]]:
    """The first sheet; the archive is checked before anything unpacks it."""
    checked = archive.check(data)
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(checked.archive)
        return book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (python_calamine.CalamineError, python_calamine.ZipError, python_calamine.XmlError, OSError) as error:
        raise FileRefused(_("The workbook is damaged. Save it again as .xlsx.")) from error


def _sheet(table: Sequence[Sequence[Any]]) -> Sheet:
    numbered = [(number, list(row)) for number, row in enumerate(table, start=1) if not all(map(blank, row))]
    if not numbered:
        raise FileRefused(_("The file is empty."))
    if len(numbered) > MAX_ROWS + 1:
        raise FileRefused(_("At most %(limit)s rows can be imported at once.") % {"limit": MAX_ROWS})
    (first, heading), sheet = numbered[0], Sheet()
    names = [_name(cell) for cell in heading]
    known = (*READ, *SHOWN)
    for name, cell in zip(names, heading, strict=True):
        if name and name not in known:
            message = _("There is no such column.") + suggestion(name, (*READ, *HEADINGS))
            sheet.errors.append(RowError(first, name, printable(cell), message))
        elif name and names.count(name) > 1:
            sheet.errors.append(RowError(first, name, printable(cell), _("This column is there twice.")))
    if "title" not in names:
        sheet.errors.append(RowError(first, "title", "", _("This column is missing: it says what is needed.")))
    for number, cells in [] if sheet.errors else numbered[1:]:
        named = {name: cell for name, cell in zip(names, cells, strict=False) if name in READ}
        sheet.rows.append((number, named))
    return sheet


def _name(cell: Any) -> str:
    """A heading as one of the known names, whatever its case, width or language."""
    written = unicodedata.normalize("NFKC", str(cell or "")).strip().strip("\ufeff*").strip()
    return HEADINGS.get("".join(written.split())) or "_".join(written.lower().replace("-", " ").split())


def _cell(need: Need, name: str) -> Any:
    value = getattr(need, name)
    return "" if value is None else str(value) if isinstance(value, str) else value
