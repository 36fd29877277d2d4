"""Reads CSV: comma, semicolon or tab, as spreadsheets of all settings write it."""

import csv
import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from portfolio.imports.columns import names_of
from portfolio.imports.report import FileRefused
from portfolio.imports.rows import RawFile
from portfolio.imports.sheets import records as table_records
from portfolio.values import EXCEL_EPOCH

DELIMITERS = (",", "\t", ";")
MAX_CELL = 100_000
# Marks that make a spreadsheet run a text as a formula: an export puts an apostrophe before, an import takes it off.
_DEFUSED = re.compile(r"'+[=+\-@＝＋－＠]")
_DANGEROUS = re.compile(r"'*[=+\-@\t\r＝＋－＠]")


def is_dangerous(written: str) -> bool:
    """Whether a spreadsheet could take the text for a formula."""
    return bool(_DANGEROUS.match(written))


def defuse(written: str) -> str:
    """A text as a CSV cell that no spreadsheet takes for a formula."""
    return f"'{written}" if is_dangerous(written) else written


def refuse(written: str) -> str:
    """The text behind a cell that `defuse` wrote."""
    return written[1:] if _DEFUSED.match(written) else written


def records(text: str, file: RawFile) -> None:
    """Add the systems of a CSV text to `file`."""
    file.serial_dates, file.epoch = False, EXCEL_EPOCH
    table_records(_rows(text, _delimiter(text)), file)


def _delimiter(text: str) -> str:
    """The delimiter under which the heading has the fewest errors."""
    heading = next((line for line in text.splitlines() if line.strip()), "")
    if heading.startswith("sep="):
        raise FileRefused(_("Delete the first line (sep=…): the first line must name the columns."), row=1)
    return min(DELIMITERS, key=lambda mark: len(names_of(heading.replace('"', "").split(mark), 1)[1]))


def _rows(text: str, delimiter: str) -> Iterator[list[str]]:
    csv.field_size_limit(MAX_CELL)
    text = text if "\n" in text else text.replace("\r", "\n")
    reader = csv.reader(_lines(text), delimiter=delimiter, strict=True)
    row = 0
    while True:
        row += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            message = _("The quotation marks or the length of a cell are not right (%(reason)s).") % {"reason": error}
            raise FileRefused(message, row=row) from error
        yield [refuse(cell) for cell in cells]


def _lines(text: str) -> Iterator[str]:
    """Lines with their ends; unlike splitlines(), a rare separator inside a text does not end one."""
    start = 0
    while start < len(text):
        end = text.find("\n", start) + 1 or len(text)
        yield text[start:end]
        start = end
