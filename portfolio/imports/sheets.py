"""Turns a table (rows of cells, from a workbook or a CSV file) into records, one per system."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from portfolio.imports import columns
from portfolio.imports.jsonlines import capabilities_of, load
from portfolio.imports.report import FileRefused, RowError, printable
from portfolio.imports.rows import MAX_ROWS, RawCapability, RawFile, RawSystem
from portfolio.values import Unreadable, blank, text

_FLAT_NAMES = {inner: outer for outer, inner in columns.FLAT.items()}


def records(rows: Iterable[Sequence[Any]], file: RawFile) -> None:
    """Add the systems of a table to `file`. The first row that is not empty is the heading."""
    numbered = ((number, list(row)) for number, row in enumerate(rows, start=1) if not all(map(blank, row)))
    first = next(numbered, None)
    if first is None:
        raise FileRefused(_("The file is empty."))
    heading_row, heading = first
    names, errors = columns.names_of(heading, heading_row)
    file.errors += errors
    if errors:
        return
    reader = _Reader(names, file)
    for number, cells in numbered:
        if number > MAX_ROWS:
            raise FileRefused(_("At most %(limit)s rows can be imported at once.") % {"limit": MAX_ROWS}, row=number)
        reader.add(number, cells)


class _Reader:
    """Collects rows; a further row of the same system adds a capability to it."""

    def __init__(self, names: list[str], file: RawFile) -> None:
        self.names, self.file = names, file
        self.flat = [name for name in names if name in columns.FLAT]
        self.seen: dict[str, RawSystem] = {}

    def add(self, row: int, cells: list[Any]) -> None:
        """Take one row."""
        extra = [cell for cell in cells[len(self.names) :] if not blank(cell)]
        named = {name: cell for name, cell in zip(self.names, cells, strict=False) if name}
        strays = [cell for name, cell in zip(self.names, cells, strict=False) if not name and not blank(cell)]
        if extra or strays:
            value = printable((extra or strays)[0])
            self.file.errors.append(RowError(row, "", value, _("This cell stands under no heading.")))
            return
        missing = {name: None for name in self.names[len(cells) :] if name}
        self._take(row, named | missing)

    def _take(self, row: int, named: dict[str, Any]) -> None:
        code = _key(named["code"])
        facts = {name: cell for name, cell in named.items() if name in columns.SYSTEM}
        earlier = self.seen.get(code) if code else None
        if earlier is None:
            system = RawSystem(row, facts, self._capabilities(row, named))
            self.file.systems.append(system)
            self.seen[code] = system
        elif self.flat and _names_capability(named):
            self._compare(row, facts, earlier)
            earlier.capabilities = (earlier.capabilities or []) + (self._capabilities(row, named) or [])
        else:
            message = _("This code is there twice (first in row %(row)s).") % {"row": earlier.row}
            self.file.errors.append(RowError(row, "code", printable(code), message))

    def _compare(self, row: int, facts: dict[str, Any], earlier: RawSystem) -> None:
        """The facts of the system may be repeated on its further rows or left out, not contradicted."""
        for name, cell in facts.items():
            if not blank(cell) and cell != earlier.cells.get(name):
                message = _("Differs from row %(row)s, which is about the same system.") % {"row": earlier.row}
                self.file.errors.append(RowError(row, name, printable(cell), message))

    def _capabilities(self, row: int, named: dict[str, Any]) -> list[RawCapability] | None:
        if columns.CAPABILITIES in named:
            return self._from_text(row, named[columns.CAPABILITIES])
        if not self.flat:
            return None
        if not _names_capability(named):
            return []
        cells = {columns.FLAT[name]: named[name] for name in self.flat}
        return [RawCapability(row, cells, "", _FLAT_NAMES)]

    def _from_text(self, row: int, cell: Any) -> list[RawCapability]:
        if blank(cell):
            return []
        try:
            written = load(cell) if isinstance(cell, str) else None
        except (json.JSONDecodeError, ValueError, RecursionError):
            written = None
        capabilities, errors = capabilities_of(row, written)
        self.file.errors += errors
        return capabilities


def _names_capability(named: dict[str, Any]) -> bool:
    return any(not blank(named.get(name)) for name in columns.FLAT)


def _key(cell: Any) -> str:
    """The code as one text, whether the sheet holds it as a number or as text."""
    try:
        return text(cell, limit=200)
    except Unreadable:
        return str(cell)
