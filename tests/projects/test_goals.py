"""Performance goals: what the form and the service take, keep in order, and refuse by the cell."""

import pytest
from django.core.exceptions import ValidationError

from accounts.roles import Role
from projects import sections, services
from projects.models import Project
from projects.services.parts import MAX_GOALS
from tests.projects.browsing import body, formset, post_section
from tests.projects.making import GOAL, complete, make_department, make_person, make_project

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english(settings):
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def clerk(client):
    """A signed-in applicant."""
    client.force_login(make_person(Role.APPLICANT, make_department()))
    return client


@pytest.fixture
def project(clerk):
    """A draft of the clerk."""
    from accounts.models import User

    return make_project(User.objects.get(pk=clerk.session["_auth_user_id"]))


def save(project, rows, revision=None):
    """Replace the goals."""
    services.save_section(
        project_id=project.pk, actor=project.created_by, section="management", data={"goals": rows},
        expected_revision=revision,
    )  # fmt: skip


def names(project):
    """In order."""
    return list(project.goals.values_list("name", flat=True))


def test_goals_are_saved_in_order_and_removed(clerk, project):
    rows = formset("goals", [GOAL, {**GOAL, "name": "满意度"}, {"name": ""}])
    assert post_section(clerk, project, "management", rows).status_code == 302
    assert names(project) == ["平均处置时间", "满意度"]
    kept = [{**GOAL, "DELETE": "on"}, {**GOAL, "name": "满意度", "target": "95%"}]
    assert post_section(clerk, project, "management", formset("goals", kept, initial=2)).status_code == 302
    goal = project.goals.get()
    assert (goal.name, goal.target, goal.due, goal.position) == ("满意度", "95%", "2027-12", 1)


def test_draft_goal_may_be_half_filled_in_and_is_a_gap(clerk, project):
    complete(project)
    post_section(clerk, project, "management", formset("goals", [{"name": "满意度"}], initial=0))
    gaps = [gap for gap in sections.gaps(Project.objects.get(pk=project.pk)) if gap.row == "management.goals_complete"]
    assert [gap.message for gap in gaps] == [
        "Goal “满意度” has no base value.",
        "Goal “满意度” has no target value.",
        "Goal “满意度” has no date.",
        "Goal “满意度” does not say how it is measured.",
    ]


@pytest.mark.parametrize(
    ("row", "cell"),
    [
        ({"name": "a\0b"}, "name"),
        ({"name": "长" * 121}, "name"),
        ({"name": "x", "due": "2027-13"}, "due"),
        ({"name": "x", "base": "长" * 61}, "base"),
        ({"name": "", "base": "1"}, "name"),
    ],
)
def test_bad_cell_is_named_and_nothing_is_saved(clerk, project, row, cell):
    response = post_section(clerk, project, "management", formset("goals", [{"name": "好的"}, row]))
    assert response.status_code == 422
    assert [list(errors) for errors in response.context["changes"].lists["goals"].errors] == [[], [cell]]
    assert "好的" in body(response)
    assert (names(project), Project.objects.get(pk=project.pk).revision) == ([], 0)


def test_page_without_the_list_leaves_it(clerk, project):
    save(project, [GOAL])
    assert post_section(clerk, project, "management", {"management": "专班"}).status_code == 302
    assert names(project) == ["平均处置时间"]


def test_stale_save_shows_what_is_stored(clerk, project):
    save(project, [GOAL])
    data = {**formset("goals", [{"name": "我的指标"}]), "revision": 0}
    response = post_section(clerk, project, "management", data)
    assert response.status_code == 409
    assert "我的指标" in body(response)
    assert "平均处置时间" in body(response)
    assert names(project) == ["平均处置时间"]


def test_add_offers_an_empty_row_without_script(clerk, project):
    data = {**formset("goals", [GOAL]), "add": "1"}
    response = post_section(clerk, project, "management", data)
    again = clerk.get(response["Location"].split("#")[0])
    assert len(again.context["changes"].lists["goals"].forms) == 2
    assert body(again).count('id="new-row"') == 1


def test_autosave_names_the_row(clerk, project):
    rows = formset("goals", [GOAL, {"name": "x", "due": "morgen"}])
    answer = post_section(clerk, project, "management", rows, headers={"Accept": "application/json"})
    assert (answer.status_code, "Row 2" in answer.json()["message"]) == (422, True)


@pytest.mark.parametrize("rows", [[{"name": ""}], [{"name": "x", "due": "2027"}], [GOAL] * (MAX_GOALS + 1)])
def test_service_refuses_by_the_name_of_the_list(project, rows):
    with pytest.raises(ValidationError) as refused:
        save(project, rows)
    assert list(refused.value.message_dict) == ["goals"]
    assert names(project) == []
