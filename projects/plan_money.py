"""How the money of a proposal falls on years and plan items: plain arithmetic, with the rule in words on the page.

Share of one plan item in one year = amount × months of the project in that year ÷ all its months ÷ number of plan items
cited. Every part is rounded down to the cent and the rest goes to the last one, so the parts always add up.
"""

import re
from decimal import ROUND_DOWN, Decimal

CENT = Decimal("0.01")
_MONTH = re.compile(r"(\d{4})-(\d{2})\Z")
MOST_MONTHS = 600


def months(starts: str, ends: str) -> dict[int, int]:
    """Year → number of months from `starts` to `ends` ("2026-03"), both included; empty where either is not a month."""
    first, last = _month(starts), _month(ends)
    if first is None or last is None or last < first or last - first >= MOST_MONTHS:
        return {}
    found: dict[int, int] = {}
    for number in range(first, last + 1):
        found[number // 12] = found.get(number // 12, 0) + 1
    return found


def by_year(amount: Decimal, starts: str, ends: str, otherwise: int) -> dict[int, Decimal]:
    """Year → 万元; all of it in the year `otherwise` where the months are not known."""
    weights = months(starts, ends) or {otherwise: 1}
    return dict(zip(sorted(weights), split(amount, [weights[year] for year in sorted(weights)]), strict=True))


def split(amount: Decimal, weights: list[int]) -> list[Decimal]:
    """The amount in parts that stand to each other as the weights; they add up to it to the cent."""
    whole = sum(weights)
    parts = [(amount * weight / whole).quantize(CENT, ROUND_DOWN) for weight in weights]
    parts[-1] += amount - sum(parts, Decimal(0))
    return parts


def _month(text: str) -> int | None:
    match = _MONTH.match(text or "")
    if not match or not 1 <= int(match[2]) <= 12:  # noqa: PLR2004 - months of a year
        return None
    return int(match[1]) * 12 + int(match[2]) - 1
