"""Read policy rows, rounds and the calendar."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from planning.models import PlanItem, PolicyRow, Round


class PolicyMissing(LookupError):
    """No policy row of that key is in force: the caller must refuse, not guess."""


def policy(key: str, on: date | None = None) -> Any:
    """The value of the policy row `key` in force on a day (today by default). Raises PolicyMissing."""
    return policy_row(key, on).value


def policy_row(key: str, on: date | None = None) -> PolicyRow:
    """The policy row `key` in force on a day (today by default), with its source. Raises PolicyMissing."""
    day = on or timezone.localdate()
    rows = PolicyRow.objects.filter(Q(valid_until=None) | Q(valid_until__gte=day), key=key, valid_from__lte=day)
    row = rows.order_by("-valid_from", "-pk").first()
    if row is None:
        raise PolicyMissing(key)
    return row


def history(key: str) -> list[PolicyRow]:
    """Every row of a key, the newest first, those of the future too."""
    return list(PolicyRow.objects.filter(key=key).select_related("changed_by"))


def tier_of(amount: Decimal, on: date | None = None) -> str:
    """The tier (T0 … T3) of an amount in 万元, by the policy row "tiers"."""
    for tier in policy("tiers", on):
        if tier["below"] is None or amount < Decimal(str(tier["below"])):
            return tier["code"]
    raise PolicyMissing("tiers")


def open_rounds(on: date | None = None) -> QuerySet[Round]:
    """Rounds in which a proposal may be filed that day."""
    day = on or timezone.localdate()
    return Round.objects.filter(opens_on__lte=day, closes_on__gte=day)


def last_rounds(count: int, on: date | None = None) -> list[Round]:
    """The rounds that have begun, the newest first."""
    return list(Round.objects.filter(opens_on__lte=on or timezone.localdate()).order_by("-opens_on", "-pk")[:count])


def plan_items(year: int | None = None) -> QuerySet[PlanItem]:
    """Plan items that a proposal may cite, of a year where one is given."""
    items = PlanItem.objects.select_related("department")
    return items.filter(year_from__lte=year, year_to__gte=year) if year else items
