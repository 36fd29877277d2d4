"""Every row of the table of required facts: present, no gap; absent, exactly that gap, and from its state on."""

import pytest
from django.core.exceptions import ValidationError

from portfolio.models import Capability, CapabilityNode
from projects import sections, services
from projects.models import BudgetLine, DataRequest, Document, FundScope, PerformanceGoal, Project, ProposedCapability
from projects.queries import load_parts
from projects.report import requirements_markdown
from projects.sections.requirements import ORDER, Severity
from projects.states import State
from tests.projects.making import (
    GOAL,
    NONE_OF_THEM,
    REQUEST,
    complete,
    force_state,
    line_row,
    make_department,
    make_project,
    make_system,
)

pytestmark = pytest.mark.django_db
COLUMNS = [row.code for row in sections.REQUIRED if row.check is None]
OTHERS = {
    # their gaps are tested beside the requirement table
    row.code
    for row in sections.REQUIRED
    if row.check is not None and row.check.__module__ == "projects.sections.tracing"
}


def save(project, section, **data):
    """Save as the unit."""
    services.save_section(
        project_id=project.pk, actor=project.created_by, section=section, data=data, expected_revision=None
    )


def found(project, state=State.APPROVED):
    """Codes of the rows with a gap, once each, in the order of the page."""
    return list(dict.fromkeys(gap.row for gap in sections.gaps(Project.objects.get(pk=project.pk), state)))


def clear(project, name):
    """Take the value of a column away, past the form."""
    column = Project._meta.get_field(name)
    empty = None if column.null else ""
    Project.objects.filter(pk=project.pk).update(**{name: empty})


def partner(project, **more):
    """A row of the list of partners."""
    code = project.capabilities.get().code
    return {"department": make_department("市气象局"), "scope": "监测", "capabilities": [code], "amount": None, **more}


def mandatory(project):
    """A platform that must be reused, on the node of the project's one capability."""
    CapabilityNode.objects.filter(code="F02").update(reuse_mandatory=True)
    system = make_system(project.department, build_mode="unified")
    Capability.objects.create(system=system, code="U-1", text="调度", taxonomy=CapabilityNode.objects.get(code="F02"))
    return system


def two_sources(project):
    """A second source of funds."""
    BudgetLine.objects.filter(project=project, category="cloud").update(fund_source="own")


# Row → what takes the fact away from a complete proposal.
BREAKS = {
    "overview.plan_items": lambda project: clear(project, "out_of_plan_reason"),
    "overview.article3": lambda project: save(project, "overview", article3={"city_wide": True}),
    "overview.article3_reason": lambda project: save(
        project, "overview", article3={**NONE_OF_THEM, "city_wide": True, "line_business": False}
    ),
    "overview.partners": lambda project: save(project, "overview", partners=[partner(project, scope="")]),
    "overview.partners_overlap": lambda project: save(
        project, "overview", partners=[partner(project), partner(project)]
    ),
    "overview.partners_amount": lambda project: save(project, "overview", partners=[partner(project, amount="150.51")]),
    "solution.capabilities": None,  # see below: the money is not mapped any more, either
    "solution.capability_text": lambda project: ProposedCapability.objects.update(text=" "),
    "solution.capability_domain": lambda project: ProposedCapability.objects.update(domain=None),
    "solution.capability_object": lambda project: ProposedCapability.objects.update(service_object=""),
    "solution.reuse": mandatory,
    "resources.data_requests": lambda project: save(project, "resources", data_requests=[]),
    "resources.data_requests_none": lambda project: save(project, "resources", no_data_needed=True),
    "resources.data_requests_complete": lambda project: DataRequest.objects.update(legal_basis=" "),
    "resources.channels": lambda project: DataRequest.objects.update(channel="private"),
    "management.goals": lambda project: save(project, "management", goals=[]),
    "management.goals_complete": lambda project: PerformanceGoal.objects.update(base=""),
    "budget.lines": lambda project: save(project, "budget", lines=[]),
    "budget.fund_source": lambda project: BudgetLine.objects.filter(category="cloud").update(fund_source=""),
    "budget.mapping": lambda project: BudgetLine.objects.update(capability=None),
    "budget.fund_scopes": two_sources,
    "attachments.plan": lambda project: Document.objects.filter(kind="plan").delete(),
    "attachments.basis": lambda project: Document.objects.filter(kind="basis").delete(),
    "attachments.crypto_plan": None,
    "attachments.level_report": None,
}


def test_every_row_is_broken_here():
    assert {*BREAKS, *COLUMNS, *OTHERS} == {row.code for row in sections.REQUIRED}
    assert len({row.code for row in sections.REQUIRED}) == len(sections.REQUIRED)


@pytest.mark.parametrize("code", [code for code in BREAKS if BREAKS[code]])
def test_absent_part_is_exactly_one_gap(code):
    project = complete(make_project())
    assert found(project) == []
    BREAKS[code](project)
    row = next(row for row in sections.REQUIRED if row.code == code)
    gaps = sections.gaps(Project.objects.get(pk=project.pk), State.APPROVED)
    assert {gap.row for gap in gaps} - OTHERS == {code}
    gap = next(gap for gap in gaps if gap.row == code)
    assert (gap.section, gap.problem) == (row.section, row.severity is Severity.PROBLEM)


@pytest.mark.parametrize("code", [code for code in COLUMNS if code not in {"overview.predecessor", "overview.kind"}])
def test_absent_column_is_exactly_one_gap(code):
    project = complete(make_project())
    clear(project, code.partition(".")[2])
    assert found(project) == [code]


def test_level_three_asks_for_two_papers_one_of_them_later():
    project = complete(make_project())
    save(project, "security", mlps_level=3)
    assert found(project, State.ENDORSEMENT) == ["attachments.crypto_plan"]
    assert set(found(project, State.DECISION)) == {"attachments.crypto_plan"}
    assert set(found(project, State.APPROVED)) == {"attachments.crypto_plan", "attachments.level_report"}


def test_no_capability_is_named_beside_the_money_that_is_loose_then():
    project = complete(make_project())
    save(project, "solution", capabilities=[])
    assert set(found(project)) - OTHERS == {"solution.capabilities", "budget.mapping"}


def test_later_states_ask_for_more_and_never_for_less():
    project = make_project()
    asked = [{row.code for row in sections.asked_of(project, state)} for state in ORDER]
    assert all(early <= late for early, late in zip(asked, asked[1:], strict=False))
    assert asked[0] == set()


def test_users_are_required_before_acceptance_of_a_build_only():
    project = complete(make_project())
    clear(project, "users_estimate")
    assert found(project, State.ENDORSEMENT) == []
    assert [(row.code, gap.field) for row, gap in sections.later_gaps(Project.objects.get(pk=project.pk))] == [
        ("needs.users_estimate", "users_estimate")
    ]
    assert found(project, State.SCREENING) == ["needs.users_estimate"]
    save(project, "overview", kind="om", predecessor=make_system(project.department))
    assert found(project, State.SCREENING) == []


def test_each_condition_is_about_the_proposal():
    project = complete(make_project())
    save(project, "resources", no_data_needed=True, data_needs="", data_requests=[])
    assert found(project) == []
    save(project, "resources", no_data_needed=False, data_needs="气象", data_requests=[REQUEST])
    assert found(project) == []


def test_repaired_parts_leave_no_gap():
    project = complete(make_project())
    system = mandatory(project)
    save(project, "solution", reuse=[{"component": system.code, "choice": "exempt", "reason": "专网隔离"}])
    two_sources(project)
    scopes = [{"fund_source": name, "scope": "开发"} for name in ("municipal", "own")]
    save(project, "budget", fund_scopes=scopes)
    save(project, "overview", partners=[partner(project, amount="10")])
    assert found(project) == []
    assert FundScope.objects.count() == 2


def test_registry_counts_for_nobody_who_has_submitted():
    project = complete(make_project())
    system = mandatory(project)
    assert found(project) == ["solution.reuse"]
    project = force_state(project, State.INTAKE)
    assert found(project) == []
    project = force_state(project, State.CORRECTION)
    assert found(project) == ["solution.reuse"]
    type(system).objects.filter(pk=system.pk).update(status="retired")
    assert found(project) == []


def test_stages_count_what_is_asked_and_name_what_is_missing():
    project = complete(make_project())
    save(project, "security", mlps_level=3)
    clear(project, "users_estimate")
    stages = {stage.state: stage for stage in sections.stages(load_parts(Project.objects.get(pk=project.pk)))}
    assert [len(stage.missing) for stage in stages.values()] == [1, 1, 1]
    assert stages[State.SCREENING].asked == stages[State.APPROVED].asked == 1


def test_table_is_read_without_a_query(django_assert_num_queries):
    project = load_parts(complete(make_project()))
    with django_assert_num_queries(0):
        sections.stages(project)
        sections.status(project)


def test_document_lists_every_row():
    text = requirements_markdown()
    assert all(f"| `{row.fact}` |" in text for row in sections.REQUIRED)
    assert text.count("\n| ") >= len(sections.REQUIRED)


def test_unknown_list_or_column_is_refused():
    project = make_project()
    with pytest.raises(KeyError):
        save(project, "unit", goals=[GOAL])
    with pytest.raises(ValidationError):
        save(project, "management", goals=[{"name": ""}])
    assert not project.goals.exists()


def test_software_line_without_its_own_source_is_named():
    project = complete(make_project())
    code = project.capabilities.get().code
    save(project, "budget", lines=[line_row(capability=code), line_row(name="二", capability=code, fund_source="")])
    assert found(project) == ["budget.fund_source"]
