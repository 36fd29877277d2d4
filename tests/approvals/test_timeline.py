"""The timeline: rows of many tables in the order of time, each for those who may read it, in constant queries."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.translation import override

from accounts.roles import Role
from approvals.models import CarbonCopy, Decision, Invitation, Pause, Question, Rung, Urge
from approvals.queries import history
from approvals.timeline import KINDS, Entry, _days_added, person, timeline
from projects.services import take_snapshot
from projects.states import State
from tests.approvals.acting import fresh, open_review, review_of
from tests.cast import make_case
from tests.cast import person as somebody

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with override("en"):
        yield


@pytest.fixture
def case(city):
    """A case under its three reviews."""
    return make_case(city, State.REVIEW)


def read(case, user, kind=""):
    """The timeline for a person, as loaded anew."""
    here = fresh(case)
    versions = list(here.versions.select_related("submitted_by__department"))
    return timeline(here, user, history(here, user), versions, kind)


def titles(case, user, kind=""):
    """What is listed."""
    return [entry.title for entry in read(case, user, kind)["items"]]


def add(city, case, at, number=0):
    """One row of every other table."""
    day = timezone.localdate() - timedelta(days=number)
    urge = Urge.objects.create(project=case, by=city.applicant, day=day, at=at, text="请尽快办理")
    urge.people.add(city.planner)
    Question.objects.create(
        project=case, review=review_of(case, "standards"), asked_by=city.standards, asked_at=at, text="密码方案在哪里？"
    )
    Pause.objects.create(
        project=case, kind="question", started_at=at, started_by=city.standards, ended_at=at, ended_by=city.applicant
    )
    decision = Decision.objects.filter(project=case).order_by("seq")[number % 3]
    reader = somebody(f"reader{number}", Role.FINANCE, city.finance_unit)
    CarbonCopy.objects.create(decision=decision, user=reader, sent_by=city.manager, sent_at=at, read_at=at)
    rung = Rung.objects.create(
        project=case, stage=case.state, state_since=at, percent=75, due_on=timezone.localdate(), reached_at=at
    )
    rung.people.add(city.planner)
    Invitation.objects.create(
        project=case, version=fresh(case).current_version, expert=city.expert1, question="保密问题",
        invited_by=city.manager, invited_at=at,
    )  # fmt: skip


def test_rows_of_all_tables_stand_in_the_order_of_time(city, case):
    add(city, case, timezone.now() + timedelta(hours=1))
    shown = read(case, city.manager)["items"]
    assert [entry.when for entry in shown] == sorted((entry.when for entry in shown), reverse=True)
    assert {"Reminder", "Question to the applicant", "Copy sent", "Copy read", "The clock stands"} <= {
        entry.title for entry in shown
    }
    assert "75 % of the time limit used" in titles(case, city.manager)
    assert not any("保密问题" in entry.text for entry in shown)  # an invitation is nobody's business


def test_each_source_is_for_those_who_may_read_it(city, case):
    add(city, case, timezone.now())
    assert "Question to the applicant" in titles(case, city.applicant)
    assert "Question to the applicant" in titles(case, city.standards)
    assert "Question to the applicant" not in titles(case, city.planner)  # could still be influenced
    assert "75 % of the time limit used" not in titles(case, city.applicant)
    assert "Copy sent" not in titles(case, city.applicant)
    assert titles(case, city.expert1) == []  # a guest reads nothing of the handling


def test_entries_are_filtered_by_kind_and_counted(city, case):
    add(city, case, timezone.now())
    open_review(case, "planning", city.planner)
    everything = read(case, city.manager)
    counts = {chip["url"]: chip["count"] for chip in everything["chips"]}
    assert counts["?#timeline"] == len(everything["items"]) == sum(counts.values()) - counts["?#timeline"]
    for kind in KINDS:
        chosen = read(case, city.manager, kind)
        assert {entry.group for entry in chosen["items"]} <= {kind}
        assert len(chosen["items"]) == counts.get(f"?kind={kind}#timeline", 0)
    assert read(case, city.manager, "nonsense")["items"] == everything["items"]


def test_deputy_is_named_with_the_person_they_stand_in_for(city):
    assert person(city.planner, city.manager) == "planner for manager (Data Administration)"
    assert person(city.planner) == "planner (Data Administration)"


def test_extension_says_how_many_days():
    assert _days_added(Decision(action="extend", payload={"days": 5})) == "5 working days more"
    assert _days_added(Decision(action="accept", payload={"days": 5})) == ""


def test_version_says_which_sections_it_changes(city, case):
    project = fresh(case)
    type(project).objects.filter(pk=project.pk).update(background="另一种说法")
    take_snapshot(fresh(case), city.applicant, timezone.now())
    entry = read(case, city.manager, "edits")["items"][0]
    assert isinstance(entry, Entry)
    assert (entry.title, entry.text) == ("Version 2: what it changes", "Current state, necessity and needs")


def test_queries_do_not_grow_with_the_history(city, case):
    add(city, case, timezone.now())
    here = fresh(case)
    _ = here.all_reviews, city.manager.mandates

    def count():
        rows, versions = history(here, city.manager), list(here.versions.select_related("submitted_by__department"))
        with CaptureQueriesContext(connection) as queries:
            timeline(here, city.manager, rows, versions, "")
        return len(queries)

    one = count()
    for number in range(1, 6):
        add(city, case, timezone.now() - timedelta(minutes=number), number)
    assert count() == one
