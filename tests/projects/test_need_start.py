"""From needs to a proposal and on: targets, the draft that is filled in, the link, and the thread at each end."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client

from config.demo.walk import Walker
from planning.models import Need
from planning.services.need_errors import NeedRefused
from planning.services.need_pool import Ruling, put_into, save_group
from projects import need_queries
from projects.models import Project
from projects.queries import load_parts
from projects.sections import section_snapshot
from projects.services import delete_draft
from projects.services.needs import decide_needs, start_proposal
from projects.states import State
from tests.cast import TEXTS, fill
from tests.planning.asking import make_call, make_need
from tests.projects import making

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def needs(city):
    call = make_call()
    return [make_need(city.applicant, call), make_need(city.applicant2, call, title="泵站温度", data_needed="气象数据")]


def decide(city, needs, mode="unified", reason="统一建设", **more):
    expected = dict(Need.objects.filter(pk__in=[need.pk for need in needs]).values_list("code", "revision"))
    return decide_needs(actor=city.planner, expected=expected, ruling=Ruling(mode, reason, **more))


def start(city, needs, actor=None, **more):
    values = {"round": city.round, "title": "冷链温度监测平台", "declared_unclassified": True, **more}
    return start_proposal(actor=actor or city.applicant, codes=[need.code for need in needs], **values)


def body(city, who, address):
    browser = Client()
    browser.force_login(getattr(city, who))
    response = browser.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


# --- targets --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("mode", ["upgrade", "reuse"])
def test_a_target_must_be_in_the_registry_and_alive(city, needs, mode):
    retired = making.make_system(city.health, "S901", status="retired")
    for target in ("S999", retired.code):
        with pytest.raises(ValidationError) as error:
            decide(city, needs[:1], mode, target=target)
        assert list(error.value.message_dict) == ["target"]
    decide(city, needs[:1], mode, target="S900")
    assert need_queries.target_of(Need.objects.get(pk=needs[0].pk)) == city.system


# --- starting -------------------------------------------------------------------------------------------------------
def test_a_proposal_of_a_group_says_what_its_needs_say(city, needs):
    decide(city, needs, lead=city.hospital)
    project = start(city, needs)
    assert (project.department, project.kind, project.build_mode) == (city.hospital, "new", "unified")
    assert project.background.count("人工抄表") == 2
    assert all(word in project.background for word in ("市妇幼保健院", "市水务局", needs[1].code))
    assert project.duty_items == "疫苗储存运输管理"
    assert project.data_needs == "气象数据"
    assert list(project.needs.order_by("code")) == needs
    rows = project.trace_rows.values_list("need__code", "need_text", "duty_item")
    assert list(rows) == [(need.code, need.title, need.duty_item) for need in needs]


@pytest.mark.parametrize(("mode", "kind"), [("own", "new"), ("upgrade", "upgrade"), ("service", "service")])
def test_the_mode_decides_the_kind(city, needs, mode, kind):
    decide(city, needs[:1], mode, target="S900" if mode == "upgrade" else "")
    project = start(city, needs[:1])
    assert (project.kind, project.predecessor) == (kind, city.system if mode == "upgrade" else None)
    assert project.background == needs[0].problem


def test_merged_needs_come_along(city, needs):
    decide(city, needs[:1], "own")
    decide(city, needs[1:], "", same_as=needs[0])
    assert start(city, needs[:1]).trace_rows.count() == 2


@pytest.mark.parametrize("mode", ["reuse", "later", "refused"])
def test_nothing_is_started_where_nothing_is_built(city, needs, mode):
    decide(city, needs[:1], mode, target="S900" if mode == "reuse" else "")
    with pytest.raises(NeedRefused):
        start(city, needs[:1])


def test_nothing_is_started_before_the_decision_or_without_the_declaration(city, needs):
    with pytest.raises(NeedRefused):
        start(city, needs[:1])
    decide(city, needs[:1], "own")
    with pytest.raises(ValidationError) as error:
        start(city, needs[:1], declared_unclassified=False)
    assert list(error.value.message_dict) == ["declared_unclassified"]
    assert not Project.objects.exists()


def test_only_the_unit_that_builds_starts_it(city, needs):
    decide(city, needs, lead=city.hospital)
    for name in ("applicant2", "planner", "endorser"):
        with pytest.raises(PermissionDenied):
            start(city, needs, getattr(city, name))


def test_needs_met_in_different_ways_are_not_one_proposal(city, needs):
    decide(city, needs[:1], "own")
    decide(city, needs[1:], "service", lead=city.hospital)
    with pytest.raises(NeedRefused):
        start(city, needs)


def test_a_need_leads_to_one_proposal_and_is_decided_no_more(city, needs):
    decide(city, needs[:1], "own")
    project = start(city, needs[:1])
    for act in (lambda: start(city, needs[:1]), lambda: decide(city, needs[:1], "refused")):
        with pytest.raises(NeedRefused, match=project.ref):
            act()
    assert Need.objects.get(pk=needs[0].pk).mode == "own"
    delete_draft(project_id=project.pk, actor=city.applicant)
    decide(city, needs[:1], "refused")


def test_a_decision_on_a_merged_need_counts_the_proposal_of_its_main_need(city, needs):
    decide(city, needs[:1], "own")
    decide(city, needs[1:], "", same_as=needs[0])
    project = start(city, needs[:1])
    with pytest.raises(NeedRefused, match=project.ref):
        decide(city, needs[1:], "refused")


def test_a_proposal_that_failed_frees_the_need(city, needs):
    decide(city, needs[:1], "own")
    making.force_state(start(city, needs[:1]), State.REJECTED)
    decide(city, needs[:1], "refused")


def test_together_are_those_of_one_group_mode_and_lead(city, needs):
    group = save_group(actor=city.planner, call=needs[0].call, title="冷链", position=1)
    put_into(actor=city.planner, codes=[need.code for need in needs], group=group)
    decide(city, needs, lead=city.hospital)
    first = Need.objects.get(pk=needs[0].pk)
    assert need_queries.together_with(first, city.applicant) == needs
    start(city, needs[1:])
    assert need_queries.together_with(first, city.applicant) == needs[:1]


# --- the version ----------------------------------------------------------------------------------------------------
def test_a_version_names_its_needs_and_one_without_keeps_its_digest(city, needs):
    decide(city, needs[:1], "own")
    linked = start(city, needs[:1])
    plain = making.make_project(city.applicant, round=city.round)
    assert section_snapshot(load_parts(linked))["overview"]["needs"] == [needs[0].code]
    assert "needs" not in section_snapshot(load_parts(plain))["overview"]


# --- the thread -----------------------------------------------------------------------------------------------------
def test_the_thread_is_seen_at_each_end_down_to_the_approved_amount(city, needs):
    decide(city, needs, lead=city.hospital)
    project = start(city, needs)
    fill(project, city.applicant, amount="50.00", text=TEXTS[1])
    Walker().to(project.ref, State.APPROVED)
    for who, need in (("applicant", needs[0]), ("applicant2", needs[1]), ("planner", needs[1])):
        page = body(city, who, f"/needs/{need.code}/")
        assert project.ref in page
        assert "Approved" in page
        assert "50.00" in page
    assert f"/projects/{project.ref}/" not in body(city, "applicant2", f"/needs/{needs[1].code}/")
    case = body(city, "planner", f"/projects/{project.ref}/")
    assert all(f"/needs/{need.code}/" in case for need in needs)


def test_a_draft_shows_the_needs_it_came_from(city, needs):
    decide(city, needs[:1], "own")
    project = start(city, needs[:1])
    assert f"/needs/{needs[0].code}/" in body(city, "applicant", f"/projects/{project.ref}/edit/")
