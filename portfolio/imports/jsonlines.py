"""Reads JSON Lines: one system per line, with its capabilities inside."""

import json
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from portfolio.imports import columns
from portfolio.imports.report import FileRefused, RowError, printable
from portfolio.imports.rows import MAX_ROWS, RawCapability, RawFile, RawSystem

MAX_CAPABILITIES = 500
_KEYS = (*columns.SYSTEM, columns.CAPABILITIES)


class _Repeated(ValueError):
    """A key stands twice in one object."""


def load(written: str) -> Any:
    """The JSON value of a text: exact decimals, no repeated keys, no NaN. Raises ValueError or RecursionError."""
    return json.loads(written, parse_float=Decimal, parse_constant=_no_constant, object_pairs_hook=_object)


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) != len(pairs):
        names = [name for name, _value in pairs]
        raise _Repeated(next(name for name in names if names.count(name) > 1))
    return read


def records(text: str, file: RawFile) -> None:
    """Add the systems of a JSON Lines text to `file`."""
    lines = [(row, line) for row, line in enumerate(text.split("\n"), start=1) if line.strip()]
    if not lines:
        raise FileRefused(_("The file is empty."))
    if len(lines) > MAX_ROWS:
        raise FileRefused(_("At most %(limit)s rows can be imported at once.") % {"limit": MAX_ROWS})
    seen: dict[str, int] = {}
    for row, line in lines:
        read = _line(row, line, file)
        if read is not None:
            _add(row, read, seen, file)


def _line(row: int, line: str, file: RawFile) -> dict[str, Any] | None:
    message, field = "", ""
    try:
        read = load(line)
    except _Repeated as error:
        message, field = _("This field is there twice."), printable(str(error))
    except json.JSONDecodeError as error:
        message = _("This line is not JSON (character %(at)s).") % {"at": error.pos + 1}
    except (ValueError, RecursionError):
        message = _("This line holds a number or a nesting that cannot be read.")
    else:
        if isinstance(read, dict):
            return read
        message = _("Expected one JSON object per line, in braces.")
    file.errors.append(RowError(row, field, printable(line), message))
    return None


def _add(row: int, read: dict[str, Any], seen: dict[str, int], file: RawFile) -> None:
    for key in read:
        if key not in _KEYS:
            file.errors.append(RowError(row, printable(key), printable(read[key]), columns.unknown_key(key, _KEYS)))
    system = RawSystem(row, {key: read[key] for key in columns.SYSTEM if key in read})
    if columns.CAPABILITIES in read:
        system.capabilities, errors = capabilities_of(row, read[columns.CAPABILITIES])
        file.errors += errors
    code = str(read.get("code") or "").strip()
    if code and code in seen:
        message = _("This code is there twice (first in row %(row)s).") % {"row": seen[code]}
        file.errors.append(RowError(row, "code", printable(code), message))
        return
    seen[code] = row
    file.systems.append(system)


def capabilities_of(row: int, written: Any) -> tuple[list[RawCapability], list[RowError]]:
    """The capabilities of one system from a JSON list of objects."""
    field = columns.CAPABILITIES
    if written is None:
        written = []
    if not isinstance(written, list) or not all(isinstance(one, dict) for one in written):
        return [], [RowError(row, field, printable(written), _("Expected a JSON list of objects with code and text."))]
    if len(written) > MAX_CAPABILITIES:
        message = _("At most %(limit)s capabilities for one system.") % {"limit": MAX_CAPABILITIES}
        return [], [RowError(row, field, "", message)]
    read, errors = [], []
    for number, cells in enumerate(written, start=1):
        where = f"{field}[{number}]."
        errors += [
            RowError(row, where + printable(key), printable(cells[key]), columns.unknown_key(key, columns.CAPABILITY))
            for key in cells
            if key not in columns.CAPABILITY
        ]
        read.append(RawCapability(row, cells, where))
    return read, errors
