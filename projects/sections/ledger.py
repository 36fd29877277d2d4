"""What each capability of a proposal costs and how large it is, and what the whole estimate says."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import get_language

from planning.queries import policy
from projects.estimating import Counted, Estimate, estimate, points
from projects.states import Category, Kind

if TYPE_CHECKING:
    from projects.models import Project

BUILDS = frozenset({Kind.NEW, Kind.UPGRADE})
NONE = Decimal("0.00")
KEPT = "_function_points"  # where load_parts keeps the policy row on the object
Line = tuple[str, Decimal, str]  # category, amount in 万元, code of the capability or ""
Item = tuple[str, Counted]  # code of the capability or "", what is counted


@dataclass(frozen=True, slots=True)
class Ledger:
    """money and software (万元) and points (function points) by capability; asked: all software money.

    row: the policy row "function_points" that all was reckoned with. result: None where nothing is counted.
    """

    row: Mapping[str, Any]
    money: Mapping[str, Decimal]
    software: Mapping[str, Decimal]
    points: Mapping[str, Decimal]
    asked: Decimal
    is_build: bool
    result: Estimate | None

    @property
    def must_count(self) -> bool:
        """Whether the count is a condition of submission: a build whose software money is above the policy's amount."""
        return self.is_build and self.asked > Decimal(str(self.row["required_above"]))

    @property
    def deviation(self) -> Decimal | None:
        """By what share the asked software money lies above (+) or below (-) the estimate; None: nothing to compare."""
        return self.result.deviation(self.asked) if self.result and self.asked else None

    @property
    def deviates(self) -> bool:
        """Whether the deviation is so large that it must be explained (checklist item RQ-09)."""
        found = self.deviation
        return self.is_build and found is not None and abs(found) > Decimal(str(self.row["tolerance"]))


def ledger_of(project: "Project") -> Ledger:
    """Read what is stored of a proposal. Prefetched: capabilities, budget_lines, functions. Raises PolicyMissing."""
    lines = [
        (str(line.category), line.amount, line.capability.code if line.capability else "")
        for line in project.budget_lines.all()
    ]
    items = [
        (item.capability.code if item.capability else "", Counted(str(item.type), item.count, item.reuse))
        for item in project.functions.all()
    ]
    return reckon(str(project.kind), lines, items, project.estimate_factors, rule_of(project))


def rule_of(project: "Project") -> Mapping[str, Any]:
    """The policy row in force today; no query after keep_rule. Raises PolicyMissing."""
    return project.__dict__.get(KEPT) or policy("function_points")


def keep_rule(project: "Project") -> None:
    """Read it once for the life of this object."""
    project.__dict__[KEPT] = policy("function_points")


def ledger_of_snapshot(snapshot: Mapping[str, Any], row: Mapping[str, Any]) -> Ledger:
    """The same of a frozen version, with the policy row of its day."""
    budget = snapshot["budget"]
    lines = [(line["category"], Decimal(line["amount"]), line.get("capability") or "") for line in budget["lines"]]
    items = [
        (item.get("capability") or "", Counted(item["type"], item["count"], item.get("reuse", "")))
        for item in budget.get("functions", ())
    ]
    return reckon(snapshot["overview"]["kind"], lines, items, budget.get("estimate_factors", {}), row)


def money_of(project: "Project") -> dict[str, Decimal]:
    """Money in 万元 by capability; no query where capabilities and lines are prefetched."""
    found: dict[str, Decimal] = {}
    for line in project.budget_lines.all():
        if line.capability:
            found[line.capability.code] = found.get(line.capability.code, NONE) + line.amount
    return found


def reckon(
    kind: str, lines: Iterable[Line], items: Iterable[Item], factors: Mapping[str, str], row: Mapping[str, Any]
) -> Ledger:
    """Add up money and points by capability, and estimate the whole."""
    money: dict[str, Decimal] = {}
    software: dict[str, Decimal] = {}
    asked = NONE
    for category, amount, code in lines:
        bought = amount if category == Category.SOFTWARE else NONE
        asked += bought
        if code:
            money[code], software[code] = money.get(code, NONE) + amount, software.get(code, NONE) + bought
    by_code: dict[str, list[Counted]] = {}
    for code, item in items:
        by_code.setdefault(code, []).append(item)
    everything = [item for group in by_code.values() for item in group]
    total = estimate(everything, row, factors) if everything else None
    sizes = {code: points(group, row) for code, group in by_code.items() if code}
    return Ledger(row, money, software, sizes, asked, kind in BUILDS, total)


def words_of(option: Mapping[str, Any]) -> str:
    """The words of a factor or option of the policy row, in the language of the page."""
    return str(option["en"] if get_language() == "en" else option["zh"])
