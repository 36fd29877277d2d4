"""What merging one system into another may save: one formula, its assumptions named, nothing guessed."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Assumptions:
    """The policy row "consolidation": shares from 0 to 1, years as a whole number."""

    min_share: Decimal
    om_saved: Decimal
    migration: Decimal
    years: int

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Assumptions":
        """Read the row. Raises ValueError where a share is not from 0 to 1 or the years are not from 1 to 30."""
        try:
            least, saved, once = (Decimal(str(row[name])) for name in ("min_share", "om_saved", "migration"))
            years = int(row["years"])
        except (KeyError, TypeError, ArithmeticError) as error:
            raise ValueError(f"policy row consolidation: {error!r}") from error
        if not all(0 <= share <= 1 for share in (least, saved, once)) or not 1 <= years <= 30:
            raise ValueError(f"policy row consolidation: out of range: {dict(row)}")
        return cls(least, saved, once, years)


@dataclass(frozen=True, slots=True)
class Saving:
    """In 万元: saved every year, spent once on the migration, and what is left after the years; None: not known."""

    yearly: Decimal | None
    one_off: Decimal | None
    net: Decimal | None


def saving(share: Decimal, yearly_cost: Decimal | None, build_cost: Decimal | None, assumptions: Assumptions) -> Saving:
    """The estimate for a system of which `share` (0–1) is covered by the one that stays.

    yearly = O&M × share × om_saved; one-off = build cost × migration, whole, whatever the share: rather too much than
    too little; net = yearly × years − one-off. A cost (万元) that is not recorded makes what rests on it unknown.
    """
    yearly = None if yearly_cost is None else _cents(yearly_cost * share * assumptions.om_saved)
    one_off = None if build_cost is None else _cents(build_cost * assumptions.migration)
    net = None if yearly is None or one_off is None else yearly * assumptions.years - one_off
    return Saving(yearly, one_off, net)


def _cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)
