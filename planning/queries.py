"""Read policy rows, rounds and the calendar."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Department
from accounts.reading import is_reading, once
from planning.models import CalendarDay, CalendarImport, LateFiling, PlanItem, PolicyRow, Round
from planning.working_days import Calendar, Special


class PolicyMissing(LookupError):
    """No policy row of that key is in force: the caller must refuse, not guess."""


def policy(key: str, on: date | None = None) -> Any:
    """The value of the policy row `key` in force on a day (today by default). Raises PolicyMissing."""
    return policy_row(key, on).value


def policy_row(key: str, on: date | None = None) -> PolicyRow:
    """The policy row `key` in force on a day (today by default), with its source. Raises PolicyMissing."""
    known = once("policy rows", rows_now) if on is None and is_reading() else {}
    if key in known:
        return known[key]
    day = on or timezone.localdate()
    rows = PolicyRow.objects.filter(Q(valid_until=None) | Q(valid_until__gte=day), key=key, valid_from__lte=day)
    row = rows.order_by("-valid_from", "-pk").first()
    if row is None:
        raise PolicyMissing(key)
    return row


def history(key: str) -> list[PolicyRow]:
    """Every row of a key, the newest first, those of the future too."""
    return list(PolicyRow.objects.filter(key=key).select_related("changed_by"))


class Timeline:
    """Every row of a key, read once: what held on any day, without another query."""

    def __init__(self, key: str, rows: list[PolicyRow] | None = None) -> None:
        self.key = key
        self.rows = list(PolicyRow.objects.filter(key=key).order_by("-valid_from", "-pk")) if rows is None else rows

    def on(self, day: date) -> Any:
        """The value in force on a day. Raises PolicyMissing."""
        for row in self.rows:
            if row.valid_from <= day and (row.valid_until is None or row.valid_until >= day):
                return row.value
        raise PolicyMissing(self.key)


def timelines(*keys: str) -> dict[str, Timeline]:
    """The timelines of several keys; one query."""
    return once(("timelines", keys), lambda: _timelines(keys))


def _timelines(keys: tuple[str, ...]) -> dict[str, Timeline]:
    found: dict[str, list[PolicyRow]] = {key: [] for key in keys}
    for row in PolicyRow.objects.filter(key__in=keys).order_by("-valid_from", "-pk"):
        found[row.key].append(row)
    return {key: Timeline(key, rows) for key, rows in found.items()}


def working_calendar() -> Calendar:
    """The working-day calendar as it is known now; two queries."""
    return once("working calendar", _working_calendar)


def _working_calendar() -> Calendar:
    imports = dict(CalendarImport.objects.order_by("pk").values_list("pk", "year"))
    days = CalendarDay.objects.values_list("day", "is_workday", "name", "notice", "year")
    exceptions = {day: Special(worked, name, notice, year or 0) for day, worked, name, notice, year in days}
    return Calendar(exceptions, frozenset(imports.values()), max(imports, default=0))


def published_years() -> frozenset[int]:
    """The years whose notice of public holidays is in the calendar; one query."""
    return frozenset(CalendarImport.objects.values_list("year", flat=True))


def rows_now(on: date | None = None) -> dict[str, PolicyRow]:
    """The row of each key in force on a day (today by default), by key; one query."""
    day = on or timezone.localdate()
    rows = PolicyRow.objects.filter(Q(valid_until=None) | Q(valid_until__gte=day), valid_from__lte=day)
    return {row.key: row for row in rows.select_related("changed_by").order_by("valid_from", "pk")}


def rows_to_come(on: date | None = None) -> dict[str, PolicyRow]:
    """The last row of each key that begins after a day (today by default), by key; one query."""
    rows = PolicyRow.objects.filter(valid_from__gt=on or timezone.localdate())
    return {row.key: row for row in rows.select_related("changed_by").order_by("valid_from", "pk")}


def tier_in(tiers: list[dict[str, Any]], amount: Decimal) -> str:
    """The tier of an amount in 万元 by a value of the row "tiers"."""
    for tier in tiers:
        if tier["below"] is None or amount < Decimal(str(tier["below"])):
            return tier["code"]
    raise PolicyMissing("tiers")


def tier_of(amount: Decimal, on: date | None = None) -> str:
    """The tier (T0 … T3) of an amount in 万元, by the policy row "tiers"."""
    return tier_in(policy("tiers", on), amount)


def open_rounds(on: date | None = None) -> QuerySet[Round]:
    """Rounds in which a proposal may be filed that day."""
    day = on or timezone.localdate()
    return Round.objects.filter(opens_on__lte=day, closes_on__gte=day)


def last_rounds(count: int, on: date | None = None) -> list[Round]:
    """The rounds that have begun, the newest first."""
    return list(Round.objects.filter(opens_on__lte=on or timezone.localdate()).order_by("-opens_on", "-pk")[:count])


def late_filing(round: Round, department: Department, at: datetime | None = None) -> LateFiling | None:
    """The leave under which a unit may file (or might at that moment) after the window of a round has closed, or None.

    Leave for a unit is leave for those below it too.
    """
    moment = at or timezone.now()
    day = timezone.localtime(moment).date()
    if not round.closes_on < day:
        return None
    codes = [code for code in department.path.split("/") if code]
    rows = LateFiling.objects.filter(round=round, department__code__in=codes, until__gte=day, granted_at__lte=moment)
    rows = rows.filter(Q(revoked_at=None) | Q(revoked_at__gt=moment))
    return rows.select_related("department", "granted_by").order_by("-granted_at", "-pk").first()


def plan_items(year: int | None = None, until: int | None = None, on: date | None = None) -> QuerySet[PlanItem]:
    """Plan items that a proposal may cite: not withdrawn on that day, and valid in one of the years `year`…`until`."""
    day = on or timezone.localdate()
    items = PlanItem.objects.select_related("department").filter(Q(withdrawn_on=None) | Q(withdrawn_on__gt=day))
    return items.filter(year_from__lte=until or year, year_to__gte=year) if year else items
