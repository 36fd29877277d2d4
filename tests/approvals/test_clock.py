"""The clock as a pure function: pauses, extension, two limits, the trace, and properties of any history."""

from datetime import date, timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.clock import ClockFacts, Stop, compute
from planning.working_days import Calendar, Special

MANY = settings(max_examples=100, deadline=None)
START = date(2026, 3, 2)  # a Monday
YEARS = {2025, 2026, 2027, 2028}
FEAST = {START + timedelta(days=n): Special(False, "节") for n in (7, 8, 9)}
PLAIN = Calendar({**FEAST, date(2026, 3, 15): Special(True, "节")}, YEARS)
offsets = st.integers(0, 60)
marks = st.lists(st.tuples(offsets, st.integers(0, 15)), max_size=5)


def day(number):
    return START + timedelta(days=number)


def stops_at(pairs):
    return tuple(Stop(day(first), day(first + length), "suspended") for first, length in pairs)


def facts(**more):
    return ClockFacts(**{"received_on": START, "today": day(40), "norm": 10, "legal": 20, **more})


@MANY
@given(st.integers(0, 8), st.integers(0, 12), st.integers(1, 20))
def test_pause_of_n_working_days_moves_by_n(first, length, norm):
    plain = compute(facts(norm=norm), PLAIN)
    if day(first) >= plain.due:
        return
    paused = compute(facts(norm=norm, stops=stops_at([(first, length)])), PLAIN)
    n = PLAIN.between(day(first), day(first + length))
    assert PLAIN.between(plain.due, paused.due) == n
    assert PLAIN.between(plain.legal_due, paused.legal_due) == (n if day(first) < plain.legal_due else 0)


@MANY
@given(marks, st.integers(0, 4), st.data())
def test_splitting_a_pause_changes_nothing(pairs, which, data):
    if not pairs:
        return
    first, length = pairs[which % len(pairs)]
    cut = data.draw(st.integers(0, length))
    split = [pair for n, pair in enumerate(pairs) if n != which % len(pairs)] + [
        (first, cut),
        (first + cut, length - cut),
    ]
    assert _numbers(compute(facts(stops=stops_at(pairs)), PLAIN)) == _numbers(
        compute(facts(stops=stops_at(split)), PLAIN)
    )


@MANY
@given(marks)
def test_overlapping_pauses_count_once(pairs):
    twice = compute(facts(stops=stops_at([*pairs, *pairs])), PLAIN)
    assert _numbers(twice) == _numbers(compute(facts(stops=stops_at(pairs)), PLAIN))


@MANY
@given(marks, st.integers(0, 2**16))
def test_order_of_events_does_not_matter(pairs, seed):
    mixed = list(pairs)
    Random(seed).shuffle(mixed)  # noqa: S311 - no secret
    one, other = compute(facts(stops=stops_at(pairs)), PLAIN), compute(facts(stops=stops_at(mixed)), PLAIN)
    assert _numbers(one) == _numbers(other)


@MANY
@given(marks, offsets)
def test_holiday_never_shortens_and_make_up_day_never_lengthens_with_pauses_too(pairs, which):
    plain = compute(facts(stops=stops_at(pairs)), PLAIN).due
    off = Calendar({**PLAIN.exceptions, day(which): Special(False)}, YEARS)
    on = Calendar({**PLAIN.exceptions, day(which): Special(True)}, YEARS)
    # A pause is as long as the working days in it: only outside of pauses does a day more or less decide.
    if any(first < which <= first + length for first, length in pairs):
        return
    assert compute(facts(stops=stops_at(pairs)), off).due >= plain >= compute(facts(stops=stops_at(pairs)), on).due


@MANY
@given(marks, st.integers(0, 60))
def test_remaining_and_used_agree_with_the_day(pairs, today):
    clock = compute(facts(stops=stops_at(pairs), today=day(today)), PLAIN)
    assert clock.used <= clock.gross
    assert clock.remaining + clock.used == clock.limit
    assert (clock.remaining < 0) == (clock.due < day(today) and clock.used > clock.limit)


def _numbers(clock):
    return clock.due, clock.legal_due, clock.used, clock.gross, clock.remaining, clock.paused


# --- what holds while the clock stands ----------------------------------------------------------------------------------


def test_unresolved_pause_ends_today_so_that_what_is_left_can_be_said():
    early = compute(facts(today=day(2)), PLAIN)
    standing = facts(today=day(30), stops=(Stop(day(2), None, "question"),))
    clock = compute(standing, PLAIN)
    assert clock.paused
    assert clock.remaining == early.remaining == 8
    assert PLAIN.between(day(30), clock.due) == 8
    assert clock.gross > clock.used == 2


def test_pause_within_a_day_costs_nothing():
    assert compute(facts(stops=(Stop(day(3), day(3), "question"),)), PLAIN).due == compute(facts(), PLAIN).due


def test_extension_moves_the_norm_and_never_the_legal_limit():
    plain, longer = compute(facts(), PLAIN), compute(facts(extension=3), PLAIN)
    assert PLAIN.between(plain.due, longer.due) == 3
    assert longer.legal_due == plain.legal_due


def test_state_without_a_limit_has_no_date():
    clock = compute(facts(norm=None, legal=None), PLAIN)
    assert (clock.due, clock.legal_due, clock.remaining, clock.percent) == (None, None, None, None)
    assert not clock.has_reached(1)


def test_thresholds_before_the_end_count_today_and_from_the_end_on_only_days_that_are_over():
    due = compute(facts(norm=4, today=START), PLAIN).due
    reached = {n: compute(facts(norm=4, today=n), PLAIN) for n in (day(2), day(3), due, day(10))}
    assert [reached[n].has_reached(75) for n in (day(2), day(3))] == [False, True]
    assert not reached[due].has_reached(100)
    assert reached[day(10)].has_reached(100)


def test_trace_names_every_reason_in_the_order_of_time():
    stop = Stop(day(2), day(4), "suspended", "等待上级文件", "李处")
    clock = compute(facts(extension=2, stops=(stop,)), PLAIN)
    kinds = [entry.kind for entry in clock.trace]
    assert kinds == ["received", "stop", "holiday", "make_up", "extension", "norm", "legal"]
    holiday, stopped = clock.trace[2], clock.trace[1]
    assert (holiday.first, holiday.last, holiday.days, holiday.name) == (day(7), day(9), 3, "节")
    assert (stopped.days, stopped.by) == (2, "李处: 等待上级文件")
    assert (clock.trace[-2].last, clock.trace[-1].last) == (clock.due, clock.legal_due)


def test_missed_night_is_not_lost():
    """LITE's counter only moves when the nightly job runs; here the number is worked out when it is asked for."""
    assert compute(facts(today=day(20)), PLAIN).used == compute(facts(today=day(19)), PLAIN).used + PLAIN.is_workday(
        day(20)
    )


def test_only_the_date_that_rests_on_a_missing_notice_is_provisional():
    known = Calendar({}, {2026})
    facts_of_november = {"received_on": date(2026, 11, 30), "today": date(2026, 11, 30)}
    clock = compute(facts(norm=5, legal=30, **facts_of_november), known)
    assert (clock.years, clock.legal_years, clock.provisional) == ((), (2027,), False)
    assert compute(facts(norm=None, legal=30, **facts_of_november), known).provisional
