"""The planning view: plan items × proposals × running systems × money per year, and conflicts between units."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import OuterRef, Prefetch, Subquery

from planning.models import PlanEnvelope, PlanItem
from planning.plan_queries import tree
from portfolio.models import System
from projects.models import Finding, Project, ProposedCapability, SystemPlanLink, Version
from projects.plan_money import CENT, by_year, split
from projects.states import PRE_APPROVAL, Relation, State

# Submitted and not decided: what is asked for. What is granted: approved, or filed without an approval.
ASKING = tuple(state for state in PRE_APPROVAL if state not in {State.DRAFT, State.DEFERRED})
GRANTED = (State.APPROVED, State.FILED)
RUNNING = (System.Status.IN_OPERATION, System.Status.MAINTENANCE)
NONE = Decimal(0)
Years = dict[int, Decimal]


@dataclass(slots=True)
class Cell:
    """One plan item in one year, in 万元. `envelope`: its own (None: none set); `below`: sum of the items below."""

    year: int
    envelope: Decimal | None = None
    below: Decimal | None = None
    asked: Decimal = NONE
    granted: Decimal = NONE
    om: Decimal = NONE

    @property
    def limit(self) -> Decimal | None:
        """What the item may cost that year: its own envelope, else what the items below it have."""
        return self.envelope if self.envelope is not None else self.below

    @property
    def used(self) -> Decimal:
        """Granted and asked."""
        return self.granted + self.asked

    @property
    def over(self) -> Decimal:
        """By how much the item's own envelope is exceeded if everything asked is granted; 0: not."""
        return max(NONE, self.used - self.envelope) if self.envelope is not None else NONE

    @property
    def share(self) -> Decimal | None:
        """Used ÷ envelope, or None without one."""
        return self.used / self.limit if self.limit else None


@dataclass(slots=True)
class Cited:
    """A proposal under a plan item, with its share of the money by year."""

    project: Project
    money: Years


@dataclass(slots=True)
class Row:
    """A plan item (None: outside the plan) with its own proposals and systems; the cells include what lies below it."""

    item: PlanItem | None
    depth: int
    cells: list[Cell]
    proposals: list[Cited] = field(default_factory=list)
    systems: list[System] = field(default_factory=list)

    @property
    def is_over(self) -> bool:
        """Whether an envelope is exceeded in any of the years shown."""
        return any(cell.over for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Proposals of several units that do the same under one plan item; `shared`: node · domain of each capability
    that they have in common (empty: an open finding of the same round says so)."""

    item: PlanItem
    projects: tuple[Project, ...]
    shared: tuple[str, ...] = ()


@dataclass(slots=True)
class Board:
    """The whole view."""

    years: list[int]
    rows: list[Row]
    outside: Row
    conflicts: list[Conflict]


def projects_with_money() -> list[Project]:
    """Every proposal that asks for money or was granted some, with what the view needs; five queries."""
    newest = Version.objects.filter(project=OuterRef("pk")).order_by("-number").values("amount")[:1]
    parts = ProposedCapability.objects.select_related("taxonomy", "domain")
    rows = Project.objects.filter(state__in=(*ASKING, *GRANTED)).order_by("ref")
    rows = rows.select_related("department", "round", "rank", "approval").annotate(submitted=Subquery(newest))
    return list(rows.prefetch_related("plan_items", Prefetch("capabilities", parts)))


def amount_of(project: Project) -> Decimal:
    """What was granted, else what the newest version asks for, in 万元."""
    if project.state == State.APPROVED and hasattr(project, "approval"):
        return project.approval.amount
    return (getattr(project, "submitted", None) or NONE).quantize(CENT)


def money_of(project: Project) -> Years:
    """Its money by year."""
    return by_year(amount_of(project), project.starts_on, project.ends_on, project.round.year)


def board(years: Collection[int] = (), shown: Collection[int] | None = None) -> Board:
    """The planning view for some years (none named: every year in which a plan item or a proposal has money).

    shown: keys of the plan items to list (None: all). A filter leaves rows out; it never changes a number. The number
    of queries does not depend on the number of rows.
    """
    items = tree(PlanItem.objects.select_related("department", "parent"))
    projects = projects_with_money()
    money = {project.pk: money_of(project) for project in projects}
    envelopes = {(one.item_id, one.year): one.amount for one in PlanEnvelope.objects.all()}
    wanted = sorted(years or _years(envelopes, money.values()))
    rows = {item.pk: Row(item, depth, [Cell(year) for year in wanted]) for item, depth in items}
    outside = Row(None, 0, [Cell(year) for year in wanted])
    for project in projects:
        _place(project, money[project.pk], rows, outside)
    for link in SystemPlanLink.objects.select_related("system__department").order_by("system__code"):
        rows[link.plan_item_id].systems.append(link.system)
    _fill(rows, envelopes)
    listed = [rows[item.pk] for item, _depth in items if shown is None or item.pk in shown]
    return Board(wanted, listed, outside, _conflicts(row for row in rows.values() if row in listed))


def _years(envelopes: dict[tuple[int, int], Decimal], money: Iterable[Years]) -> set[int]:
    return {year for _item, year in envelopes} | {year for amounts in money for year in amounts}


def _place(project: Project, money: Years, rows: dict[int, Row], outside: Row) -> None:
    """Under every item that it cites, an equal part each; outside the plan where it cites none."""
    cited = sorted(project.plan_items.all(), key=lambda item: item.code)
    if not cited:
        outside.proposals.append(Cited(project, money))
        _add(outside, project, money)
        return
    parts = {year: split(amount, [1] * len(cited)) for year, amount in money.items()}
    for number, item in enumerate(cited):
        own = {year: amounts[number] for year, amounts in parts.items()}
        rows[item.pk].proposals.append(Cited(project, own))
        _add(rows[item.pk], project, own)


def _add(row: Row, project: Project, money: Years) -> None:
    for cell in row.cells:
        if project.state in GRANTED:
            cell.granted += money.get(cell.year, NONE)
        else:
            cell.asked += money.get(cell.year, NONE)


def _fill(rows: dict[int, Row], envelopes: dict[tuple[int, int], Decimal]) -> None:
    """Envelopes, O&M of the systems, and every number added to the item above; the deepest rows first."""
    for row in sorted(rows.values(), key=lambda row: -row.depth):
        assert row.item is not None  # only the line outside the plan has none
        above = rows.get(row.item.parent_id or 0)
        for index, cell in enumerate(row.cells):
            cell.envelope = envelopes.get((row.item.pk, cell.year))
            cell.om += sum((_om(system, cell.year) for system in row.systems), NONE)
            if above is None:
                continue
            upper = above.cells[index]
            upper.asked, upper.granted, upper.om = (
                upper.asked + cell.asked, upper.granted + cell.granted, upper.om + cell.om,
            )  # fmt: skip
            if cell.limit is not None:
                upper.below = (upper.below or NONE) + cell.limit


def _om(system: System, year: int) -> Decimal:
    """Yearly O&M money of a running system from the year in which it was built on."""
    begun = system.built_on is None or system.built_on.year <= year
    return (system.annual_om_cost or NONE) if system.status in RUNNING and begun else NONE


def _conflicts(rows: Iterable[Row]) -> list[Conflict]:
    rows = list(rows)
    found = [conflict for row in rows for conflict in _same_function(row)]
    open_pairs = Finding.objects.filter(is_current=True, relation=Relation.SAME_ROUND, decision="").exclude(
        band="green"
    )
    pairs: dict[int, set[int | None]] = defaultdict(set)
    for one, other in open_pairs.values_list("project", "other_project"):
        pairs[one].add(other)
    said = {(conflict.item.pk, frozenset(project.pk for project in conflict.projects)) for conflict in found}
    for row in rows:
        for conflict in _same_round(row, pairs):
            key = (conflict.item.pk, frozenset(project.pk for project in conflict.projects))
            if key not in said:
                said.add(key)
                found.append(conflict)
    return found


def _same_function(row: Row) -> list[Conflict]:
    """Capabilities of several units in the same node of the taxonomy and the same domain, one conflict per group."""
    groups: dict[tuple[str, str], dict[int, Project]] = defaultdict(dict)
    for cited in row.proposals:
        for one in cited.project.capabilities.all():
            if one.taxonomy is not None and one.domain is not None:
                groups[str(one.taxonomy), str(one.domain)][cited.project.pk] = cited.project
    shared: dict[tuple[int, ...], list[str]] = defaultdict(list)
    for tags, projects in sorted(groups.items()):
        if len({project.department_id for project in projects.values()}) > 1:
            shared[tuple(projects)].append(" · ".join(tags))
    assert row.item is not None
    known = {cited.project.pk: cited.project for cited in row.proposals}
    return [Conflict(row.item, tuple(known[key] for key in keys), tuple(tags)) for keys, tags in shared.items()]


def _same_round(row: Row, pairs: dict[int, set[int | None]]) -> list[Conflict]:
    """Pairs of units under one item between which a screening of the round left an open finding."""
    here = {cited.project.pk: cited.project for cited in row.proposals}
    assert row.item is not None
    return [
        Conflict(row.item, (project, here[other]))
        for key, project in here.items()
        for other in sorted(pk for pk in pairs.get(key, ()) if pk in here)
        if here[other].department_id != project.department_id
    ]


@dataclass(frozen=True, slots=True)
class Exceeded:
    """An envelope that is exceeded if everything asked is granted."""

    item: PlanItem
    cell: Cell


def exceeded_for(project: Project) -> list[Exceeded]:
    """Envelopes that the items cited by a proposal, or the items above them, exceed in its years."""
    cited = {item.pk for item in project.plan_items.all()}
    if not cited:
        return []
    years = set(money_of(project))
    whole = board(years)
    touched = set(cited)
    for row in sorted(whole.rows, key=lambda row: -row.depth):
        if row.item and row.item.pk in touched and row.item.parent_id:
            touched.add(row.item.parent_id)
    return [
        Exceeded(row.item, cell)
        for row in whole.rows
        if row.item and row.item.pk in touched
        for cell in row.cells
        if cell.envelope is not None and cell.over
    ]
