"""The pages of the sections through the client: what they save, keep, refuse."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from projects import sections, services
from projects.models import Project
from projects.states import State
from tests.projects.browsing import at, body, formset, post_section
from tests.projects.making import (
    complete,
    force_state,
    make_person,
    make_plan_item,
    make_project,
    make_taxonomy,
)

pytestmark = pytest.mark.django_db
AUTOSAVE = {"Accept": "application/json"}


@pytest.fixture(autouse=True)
def _in_english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def project():
    """An empty draft."""
    return make_project()


@pytest.fixture
def clerk(client, project):
    """A client signed in as the unit's applicant."""
    client.force_login(project.created_by)
    return client


# --- sections --------------------------------------------------------------------------------------------------------
def test_edit_lists_nine_sections_and_what_is_missing(clerk, project):
    response = clerk.get(at("edit", project))
    assert [task["no"] for task in response.context["tasks"]] == list(range(1, 10))
    assert len(response.context["gaps"]) == len(sections.gaps(project))
    assert "0 / 9 complete" in body(response)


@pytest.mark.parametrize("code", sections.CODES)
def test_every_section_opens_empty_and_filled(clerk, project, code):
    assert clerk.get(at("section", project, code)).status_code == 200
    complete(project)
    assert clerk.get(at("section", project, code)).status_code == 200


def test_unknown_section_is_not_found(clerk, project):
    assert clerk.get(at("section", project, "nonsense")).status_code == 404


def test_section_is_saved_and_the_meter_moves(clerk, project):
    values = {"background": "人工", "necessity": "内涝", "duty_items": "", "users_estimate": "😀 3000 人"}
    response = post_section(clerk, project, "needs", {**values, "next": "1"})
    assert response["Location"] == at("section", project, "solution")
    project.refresh_from_db()
    assert (project.users_estimate, project.revision) == ("😀 3000 人", 1)
    assert "1 / 9 complete" in body(clerk.get(at("edit", project)))


def test_overview_saves_plan_items_and_months(clerk, project):
    item = make_plan_item()
    values = {"title": "新标题", "kind": "service", "starts_on": "2026-03", "ends_on": "2027-02"}
    values["plan_items"] = [item.pk]
    assert post_section(clerk, project, "overview", values).status_code == 302
    project.refresh_from_db()
    assert (project.title, project.kind, list(project.plan_items.all())) == ("新标题", "service", [item])


@pytest.mark.parametrize(
    ("code", "values", "field"),
    [
        ("needs", {"necessity": "a\0b"}, "necessity"),
        ("needs", {"necessity": "a\x1b[31m"}, "necessity"),
        ("needs", {"necessity": "长" * 10_001}, "necessity"),
        ("overview", {"title": "", "kind": "new"}, "title"),
        ("overview", {"title": "x", "kind": "zz"}, "kind"),
        ("overview", {"title": "x", "kind": "new", "starts_on": "2026-02-31"}, "starts_on"),
        ("overview", {"title": "x", "kind": "new", "starts_on": "2026-03", "ends_on": "2026-02"}, "ends_on"),
        ("overview", {"title": "x", "kind": "new", "predecessor": "99999"}, "predecessor"),
        ("overview", {"title": "x", "kind": "new", "plan_items": ["zz"]}, "plan_items"),
        ("security", {"mlps_level": "9"}, "mlps_level"),
        ("security", {"mobile": "maybe"}, "mobile"),
        ("needs", {"revision": "x"}, "revision"),
        ("needs", {"revision": ""}, "revision"),
    ],
)
def test_bad_value_keeps_the_text_and_names_the_field(clerk, project, code, values, field):
    response = post_section(clerk, project, code, {"background": "不能丢", **values})
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert "<title>Error: " in body(response)
    if code == "needs":
        assert "不能丢" in body(response)
    assert Project.objects.get(pk=project.pk).revision == 0


def test_autosave_answers_with_time_and_revision(clerk, project):
    response = post_section(clerk, project, "needs", {"necessity": "内涝"}, headers=AUTOSAVE)
    answer = response.json()
    assert (response.status_code, answer["version"]) == (200, 1)
    assert re.search(r"\d\d:\d\d", answer["message"])


@pytest.mark.parametrize("headers", [AUTOSAVE, {"X-Autosave": "1"}, {"HX-Request": "true"}])
def test_autosave_of_a_bad_value_says_why_and_saves_nothing(clerk, project, headers):
    response = post_section(clerk, project, "needs", {"necessity": "a\0b"}, headers=headers)
    assert response.status_code == 422
    assert "U+0000" in response.json()["message"]
    assert Project.objects.get(pk=project.pk).revision == 0


@pytest.mark.parametrize(
    ("section", "prefix", "row"),
    [
        ("budget", "lines", {"name": "甲", "amount": "12.00", "category": "software", "fund_source": "municipal"}),
        ("solution", "capabilities", {"text": "登记", "service_object": "公众"}),
        ("management", "goals", {"name": "平均处置时间", "base": "60 分钟"}),
        ("resources", "data_requests", {"name": "雨量实况", "channel": "shared"}),
    ],
)
def test_row_that_autosave_stored_is_not_lost_when_it_is_sent_again(clerk, project, section, prefix, row):
    related = {"lines": "budget_lines"}.get(prefix, prefix)
    for more in ({"headers": AUTOSAVE}, {}):
        post_section(clerk, project, section, formset(prefix, [row]), **more)
        assert getattr(project, related).count() == 1


def test_autosave_names_the_row_that_is_wrong(clerk, project):
    rows = formset("lines", [{"name": "甲", "amount": "abc", "category": "software"}])
    message = post_section(clerk, project, "budget", rows, headers=AUTOSAVE).json()["message"]
    assert "Row 1" in message


def test_stale_save_is_409_with_both_texts(clerk, project):
    other = make_person(Role.APPLICANT, project.department, username="wang")
    services.save_section(
        project_id=project.pk, actor=other, section="needs", data={"necessity": "王的文字"}, expected_revision=0
    )
    response = post_section(clerk, project, "needs", {"necessity": "我的文字", "revision": 0})
    text = body(response)
    assert response.status_code == 409
    assert "我的文字" in text
    assert "王的文字" in text
    assert "wang" in text
    assert Project.objects.get(pk=project.pk).necessity == "王的文字"
    again = post_section(clerk, project, "needs", {"necessity": "两人的文字", "revision": 1})
    assert again.status_code == 302
    assert Project.objects.get(pk=project.pk).necessity == "两人的文字"


def test_stale_rows_are_409_with_what_is_stored(clerk, project):
    complete(project)
    data = formset("lines", [{"name": "我的行", "amount": "1", "category": "cloud"}], revision=0)
    response = clerk.post(at("section", project, "budget"), data)
    assert response.status_code == 409
    assert "我的行" in body(response)
    assert "调度模块开发" in body(response)


def test_stale_autosave_is_409_in_json(clerk, project):
    services.save_section(
        project_id=project.pk, actor=project.created_by, section="needs", data={"necessity": "x"}, expected_revision=0
    )
    response = post_section(clerk, project, "needs", {"necessity": "y", "revision": 0}, headers=AUTOSAVE)
    assert (response.status_code, response.json()["version"]) == (409, 1)


@pytest.mark.parametrize("state", [State.REVIEW, State.APPROVED, State.WITHDRAWN])
def test_closed_proposal_is_409_with_the_text_kept(clerk, project, state):
    force_state(project, state)
    for name in ("edit", "check", "delete"):
        assert clerk.get(at(name, project)).status_code == 409
    response = clerk.post(at("section", project, "needs"), {"revision": 0, "necessity": "不能丢"})
    assert response.status_code == 409
    assert "不能丢" in body(response)
    silent = clerk.post(at("section", project, "needs"), {"revision": 0, "necessity": "x"}, headers=AUTOSAVE)
    assert (silent.status_code, "cannot be edited" in silent.json()["message"]) == (409, True)


def test_correction_is_edited_and_sent_again(clerk, project):
    force_state(complete(project), State.CORRECTION)
    assert post_section(clerk, project, "needs", {"necessity": "新", "background": "b"}).status_code == 302
    assert reverse("approvals:step", args=[project.ref, "resubmit"]) in body(clerk.get(at("check", project)))


# --- rows ------------------------------------------------------------------------------------------------------------
def test_capabilities_are_saved_in_order_with_their_codes(clerk, project):
    make_taxonomy()
    row = {"text": "调度", "taxonomy": "F02", "domain": "BD15", "service_object": "公众"}
    data = {**formset("capabilities", [row, {"text": "预警"}, {"text": ""}]), "solution": "云上"}
    assert post_section(clerk, project, "solution", data).status_code == 302
    first, second = project.capabilities.all()
    assert (first.text, first.taxonomy.code, first.domain.code) == ("调度", "F02", "BD15")
    assert (second.code, Project.objects.get(pk=project.pk).solution) == (f"{project.ref}-02", "云上")
    kept = [{"code": second.code, "text": "预警", "DELETE": "on"}, {"code": first.code, "text": "调度二"}]
    post_section(clerk, project, "solution", formset("capabilities", kept, initial=2))
    assert [(row.code, row.text) for row in project.capabilities.all()] == [(first.code, "调度二")]


def test_add_saves_and_offers_an_empty_row_without_script(clerk, project):
    response = post_section(clerk, project, "solution", {**formset("capabilities", [{"text": "甲"}]), "add": "1"})
    assert response["Location"] == at("section", project, "solution") + "?add=1#new-row"
    again = clerk.get(response["Location"].split("#")[0])
    assert len(again.context["rows"].forms) == 2
    assert 'id="new-row"' in body(again)


@pytest.mark.parametrize(
    ("row", "field"),
    [
        ({"text": "a\0b"}, "text"),
        ({"text": "长" * 501}, "text"),
        ({"text": "x", "taxonomy": "ZZ"}, "taxonomy"),
        ({"text": "x", "domain": "ZZ"}, "domain"),
        ({"text": "x", "service_object": "ZZ"}, "service_object"),
        ({"text": "", "domain": "BD15"}, "text"),
    ],
)
def test_bad_capability_is_named_in_its_row(clerk, project, row, field):
    make_taxonomy()
    response = post_section(clerk, project, "solution", formset("capabilities", [{"text": "好的"}, row]))
    assert response.status_code == 422
    assert [list(errors) for errors in response.context["rows"].errors] == [[], [field]]
    assert "好的" in body(response)
    assert not project.capabilities.exists()


@pytest.mark.parametrize("amount", ["NaN", "1e309", "-3", "0", "1.234", "10000000.01", "abc", "", "\0", "1" * 400])
def test_bad_amount_is_named_in_its_row(clerk, project, amount):
    rows = formset("lines", [{"name": "甲", "amount": amount, "category": "software"}])
    response = post_section(clerk, project, "budget", rows)
    assert response.status_code == 422
    assert list(response.context["rows"].errors[0]) == ["amount"]
    assert not project.budget_lines.exists()


@pytest.mark.parametrize(
    ("typed", "stored"), [("1,386.00", "1386.00"), ("１２．５", "12.50"), (" 7 ", "7.00"), ("1e3", "1000.00")]
)
def test_amount_is_understood_as_people_type_it(clerk, project, typed, stored):
    rows = formset("lines", [{"name": "甲", "amount": typed, "category": "cloud", "fund_source": "own"}])
    assert post_section(clerk, project, "budget", rows).status_code == 302
    assert str(project.budget_lines.get().amount) == stored


@pytest.mark.parametrize(
    "changes",
    [
        {"lines-TOTAL_FORMS": ""},
        {"lines-TOTAL_FORMS": "x"},
        {"lines-TOTAL_FORMS": "1000000"},
        {"lines-TOTAL_FORMS": "-1"},
        {"lines-INITIAL_FORMS": "99999"},
    ],
)
def test_mangled_row_counts_are_answered_not_crashed(clerk, project, changes):
    response = post_section(clerk, project, "budget", {**formset("lines", []), **changes})
    assert response.status_code in {302, 422}
    assert not project.budget_lines.exists()


def test_line_names_a_capability_of_its_own_project(clerk, project):
    other = complete(make_project())
    row = {"name": "甲", "amount": "1", "category": "software", "capability": other.capabilities.get().code}
    assert post_section(clerk, project, "budget", formset("lines", [row])).status_code == 422


def test_section_pages_have_a_constant_number_of_queries(clerk, project):
    complete(project)
    line = {"name": "x", "amount": "1", "category": "cloud"}
    for code, prefix, fill in (
        ("solution", "capabilities", {"text": "x", "taxonomy": "F02"}),
        ("budget", "lines", line),
    ):
        counts = []
        for _ in range(2):
            with CaptureQueriesContext(connection) as captured:
                clerk.get(at("section", project, code))
            counts.append(len(captured))
            post_section(clerk, project, code, formset(prefix, [fill] * 30))
        assert counts[0] == counts[1]
