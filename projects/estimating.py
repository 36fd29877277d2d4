"""Size, effort and cost of the counted functions, step by step; plain arithmetic (method of GB/T 36964-2018)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

TYPES = ("ILF", "EIF", "EI", "EO", "EQ")
CENT = Decimal("0.01")
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Counted:
    """How many functions of one type there are, and how much of them exists already (a code of the policy row)."""

    type: str
    count: int
    reuse: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the calculation: what is multiplied with what, and what comes out.

    code: size, change, productivity, a factor's code, hours, months, salary, other or cost.
    """

    code: str
    operand: Decimal
    result: Decimal
    option: str = ""


@dataclass(frozen=True, slots=True)
class Estimate:
    """The result with every step. unadjusted and size in function points, effort in person-months, cost in 万元."""

    unadjusted: Decimal
    size: Decimal
    effort: Decimal
    cost: Decimal
    steps: tuple[Step, ...]

    def deviation(self, asked: Decimal) -> Decimal | None:
        """By what share of the estimate the asked amount (万元) lies above (+) or below (-) it; None without one."""
        return (asked - self.cost) / self.cost if self.cost else None


def points(functions: Iterable[Counted], row: Row) -> Decimal:
    """Unadjusted function points: count × weight of the type × coefficient of the reuse. Two decimals.

    row: the policy row "function_points". An unknown reuse counts as none. Raises KeyError for an unknown type.
    """
    reuse = {option["code"]: Decimal(str(option["coefficient"])) for option in row["reuse"]}
    total = sum((_points(item, row["weights"], reuse) for item in functions), Decimal(0))
    return _round(total)


def estimate(functions: Iterable[Counted], row: Row, chosen: Mapping[str, str] | None = None) -> Estimate:
    """Size, effort and cost of the functions.

    row: the policy row "function_points". chosen: factor code → option code; a factor that is not chosen, or chosen
    with an option that the row does not know, takes the row's default.
    """
    unadjusted = points(functions, row)
    change, productivity = _number(row["scale_change"]), _number(row["productivity"])
    size = _round(unadjusted * change)
    steps = [Step("size", Decimal(0), unadjusted), Step("change", change, size)]
    hours = size * productivity
    steps.append(Step("productivity", productivity, _round(hours)))
    for factor in row["factors"]:
        option = option_of(factor, (chosen or {}).get(factor["code"], ""))
        hours *= _number(option["coefficient"])
        steps.append(Step(factor["code"], _number(option["coefficient"]), _round(hours), option["code"]))
    effort = _round(hours / _number(row["hours_per_month"]))
    salary = _round(effort * _number(row["rate"]))
    cost = _round(salary * (1 + _number(row["other_cost_share"])))
    steps += [
        Step("months", _number(row["hours_per_month"]), effort),
        Step("salary", _number(row["rate"]), salary),
        Step("other", _number(row["other_cost_share"]), cost),
    ]
    return Estimate(unadjusted, size, effort, cost, tuple(steps))


def option_of(factor: Row, code: str) -> Row:
    """The option of a factor with that code, else the one that the policy row marks as the usual one."""
    by_code = {option["code"]: option for option in factor["options"]}
    return by_code.get(code) or by_code[factor["usual"]]


def _points(item: Counted, weights: Mapping[str, Any], reuse: Mapping[str, Decimal]) -> Decimal:
    return item.count * _number(weights[item.type]) * reuse.get(item.reuse, Decimal(1))


def _number(value: Any) -> Decimal:
    return Decimal(str(value))


def _round(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)
