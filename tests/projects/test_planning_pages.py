"""Pages of rounds, plan items and commitments through the client: form, preview, writing, refusals, links."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import EditRecord
from planning.models import IntegrationCommitment, LateFiling, PlanItem, Round
from planning.plan_queries import item_facts, mark
from projects.models import SystemPlanLink
from projects.states import State
from tests.cast import TEXTS, make_case
from tests.projects import making

pytestmark = pytest.mark.django_db
YEAR = timezone.localdate().year


@pytest.fixture(autouse=True)
def _in_english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def planner(client, city):
    client.force_login(city.planner)
    return client


def today(days=0):
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def typed(page):
    """What a form would send as it stands."""
    return {field.html_name: "" if field.value() is None else str(field.value()) for field in page.context["form"]}


def body(response):
    return response.content.decode()


# --- rounds ---------------------------------------------------------------------------------------------------------
def test_rounds_are_listed_with_their_calendar(planner, city):
    text = body(planner.get(reverse("planning:index")))
    assert reverse("plan:round", args=["R2026"]) in text
    assert f"filing {city.round.opens_on.isoformat()} – {city.round.closes_on.isoformat()}" in text


def test_change_of_a_round_shows_whom_it_touches_before_it_is_written(planner, city):
    make_case(city, State.INTAKE)
    make_case(city, ref="P902", text=TEXTS[3])
    address = reverse("plan:edit_round", args=["R2026"])
    data = typed(planner.get(address)) | {"closes_on": today(50), "reason": "材料较多"}
    page = planner.post(address, data)
    assert [project.ref for project in page.context["touched"].rows] == ["P901"]
    assert page.context["touched"].by_state == [("Intake check", 1)]
    assert "And 1 draft that its unit alone can see." in body(page)
    assert Round.objects.get().closes_on == city.round.closes_on
    again = dict(page.context["typed"])
    assert planner.post(address, {**again, "back": "1"}).context["form"]["closes_on"].value() == today(50)
    assert planner.post(address, {**again, "confirm": "1"}).url == reverse("plan:round", args=["R2026"])
    assert Round.objects.get().closes_on.isoformat() == today(50)
    assert "材料较多" in body(planner.get(reverse("plan:round", args=["R2026"])))


def test_refused_days_stand_at_their_field_with_the_rest_kept(planner, city):
    address = reverse("plan:edit_round", args=["R2026"])
    data = typed(planner.get(address)) | {"closes_on": today(-1), "reason": "x", "note": "写好的说明"}
    page = planner.post(address, data)
    assert list(page.context["form"].errors) == ["closes_on"]
    assert page.context["form"]["note"].value() == "写好的说明"


def test_new_round_from_the_form_and_a_code_once(planner, city):
    days = {"opens_on": today(5), "closes_on": today(30)}
    data = {"code": "R2027", "name": "明年第一批", "year": str(YEAR + 1), "expected": "", **days}
    address = reverse("plan:new_round")
    assert planner.post(address, {**data, "code": "R2026"}).context["form"].errors["code"]
    assert planner.post(address, {**data, "confirm": "1"}).status_code == 302
    assert Round.objects.get(code="R2027").name == "明年第一批"


def test_late_filing_is_granted_and_revoked_on_the_page(planner, city):
    Round.objects.update(closes_on=today(-1))
    address = reverse("plan:grant_late", args=["R2026"])
    data = {"department": city.hospital.pk, "until": today(-3), "reason": "机构调整", "basis": "批示"}
    assert list(planner.post(address, data).context["form"].errors) == ["until"]
    assert planner.post(address, {**data, "until": today(3)}).status_code == 302
    filing = LateFiling.objects.get()
    page = reverse("plan:round", args=["R2026"])
    assert "in force" in body(planner.get(page))
    revoke = reverse("plan:revoke_late", args=["R2026", filing.pk])
    assert planner.post(revoke, {"reason": ""}).context["form"].errors
    assert planner.post(revoke, {"reason": "材料不实"}).status_code == 302
    assert "revoked" in body(planner.get(page))
    assert planner.get(reverse("plan:revoke_late", args=["R2", filing.pk])).status_code == 404


# --- plan items -----------------------------------------------------------------------------------------------------
@pytest.fixture
def item(city):
    return PlanItem.objects.create(code="A", title="甲", year_from=YEAR, year_to=YEAR + 1, source="规划")


def test_item_page_shows_what_the_reader_may_see(client, city, item):
    ours, theirs = make_case(city, State.INTAKE), make_case(city, State.INTAKE, ref="P902", actor=city.applicant2)
    for project in (ours, theirs):
        project.plan_items.add(item)
    client.force_login(city.applicant)
    page = body(client.get(reverse("plan:item", args=["A"])))
    assert "P901" in page
    assert "P902" not in page
    assert client.get(reverse("plan:items")).context["rows"][0]["proposals"] == 1
    assert client.get(reverse("plan:item", args=["Z"])).status_code == 404


def test_change_of_an_item_names_the_proposals_that_cite_it(planner, city, item):
    make_case(city, State.REVIEW).plan_items.add(item)
    address = reverse("plan:edit_item", args=["A"])
    data = typed(planner.get(address)) | {"title": "乙", str(YEAR): "1,200.5", "reason": "中期调整"}
    page = planner.post(address, data)
    assert [project.ref for project in page.context["touched"].rows] == ["P901"]
    assert "1200.50" in body(page)
    assert PlanItem.objects.get().title == "甲"
    assert planner.post(address, {**data, "confirm": "1"}).status_code == 302
    assert PlanItem.objects.get().envelopes.get().amount == 1200.5
    page = body(planner.get(reverse("plan:item", args=["A"])))
    assert "甲 → 乙" in page
    assert "中期调整" in page


def test_second_planner_learns_of_the_first(planner, city, item):
    address = reverse("plan:edit_item", args=["A"])
    data = typed(planner.get(address)) | {"title": "乙", "reason": "x", "confirm": "1"}
    assert planner.post(address, data).status_code == 302
    page = planner.post(address, {**data, "title": "丙"})
    assert "changed in between" in body(page)
    assert page.context["form"]["title"].value() == "丙"


def test_withdrawal_keeps_what_is_cited_and_takes_it_off_the_offer(planner, city, item):
    project = make_case(city)
    address = reverse("plan:withdraw", args=["A"])
    seen = mark(item_facts(item))
    data = {"on": today(), "reason": "并入", "expected": seen}
    assert "Nothing has been written yet" in body(planner.post(address, data))
    assert planner.post(address, {**data, "confirm": "1"}).status_code == 302
    planner.force_login(city.applicant)
    section = reverse("projects:section", args=[project.ref, "overview"])
    offered = planner.get(section).context["form"].fields["plan_items"].queryset
    assert list(offered) == []
    project.plan_items.add(item)
    offered = planner.get(section).context["form"].fields["plan_items"].queryset
    assert list(offered) == [item]


def test_systems_are_put_under_an_item_and_taken_out(planner, city, item):
    making.make_system(city.water, "S1", status="retired")
    address = reverse("plan:link", args=["A"])
    assert planner.post(address, {"system": "S1"}).context["form"].errors
    assert planner.post(address, {"system": "S900"}).status_code == 302
    assert planner.post(address, {"system": "S900"}).status_code == 302
    assert SystemPlanLink.objects.get().system == city.system
    assert planner.post(reverse("plan:unlink", args=["A", "S900"])).status_code == 302
    assert not SystemPlanLink.objects.exists()
    assert EditRecord.objects.filter(table="planning.PlanItem", key="A").count() == 2


# --- commitments ----------------------------------------------------------------------------------------------------
def test_commitments_on_their_page(planner, city):
    address = reverse("plan:commitments")
    data = {"department": city.water.pk, "text": "并入云海办", "due_on": today(-1), "source": ""}
    page = planner.post(address, data)
    assert list(page.context["form"].errors) == ["source"]
    assert page.context["form"]["text"].value() == "并入云海办"
    assert planner.post(address, {**data, "source": "台账"}).status_code == 302
    row = IntegrationCommitment.objects.get()
    assert "overdue" in body(planner.get(address))
    close = reverse("plan:close_commitment", args=[row.pk])
    assert planner.post(close, {"done_on": today(), "reason": "已上线"}).status_code == 302
    assert "fulfilled" in body(planner.get(address))
    assert list(planner.post(close, {"done_on": today(), "reason": "x"}).context["form"].errors) == ["done_on"]


@pytest.mark.parametrize("query", ["?year=x&level=zz&owner=zz", "?q=" + "长" * 500, "?q=%00", "?year=99999"])
def test_filters_survive_any_query(planner, city, item, query):
    for name in ("plan:items", "plan:view", "plan:download"):
        assert planner.get(reverse(name) + query).status_code == 200
