"""What is missing, what is frozen, and how much is done."""

from decimal import Decimal

import pytest
from django.utils import timezone, translation

from projects import sections, services
from projects.models import BudgetLine, Project
from projects.queries import load_parts
from projects.states import State
from tests.projects.making import (
    capability_row,
    complete,
    line_row,
    make_plan_item,
    make_project,
    make_system,
    make_taxonomy,
)

pytestmark = pytest.mark.django_db


def missing(project):
    """Gaps as (section, field)."""
    return {(gap.section, gap.field) for gap in sections.gaps(Project.objects.get(pk=project.pk))}


def save(project, section, **values):
    """Save some columns as the unit."""
    services.save_section(
        project_id=project.pk, actor=project.created_by, section=section, data=values, expected_revision=None
    )


def test_sections_are_the_nine_chapters():
    assert [section.number for section in sections.SECTIONS] == list(range(1, 10))
    assert sections.CODES == (
        "overview",
        "unit",
        "needs",
        "solution",
        "resources",
        "security",
        "management",
        "budget",
        "attachments",
    )


def test_section_columns_exist_and_belong_to_one_section():
    names = [name for section in sections.SECTIONS for name in section.fields]
    assert len(names) == len(set(names))
    assert {field.name for field in Project._meta.get_fields()} >= set(names)
    assert all(row.check or row.fact in sections.section_of(row.section).fields for row in sections.REQUIRED)


def test_empty_draft_misses_every_required_text():
    project = make_project()
    columns = {(row.section, row.fact) for row in sections.asked_of(project, State.ENDORSEMENT) if row.check is None}
    lists = {("overview", "plan_items"), ("overview", "article3"), ("solution", "capabilities"), ("budget", "lines")}
    lists |= {
        ("resources", "data_requests"),
        ("management", "goals"),
        ("attachments", "plan"),
        ("attachments", "basis"),
    }
    assert missing(project) == (columns - {("overview", "title"), ("overview", "kind")}) | lists


def test_complete_proposal_misses_nothing():
    assert missing(complete(make_project())) == set()


def test_blank_text_does_not_count():
    project = complete(make_project())
    Project.objects.filter(pk=project.pk).update(necessity="  \n ")
    assert missing(project) == {("needs", "necessity")}


def test_zero_level_counts_as_filled_in():
    project = complete(make_project())
    save(project, "security", mlps_level=0)
    assert missing(project) == set()


@pytest.mark.parametrize("kind", ["upgrade", "om"])
def test_follow_on_project_names_its_predecessor(kind):
    project = complete(make_project())
    save(project, "overview", kind=kind)
    assert missing(project) == {("overview", "predecessor")}
    save(project, "overview", predecessor=make_system(project.department))
    assert missing(project) == set()


def test_plan_item_or_reason_is_needed():
    project = complete(make_project())
    save(project, "overview", out_of_plan_reason="")
    assert missing(project) == {("overview", "plan_items")}
    save(project, "overview", plan_items=[make_plan_item()])
    assert missing(project) == set()


@pytest.mark.parametrize("column", ["domain", "service_object"])
def test_capability_needs_domain_and_object(column):
    project = complete(make_project())
    row = capability_row(code=project.capabilities.get().code, **{column: None if column == "domain" else ""})
    services.save_capabilities(project_id=project.pk, actor=project.created_by, rows=[row], expected_revision=None)
    assert missing(project) == {("solution", project.capabilities.get().code)}


def test_capability_without_node_is_advice_only():
    project = complete(make_project())
    row = capability_row(code=project.capabilities.get().code, taxonomy=None)
    services.save_capabilities(project_id=project.pk, actor=project.created_by, rows=[row], expected_revision=None)
    assert missing(project) == set()
    assert [gap.section for gap in sections.advice(Project.objects.get(pk=project.pk))] == ["solution"]


def test_line_needs_source_of_funds():
    project = complete(make_project())
    BudgetLine.objects.filter(name="云资源").update(fund_source="")
    assert missing(project) == {("budget", "lines")}


@pytest.mark.parametrize(("loose", "blocks"), [("10.00", False), ("10.01", True), ("90.00", True)])
def test_unmapped_software_money_above_a_tenth_blocks(loose, blocks):
    project = complete(make_project())
    code = project.capabilities.get().code
    rows = [line_row(amount=100 - Decimal(loose), capability=code), line_row(name="其他", amount=Decimal(loose))]
    services.save_budget(project_id=project.pk, actor=project.created_by, rows=rows, expected_revision=None)
    found = sections.gaps(Project.objects.get(pk=project.pk))
    assert [(gap.section, gap.problem) for gap in found] == ([("budget", True)] if blocks else [])


def test_unmapped_share_comes_from_the_policy_row():
    from planning.services import set_policy

    project = complete(make_project())
    rows = [line_row(amount=Decimal(60), capability=project.capabilities.get().code), line_row(amount=Decimal(40))]
    services.save_budget(project_id=project.pk, actor=project.created_by, rows=rows, expected_revision=None)
    assert missing(project) == {("budget", "lines")}
    set_policy(key="bands", value={"red": 0.7, "amber": 0.3, "mapped": 0.5}, source="test")
    assert missing(project) == set()


def test_level_three_needs_a_cryptography_plan():
    project = complete(make_project())
    save(project, "security", mlps_level=3)
    assert missing(project) == {("attachments", "crypto_plan")}


def test_status_moves_from_not_started_to_complete():
    project = make_project()
    before = sections.status(project)
    assert (before.done, before.total) == (0, 9)
    assert {row.status for row in before.sections} == {sections.Status.NOT_STARTED}
    save(project, "unit", unit_duties="水务管理")
    row = sections.status(Project.objects.get(pk=project.pk)).sections[1]
    assert row.status is sections.Status.IN_PROGRESS
    after = sections.status(complete(project))
    assert (after.done, after.gaps, after.open_numbers) == (9, [], [])


def test_contradiction_makes_a_section_a_problem():
    project = complete(make_project())
    services.save_budget(project_id=project.pk, actor=project.created_by, rows=[line_row()], expected_revision=None)
    rows = {row.section.code: row.status for row in sections.status(Project.objects.get(pk=project.pk)).sections}
    assert rows["budget"] is sections.Status.PROBLEM


def test_gaps_speak_the_language_of_the_page():
    project = make_project()
    with translation.override("en"):
        messages = [gap.message for gap in sections.gaps(project)]
    assert "There is no capability yet." in messages


def test_snapshot_holds_rows_under_their_section():
    project = complete(make_project())
    snapshot = sections.section_snapshot(load_parts(project))
    node, domain = make_taxonomy()
    assert set(snapshot) == set(sections.CODES)
    assert snapshot["solution"]["capabilities"] == [
        {"code": f"{project.ref}-01", "text": "调度抢险队伍", "taxonomy": "F02", "domain": "BD15", "object": "跨部门"}
    ]
    assert snapshot["budget"]["lines"][0] == {
        "name": "调度模块开发",
        "amount": "120.00",
        "category": "software",
        "capability": f"{project.ref}-01",
        "fund_source": "municipal",
    }
    assert [row["kind"] for row in snapshot["attachments"]["documents"]] == ["basis", "plan"]
    assert (snapshot["overview"]["predecessor"], snapshot["unit"]["department"]) == (None, project.department.code)


def test_hashes_change_for_the_section_that_changed_and_no_other():
    project = complete(make_project())
    before = sections.section_hashes(sections.section_snapshot(project))
    save(project, "security", security_plan="按三级防护")
    after = sections.section_hashes(sections.section_snapshot(Project.objects.get(pk=project.pk)))
    assert {code for code in sections.CODES if before[code] != after[code]} == {"security"}


def test_hash_does_not_depend_on_the_order_of_keys():
    assert sections.digest_of({"a": 1, "b": "水"}) == sections.digest_of({"b": "水", "a": 1})
    assert sections.canonical({"b": "水", "a": None}) == '{"a":null,"b":"水"}'


def test_snapshot_survives_the_database():
    project = complete(make_project())
    version = services.take_snapshot(project, project.created_by, timezone.now())
    version.refresh_from_db()
    assert version.digest == sections.digest_of(version.snapshot)
    assert version.sections == sections.section_hashes(version.snapshot)
    assert (version.number, version.amount) == (1, Decimal("150.50"))
    assert services.take_snapshot(project, project.created_by, timezone.now()).number == 2


def test_gaps_query_count_does_not_grow(django_assert_num_queries):
    project = load_parts(complete(make_project()))
    with django_assert_num_queries(0):
        sections.status(project)
