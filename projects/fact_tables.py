"""The structured lists of a proposal as tables to be read: from a frozen version, or from what stands in the form."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Department
from portfolio.models import System
from projects.models import DataRequest, Project, ReuseDeclaration
from projects.sections.rows import structured
from projects.states import FundSource


@dataclass(frozen=True, slots=True)
class FactTable:
    """One list: its name, what it is called, the heads of its columns and the cells of its rows, all as text."""

    name: str
    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def cells(self) -> list[list[dict[str, str]]]:
        """Rows of cells, each with the head of its column, which a narrow screen repeats."""
        return [[{"head": head, "text": text} for head, text in zip(self.heads, row, strict=True)] for row in self.rows]


@dataclass(frozen=True, slots=True)
class Names:
    """What codes stand for, read once for a whole version."""

    departments: Mapping[str, str]
    systems: Mapping[str, str]
    amounts: Mapping[str, Decimal]

    @classmethod
    def of(cls, snapshot: Mapping[str, Any]) -> "Names":
        """At most two queries, none where no list names a unit or a component."""
        units = [row["department"] for row in snapshot.get("overview", {}).get("partners", ())]
        systems = [row["component"] for row in snapshot.get("solution", {}).get("reuse", ())]
        found = Department.objects.filter(code__in=units) if units else ()
        components = System.objects.filter(code__in=systems) if systems else ()
        amounts: dict[str, Decimal] = {}
        for line in snapshot.get("budget", {}).get("lines", ()):
            source = line["fund_source"]
            amounts[source] = amounts.get(source, Decimal(0)) + Decimal(line["amount"])
        return cls({row.code: row.label for row in found}, {row.code: row.name for row in components}, amounts)


# Name of the list → section, title, heads. The cells are made by CELLS.
TITLES: dict[str, tuple[str, Promise, tuple[Promise, ...]]] = {
    "partners": (
        "overview", gettext_lazy("Partners of the joint project"),
        (
            gettext_lazy("Partner"), gettext_lazy("Its part"), gettext_lazy("Capabilities it builds"),
            gettext_lazy("Its money (10,000 CNY)"),
        ),
    ),
    "reuse": (
        "solution", gettext_lazy("Common components"),
        (gettext_lazy("Common component"), gettext_lazy("Declaration"), gettext_lazy("Reason")),
    ),
    "data_requests": (
        "resources", gettext_lazy("Sharing requests"),
        (
            gettext_lazy("Data"), gettext_lazy("Unit that has them"), gettext_lazy("What for"),
            gettext_lazy("Legal basis"), gettext_lazy("Channel"), gettext_lazy("Why not through the platform"),
        ),
    ),
    "goals": (
        "management", gettext_lazy("Measurable goals"),
        (
            gettext_lazy("Indicator"), gettext_lazy("Base value"), gettext_lazy("Target value"),
            gettext_lazy("Due (year-month)"), gettext_lazy("How it is measured"),
        ),
    ),
    "fund_scopes": (
        "budget", gettext_lazy("What each source of funds pays for"),
        (
            gettext_lazy("Source of funds"), gettext_lazy("Amount (10,000 CNY)"),
            gettext_lazy("What this money pays for"), gettext_lazy("Document that grants it"),
        ),
    ),
}  # fmt: skip


def tables_of(snapshot: Mapping[str, Any]) -> dict[str, list[FactTable]]:
    """Section code → its lists that have rows. snapshot: of a version, see sections.section_snapshot."""
    names = Names.of(snapshot)
    found: dict[str, list[FactTable]] = {}
    for name, (code, title, heads) in TITLES.items():
        rows = snapshot.get(code, {}).get(name, ())
        if rows:
            cells = tuple(CELLS[name](row, names) for row in rows)
            found.setdefault(code, []).append(FactTable(name, str(title), tuple(map(str, heads)), cells))
    return found


def tables_as_typed(project: Project) -> dict[str, list[FactTable]]:
    """The same of the proposal as it stands. project: with its parts (queries.load_parts)."""
    lines = [{"fund_source": row.fund_source, "amount": row.amount} for row in project.budget_lines.all()]
    values: dict[str, dict[str, Any]] = {**structured(project)}
    values["budget"] = {**values["budget"], "lines": lines}
    return tables_of(values)


def _partner(row: Mapping[str, Any], names: Names) -> tuple[str, ...]:
    unit = names.departments.get(row["department"], row["department"])
    return unit, row["scope"], _(", ").join(row["capabilities"]), row["amount"] or ""


def _reuse(row: Mapping[str, Any], names: Names) -> tuple[str, ...]:
    code = row["component"]
    choice = dict(ReuseDeclaration.Choice.choices).get(row["choice"], "")
    return f"{code} {names.systems.get(code, '')}".strip(), str(choice), row["reason"]


def _request(row: Mapping[str, Any], _names: Names) -> tuple[str, ...]:
    channel = str(dict(DataRequest.Channel.choices).get(row["channel"], row["channel"]))
    return row["name"], row["provider"], row["purpose"], row["legal_basis"], channel, row["reason"]


def _goal(row: Mapping[str, Any], _names: Names) -> tuple[str, ...]:
    return row["name"], row["base"], row["target"], row["due"], row["method"]


def _scope(row: Mapping[str, Any], names: Names) -> tuple[str, ...]:
    source = row["fund_source"]
    label = str(dict(FundSource.choices).get(source, source))
    return label, f"{names.amounts.get(source, Decimal(0)):,.2f}", row["scope"], row["document"]


CELLS: dict[str, Callable[[Mapping[str, Any], Names], tuple[str, ...]]] = {
    "partners": _partner,
    "reuse": _reuse,
    "data_requests": _request,
    "goals": _goal,
    "fund_scopes": _scope,
}
