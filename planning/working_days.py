"""Calendar: which days are worked. A year without a notice is computed, and what touches it is not settled."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

DAY = timedelta(days=1)
WEEKEND = 5  # Saturday, as date.weekday() counts
# The next notice may also move days of the last week of December: 29 to 31 December 2018 stand in the notice for 2019.
NEXT_NOTICE_FROM = (12, 25)

# 《全国年节及纪念日放假办法》 as amended in 2024 (order 795) [from memory]: 13 days. Those on fixed dates:
FIXED: Mapping[tuple[int, int], str] = {
    (1, 1): "元旦",
    (5, 1): "劳动节",
    (5, 2): "劳动节",
    (10, 1): "国庆节",
    (10, 2): "国庆节",
    (10, 3): "国庆节",
}
# Those of the lunar calendar and of the sun: year → first day of the first lunar month, 清明, 端午, 中秋. Computed with
# sxtwl 2.0.7 and, but for 清明, lunardate 0.3.0, which agree on every date.
MOVING: Mapping[int, tuple[tuple[int, int], tuple[int, int], tuple[int, int], tuple[int, int]]] = {
    2025: ((1, 29), (4, 4), (5, 31), (10, 6)),
    2026: ((2, 17), (4, 5), (6, 19), (9, 25)),
    2027: ((2, 6), (4, 5), (6, 9), (9, 15)),
    2028: ((1, 26), (4, 4), (5, 28), (10, 3)),
    2029: ((2, 13), (4, 4), (6, 16), (9, 22)),
    2030: ((2, 3), (4, 5), (6, 5), (9, 12)),
    2031: ((1, 23), (4, 5), (6, 24), (10, 1)),
    2032: ((2, 11), (4, 4), (6, 12), (9, 19)),
    2033: ((1, 31), (4, 4), (6, 1), (9, 8)),
    2034: ((2, 19), (4, 5), (6, 20), (9, 27)),
    2035: ((2, 8), (4, 5), (6, 10), (9, 16)),
    2036: ((1, 28), (4, 4), (5, 30), (10, 4)),
}


def statutory(year: int) -> dict[date, str]:
    """The days off that the law fixes for a year, by name; without the lunar ones beyond the table."""
    found = {date(year, month, day): name for (month, day), name in FIXED.items()}
    if year in MOVING:
        spring, tomb, boat, moon = (date(year, *day) for day in MOVING[year])
        found |= {spring + n * DAY: "春节" for n in range(-1, 3)}  # the eve and the first three days
        found |= {tomb: "清明节", boat: "端午节"}
        found.setdefault(moon, "中秋节")
    return found


@dataclass(frozen=True, slots=True)
class Special:
    """A day that differs from the plain week: public holiday or make-up working day, and who says so."""

    is_workday: bool
    name: str = ""
    notice: str = ""
    year: int = 0  # of the notice, where that is not the year of the day


@dataclass(frozen=True)
class Calendar:
    """What each day is. exceptions: published ones. published: years whose notice is known. version: of the notices."""

    exceptions: Mapping[date, Special] = field(default_factory=dict)
    published: Collection[int] = frozenset()
    version: int = 0  # key of the newest import

    def of(self, day: date) -> Special | None:
        """What is special about a day: published, or fixed by law in a year whose notice is not known yet."""
        if day in self.exceptions:
            return self.exceptions[day]
        if day.year in self.published:
            return None
        name = self.computed(day.year).get(day)
        return Special(False, name) if name and day.weekday() < WEEKEND else None

    @cached_property
    def _years(self) -> dict[int, dict[date, str]]:
        return {}

    def computed(self, year: int) -> dict[date, str]:
        """What the law fixes for a year, worked out once."""
        if year not in self._years:
            self._years[year] = statutory(year)
        return self._years[year]

    def is_workday(self, day: date) -> bool:
        """Whether a day is worked."""
        special = self.of(day)
        return day.weekday() < WEEKEND if special is None else special.is_workday

    def after(self, start: date) -> Iterator[date]:
        """The working days after a day, without end."""
        day = start
        while True:
            day += DAY
            if self.is_workday(day):
                yield day

    def last_until(self, day: date) -> date:
        """The day itself where it is worked, else the last working day before it."""
        while not self.is_workday(day):
            day -= DAY
        return day

    def first_from(self, day: date) -> date:
        """The day itself where it is worked, else the first working day after it."""
        return next(self.after(day - DAY))

    def add(self, start: date, days: int) -> date:
        """The last day of a limit of `days` working days that begins on the day after `start` (民法典 §201)."""
        day, worked = start, self.after(start)
        for _number in range(days):
            day = next(worked)
        return day

    def within(self, start: date, end: date) -> list[date]:
        """The working days after `start` up to and with `end`."""
        return [day for day in span(start + DAY, end) if self.is_workday(day)]

    def between(self, start: date, end: date) -> int:
        """How many working days lie after `start` up to and with `end`; negative when `end` is before `start`."""
        return len(self.within(start, end)) if start <= end else -len(self.within(end, start))

    def unsettled(self, start: date, end: date) -> tuple[int, ...]:
        """The years whose notice is missing although a day from `start` to `end` rests on it."""
        return unsettled_years(start, end, self.published)

    def provisional(self, start: date, end: date) -> bool:
        """Whether a later notice may still change what is counted from `start` to `end`."""
        return bool(self.unsettled(start, end))

    def replaced(self, year: int, days: Mapping[date, Special]) -> "Calendar":
        """The calendar as it would be with the notice of a year: all that the year said before makes room for it."""
        kept = {day: one for day, one in self.exceptions.items() if (one.year or day.year) != year}
        return Calendar({**kept, **days}, {*self.published, year}, self.version + 1)

    def days_of(self, year: int) -> dict[date, Special]:
        """The published exceptions of a year."""
        return {day: one for day, one in sorted(self.exceptions.items()) if day.year == year}


def unsettled_years(start: date, end: date, published: Collection[int]) -> tuple[int, ...]:
    """The years whose notice is missing although a day from `start` to `end` rests on it."""
    years = set(range(start.year, end.year + 1))
    if (end.month, end.day) >= NEXT_NOTICE_FROM:
        years.add(end.year + 1)
    return tuple(sorted(years - set(published)))


def span(first: date, last: date) -> Iterator[date]:
    """Every day from the first to the last."""
    for number in range((last - first).days + 1):
        yield first + number * DAY
