"""Standards and checklist items as workbooks: written with every column, read back as rows of text."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font

from standards.models import ChecklistItem, Standard
from standards.snapshots import ITEM_FIELDS, STANDARD_FIELDS, item_values, standard_values

MAX_ROWS = 1000
MAX_UNPACKED = 60 * 1024 * 1024
SEPARATOR = "; "
WIDE = {"title", "title_en", "question", "question_en", "summary", "summary_en", "evidence", "evidence_en", "condition"}
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# Row number in the sheet (from 1) and its cells by column.
Row = tuple[int, dict[str, str]]


def write_standards(standards: Iterable[Standard]) -> bytes:
    """The catalogue as a workbook that the import reads back."""
    return _write(Standard, STANDARD_FIELDS, [standard_values(standard) for standard in standards])


def write_items(items: Iterable[ChecklistItem]) -> bytes:
    """Checklist items as a workbook that the import reads back."""
    return _write(ChecklistItem, ITEM_FIELDS, [item_values(item) for item in items])


def _write(model: type[Model], columns: Sequence[str], rows: list[dict[str, Any]]) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("rows")
    sheet.freeze_panes = "B2"
    for index, name in enumerate(columns):
        letter = chr(ord("A") + index)
        sheet.column_dimensions[letter].width = 40 if name in WIDE else 16
    sheet.append([_cell(sheet, name, bold=True) for name in columns])
    for row in rows:
        sheet.append([_cell(sheet, row[name]) for name in columns])
    _explain(book, model, columns)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _explain(book: Workbook, model: type[Model], columns: Sequence[str]) -> None:
    """A second sheet in the language of the page: what each column means and what may stand in it."""
    sheet = book.create_sheet("columns")
    sheet.column_dimensions["B"].width = sheet.column_dimensions["C"].width = 40
    for name in columns:
        field: Any = model._meta.get_field(name)
        choices = SEPARATOR.join(f"{value} = {label}" for value, label in field.flatchoices if value)
        cells = [name, capfirst(str(field.verbose_name)), choices or str(field.help_text)]
        sheet.append([_cell(sheet, text) for text in cells])


def _cell(sheet: Any, value: Any, *, bold: bool = False) -> WriteOnlyCell:
    """A text or number cell; a text that begins like a formula stays a text."""
    shown = SEPARATOR.join(value) if isinstance(value, list) else value
    cell = WriteOnlyCell(sheet, value="" if shown is None else shown)
    if isinstance(shown, str):
        cell.data_type = "s"
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    if bold:
        cell.font = Font(bold=True)
    return cell


def read(data: bytes, columns: Sequence[str]) -> list[Row]:
    """The rows of the first sheet, empty ones left out, every cell as text (days as 2026-03-01).

    columns: those that the first row may name; the first of them is the key and must be there. Raises ValidationError
    when the file cannot be read, names unknown columns or has too many rows.
    """
    sheet = _open(data)
    lines = sheet.iter_rows(values_only=True, max_row=MAX_ROWS + 2)
    names = [_text(cell) for cell in next(lines, ())]
    while names and not names[-1]:
        names.pop()
    unknown = [name or "–" for name in names if name not in columns]
    if unknown:
        raise ValidationError(_("Unknown columns: %(names)s.") % {"names": ", ".join(unknown)})
    if columns[0] not in names or len(set(names)) < len(names):
        raise ValidationError(_("The first row names each column once, “%(key)s” among them.") % {"key": columns[0]})
    rows = []
    for number, line in enumerate(lines, start=2):
        filled = dict(enumerate(line))  # a row may end before the headings do
        cells = {name: _text(filled.get(index)) for index, name in enumerate(names)}
        if any(cells.values()):
            rows.append((number, cells))
    if len(rows) > MAX_ROWS:
        raise ValidationError(_("More than %(limit)s rows.") % {"limit": MAX_ROWS})
    return rows


def _open(data: bytes) -> Any:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(part.file_size for part in archive.infolist()) > MAX_UNPACKED:
                raise ValidationError(_("The workbook is too large when unpacked."))
        return load_workbook(io.BytesIO(data), read_only=True, data_only=True).worksheets[0]
    except ValidationError:
        raise
    except Exception as error:  # whatever a broken workbook makes the reader stumble over
        raise ValidationError(_("This is no readable workbook (.xlsx).")) from error


def _text(cell: Any) -> str:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()
