"""What a clock says: deadlines as a pure function of stored facts. It knows no database, no user and no language."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from planning.working_days import DAY, WEEKEND, Calendar, span


@dataclass(frozen=True, slots=True)
class Stop:
    """A time in which the clock stands. until: None while it lasts; it is then taken to end today."""

    since: date
    until: date | None
    kind: str
    reason: str = ""
    actor: str = ""


@dataclass(frozen=True, slots=True)
class ClockFacts:
    """All that a deadline follows from; norm, legal and extension in working days, None where there is no limit.

    The extension is more of the service norm; the legal limit is nobody's to extend here.
    """

    received_on: date
    today: date
    norm: int | None = None
    legal: int | None = None
    stops: tuple[Stop, ...] = ()
    extension: int = 0
    ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the answer to "why this date". kind: received, holiday, make_up, stop, extension, norm, legal.

    days: working days that it costs, gives or allows. by: whom it rests on: a notice, or who stopped the clock.
    """

    kind: str
    first: date
    last: date
    days: int = 0
    name: str = ""
    by: str = ""
    still: bool = False


@dataclass(frozen=True, slots=True)
class Deadline:
    """The answer. remaining, used, gross, limit: working days; used leaves out the stops, gross does not."""

    due: date | None
    legal_due: date | None
    limit: int | None
    legal: int | None
    used: int
    gross: int
    paused: bool
    years: tuple[int, ...]  # whose notice is missing although `due` rests on it (without one: the legal limit)
    legal_years: tuple[int, ...]  # the same of the legal limit
    calendar: int  # version of the calendar
    trace: tuple[Entry, ...] = field(default=(), repr=False)

    @property
    def remaining(self) -> int | None:
        """Working days left of the service norm, negative when it is over; while the clock stands, as of today."""
        return None if self.limit is None else self.limit - self.used

    @property
    def legal_remaining(self) -> int | None:
        """The same of the legal limit."""
        return None if self.legal is None else self.legal - self.used

    @property
    def percent(self) -> int | None:
        """How much of the service norm is used, in percent, rounded down."""
        return None if not self.limit else self.used * 100 // self.limit

    @property
    def provisional(self) -> bool:
        """Whether a notice that is not published yet may move the dates (暂定)."""
        return bool(self.years)

    def has_reached(self, percent: int) -> bool:
        """Whether that share of the norm is used: from 100 % on, only once the last day is over."""
        if not self.limit:
            return False
        used = self.used * 100
        return used > percent * self.limit if percent >= 100 else used >= percent * self.limit


def compute(facts: ClockFacts, calendar: Calendar) -> Deadline:
    """The deadline that follows from the facts on a calendar.

    Days count from the day after the receipt (民法典 §201); a stop takes the working days after the day on which it
    began, up to and with the day on which it ended. Stops that overlap count once.
    """
    end = facts.ended_on or facts.today
    stopped = _stopped(facts, calendar, end)
    limit = None if facts.norm is None else facts.norm + facts.extension
    due = _last_day(facts.received_on, limit, calendar, stopped)
    legal_due = _last_day(facts.received_on, facts.legal, calendar, stopped)
    gone = calendar.within(facts.received_on, end) if facts.received_on <= end else []
    years, legal_years = (calendar.unsettled(facts.received_on, day) if day else () for day in (due, legal_due))
    return Deadline(
        due=due, legal_due=legal_due, limit=limit, legal=facts.legal,
        used=sum(1 for day in gone if day not in stopped), gross=len(gone),
        paused=facts.ended_on is None and any(stop.until is None for stop in facts.stops),
        years=years if due else legal_years,
        legal_years=legal_years, calendar=calendar.version,
        trace=tuple(_trace(facts, calendar, due, legal_due)),
    )  # fmt: skip


def _stopped(facts: ClockFacts, calendar: Calendar, end: date) -> set[date]:
    """The working days on which the clock stood."""
    return {day for stop in facts.stops for day in calendar.within(*_reach(stop, facts, end))}


def _reach(stop: Stop, facts: ClockFacts, end: date) -> tuple[date, date]:
    since = max(stop.since, facts.received_on)
    return since, max(since, end if stop.until is None else stop.until)


def _last_day(start: date, limit: int | None, calendar: Calendar, stopped: set[date]) -> date | None:
    if limit is None:
        return None
    day, left = start, limit
    for day in calendar.after(start) if left else ():
        left -= day not in stopped
        if not left:
            break
    return day


# --- why this date ----------------------------------------------------------------------------------------------------


def _trace(facts: ClockFacts, calendar: Calendar, due: date | None, legal_due: date | None) -> Iterator[Entry]:
    """The steps from the receipt to the dates, in the order of time; the dates last."""
    start = facts.received_on
    last = due or legal_due
    yield Entry("received", start, start)
    if last is None:
        return
    end = facts.ended_on or facts.today
    found = [*_special(calendar, start + DAY, last), *_stops(facts, calendar, end, last)]
    yield from sorted(found, key=lambda entry: (entry.first, entry.kind))
    if facts.extension:
        yield Entry("extension", last, last, facts.extension)
    if due is not None:
        yield Entry("norm", due, due, (facts.norm or 0) + facts.extension)
    if legal_due is not None:
        yield Entry("legal", legal_due, legal_due, facts.legal or 0)


def _special(calendar: Calendar, first: date, last: date) -> Iterator[Entry]:
    """Holidays as ranges, with the weekends inside them, and make-up days one by one."""
    run: list[date] = []
    for day in [*span(first, last), None]:
        special = calendar.of(day) if day else None
        if day and special and special.is_workday and day.weekday() >= WEEKEND:
            yield Entry("make_up", day, day, 1, special.name, special.notice)
        if day and special and not special.is_workday and (not run or _name(calendar, run) == special.name):
            run.append(day)
        elif run and (day is None or special is not None or calendar.is_workday(day)):
            yield _holiday(calendar, run)
            run = [day] if day and special and not special.is_workday else []


def _name(calendar: Calendar, run: list[date]) -> str:
    special = calendar.of(run[0])
    return special.name if special else ""


def _holiday(calendar: Calendar, run: list[date]) -> Entry:
    special = calendar.of(run[0])
    return Entry("holiday", run[0], run[-1], len(run), _name(calendar, run), special.notice if special else "")


def _stops(facts: ClockFacts, calendar: Calendar, end: date, last: date) -> Iterator[Entry]:
    counted: set[date] = set()
    for stop in sorted(facts.stops, key=lambda one: (one.since, one.until or end)):
        since, until = _reach(stop, facts, end)
        if since > last:
            continue
        days = set(calendar.within(since, until)) - counted
        counted |= days
        yield Entry("stop", since, until, len(days), stop.kind, _said(stop), stop.until is None)


def _said(stop: Stop) -> str:
    return ": ".join(part for part in (stop.actor, stop.reason) if part)
