"""What differs between two versions, section by section: fields, money, rows of tables, documents."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from approvals.difference_text import CAME, GONE, Piece, count, difference
from portfolio.models import CapabilityNode, Domain
from projects.fact_tables import TITLES, FactTable, tables_of
from projects.models import Project, Version
from projects.sections import SECTIONS, Section
from projects.sections.article3 import in_words
from projects.states import Category, DocumentKind, FundSource
from projects.trace_lines import tables_to_compare

# Parts of a section that are shown as tables, or not at all.
TABLED = {"capabilities", "lines", "documents", "trace", "functions", "estimate_factors", "estimate_reason", *TITLES}
PLACES = {name: row[0] for name, row in TITLES.items()}
PLACES |= {"trace": "needs", "functions": "budget", "estimate": "budget"}
LONG = 30  # characters from which a field is prose
Snapshot = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Value:
    """One value before and after, with the pieces to be marked; money: in 万元."""

    label: str
    pieces: tuple[Piece, ...]
    money: tuple[Decimal | None, Decimal | None] | None = None

    @property
    def changes(self) -> int:
        """How many places differ."""
        return count(self.pieces)

    @property
    def share(self) -> Decimal | None:
        """How much more, as a share of the amount before."""
        old, new = self.money or (None, None)
        return (new - old) / old if old and new is not None else None


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: its key, added, removed, changed or same, and its cells."""

    key: str
    kind: str
    cells: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A list whose rows are matched by their key."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def changed(self) -> list[Row]:
        """The rows that differ."""
        return [row for row in self.rows if row.kind != "same"]


@dataclass(frozen=True, slots=True)
class SectionDifference:
    """One section: its fields and tables, and how many places differ."""

    section: Section
    fields: tuple[Value, ...] = ()
    tables: tuple[Table, ...] = ()
    is_changed: bool = False

    @property
    def changes(self) -> int:
        """Changed places of fields and changed rows; at least one where the hashes differ."""
        found = sum(value.changes for value in self.fields) + sum(len(table.changed) for table in self.tables)
        return max(found, 1) if self.is_changed else found


@dataclass(frozen=True, slots=True)
class Differences:
    """Two versions of one proposal side by side."""

    old: Version
    new: Version
    sections: tuple[SectionDifference, ...] = field(default=())

    @property
    def changed(self) -> list[SectionDifference]:
        """The sections that differ."""
        return [section for section in self.sections if section.is_changed]

    @property
    def amount(self) -> Value:
        """The whole amount."""
        return _amount(_("Amount (10,000 CNY)"), self.old.amount, self.new.amount)


@dataclass(frozen=True, slots=True)
class Keyed:
    """A table of one version before it is compared: rows by key, and which column is money."""

    title: str
    heads: tuple[str, ...]
    rows: dict[str, tuple[str, ...]]
    money: frozenset[int] = frozenset()


def differences(old: Version, new: Version, *, only: Iterable[str] = ()) -> Differences:
    """Compare two frozen versions. only: codes of the sections that are wanted; empty: all nine. At most 12 queries."""
    wanted = set(only)
    tables = [_tables(version) for version in (old, new)]
    found = [_section(section, old, new, tables) for section in SECTIONS if not wanted or section.code in wanted]
    return Differences(old, new, tuple(found))


def changed_counts(old: Version, new: Version) -> list[tuple[Section, int]]:
    """The sections that differ and in how many places: for a line on another page."""
    return [(one.section, one.changes) for one in differences(old, new).changed]


def _section(section: Section, old: Version, new: Version, tables: list[dict[str, dict[str, Keyed]]]) -> Any:
    code = section.code
    before, after = (version.snapshot.get(code, {}) for version in (old, new))
    names = [name for name in dict.fromkeys([*before, *after]) if name not in TABLED]
    fields = tuple(_field(name, before.get(name), after.get(name)) for name in names)
    both = [side.get(code, {}) for side in tables]
    compared = [
        _compared(both[0].get(name), both[1].get(name)) for name in dict.fromkeys([*both[0], *both[1]])
    ]  # fmt: skip
    differs = old.sections.get(code) != new.sections.get(code)
    shown = tuple(value for value in fields if value.pieces)
    return SectionDifference(section, shown, tuple(compared), differs)


def _field(name: str, old: Any, new: Any) -> Value:
    texts = [said(name, value) for value in (old, new)]
    return Value(_label(name), _pieces(*texts))


def _pieces(old: str, new: str) -> tuple[Piece, ...]:
    """Prose is marked inside; a short value is replaced as a whole."""
    if old == new or max(len(old), len(new)) > LONG:
        return tuple(difference(old, new))
    return tuple(Piece(kind, text) for kind, text in ((GONE, old), (CAME, new)) if text)


def _amount(label: str, old: Decimal | None, new: Decimal | None) -> Value:
    texts = ["" if value is None else f"{value:,.2f}" for value in (old, new)]
    return Value(label, _pieces(*texts), (old, new))


def _label(name: str) -> str:
    special = {"round": _("Application round"), "department": _("Applicant unit"), "needs": _("Needs")}
    return special.get(name) or capfirst(str(Project._meta.get_field(name).verbose_name))


def said(name: str, value: Any) -> str:
    """A stored value of a column as people read it."""
    if value in ("", None, [], {}):
        return ""
    if name == "article3":
        return in_words(value)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return _(", ").join(str(item) for item in value)
    if name in {"round", "department", "needs"}:
        return str(value)
    return str(dict(Project._meta.get_field(name).flatchoices).get(value, value))


# --- tables -----------------------------------------------------------------------------------------------------------


def _tables(version: Version) -> dict[str, dict[str, Keyed]]:
    """Section code → name of the list → the list."""
    found: dict[str, dict[str, Keyed]] = {}
    listed = [table for tables in tables_of(version.snapshot).values() for table in tables]
    for table in [*listed, *tables_to_compare(version)]:
        found.setdefault(PLACES[table.name], {})[table.name] = _keyed(table)
    snapshot = version.snapshot
    if rows := snapshot["solution"].get("capabilities"):
        found.setdefault("solution", {})["capabilities"] = _capabilities(rows)
    if rows := snapshot["budget"].get("lines"):
        found.setdefault("budget", {})["lines"] = _lines(rows)
    if rows := snapshot["attachments"].get("documents"):
        found.setdefault("attachments", {})["documents"] = _documents(rows)
    return found


def _keyed(table: FactTable) -> Keyed:
    return Keyed(table.title, table.heads[1:], dict(_numbered((row[0], row[1:]) for row in table.rows)))


def _capabilities(rows: Iterable[Snapshot]) -> Keyed:
    nodes = {row["taxonomy"] for row in rows} | {row["domain"] for row in rows}
    names = {row.code: row.label for row in CapabilityNode.objects.filter(code__in=nodes - {None})}
    names |= {row.code: row.label for row in Domain.objects.filter(code__in=nodes - {None})}
    cells = (
        (
            row["code"],
            (row["text"], names.get(row["taxonomy"]) or "", names.get(row["domain"]) or "", row["object"] or ""),
        )
        for row in rows
    )
    heads = (_("Capability"), _("Taxonomy"), _("Business domain"), _("Service object"))
    return Keyed(_("Capabilities"), heads, dict(_numbered(cells)))


def _lines(rows: Iterable[Snapshot]) -> Keyed:
    """Lines carry no code: those of one name are told apart by their order."""
    categories, sources = dict(Category.choices), dict(FundSource.choices)
    cells = (
        (
            row["name"],
            (
                row["amount"], str(categories.get(row["category"], row["category"])), row["capability"] or "",
                str(sources.get(row["fund_source"], row["fund_source"])),
            ),
        )
        for row in rows
    )  # fmt: skip
    heads = (_("Amount (10,000 CNY)"), _("Category"), _("Capability"), _("Source of funds"))
    return Keyed(_("Budget lines"), heads, dict(_numbered(cells)), frozenset([0]))


def _documents(rows: Iterable[Snapshot]) -> Keyed:
    kinds = dict(DocumentKind.choices)
    names = ((f"{kinds.get(row['kind'], row['kind'])} · {row['name']}", row) for row in rows)
    cells = ((name, (f"{row['size'] / 1024:,.0f} KB", row["digest"][:12])) for name, row in names)
    return Keyed(_("Documents"), (_("Size"), _("Hash")), dict(_numbered(cells)))


def _numbered(rows: Iterable[tuple[str, tuple[str, ...]]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Rows of one key are told apart by their order."""
    seen: dict[str, int] = {}
    for key, cells in rows:
        seen[key] = seen.get(key, 0) + 1
        yield (f"{key} ({seen[key]})" if seen[key] > 1 else key), cells


def _compared(old: Keyed | None, new: Keyed | None) -> Table:
    known = new or old
    assert known is not None  # a name comes from one of the two
    before, after = (table.rows if table else {} for table in (old, new))
    keys = dict.fromkeys([*after, *(key for key in before if key not in after)])
    rows = tuple(_row(key, before.get(key), after.get(key), known) for key in keys)
    return Table(known.title, known.heads, rows)


def _row(key: str, old: tuple[str, ...] | None, new: tuple[str, ...] | None, table: Keyed) -> Row:
    kind = "added" if old is None else "removed" if new is None else "same" if old == new else "changed"
    blank = ("",) * len(table.heads)
    pairs = zip(table.heads, old or blank, new or blank, strict=True)
    return Row(key, kind, tuple(_cell(number, *cell, table) for number, cell in enumerate(pairs)))


def _cell(number: int, head: str, old: str, new: str, table: Keyed) -> Value:
    if number in table.money:
        return _amount(head, Decimal(old) if old else None, Decimal(new) if new else None)
    return Value(head, _pieces(old, new))
