"""A need that exists already: found by the engine, shown to those who may know, and never hushed up when it fails."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from planning.models import Need
from portfolio.models import System
from projects import need_screening
from projects.need_screening import meeting_of
from tests.planning.asking import make_call, make_need

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english(settings):
    settings.LANGUAGE_CODE = "en"


SAME = {"title": "冷藏柜温度自动记录报警", "wanted": "自动采集冷藏设备温度，超温向值班人员报警"}
ELSE = {"title": "图书逾期催还短信", "wanted": "借阅到期前三日自动发短信提醒读者还书"}


@pytest.fixture
def call(city):
    return make_call()


def page(city, who, need):
    browser = Client()
    browser.force_login(getattr(city, who))
    response = browser.get(f"/needs/{need.code}/")
    assert response.status_code == 200
    return response.content.decode()


def test_needs_of_other_units_and_systems_are_met(city, call):
    mine, same, other = (
        make_need(city.applicant, call),
        make_need(city.applicant2, call, **SAME),
        make_need(city.applicant2, call, **ELSE),
    )
    met = meeting_of(mine)
    assert [item.proposal2 for item in met.findings if item.proposal2] == [same.code]
    assert met.problem == ""
    assert met.needs == 2
    assert meeting_of(other).findings == ()
    boat = make_need(city.applicant, call, title="渔船北斗终端登记发放", wanted="渔船北斗终端登记发放")
    assert "S900" in {item.system for item in meeting_of(boat).findings}


def test_drafts_withdrawn_and_other_calls_take_no_part(city, call):
    mine = make_need(city.applicant, call)
    make_need(city.applicant2, call, filed=False, **SAME)
    make_need(city.applicant2, make_call("OTHER"), **SAME)
    withdrawn = make_need(city.applicant2, call, **SAME)
    Need.objects.filter(pk=withdrawn.pk).update(status="withdrawn")
    assert meeting_of(mine).findings == ()


def test_the_office_reads_whose_need_it_is_with_score_and_words(city, call):
    mine, same = make_need(city.applicant, call), make_need(city.applicant2, call, **SAME)
    text = page(city, "planner", mine)
    assert same.code in text
    assert "Match score" in text
    assert "温度" in text


def test_a_unit_learns_that_there_is_one_and_not_whose(city, call):
    mine, same = make_need(city.applicant, call), make_need(city.applicant2, call, **SAME)
    text = page(city, "applicant", mine)
    assert "Another unit has filed a similar need" in text
    assert same.code not in text
    assert same.title not in text
    assert "市水务局" not in text


def test_a_unit_reads_its_own_double(city, call):
    mine, same = make_need(city.applicant, call), make_need(city.applicant, call, **SAME)
    assert same.code in page(city, "applicant", mine)


@pytest.mark.parametrize("who", ["applicant", "planner"])
def test_an_engine_that_breaks_is_never_nothing_found(city, call, monkeypatch, who):
    mine = make_need(city.applicant, call)

    def broken(*_args):
        raise RuntimeError("disk")

    monkeypatch.setattr(need_screening, "rehearse", broken)
    text = page(city, who, mine)
    assert "The comparison failed (RuntimeError)" in text
    assert "does not mean that there is nothing" in text
    assert "No similar need" not in text


def test_an_empty_registry_is_never_nothing_found(city, call):
    mine = make_need(city.applicant, call)
    System.objects.all().delete()
    text = page(city, "applicant", mine)
    assert "registry is empty" in text
    assert "No similar need" not in text


def test_the_page_takes_as_many_queries_for_thirty_needs_as_for_two(city, call):
    mine = make_need(city.applicant, call)
    make_need(city.applicant2, call, **SAME)
    counts = []
    for number in (0, 28):
        for _more in range(number):
            make_need(city.applicant2, call, **SAME)
        page(city, "planner", mine)  # the engine has read the registry
        with CaptureQueriesContext(connection) as queries:
            page(city, "planner", mine)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_words_only_is_said_on_the_page(city, call, monkeypatch):
    mine = make_need(city.applicant, call)
    found = need_screening.Meeting("x", degraded="use: gone", needs=1, systems=1)
    monkeypatch.setattr("projects.views.need_pages.meeting_of", lambda _need: found)
    assert "use: gone" in page(city, "applicant", mine)
