"""The escalation ladder: each rung once, the right people, nothing while the clock stands, and never a decision."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from approvals import escalation, rescreening, screening_services, waiving
from approvals.clocks import TIMED, clock_of
from approvals.models import Decision, Rung
from notifications.models import Notification
from planning.queries import working_calendar
from planning.working_days import Calendar
from projects.models import Project
from projects.states import State
from tests.approvals.acting import ITEM, act, fresh, put
from tests.approvals.test_clocks import back, pause
from tests.cast import make_case, person


@pytest.fixture(autouse=True)
def _any_day(monkeypatch):
    """A sweep does nothing on a day off; the tests run on any day."""
    plain, today = Calendar.is_workday, timezone.localdate()
    monkeypatch.setattr(Calendar, "is_workday", lambda self, day: day == today or plain(self, day))


def used(case, days):
    """The case as if it had used so many working days of its state."""
    calendar, today = working_calendar(), timezone.localdate()
    day = today
    while calendar.between(day, today) < days:
        day -= timedelta(days=1)
    return back(case, (today - day).days)


def rungs():
    return list(Rung.objects.order_by("percent").values_list("percent", flat=True))


def told(event):
    return {row.recipient.username for row in Notification.objects.filter(event=event).select_related("recipient")}


@pytest.fixture
def case(city):
    """In review, where the norm is five working days; the cast's three reviewers hold it."""
    case = make_case(city, State.REVIEW, ref="P901")
    Notification.objects.all().delete()
    return case


def test_ladder_is_climbed_rung_by_rung_and_each_once(city, case):
    assert escalation.climb() == 0
    used(case, 4)
    assert (escalation.climb(), escalation.climb()) == (1, 0)
    assert (rungs(), told("deadline_near")) == ([75], {"planner", "requirements", "standards"})
    used(case, 6)
    Rung.objects.all().delete()
    escalation.climb()
    assert rungs() == [75, 100]


def test_highest_rung_tells_the_people_and_none_hears_twice(city, case):
    clock = clock_of(used(case, 8))
    assert escalation.climb() == 3
    assert told("escalated") == {"manager"}
    assert told("deadline_passed") == {"planner", "requirements", "standards"}
    assert not told("deadline_near")
    assert Notification.objects.count() == 4
    lasting = Rung.objects.get(percent=150)
    assert (lasting.stage, lasting.due_on) == ("review", clock.due)
    assert [one.username for one in lasting.people.all()] == ["manager"]


def test_head_is_told_if_there_is_one_who_may_see_the_case(city, case):
    head = person("head", Role.APPROVER, city.office)
    city.office.head = head
    city.office.save()
    used(case, 6)
    escalation.climb()
    assert told("escalated") == {"head"}


def test_head_who_may_not_see_the_case_is_stood_in_for_by_the_manager(city, case):
    city.office.head = person("stranger", None, city.office)
    city.office.save()
    used(case, 6)
    escalation.climb()
    assert told("escalated") == {"manager"}


def test_clock_that_stands_does_not_climb(city, case):
    pause(used(case, 20), "suspended", 19)
    assert escalation.climb() == 0


def test_extended_time_does_not_climb(city, case):
    used(case, 4)
    act(case, "extend", city.manager, days=5)
    assert escalation.climb() == 0


def test_applicant_is_reminded_of_the_time_for_correction_and_nobody_else(city):
    case = make_case(city, State.INTAKE, ref="P901")
    act(case, "return_for_correction", city.intake, items=[ITEM])
    used(case, 20)
    Notification.objects.all().delete()
    assert escalation.climb() == 1
    assert (rungs(), told("deadline_near")) == ([75], {"applicant"})


def test_new_stay_has_a_ladder_of_its_own(city, case):
    used(case, 4)
    escalation.climb()
    back(case, 400)
    assert escalation.climb() == 3
    assert Rung.objects.filter(percent=75).count() == 2


def test_ladder_of_the_day_on_which_the_state_began_holds(city, case):
    from planning.services import set_policy

    used(case, 4)
    ladder = [{"percent": 10, "holder": False, "head": False, "manager": True}]
    set_policy(key="escalation", value=ladder, source="x", actor=city.manager)
    escalation.climb()
    assert rungs() == [75]


def test_rung_that_cannot_be_told_is_not_written(city, case, monkeypatch):
    used(case, 4)
    monkeypatch.setattr("notifications.clock_tellings.of_rung", lambda *_args: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        escalation.climb()
    assert rungs() == []
    monkeypatch.undo()
    monkeypatch.setattr(Calendar, "is_workday", Calendar.is_workday)


def test_nothing_on_a_day_off(city, case, monkeypatch):
    used(case, 8)
    monkeypatch.setattr(Calendar, "is_workday", lambda self, day: False)
    assert escalation.climb() == 0


def test_no_sweep_ever_decides_anything(city, case):
    """Every state with a clock that ran out long ago: the sweeps tell people, and no case moves."""
    for state in TIMED:
        if state in {State.CORRECTION, State.SCREENING}:
            continue  # the one lapses by a row of the workflow table, the other is carried out by a worker
        put(case, state)
        back(case, 900)
        before = Decision.objects.count()
        for sweep in (
            escalation.climb,
            screening_services.lapse_all,
            waiving.look_after,
            rescreening.rescreen_affected,
        ):
            sweep()
        assert Project.objects.get(pk=case.pk).state == state
        assert Decision.objects.count() == before
    assert Rung.objects.exists()


def test_sweep_runs_without_a_scheduler_at_most_now_and_then(city, case, settings):
    from django.core.cache import cache

    used(case, 4)
    cache.delete(escalation.KEY)
    browser = Client()
    browser.force_login(city.finance)
    browser.get("/me/")
    assert rungs() == []  # a scheduler does it
    settings.SWEEPS_IN_PROCESS = True
    browser.get("/me/")
    assert rungs() == [75]
    used(case, 6)
    Rung.objects.all().delete()
    browser.get("/me/")
    assert rungs() == []  # not so soon again
    cache.delete(escalation.KEY)


def test_failure_of_the_sweep_reaches_nobody(monkeypatch):
    from django.core.cache import cache

    cache.delete(escalation.KEY)
    monkeypatch.setattr(escalation, "climb", lambda: 1 / 0)
    assert escalation.climb_now_and_then() == 0
    cache.delete(escalation.KEY)


def test_pages_name_who_was_told(city, case):
    used(case, 8)
    escalation.climb()
    browser = Client()
    browser.force_login(city.manager)
    late = browser.get(reverse("clocks:escalations"))
    assert [(row["project"].pk, len(row["rungs"])) for row in late.context["rows"]] == [(case.pk, 3)]
    said = browser.get(reverse("clocks:escalations"), {"tab": "told"})
    assert [rung["row"].percent for rung in said.context["rungs"]] == [150, 100, 75]
    assert 'id="escalated"' in browser.get("/projects/P901/").content.decode()
    browser.force_login(city.applicant)
    assert 'id="escalated"' not in browser.get("/projects/P901/").content.decode()
    assert fresh(case).state == State.REVIEW
