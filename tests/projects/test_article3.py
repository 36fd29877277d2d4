"""The build mode test of Article 3: what answers point to, what contradicts them, how the form takes them."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from accounts.roles import Role
from projects import sections, services
from projects.models import Project
from projects.sections.article3 import QUESTIONS, clean_answers, in_words, suggest
from tests.projects.browsing import body, post_section
from tests.projects.making import NONE_OF_THEM, complete, make_department, make_person, make_project

LINE = {**NONE_OF_THEM, "line_business": True}
CODES = [question.code for question in QUESTIONS]
ANSWERS = st.fixed_dictionaries(dict.fromkeys(CODES, st.booleans()))


@pytest.mark.parametrize(
    ("said", "mode"),
    [
        (["shared_base", "city_wide", "reusable"], "unified"),
        (["reusable"], "unified"),
        (["line_business"], "departmental"),
        (["line_business", "supervision"], "departmental"),
        (["shared_base", "line_business"], "departmental"),
        (["reusable", "line_business"], ""),
        ([], ""),
    ],
)
def test_answers_point_to_a_build_mode(said, mode):
    found = suggest({code: code in said for code in CODES})
    assert (found.mode, found.answered, [question.code for question in found.reasons]) == (mode, True, said)


@given(answers=ANSWERS, code=st.sampled_from(CODES))
def test_a_yes_never_points_away_from_where_it_weighs(answers, code):
    order = {"departmental": 0, "": 1, "unified": 2}
    no, yes = (order[suggest({**answers, code: answer}).mode] for answer in (False, True))
    weight = next(question.weight for question in QUESTIONS if question.code == code)
    assert no <= yes if weight > 0 else yes <= no


@given(answers=ANSWERS, missing=st.sampled_from(CODES))
def test_incomplete_answers_point_nowhere(answers, missing):
    del answers[missing]
    assert (suggest(answers).mode, suggest(answers).answered) == ("", False)


@given(answers=ANSWERS, text=st.text(alphabet="水务 a", max_size=20))
def test_clean_answers_are_stored_as_they_are(answers, text):
    kept = clean_answers({**answers, "reason": text})
    assert kept == {**answers, **({"reason": text.strip()} if text.strip() else {})}
    assert clean_answers(kept) == kept


@pytest.mark.parametrize("bad", [{"x": True}, {"city_wide": "yes"}, {"city_wide": None}, {"reason": "长" * 501}])
def test_insane_answers_are_refused(bad):
    with pytest.raises(ValidationError):
        clean_answers(bad)


def save(project, **data):
    """Save section 1."""
    services.save_section(
        project_id=project.pk, actor=project.created_by, section="overview", data=data, expected_revision=None
    )


def gaps(project):
    """Rows of the table with a gap."""
    return [gap.row for gap in sections.gaps(Project.objects.get(pk=project.pk))]


@pytest.mark.django_db
def test_contradiction_is_a_problem_until_it_is_explained():
    project = complete(make_project())
    unified = {**LINE, "line_business": False, "city_wide": True}
    save(project, article3=unified)
    found = sections.gaps(Project.objects.get(pk=project.pk))
    assert [(gap.row, gap.problem) for gap in found] == [("overview.article3_reason", True)]
    save(project, article3={**unified, "reason": "行业主管部门分散"})
    assert gaps(project) == []
    save(project, article3=unified, build_mode="unified")
    assert gaps(project) == []


@pytest.mark.django_db
def test_form_stores_answers_and_shows_what_they_point_to(client, settings):
    settings.LANGUAGE_CODE = "en"
    client.force_login(make_person(Role.APPLICANT, make_department()))
    project = make_project(User.objects.get(pk=client.session["_auth_user_id"]))
    values = {"title": "x", "kind": "new", "build_mode": "departmental", "article3_reason": "理由"}
    values |= {f"article3_{code}": "true" if code == "line_business" else "false" for code in CODES}
    assert post_section(client, project, "overview", values).status_code == 302
    assert Project.objects.get(pk=project.pk).article3 == {**LINE, "reason": "理由"}
    page = body(client.get(f"/projects/{project.ref}/edit/overview/"))
    assert "Departmental build</strong>" in page
    assert page.count(" checked") == len(CODES)
    bad = post_section(client, project, "overview", {**values, "article3_city_wide": "maybe", "article3_reason": "留"})
    assert (bad.status_code, "留" in body(bad)) == (422, True)


@pytest.mark.django_db
def test_words_of_a_test_name_answers_and_reason():
    assert in_words({}) == ""
    assert "理由" in in_words({**LINE, "reason": "理由"})
