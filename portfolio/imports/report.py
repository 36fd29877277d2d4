"""What an import says when it is done: what changed, and every error with its row and field."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

SHOWN_VALUE = 60


class FileRefused(Exception):
    """The file as a whole cannot be read; `row` and `column` say where, if it is one place."""

    def __init__(self, message: str, *, row: int | None = None, column: str = "", value: Any = "") -> None:
        super().__init__(message)
        self.error = RowError(row, column, printable(value), message)


@dataclass(frozen=True, slots=True)
class RowError:
    """One thing to correct. `row` counts as a spreadsheet does (the heading is row 1); None is the whole file."""

    row: int | None
    field: str
    value: str
    message: str


class Outcome(StrEnum):
    """What happened, or would happen, to one system."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Change:
    """One system that is created or updated: which fields, how many capabilities come, change and go."""

    code: str
    name: str
    outcome: Outcome
    fields: tuple[str, ...] = ()
    capabilities_added: int = 0
    capabilities_changed: int = 0
    capabilities_removed: int = 0


@dataclass(slots=True)
class ImportReport:
    """The result of reading one file. With errors nothing was written; a dry run never writes."""

    dry_run: bool = False
    changes: list[Change] = field(default_factory=list)
    unchanged: int = 0
    errors: list[RowError] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def created(self) -> int:
        """Number of systems that were not in the registry before."""
        return sum(change.outcome is Outcome.CREATED for change in self.changes)

    @property
    def updated(self) -> int:
        """Number of systems that were in the registry and differ."""
        return sum(change.outcome is Outcome.UPDATED for change in self.changes)

    @property
    def removed_capabilities(self) -> int:
        """Capabilities that the file no longer lists."""
        return sum(change.capabilities_removed for change in self.changes)

    @property
    def codes(self) -> tuple[str, ...]:
        """Codes of the systems that were created or updated."""
        return tuple(change.code for change in self.changes)

    @property
    def total(self) -> int:
        """Number of systems in the file."""
        return len(self.changes) + self.unchanged


def printable(value: Any) -> str:
    """A value as it may be shown: undecodable bytes and control characters escaped, long texts cut."""
    text = value if isinstance(value, str) else "" if value is None else str(value)
    text = text[: SHOWN_VALUE + 1]
    text = "".join(_escaped(char) for char in text)
    return text if len(text) <= SHOWN_VALUE else text[:SHOWN_VALUE] + "…"


def _escaped(char: str) -> str:
    number = ord(char)
    if 0xDC80 <= number <= 0xDCFF:  # a byte that the encoding could not read (surrogateescape)
        return f"\\x{number - 0xDC00:02x}"
    if char.isprintable():
        return char
    return " " if char in "\n\r\t" else f"\\u{number:04x}"
