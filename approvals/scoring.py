"""What the points of a panel come to: totals by weight, mean, spread, and whose total stands apart."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from statistics import fmean, pstdev
from typing import Any

# A total stands apart when it is both this many standard deviations and this many points away from the mean. [proposed]
APART_DEVIATIONS, APART_POINTS, APART_FROM = 1.5, 10.0, 3
Criteria = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Spread:
    """Mean, lowest, highest and standard deviation (of the panel as a whole) of some points, one decimal each."""

    mean: Decimal
    low: Decimal
    high: Decimal
    deviation: Decimal


def tenth(value: float | Decimal) -> Decimal:
    """A figure with one decimal."""
    return Decimal(str(value)).quantize(Decimal("0.1"), ROUND_HALF_UP)


def total(criteria: Criteria, points: Mapping[str, Decimal]) -> Decimal | None:
    """The points of one expert out of 100: each criterion by its share of the full points and its weight.

    None where a criterion has no points yet.
    """
    if not criteria or any(row["code"] not in points for row in criteria):
        return None
    parts = [Decimal(str(row["weight"])) * points[row["code"]] / Decimal(str(row["points"])) for row in criteria]
    return tenth(sum(parts, Decimal(0)) * 100)


def spread(values: Sequence[Decimal]) -> Spread | None:
    """Mean, lowest, highest and standard deviation, or None of nothing."""
    if not values:
        return None
    figures = [float(value) for value in values]
    return Spread(tenth(fmean(figures)), min(values), max(values), tenth(pstdev(figures)))


def apart(values: Sequence[Decimal]) -> list[bool]:
    """For each total whether it stands apart from the panel; below three totals none does."""
    found = spread(values)
    if found is None or len(values) < APART_FROM or not found.deviation:
        return [False] * len(values)
    distances = [abs(float(value - found.mean)) for value in values]
    limit = max(APART_POINTS, APART_DEVIATIONS * float(found.deviation))
    return [distance >= limit for distance in distances]
