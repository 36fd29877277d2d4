"""The workbench: order over the whole list, filters that the address holds, what is unread, who stands in for whom."""

from datetime import timedelta
from urllib.parse import parse_qs

import pytest
from django.utils import timezone

from accounts.models import Substitution
from approvals import workbench, workbench_lines
from approvals.models import CarbonCopy, Pause
from approvals.workbench_lines import Left, end_of_week
from projects.states import State
from tests.approvals.listing import browser_of, desk, placed, refs, row_of
from tests.cast import make_case

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english(settings):
    settings.LANGUAGE_CODE = "en"


def test_least_time_left_comes_first_over_all_pages(city, monkeypatch):
    monkeypatch.setattr(workbench, "PER_PAGE", 1)
    placed(city, "P901", State.EXPERT_REVIEW, days=4)  # arrived first, and has the most time left
    placed(city, "P902", State.ADJUDICATION, days=3)
    placed(city, "P903", State.ADJUDICATION, days=40)
    shown = [refs(desk(city.manager, f"?page={page}")) for page in (1, 2, 3)]
    assert shown == [["P903"], ["P902"], ["P901"]]


def test_beyond_the_bound_nothing_is_lost(city, monkeypatch):
    for number in range(4):
        placed(city, f"P90{number}", State.ADJUDICATION, days=number)
    monkeypatch.setattr(workbench_lines, "MOST", 2)
    assert refs(desk(city.manager)) == ["P903", "P902", "P901", "P900"]


def test_filters_narrow_and_stand_in_the_address(city):
    placed(city, "P901", State.ADJUDICATION, days=40)
    placed(city, "P902", State.ADJUDICATION)
    placed(city, "P903", State.EXPERT_REVIEW, clerk=city.applicant2)
    assert refs(desk(city.manager, "?due=overdue")) == ["P901"]
    assert refs(desk(city.manager, "?work=close_experts")) == ["P903"]
    assert refs(desk(city.manager, "?state=adjudication&q=P902")) == ["P902"]
    assert refs(desk(city.manager, "?department=M15")) == ["P903"]
    assert refs(desk(city.manager, "?due=nonsense&work=nothing")) == ["P901", "P902", "P903"]
    context = desk(city.manager, "?state=adjudication&due=overdue")
    assert (context["shown"], context["total"]) == (1, 3)
    left = [parse_qs(chip["url"][1:]) for chip in context["chips"]]
    assert {"state": ["adjudication"]} in left
    assert {"due": ["overdue"]} in left


def test_chips_offer_what_the_list_holds(city):
    placed(city, "P901", State.ADJUDICATION, days=40)
    placed(city, "P902", State.EXPERT_REVIEW)
    found = {chip["url"]: chip["count"] for chip in desk(city.manager)["offered"]}
    assert found["?state=adjudication"] == found["?state=expert_review"] == found["?due=overdue"] == 1
    assert "?due=paused" not in found


def test_time_left_in_words_of_the_filter():
    sunday = end_of_week()
    assert Left(sunday, 0).fits("soon", sunday)
    assert Left(sunday, 2).fits("week", sunday)
    assert not Left(sunday + timedelta(days=1), 3).fits("week", sunday)
    assert not Left(sunday, -1, paused=True).fits("overdue", sunday)
    assert Left(sunday, -1, paused=True).fits("paused", sunday)
    assert not Left().fits("overdue", sunday)


def test_suspended_case_is_shown_as_paused(city):
    case = placed(city, "P901", State.ADJUDICATION, days=2)
    since = timezone.now() - timedelta(days=1)
    Pause.objects.create(project=case, kind="suspended", reason="x", started_at=since, started_by=city.manager)
    assert row_of(city.manager, "P901", "?due=paused")["left"].paused


def test_case_is_unread_until_it_is_opened_in_its_present_state(city):
    case = placed(city, "P901")
    assert row_of(city.intake, case.ref)["unread"]
    browser_of(city.intake).get(f"/projects/{case.ref}/")
    assert not row_of(city.intake, case.ref)["unread"]


def test_copy_is_unread_until_its_receipt(city):
    case = make_case(city, State.INTAKE)
    copy = CarbonCopy.objects.create(decision=case.decisions.first(), user=city.finance)
    assert row_of(city.finance, case.ref, "?tab=copied")["unread"]
    CarbonCopy.objects.filter(pk=copy.pk).update(read_at=timezone.now())
    assert not row_of(city.finance, case.ref, "?tab=copied")["unread"]


def test_handled_cases_say_what_was_done(city):
    case = make_case(city, State.REVIEW)
    assert "Accept" in row_of(city.intake, case.ref, "?tab=done")["why"]


def test_row_of_a_substitute_names_who_is_away(city):
    placed(city, "P901", State.ADJUDICATION)
    today = timezone.localdate()
    Substitution.objects.create(
        principal=city.manager, substitute=city.planner, first_day=today, last_day=today, arranged_by=city.manager
    )
    assert row_of(city.planner, "P901")["behalf"] == city.manager.label
    assert row_of(city.manager, "P901")["behalf"] == ""


def test_followed_cases_stand_in_a_list_of_their_own(city):
    placed(city, "P901", State.INTAKE)
    placed(city, "P902", State.INTAKE)
    browser = browser_of(city.approver)
    browser.post("/projects/P901/follow/", {"on": "1"})
    assert refs(desk(city.approver, "?tab=followed")) == ["P901"]
    browser.post("/projects/P901/follow/", {"on": "0"})
    assert refs(desk(city.approver, "?tab=followed")) == []


def test_hint_names_own_roles_only(city):
    assert [hint["role"] for hint in desk(city.intake)["hints"]] == ["intake"]
    assert desk(city.secadmin)["hints"] == []
