"""A table that people upload: its size, its headings in any spelling, and what is wrong with them."""

import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from portfolio.imports.report import FileRefused, RowError, printable
from portfolio.values import blank, suggestion

MAX_BYTES, MAX_ROWS = 5 * 1024 * 1024, 2000


def refuse_large(data: bytes) -> None:
    """Raise FileRefused for more bytes than are read at once."""
    if len(data) > MAX_BYTES:
        raise FileRefused(_("The file is larger than %(limit)s MB.") % {"limit": MAX_BYTES // 1024 // 1024})


def numbered(table: Sequence[Sequence[Any]]) -> list[tuple[int, list[Any]]]:
    """The rows that are not blank with their numbers in the file, the heading first. Raises FileRefused."""
    found = [(number, list(row)) for number, row in enumerate(table, start=1) if not all(map(blank, row))]
    if not found:
        raise FileRefused(_("The file is empty."))
    if len(found) > MAX_ROWS + 1:
        raise FileRefused(_("At most %(limit)s rows can be imported at once.") % {"limit": MAX_ROWS})
    return found


def column_name(written: str, headings: Mapping[str, str]) -> str:
    """A heading as one of the known names, whatever its case, width or language."""
    plain = unicodedata.normalize("NFKC", written).strip().strip("\ufeff*").strip()
    return headings.get("".join(plain.split())) or "_".join(plain.lower().replace("-", " ").split())


def heading_errors(
    row: int, names: Sequence[str], heading: Sequence[Any], known: Callable[[str], bool], offered: Collection[str]
) -> Iterator[RowError]:
    """Columns that nothing reads, and columns that are there twice. offered: what a wrong name may have meant."""
    for name, cell in zip(names, heading, strict=True):
        if name and not known(name):
            message = _("There is no such column.") + suggestion(name, tuple(offered))
            yield RowError(row, name, printable(cell), message)
        elif name and names.count(name) > 1:
            yield RowError(row, name, printable(cell), _("This column is there twice."))
