"""The clocks of cases: stored facts, pauses, one extension for each stay, the whole procedure, constant queries."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from approvals.clocks import clock_of, clocks_of, procedure_of
from approvals.errors import Blocked
from approvals.models import Extension, Pause
from notifications.models import Notification
from planning.queries import working_calendar
from projects.models import Project
from projects.states import State
from tests.approvals.acting import ITEM, act, answer_all, fresh, guards_down, refusal
from tests.cast import make_case


def back(case, days):
    """The case as if it had entered its state so many days ago."""
    with guards_down():
        Project.objects.filter(pk=case.pk).update(state_since=timezone.now() - timedelta(days=days))
    return fresh(case)


def pause(case, kind, since, until=None):
    """A pause from so many days ago until so many days ago (None: it lasts)."""
    now, actor = timezone.now(), case.created_by
    ended = {} if until is None else {"ended_at": now - timedelta(days=until), "ended_by": actor}
    return Pause.objects.create(
        project_id=case.pk, kind=kind, reason="x", started_at=now - timedelta(days=since), started_by=actor, **ended
    )


@pytest.fixture
def case(city):
    return back(make_case(city, State.INTAKE, ref="P901"), 30)


def test_pauses_move_both_limits_and_a_running_one_stops_the_clock(case):
    plain, calendar = clock_of(case), working_calendar()
    pause(case, "suspended", 30, 23)
    later = clock_of(fresh(case))
    today = timezone.localdate()
    n = calendar.between(today - timedelta(days=30), today - timedelta(days=23))
    assert calendar.between(plain.due, later.due) == calendar.between(plain.legal_due, later.legal_due) == n > 0
    assert (later.gross, later.used) == (plain.gross, plain.used - n)
    pause(case, "suspended", 30)
    standing = clock_of(fresh(case))
    assert (standing.paused, standing.used, standing.remaining) == (True, 0, standing.limit)


def test_question_stops_the_clock_where_the_policy_says_so(case):
    from planning.models import PolicyRow

    pause(case, "question", 30)
    assert clock_of(fresh(case)).paused
    PolicyRow.objects.filter(key="clock").update(value={"question_pauses": False})
    assert not clock_of(fresh(case)).paused


def test_pause_of_an_earlier_stay_does_not_count(case):
    pause(case, "suspended", 60, 40)
    assert clock_of(fresh(case)).used == clock_of(fresh(case)).gross


# --- extension ------------------------------------------------------------------------------------------------------------


def test_extension_moves_the_norm_once_and_is_told(city):
    case = make_case(city, State.INTAKE, ref="P901")
    plain = clock_of(fresh(case))
    Notification.objects.all().delete()
    act(case, "extend", city.manager, "等待上级批复", days=2)
    longer = clock_of(fresh(case))
    assert (longer.limit, longer.legal_due) == (plain.limit + 2, plain.legal_due)
    assert working_calendar().between(plain.due, longer.due) == 2
    row = Extension.objects.get()
    assert (row.days, row.reason, row.decision.action) == (2, "等待上级批复", "extend")
    told = Notification.objects.filter(event="extended")
    assert {city.applicant, city.intake} <= {notice.recipient for notice in told}
    assert told[0].payload["due_on"] == longer.due.isoformat()
    refusal(Blocked, case, "extend", city.manager, entry={"days": 1})


@pytest.mark.parametrize("days", [0, -1, 3, "2", None])
def test_extension_keeps_within_policy_and_legal_limit(city, days):
    case = make_case(city, State.INTAKE, ref="P901")  # norm 3, legal limit 5
    refusal(Blocked, case, "extend", city.manager, entry={} if days is None else {"days": days})


def test_extension_of_an_earlier_stay_does_not_count(city):
    case = make_case(city, State.INTAKE, ref="P901")
    act(case, "extend", city.manager, days=2)
    act(case, "return_for_correction", city.intake, items=[ITEM])
    answer_all(case, city.applicant)
    act(case, "resubmit", city.applicant)
    assert clock_of(fresh(case)).limit == 3


# --- the whole procedure ---------------------------------------------------------------------------------------------------


def test_procedure_is_net_of_the_time_for_correction(city):
    case = make_case(city, State.INTAKE, ref="P901")
    act(case, "return_for_correction", city.intake, items=[ITEM])
    rows = list(case.decisions.order_by("seq"))
    assert procedure_of(fresh(case), rows).paused
    day = timezone.now() - timedelta(days=28)
    for number, row in enumerate(rows):
        row.taken_at = day + timedelta(days=7 * max(0, number - len(rows) + 2))
    whole = procedure_of(fresh(case), rows)  # received four weeks ago, returned three weeks ago
    today = timezone.localdate()
    week = working_calendar().between(today - timedelta(days=28), today - timedelta(days=21))
    assert (whole.used, whole.legal) == (week, 45)
    assert whole.gross > whole.used
    assert procedure_of(fresh(case), rows[:1]) is None


# --- lists and pages ---------------------------------------------------------------------------------------------------------


def test_many_clocks_take_as_many_queries_as_one(city):
    cases = [make_case(city, State.INTAKE, ref=f"P90{n}") for n in (1, 2, 3)]
    for one in cases:
        pause(fresh(one), "suspended", 1, 0)
    with CaptureQueriesContext(connection) as one:
        clocks_of(Project.objects.filter(pk=cases[0].pk))
    with CaptureQueriesContext(connection) as three:
        clocks_of(Project.objects.filter(pk__in=[row.pk for row in cases]))
    assert len(one) == len(three) <= 7


def test_page_says_why(city, case):
    pause(case, "suspended", 28, 25)
    browser = Client()
    browser.force_login(city.applicant)
    page = browser.get(reverse("approvals:deadline", args=["P901"]))
    assert page.status_code == 200
    kinds = [step["kind"] for step in page.context["steps"]]
    assert kinds[0] == "received"
    assert kinds[-2:] == ["norm", "legal"]
    assert "stop" in kinds
    assert reverse("approvals:deadline", args=["P901"]) in browser.get("/projects/P901/").content.decode()
    browser.force_login(city.applicant2)
    assert browser.get(reverse("approvals:deadline", args=["P901"])).status_code == 404


def test_every_day_that_rests_on_a_missing_notice_is_marked(db, django_assert_num_queries, rf):
    from django.template import RequestContext, Template

    page = Template("{% load tc_days %}{% for day in days %}[{% provisional day %}]{% endfor %}")
    days = [date(2026, 12, 1), date(2027, 2, 1), None]
    with django_assert_num_queries(1):
        shown = page.render(RequestContext(rf.get("/"), {"days": days}))
    assert shown.startswith("[][ <span")
    assert "2027" in shown
    assert shown.endswith("[]")
