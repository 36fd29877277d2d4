"""The calendar: 2025 and 2026 day by day against the notices, years without one, and properties of any calendar."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.queries import working_calendar
from planning.working_days import Calendar, Special, span, statutory
from tests.planning.notices import days_off, made_up

MANY = settings(max_examples=100, deadline=None)
START = date(2026, 1, 1)
days = st.integers(0, 400).map(lambda n: START + timedelta(days=n))
exceptions = st.dictionaries(days, st.booleans().map(Special), max_size=40)
calendars = exceptions.map(lambda found: Calendar(found, {2026, 2027, 2028}))


@pytest.mark.parametrize("year", [2025, 2026])
def test_year_day_by_day_as_the_notice_says(db, year):
    calendar, off, made = working_calendar(), days_off(year), made_up(year)
    for day in span(date(year, 1, 1), date(year, 12, 31)):
        expected = day in made or (day.weekday() < 5 and day not in off)
        assert calendar.is_workday(day) is expected, day
    assert calendar.between(date(year - 1, 12, 31), date(year, 12, 31)) == 248
    found = {day for day, one in calendar.days_of(year).items() if one.is_workday}
    assert found == set(made)


def test_make_up_days_of_2026_are_named(db):
    calendar = working_calendar()
    named = [date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28), date(2026, 5, 9), date(2026, 9, 20)]
    for day in [*named, date(2026, 10, 10)]:
        assert day.weekday() >= 5
        assert calendar.is_workday(day)
        assert calendar.of(day).name


def test_limit_across_national_day_2026(db):
    # Tuesday 29 September: Wednesday 1, Thursday 8 to Saturday 10 October (make-up day) 2 to 4, Monday the 12th 5.
    assert working_calendar().add(date(2026, 9, 29), 5) == date(2026, 10, 12)


def test_published_years_are_stored_facts(db):
    calendar = working_calendar()
    assert {2025, 2026} <= calendar.published
    assert 2027 not in calendar.published
    assert not calendar.provisional(date(2026, 1, 1), date(2026, 12, 24))


def test_year_without_a_notice_knows_the_days_of_the_law_and_no_make_up_day(db):
    calendar = working_calendar()
    # New year's eve of the lunar year and its first three days: Friday 5 to Monday 8 February 2027.
    assert [calendar.is_workday(date(2027, 2, day)) for day in range(4, 10)] == [True, False, False, False, False, True]
    assert not calendar.is_workday(date(2027, 10, 1))
    assert not any(calendar.is_workday(day) for day in span(date(2027, 1, 1), date(2027, 12, 31)) if day.weekday() >= 5)
    assert calendar.unsettled(date(2026, 12, 20), date(2027, 1, 5)) == (2027,)


def test_last_week_of_december_rests_on_the_next_notice(db):
    assert working_calendar().unsettled(date(2026, 12, 20), date(2026, 12, 28)) == (2027,)


def test_law_fixes_thirteen_days(db):
    for year in (2026, 2027, 2029, 2032):
        assert len(statutory(year)) == 13, year


# --- properties ---------------------------------------------------------------------------------------------------------


@MANY
@given(calendars, days, st.integers(0, 40))
def test_add_and_between_are_inverse(calendar, start, count):
    assert calendar.between(start, calendar.add(start, count)) == count


@MANY
@given(calendars, days, days)
def test_between_is_antisymmetric_and_additive(calendar, one, other):
    assert calendar.between(one, other) == -calendar.between(other, one)
    middle = min(one, other) + (max(one, other) - min(one, other)) // 2
    assert calendar.between(one, other) == calendar.between(one, middle) + calendar.between(middle, other)


@MANY
@given(exceptions, days, st.integers(1, 40), days)
def test_holiday_never_shortens(found, start, count, day):
    before, after = Calendar(found, {2026, 2027}), Calendar({**found, day: Special(False)}, {2026, 2027})
    assert after.add(start, count) >= before.add(start, count)


@MANY
@given(exceptions, days, st.integers(1, 40), days)
def test_make_up_day_never_lengthens(found, start, count, day):
    before, after = Calendar(found, {2026, 2027}), Calendar({**found, day: Special(True)}, {2026, 2027})
    assert after.add(start, count) <= before.add(start, count)


# --- three real bugs of other products (peers reference §5.4) -------------------------------------------------------------


@MANY
@given(calendars, days)
def test_day_is_no_workday_because_it_is_either_no_holiday_or_no_weekend(calendar, day):
    """LITE, LTD-4628: `not holiday OR not weekend` is almost always true; here a day has exactly one answer."""
    special = calendar.exceptions.get(day)
    expected = special.is_workday if special else day.weekday() < 5
    assert calendar.is_workday(day) is expected


def test_days_are_not_subtracted_by_their_number_in_the_month(db):
    """LITE, working_hours_in_range: `end.day - start.day` is wrong across months, and skips the same day a month on."""
    calendar = working_calendar()
    assert calendar.between(date(2026, 3, 30), date(2026, 4, 2)) == 3
    assert calendar.between(date(2026, 3, 16), date(2026, 4, 16)) == 22
    assert calendar.between(date(2025, 12, 31), date(2026, 1, 5)) == 2  # Sunday 4 January is worked


def test_holidays_are_neither_frozen_at_load_nor_without_make_up_days(db):
    """RIHA: the holiday set is built once at class load, and knows no make-up days; here each question reads the table."""
    from planning.models import CalendarDay

    day = date(2026, 3, 18)
    assert working_calendar().is_workday(day)
    CalendarDay.objects.create(day=day, is_workday=False, source="test")
    assert not working_calendar().is_workday(day)
    assert working_calendar().is_workday(date(2026, 10, 10))
