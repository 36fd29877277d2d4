"""The requirement table and the function list as a workbook, written and read; cells only, no meaning."""

import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

import python_calamine
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from portfolio.exporting import text_cell
from portfolio.imports import archive
from portfolio.imports.report import FileRefused

MAX_BYTES = 5 * 1024 * 1024
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DAMAGED = (python_calamine.CalamineError, python_calamine.ZipError, python_calamine.XmlError, OSError)
Cell = str | int | Decimal | None


def write(title: str, table: Iterable[Sequence[Cell]], widths: Sequence[int]) -> bytes:
    """A workbook with one sheet; every text is a text cell, never a formula. widths: of the columns, in characters."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for index, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = width
    for number, row in enumerate(table):
        sheet.append([text_cell(sheet, cell, bold=number == 0) if isinstance(cell, str) else cell for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read(data: bytes) -> list[list[str]]:
    """The cells of the first visible sheet as texts. Raises FileRefused for what is no plain, moderate workbook."""
    if len(data) > MAX_BYTES:
        raise FileRefused(_("The file is larger than %(limit)s MB.") % {"limit": MAX_BYTES // 1024 // 1024})
    if not data.startswith(b"PK"):
        raise FileRefused(_("Only plain .xlsx workbooks are accepted: without macros, not .xls, .et or .ods."))
    book = archive.check(data)
    try:
        reader = python_calamine.CalamineWorkbook.from_filelike(book.archive)
        name = next((one.name for one in reader.sheets_metadata if _is_visible(one)), None)
        if name is None:
            raise FileRefused(_("The workbook has no visible sheet."))
        table = reader.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except DAMAGED as error:
        raise FileRefused(_("The workbook is damaged. Save it again as .xlsx.")) from error
    _refuse_broken(book, name)
    return [[_text(cell) for cell in row] for row in table]


def _refuse_broken(book: archive.Workbook, name: str) -> None:
    """Error cells and formulas without a result are read as empty: here they are refused by row and column."""
    scan = book.scans.get(book.parts.get("#" + book.parts.get(name, ""), ""), archive.SheetScan())
    for row, column in sorted({*scan.errors, *scan.formulas}):
        message = _("Cell %(cell)s holds an error or a formula without a result. Paste its value instead.")
        raise FileRefused(message % {"cell": f"{get_column_letter(column)}{row}"}, row=row)


def _is_visible(sheet: Any) -> bool:
    visible = sheet.visible == python_calamine.SheetVisibleEnum.Visible
    return bool(visible and sheet.typ == python_calamine.SheetTypeEnum.WorkSheet)


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()
