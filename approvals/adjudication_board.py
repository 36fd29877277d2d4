"""The duplicate-build board: open findings with the money at stake, and the figures that are drawn from them."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from math import ceil
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language

from accounts import policy as permissions
from accounts.models import User
from approvals.clocks import clocks_of, shown
from projects.models import Finding, ProposedCapability
from projects.queries import NOT_BUILT
from projects.states import PRE_APPROVAL, SETTLED_AS_IS, TO_CORRECT, Adjudication, Band, Relation, State

PAGE_SIZE = 50
MOST_AT_ONCE = 200  # findings in one batch
COLUMNS, ROWS, CLUSTERS = 6, 12, 8  # what the heat table and the list of clusters show at most
WAITING = frozenset(PRE_APPROVAL) - {State.DRAFT, State.DEFERRED}
# A cut or reuse that the department has carried out no longer waits (projects.models.Finding.is_settled, in SQL).
NOT_CARRIED_OUT = ~Q(prior_decision__in=TO_CORRECT) | Q(prior_money=None) | Q(money__gte=F("prior_money"))
SLIM = (
    *("pk", "project_id", "project__ref", "project__state", "band", "relation", "decision", "money", "score"),
    *("capability_code", "capability_text", "matched_code", "other_project_id", "run__finished_at"),
    *("project__department__code", "project__department__name", "project__department__name_en"),
    *("project__round__code", "project__round__name", "project__round__name_en"),
)
Row = dict[str, Any]
# (project, capability code) → code and name of its taxonomy node.
Nodes = Mapping[tuple[int, str], tuple[str, str]]


def lapsed() -> Q:
    """Exceptions whose last day has passed (projects.models.Finding.has_lapsed, in SQL)."""
    return Q(decision=Adjudication.EXCEPTION, expires_on__lt=timezone.localdate())


def open_findings() -> QuerySet[Finding]:
    """Findings without whose settlement a project is not approved (promise 2), of all projects under way."""
    unsettled = Q(decision="") | lapsed() | (Q(decision__in=TO_CORRECT) & NOT_CARRIED_OUT)
    unsettled |= ~Q(decision__in=[*SETTLED_AS_IS, *TO_CORRECT])
    other_goes_on = Q(other_project=None) | ~Q(other_project__state__in=NOT_BUILT)
    current = Finding.objects.filter(is_current=True, band__in=[Band.RED, Band.AMBER], project__state__in=WAITING)
    return current.exclude(relation=Relation.RELATED).filter(unsettled, other_goes_on)


def adjudicable() -> QuerySet[Finding]:
    """Open findings that a manager may decide now."""
    found = open_findings().filter(Q(decision="") | lapsed(), project__state=State.ADJUDICATION)
    return found.select_related("project__department", "system__department", "other_project__department", "rule")


def chosen_for_batch(keys: Iterable[str]) -> list[Finding]:
    """The adjudicable findings among these keys, for the page of a batch; what is no key is passed over."""
    wanted = [int(key) for key in keys if key.isdigit()][:MOST_AT_ONCE]
    return list(adjudicable().filter(pk__in=wanted).order_by("project__ref", "-money", "pk"))


def rows_for(user: User) -> list[Row]:
    """Every open finding, slim, for a user who may see the board. Raises PermissionDenied."""
    permissions.require(user, "duplicates.view")
    return list(open_findings().order_by("-money", "-score", "pk").values(*SLIM))


def matching(rows: Iterable[Row], chosen: Mapping[str, str], nodes: Nodes) -> list[Row]:
    """The rows that the chosen filters let through, in the chosen order."""
    tests = {
        "show": lambda row, value: is_decided(row) == (value == "decided"),
        "band": lambda row, value: row["band"] == value,
        "relation": lambda row, value: row["relation"] == value,
        "department": lambda row, value: row["project__department__code"] == value,
        "round": lambda row, value: row["project__round__code"] == value,
        "age": lambda row, value: age_of(row) >= int(value),
        "node": lambda row, value: nodes.get((row["project_id"], row["capability_code"]), ("", ""))[0] == value,
    }
    wanted = [(tests[name], value) for name, value in chosen.items() if name in tests]
    found = [row for row in rows if all(test(row, value) for test, value in wanted)]
    return sorted(found, key=age_of, reverse=True) if chosen.get("sort") == "age" else found


def is_decided(row: Row) -> bool:
    """Whether somebody has decided it; an exception that has lapsed waits for another decision.

    Among open findings an exception is always a lapsed one.
    """
    return row["decision"] not in {"", Adjudication.EXCEPTION}


def age_of(row: Row) -> int:
    """Whole days since the screening that found it."""
    found_at = row["run__finished_at"]
    return (timezone.now() - found_at) // timedelta(days=1) if found_at else 0


def page_of(rows: list[Row], number: str | None) -> Page:
    """One page of full findings with their deadline; four queries whatever the number of rows."""
    page: Page[Any] = Paginator(rows, PAGE_SIZE).get_page(number)
    related = ("project__department", "run", "system__department", "other_project__department", "rule")
    full = Finding.objects.select_related(*related).in_bulk([row["pk"] for row in page.object_list])
    page.object_list = [full[row["pk"]] for row in page.object_list if row["pk"] in full]
    clocks = clocks_of([finding.project for finding in page.object_list])
    for finding in page.object_list:
        finding.due = shown(finding.project, clocks[finding.project_id])
        finding.coverage = _coverage(finding)
    return page


def _coverage(finding: Finding) -> float | None:
    listed = [*finding.run.systems, *finding.run.record.get("peer_coverage", [])]
    return next((item["coverage"] for item in listed if item["code"] == finding.target_code), None)


# --- figures --------------------------------------------------------------------------------------------------------


def at_stake(rows: Iterable[Row]) -> Decimal:
    """Money of the capabilities concerned in 万元; one that meets several systems counts once."""
    return sum(_by_capability(rows).values(), Decimal(0))


def _by_capability(rows: Iterable[Row]) -> dict[tuple[int, str, str], Decimal]:
    money: dict[tuple[int, str, str], Decimal] = {}
    for row in rows:
        key = row["project_id"], row["capability_code"], row["capability_text"]
        money[key] = max(money.get(key, Decimal(0)), row["money"])
    return money


def figures(rows: Iterable[Row]) -> dict[str, Any]:
    """The headline: how many wait, what they touch, how old the oldest is."""
    waiting = [row for row in rows if not is_decided(row)]
    return {
        "count": len(waiting),
        "projects": len({row["project_id"] for row in waiting}),
        "units": len({row["project__department__code"] for row in waiting}),
        "money": at_stake(waiting),
        "oldest": max(map(age_of, waiting), default=None),
    }


def facets(rows: list[Row]) -> dict[str, Counter]:
    """How many rows each value of each filter would leave."""
    coded = {"department": "project__department__code", "round": "project__round__code"}
    columns = {"band": "band", "relation": "relation", **coded}
    counts = {name: Counter(row[column] for row in rows) for name, column in columns.items()}
    ages = Counter({str(days): sum(age_of(row) >= days for row in rows) for days in (5, 10, 30)})
    return {**counts, "age": ages}


def labels_of(rows: Iterable[Row]) -> dict[str, dict[str, str]]:
    """What departments and rounds are called in the language of the page, by code."""
    found: dict[str, dict[str, str]] = {"department": {}, "round": {}}
    for row in rows:
        for name in found:
            found[name][row[f"project__{name}__code"]] = _named(row, f"project__{name}__")
    return found


def _named(row: Row, prefix: str) -> str:
    english = get_language() == "en" and row[f"{prefix}name_en"]
    return english or row[f"{prefix}name"]


# --- unit × capability, same-round clusters -------------------------------------------------------------------------


def nodes_of(rows: Iterable[Row]) -> Nodes:
    """(project, capability code) → (code, name) of the taxonomy node that the applicant claims. One query."""
    projects = {row["project_id"] for row in rows}
    capabilities = ProposedCapability.objects.filter(project__in=projects, taxonomy__isnull=False)
    return {
        (row.project_id, row.code): (row.taxonomy.code, row.taxonomy.label)
        for row in capabilities.select_related("taxonomy")
        if row.taxonomy
    }


def heat(rows: Iterable[Row], nodes: Nodes) -> dict[str, Any]:
    """Unit × capability: money and number of capabilities in each cell; heat 1–4 by quarters of the most."""
    waiting = [row for row in rows if not is_decided(row)]
    units = labels_of(waiting)["department"]
    unit_of = {row["project_id"]: row["project__department__code"] for row in waiting}
    cells: dict[tuple[str, tuple[str, str]], list] = defaultdict(lambda: [Decimal(0), 0])
    for (project, code, _text), money in _by_capability(waiting).items():
        node = nodes.get((project, code))
        if node:
            cell = cells[unit_of[project], node]
            cell[0], cell[1] = cell[0] + money, cell[1] + 1
    columns = _heaviest(((node, cell[0]) for (_unit, node), cell in cells.items()), COLUMNS)
    lines = _heaviest(((unit, cell[0]) for (unit, node), cell in cells.items() if node in columns), ROWS)
    most = max(
        (cell[0] for (unit, node), cell in cells.items() if unit in lines and node in columns), default=Decimal(0)
    )
    table = [_line(unit, units[unit], columns, cells, most) for unit in lines]
    totals = [sum((line["cells"][index]["money"] for line in table), Decimal(0)) for index in range(len(columns))]
    return {"columns": columns, "rows": table, "totals": totals, "total": sum(totals, Decimal(0))}


def _heaviest(weights: Iterable[tuple[Any, Decimal]], limit: int) -> list:
    sums: dict[Any, Decimal] = defaultdict(Decimal)
    for key, money in weights:
        sums[key] += money
    return sorted(sums, key=lambda key: (-sums[key], key))[:limit]


def _line(unit: str, label: str, columns: list, cells: Mapping, most: Decimal) -> dict[str, Any]:
    found = [cells.get((unit, node), (Decimal(0), 0)) for node in columns]
    shown = [
        {"node": node[0], "money": money, "count": count, "heat": ceil(4 * money / most) if most else 0}
        for node, (money, count) in zip(columns, found, strict=True)
    ]
    return {"unit": unit, "label": label, "cells": shown, "total": sum((cell["money"] for cell in shown), Decimal(0))}


def clusters(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """Capabilities of different projects that meet each other in one round, joined into groups, the dearest first."""
    pairs = [row for row in rows if row["relation"] == Relation.SAME_ROUND and not is_decided(row)]
    group: dict[tuple[int, str], tuple[int, str]] = {}

    def root(key: tuple[int, str]) -> tuple[int, str]:
        while group.setdefault(key, key) != key:
            key = group[key]
        return key

    members: dict[tuple[int, str], Row] = {}
    for row in pairs:
        mine, theirs = (row["project_id"], row["capability_code"]), (row["other_project_id"], row["matched_code"])
        members.setdefault(mine, row)
        group[root(mine)] = root(theirs)
    joined: dict[tuple[int, str], list[Row]] = defaultdict(list)
    for key, row in members.items():
        joined[root(key)].append(row)
    return [_cluster(found) for found in sorted(joined.values(), key=lambda found: -at_stake(found))[:CLUSTERS]]


def _cluster(found: list[Row]) -> dict[str, Any]:
    listed = sorted(found, key=lambda row: (-row["money"], row["project__ref"]))
    members = [
        {"ref": row["project__ref"], "unit": _named(row, "project__department__"), "money": row["money"]}
        for row in listed
    ]
    return {"title": listed[0]["capability_text"], "members": members, "total": at_stake(found)}
