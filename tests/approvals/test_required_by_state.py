"""The guards ask the table of required facts for the state that they lead to; reviewers see what is there."""

import pytest
from django.utils.translation import override

from approvals import guards
from approvals.machine import blockers
from approvals.models import Case
from approvals.workflow import WORKFLOW
from projects.models import Project
from projects.services import save_section
from projects.states import State
from tests.approvals.acting import asked, fresh
from tests.cast import make_case
from tests.projects.making import NONE_OF_THEM

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with override("en"):
        yield


def reasons(case, action):
    """What stands in the way of a step that starts where the case is."""
    step = next(step for step in WORKFLOW if (step.source, step.action) == (case.state, action))
    case.entry = None
    return [str(reason) for reason in blockers(case, step)]


def without(case, **columns):
    """The same case with columns emptied, past the door."""
    Project.objects.filter(pk=case.pk).update(**columns)
    return fresh(case)


def test_fact_required_before_acceptance_stops_acceptance_and_not_submission(city):
    draft = without(make_case(city), users_estimate="")
    assert asked(guards.is_complete, draft) is None
    assert "Users and volumes" in asked(guards.is_complete_for_acceptance, draft)
    case = without(make_case(city, State.INTAKE, ref="P902"), users_estimate="")
    assert any("Users and volumes" in reason for reason in reasons(case, "accept"))
    assert not any("Users and volumes" in reason for reason in reasons(case, "file"))


def test_fact_required_before_approval_stops_approval_alone(city):
    case = without(make_case(city, State.DECISION), mlps_level=3)
    found = [reason for reason in reasons(case, "approve") if "missing" in reason]
    assert len(found) == 1
    assert "MLPS level report" in found[0]
    assert "MLPS level report" not in asked(guards.is_complete_for_acceptance, case)


@pytest.mark.parametrize(
    ("section", "data", "words"),
    [
        ("overview", {"article3": {}}, "build mode test"),
        ("overview", {"article3": {**NONE_OF_THEM, "line_business": False, "city_wide": True}}, "explain why"),
        ("security", {"cii": None}, "Critical information infrastructure"),
        ("resources", {"data_requests": []}, "sharing request"),
        ("management", {"goals": []}, "performance goal"),
    ],
)
def test_submission_is_refused_by_the_structured_facts(city, section, data, words):
    case = make_case(city)
    save_section(project_id=case.pk, actor=city.applicant, section=section, data=data, expected_revision=None)
    assert words in guards.is_complete(fresh(case))
    assert any(words in reason for reason in reasons(fresh(case), "submit"))


def test_reviewers_see_the_table_the_test_and_the_lists(city, client, settings):
    settings.LANGUAGE_CODE = "en"
    case = Case.objects.get(pk=make_case(city, State.REVIEW).pk)
    pages = {}
    for kind, person in (("planning", city.planner), ("standards", city.standards)):
        client.force_login(person)
        review = next(review for review in case.all_reviews if review.kind == kind)
        address = f"/projects/{case.ref}/reviews/{review.pk}/"
        pages[kind] = "".join(client.get(address, {"tab": tab}).content.decode() for tab in ("evidence", "planning"))
    assert all("Required facts" in page and "雨量实况" in page for page in pages.values())
    assert "Build mode test (Article 3)" in pages["planning"]
    assert "Build mode test (Article 3)" not in pages["standards"]
    client.force_login(city.planner)
    assert "required before approval" not in client.get(f"/projects/{case.ref}/").content.decode()
    assert "required before acceptance" in client.get(f"/projects/{case.ref}/").content.decode()
    printed = client.get(f"/projects/{case.ref}/print/").content.decode()
    assert "平均处置时间" in printed
