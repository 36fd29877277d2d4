"""What every reader hands on: one record per system, with the row it came from, and its capabilities as written."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from portfolio.imports.report import RowError
from portfolio.values import EXCEL_EPOCH

MAX_ROWS = 50_000


@dataclass(frozen=True, slots=True)
class RawCapability:
    """One capability as written; `where` goes before its field names in messages ("capabilities[2].")."""

    row: int
    cells: dict[str, Any]
    where: str = ""
    # What the file calls the five fields where it calls them otherwise.
    names: dict[str, str] = field(default_factory=dict)

    def field(self, name: str) -> str:
        """How the person who wrote the file knows this field."""
        return self.where + self.names.get(name, name)


@dataclass(slots=True)
class RawSystem:
    """One system as written. A field that the file does not mention is not in `cells`; capabilities: None then."""

    row: int
    cells: dict[str, Any]
    capabilities: list[RawCapability] | None = None


@dataclass(slots=True)
class RawFile:
    """Everything a file says, and what was wrong with its form."""

    systems: list[RawSystem] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    # Day numbers mean dates only in spreadsheets.
    serial_dates: bool = False
    epoch: date = EXCEL_EPOCH
