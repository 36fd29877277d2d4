"""What changed between two submitted versions: sections, money, capabilities, budget lines, structured lists."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from projects.fact_tables import FactTable, tables_of
from projects.models import Version
from projects.sections import SECTIONS, Section
from projects.trace_lines import tables_to_compare


@dataclass(frozen=True, slots=True)
class Change:
    """One row of a list: before and after; None where it did not exist."""

    key: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Comparison:
    """The difference of two versions, by section."""

    old: Version
    new: Version
    sections: tuple[Section, ...]
    capabilities: tuple[Change, ...]
    lines: tuple[Change, ...]
    tables: tuple[tuple[str, tuple[Change, ...]], ...] = ()

    @property
    def money(self) -> Decimal:
        """How much more the newer one asks for, in 万元."""
        return self.new.amount - self.old.amount

    @property
    def share(self) -> Decimal | None:
        """The same as a share of the older amount."""
        return self.money / self.old.amount if self.old.amount else None


def compare(old: Version, new: Version) -> Comparison:
    """Compare by the stored hashes first, then the rows of what differs."""
    changed = tuple(section for section in SECTIONS if old.sections.get(section.code) != new.sections.get(section.code))
    return Comparison(old, new, changed, _capabilities(old, new), _lines(old, new), tuple(_tables(old, new)))


def _tables(old: Version, new: Version) -> Iterator[tuple[str, tuple[Change, ...]]]:
    """The structured lists that differ: title and rows; a row is known by its first cell."""
    before, after = (_by_name(version) for version in (old, new))
    for name in dict.fromkeys([*before, *after]):
        rows = [_rows(tables[name]) if name in tables else {} for tables in (before, after)]
        if changes := tuple(_changes(*rows)):
            yield (after.get(name) or before[name]).title, changes


def _by_name(version: Version) -> dict[str, FactTable]:
    found = [table for tables in tables_of(version.snapshot).values() for table in tables]
    return {table.name: table for table in (*found, *tables_to_compare(version))}


def _rows(table: FactTable) -> dict[str, Any]:
    """Rows that begin with the same words are read as one."""
    found: dict[str, Any] = {}
    for key, *cells in table.rows:
        pairs = zip(table.heads[1:], cells, strict=True)
        text = "\n".join(f"{head}: {cell}" for head, cell in pairs if cell)
        found[key] = f"{found[key]}\n{text}" if key in found else text
    return found


def _capabilities(old: Version, new: Version) -> tuple[Change, ...]:
    before, after = (version.snapshot["solution"]["capabilities"] for version in (old, new))
    return tuple(_changes({row["code"]: row["text"] for row in before}, {row["code"]: row["text"] for row in after}))


def _lines(old: Version, new: Version) -> tuple[Change, ...]:
    """Lines carry no code: those of one name are added up."""
    sums: list[dict[str, Decimal]] = []
    for version in (old, new):
        by_name: dict[str, Decimal] = {}
        for row in version.snapshot["budget"]["lines"]:
            by_name[row["name"]] = by_name.get(row["name"], Decimal(0)) + Decimal(row["amount"])
        sums.append(by_name)
    return tuple(_changes(*sums))


def _changes(before: dict[str, Any], after: dict[str, Any]) -> Iterable[Change]:
    for key in dict.fromkeys([*before, *after]):
        if before.get(key) != after.get(key):
            yield Change(key, before.get(key), after.get(key))
