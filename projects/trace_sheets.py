"""The requirement table and the function list as a workbook that is read; cells only, no meaning."""

from typing import Any

from django.utils.translation import gettext as _

from portfolio.imports import archive
from portfolio.imports.report import FileRefused
from portfolio.imports.workbook import letters, open_sheet
from projects.sheet_rows import refuse_large


def read(data: bytes) -> list[list[str]]:
    """The cells of the first visible sheet as texts. Raises FileRefused for what is no plain, moderate workbook."""
    refuse_large(data)
    if not data.startswith(b"PK"):
        raise FileRefused(_("Only plain .xlsx workbooks are accepted: without macros, not .xls, .et or .ods."))
    opened = open_sheet(archive.check(data))
    for row, column in sorted({*opened.scan.errors, *opened.scan.formulas}):
        message = _("Cell %(cell)s holds an error or a formula without a result. Paste its value instead.")
        raise FileRefused(message % {"cell": f"{letters(column)}{row}"}, row=row)
    return [[_text(cell) for cell in row] for row in opened.table]


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()
