"""The structured lists in a version: only where they have rows, readable as tables, compared row by row."""

import pytest
from django.utils import timezone, translation

from projects import sections, services
from projects.compare import compare
from projects.fact_tables import tables_as_typed, tables_of
from projects.models import Project
from projects.queries import load_parts
from tests.projects.making import GOAL, REQUEST, complete, line_row, make_department, make_project

pytestmark = pytest.mark.django_db
LATER = {"article3", "no_data_needed", "internet_facing", "important_data", "cii", "external_cloud"}
LISTS = {"partners", "reuse", "data_requests", "goals", "fund_scopes"}


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def save(project, section, **data):
    """Save as the unit."""
    services.save_section(
        project_id=project.pk, actor=project.created_by, section=section, data=data, expected_revision=None
    )


def full():
    """A complete proposal with a row in every list."""
    project = complete(make_project())
    code = project.capabilities.get().code
    lines = [line_row(capability=code), line_row(name="云", category="cloud", fund_source="own", amount=30)]
    scopes = [{"fund_source": source, "scope": f"{source} 范围"} for source in ("municipal", "own")]
    save(project, "budget", lines=lines, fund_scopes=scopes)
    row = {"department": make_department("市气象局"), "scope": "监测", "capabilities": [code], "amount": "10"}
    save(project, "overview", partners=[row])
    return project


def snapshot(project):
    """What would be frozen now."""
    return sections.section_snapshot(load_parts(Project.objects.get(pk=project.pk)))


def test_draft_without_them_is_frozen_as_before():
    found = snapshot(make_project())
    assert not (LATER | LISTS) & {name for values in found.values() for name in values}


def test_answer_no_is_frozen_and_no_answer_is_not():
    project = make_project()
    save(project, "security", cii=False)
    assert snapshot(project)["security"]["cii"] is False
    assert "external_cloud" not in snapshot(project)["security"]


def test_each_list_stands_in_its_section():
    found = snapshot(full())
    assert found["management"]["goals"] == [GOAL]
    assert found["resources"]["data_requests"] == [REQUEST]
    assert found["overview"]["partners"][0]["amount"] == "10.00"
    assert [row["fund_source"] for row in found["budget"]["fund_scopes"]] == ["municipal", "own"]
    assert found["overview"]["article3"]["line_business"] is True


@pytest.mark.parametrize(
    ("section", "data"),
    [
        ("management", {"goals": [{**GOAL, "target": "20 分钟"}]}),
        ("resources", {"data_requests": []}),
        ("overview", {"partners": []}),
        ("budget", {"fund_scopes": []}),
    ],
)
def test_change_of_a_list_changes_the_hash_of_its_section_alone(section, data):
    project = full()
    before = sections.section_hashes(snapshot(project))
    save(project, section, **data)
    after = sections.section_hashes(snapshot(project))
    assert {code for code in sections.CODES if before[code] != after[code]} == {section}


def test_tables_of_a_version_are_those_of_the_form(django_assert_max_num_queries):
    project = load_parts(Project.objects.get(pk=full().pk))
    frozen = sections.section_snapshot(project)
    with django_assert_max_num_queries(2):
        found = tables_of(frozen)
    assert found == tables_as_typed(project)
    assert found["budget"][0].rows[1] == ("Own funds of the unit", "30.00", "own 范围", "")
    assert found["overview"][0].rows[0][0] == "市气象局"
    assert all(len(row) == len(table.heads) for tables in found.values() for table in tables for row in table.rows)


def test_names_of_a_registry_that_changed_do_not_touch_the_version():
    project = full()
    before = snapshot(project)
    project.partners.get().department.__class__.objects.update(name="改名后的单位")
    assert snapshot(project) == before


def test_comparison_names_the_row_that_changed(client):
    project = full()
    client.force_login(project.created_by)
    old = services.take_snapshot(project, project.created_by, timezone.now())
    save(project, "management", goals=[{**GOAL, "target": "20 分钟"}, {**GOAL, "name": "满意度"}])
    new = services.take_snapshot(project, project.created_by, timezone.now())
    (title, changes) = next(iter(compare(old, new).tables))
    assert (title, [(row.key, row.old is None) for row in changes]) == (
        "Measurable goals", [("平均处置时间", False), ("满意度", True)],
    )  # fmt: skip
    assert compare(old, old).tables == ()
    page = client.get(f"/projects/{project.ref}/versions/").content.decode()
    assert "目标值: 20 分钟" in page


def test_check_page_shows_the_tables_and_what_is_required_later(client, settings):
    settings.LANGUAGE_CODE = "en"
    project = full()
    save(project, "needs", users_estimate="")
    client.force_login(project.created_by)
    page = client.get(f"/projects/{project.ref}/check/").content.decode()
    assert all(word in page for word in ("雨量实况", "平均处置时间", "市气象局", "own 范围", "Required later"))
    assert "required before acceptance" in page
