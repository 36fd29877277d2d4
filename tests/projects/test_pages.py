"""List, start, check, versions, deletion, and who may open what, through the client."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from projects import sections, services
from projects.models import Project
from projects.states import State
from tests.projects.browsing import at, attach, body, formset, post_section
from tests.projects.making import (
    complete,
    force_state,
    make_department,
    make_pdf,
    make_person,
    make_project,
    make_round,
    make_taxonomy,
)

pytestmark = pytest.mark.django_db


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


# --- list ------------------------------------------------------------------------------------------------------------
def test_index_links_to_the_case(clerk, project):
    text = body(clerk.get(reverse("projects:index")))
    assert reverse("approvals:case", args=[project.ref]) in text
    assert project.title in text


def test_index_is_for_those_who_see_proposals(client):
    client.force_login(make_person(Role.STEWARD, make_department()))
    assert client.get(reverse("projects:index")).status_code == 403


@pytest.mark.parametrize(
    "query",
    [
        "?state=nonsense",
        "?page=999999999",
        "?page=x",
        "?q=" + "长" * 5000,
        "?department=zz&round=zz&amount=zz&kind=zz",
        "?q=%00",
        "?q=%ED%A0%80",
        "?state=draft&state=review",
    ],
)
def test_index_survives_any_query(clerk, project, query):
    assert clerk.get(reverse("projects:index") + query).status_code == 200


def test_index_filters_are_chips_that_can_be_taken_off(clerk, project):
    response = clerk.get(reverse("projects:index"), {"state": "draft", "kind": "om", "q": "水"})
    assert {chip["url"] for chip in response.context["chips"]} == {
        "?kind=om&q=%E6%B0%B4",
        "?state=draft&q=%E6%B0%B4",
        "?state=draft&kind=om",
    }
    assert list(response.context["page"]) == []


def test_index_has_a_constant_number_of_queries(clerk, project):
    actor, this_round, counts = project.created_by, project.round, []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            clerk.get(reverse("projects:index"))
        counts.append(len(captured))
        for _more in range(30):
            make_project(actor, round=this_round)
    assert counts[0] == counts[1]


def test_index_shows_fifty_a_page(clerk, project):
    for _ in range(50):
        make_project(project.created_by, round=project.round)
    assert len(clerk.get(reverse("projects:index")).context["page"]) == 50
    assert len(clerk.get(reverse("projects:index") + "?page=2").context["page"]) == 1


# --- starting --------------------------------------------------------------------------------------------------------
def start_values(actor, **more):
    """What the first page sends."""
    values = {
        "declared_unclassified": "on",
        "department": actor.department_id,
        "round": make_round().pk,
        "title": "平台",
        "kind": "new",
    }
    return {**values, **more}


def test_new_creates_a_draft_and_opens_it(client):
    actor = make_person(Role.APPLICANT, make_department())
    client.force_login(actor)
    response = client.post(reverse("projects:new"), start_values(actor))
    project = Project.objects.get()
    assert response["Location"] == at("edit", project)
    assert (project.state, project.declared_unclassified, project.created_by) == (State.DRAFT, True, actor)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"declared_unclassified": ""}, "declared_unclassified"),
        ({"title": ""}, "title"),
        ({"title": "a\0b"}, "title"),
        ({"title": "a\u202eb"}, "title"),
        ({"title": "长" * 121}, "title"),
        ({"kind": "x"}, "kind"),
        ({"department": "x"}, "department"),
        ({"round": "999999"}, "round"),
    ],
)
def test_new_stores_nothing_when_something_is_wrong(client, change, field):
    actor = make_person(Role.APPLICANT, make_department())
    client.force_login(actor)
    response = client.post(reverse("projects:new"), start_values(actor, **change))
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert not Project.objects.exists()


def test_new_refuses_another_unit_a_closed_round_and_other_roles(client):
    actor = make_person(Role.APPLICANT, make_department())
    client.force_login(actor)
    for change in ({"department": make_department("市财政局").pk}, {"round": make_round(open_now=False).pk}):
        assert client.post(reverse("projects:new"), start_values(actor, **change)).status_code == 422
    client.force_login(make_person(Role.PLANNER, actor.department))
    assert client.post(reverse("projects:new"), start_values(actor)).status_code == 403
    assert not Project.objects.exists()


def test_new_says_when_no_round_is_open(client):
    client.force_login(make_person(Role.APPLICANT, make_department()))
    assert "No application round is open" in body(client.get(reverse("projects:new")))


# --- check, versions, delete -----------------------------------------------------------------------------------------
def test_check_shows_gaps_and_no_way_to_submit(clerk, project):
    text = body(clerk.get(at("check", project)))
    assert "There is no capability yet." in text
    assert reverse("approvals:step", args=[project.ref, "submit"]) not in text
    assert 'aria-disabled="true"' in text


def test_check_shows_every_answer_and_posts_to_the_door(clerk, project):
    complete(project)
    text = body(clerk.get(at("check", project)))
    assert f'action="{reverse("approvals:step", args=[project.ref, "submit"])}"' in text
    for answer in ("每年 40 起内涝", "调度抢险队伍", "150.50", "方案.pdf", "Level 2", "Departmental build"):
        assert answer in text
    assert all(at("section", project, code) in text for code in sections.CODES)


def test_versions_show_what_changed(clerk, project):
    complete(project)
    services.take_snapshot(project, project.created_by, timezone.now() - timedelta(days=1))
    row = {"name": "调度模块开发", "amount": "100", "category": "software", "fund_source": "own"}
    post_section(clerk, project, "budget", formset("lines", [row]))
    services.take_snapshot(project, project.created_by, timezone.now())
    response = clerk.get(at("versions", project))
    comparison = response.context["comparison"]
    assert [section.code for section in comparison.sections] == ["budget"]
    assert [(row.key, str(row.old), str(row.new)) for row in comparison.lines] == [
        ("调度模块开发", "120.00", "100.00"),
        ("云资源", "30.50", "None"),
    ]
    assert "150.50 → 100.00" in body(response)


@pytest.mark.parametrize("query", ["", "?new=1", "?new=99&old=x", "?new=1&old=1", "?old=2&new=2"])
def test_versions_survive_any_query(clerk, project, query):
    for count in range(3):
        assert clerk.get(at("versions", project) + query).status_code == 200
        if count < 2:
            services.take_snapshot(project, project.created_by, timezone.now())


def test_draft_is_deleted_after_asking(clerk, project):
    assert clerk.get(at("delete", project)).status_code == 200
    assert Project.objects.exists()
    assert clerk.post(at("delete", project)).status_code == 302
    assert not Project.objects.exists()


def test_returned_proposal_cannot_be_deleted(clerk, project):
    force_state(project, State.CORRECTION)
    assert clerk.get(at("delete", project)).status_code == 409
    assert clerk.post(at("delete", project)).status_code == 409
    assert Project.objects.exists()


# --- who may ---------------------------------------------------------------------------------------------------------
EDITING = ("edit", "check", "delete")


def every_address(project):
    """Pages of one proposal: name → (address, whether it needs the right to edit)."""
    paper = project.documents.first()
    found = {name: (at(name, project), True) for name in EDITING}
    found |= {f"section {code}": (at("section", project, code), True) for code in sections.CODES}
    found["remove_document"] = (at("remove_document", project, paper.pk), True)
    found["versions"] = (at("versions", project), False)
    found["document"] = (at("document", project, paper.pk), False)
    return found


def test_strangers_find_nothing_and_readers_may_not_edit(client):
    project = complete(make_project())
    stranger = make_person(Role.APPLICANT, make_department("市财政局"))
    endorser = make_person(Role.ENDORSER, project.department)
    for address, needs_edit in every_address(project).values():
        client.force_login(stranger)
        assert (client.get(address).status_code, client.post(address).status_code) in {(404, 404), (404, 405)}
        client.force_login(endorser)
        response = client.get(address)
        b"".join(response)  # a file is open until it was read
        assert response.status_code == (403 if needs_edit else 200)
    client.force_login(stranger)
    assert attach(client, project, make_pdf()).status_code == 404
    client.force_login(endorser)
    assert attach(client, project, make_pdf()).status_code == 403
    assert client.post(at("delete", project)).status_code == 403


def test_visitors_are_sent_to_sign_in(client):
    project = complete(make_project())
    for address, _needs in every_address(project).values():
        assert client.get(address)["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "{{ 7*7 }}", '"><img src=x onerror=alert(1)>'])
def test_markup_in_texts_is_shown_as_text(clerk, project, text):
    values = {"title": text, "kind": "new", "summary": text}
    post_section(clerk, project, "overview", values)
    make_taxonomy()
    post_section(clerk, project, "solution", formset("capabilities", [{"text": text}]))
    addresses = [reverse("projects:index"), at("edit", project), at("check", project)]
    addresses += [at("section", project, code) for code in sections.CODES]
    for address in addresses:
        shown = body(clerk.get(address))
        assert "<script>alert" not in shown
        assert "<img src=x" not in shown
