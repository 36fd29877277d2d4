"""The whole of one list in a few columns: how much time each case has left, and in which order they are shown."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from approvals.clocks import clocks_of, shown
from projects.models import Project

# So many cases of a list are put in order by the time that is left, oldest arrivals first; what lies beyond follows in
# the order of arrival. No person has a list of that length; it keeps a page from reading a whole city.
MOST = 2000
SOON = 2  # working days
NEVER = 10_000
COLUMNS = ("pk", "ref", "state", "state_since", "department_id", "round_id", "seq")


@dataclass(frozen=True, slots=True)
class Left:
    """What remains of a time limit: due and days are None where there is none."""

    due: date | None = None
    days: int | None = None
    paused: bool = False
    provisional: tuple[int, ...] = ()  # years whose holidays are not published

    def fits(self, wanted: str, week_ends: date) -> bool:
        """Whether it is what the filter asks for: overdue, soon, week or paused."""
        if wanted == "paused":
            return self.paused
        if self.days is None or self.due is None or self.paused:
            return False
        return {
            "overdue": self.days < 0,
            "soon": 0 <= self.days <= SOON,
            "week": self.days >= 0 and self.due <= week_ends,
        }.get(wanted, True)


@dataclass(frozen=True, slots=True)
class Line:
    """One case of the list."""

    pk: int
    state: str
    left: Left


def left_of(projects: Iterable[Project]) -> dict[int, Left]:
    """What remains of the time limit of each case, by key; constant queries."""
    rows = list(projects)
    clocks = clocks_of(rows)
    found = {}
    for case in rows:
        clock = shown(case, clocks[case.pk])
        found[case.pk] = Left(clock["date"], clock["days"], clock["paused"], clock["provisional"])
    return found


def lines_of(rows: QuerySet[Project], *order: str, by_time: bool) -> list[Line]:
    """The list, at most MOST cases of it; by_time: those with the least working days left first."""
    cases = list(rows.select_related(None).only(*COLUMNS).order_by(*order, "pk")[:MOST])
    left = left_of(cases)
    lines = [Line(case.pk, case.state, left[case.pk]) for case in cases]
    return sorted(lines, key=_urgency) if by_time else lines


def beyond(rows: QuerySet[Project], *order: str) -> list[int]:
    """Keys of what lies beyond MOST, in the order of arrival."""
    return list(rows.order_by(*order, "pk").values_list("pk", flat=True)[MOST:])


def _urgency(line: Line) -> tuple[int, bool]:
    days = line.left.days
    return (NEVER if days is None else days, line.left.paused)


def due_counts(lines: Iterable[Line], names: Iterable[str]) -> Counter[str]:
    """How many cases each choice of the filter would leave."""
    ends, lines = end_of_week(), list(lines)
    return Counter({name: sum(line.left.fits(name, ends) for line in lines) for name in names})


def end_of_week() -> date:
    """The Sunday of the present week."""
    today = timezone.localdate()
    return today + timedelta(days=6 - today.weekday())
