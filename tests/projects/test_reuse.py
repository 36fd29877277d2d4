"""Which common components a proposal has to declare on, and what it may declare."""

import pytest
from django.core.exceptions import ValidationError

from portfolio.models import Capability, CapabilityNode
from projects import sections, services
from projects.models import Project
from projects.queries import load_parts
from tests.projects.making import capability_row, complete, make_department, make_project, make_system

pytestmark = pytest.mark.django_db


def node(code, *, mandatory=True):
    """A leaf of the tree."""
    made, _new = CapabilityNode.objects.get_or_create(code=code, defaults={"name": code, "reuse_mandatory": mandatory})
    return made


def platform(code, *nodes, **more):
    """A unified system in operation that offers something on each node."""
    system = make_system(make_department(), code, **{"build_mode": "unified", **more})
    for leaf in nodes:
        Capability.objects.create(system=system, code=f"{code}-{leaf.code}", text=leaf.code, taxonomy=leaf)
    return system


def proposing(*leaves, **security):
    """A complete proposal with a capability on each leaf."""
    project = complete(make_project())
    keys = {"project_id": project.pk, "actor": project.created_by, "expected_revision": None}
    rows = [capability_row(text=leaf.code, taxonomy=leaf) for leaf in leaves]
    services.save_section(section="solution", data={"capabilities": rows}, **keys)
    services.save_section(section="security", data=security, **keys)
    return Project.objects.get(pk=project.pk)


def needed(project):
    """Codes of the components."""
    return [system.code for system in sections.mandatory_components(project)]


def declare(project, *rows):
    """Save the declarations."""
    services.save_section(
        project_id=project.pk, actor=project.created_by, section="solution", data={"reuse": rows},
        expected_revision=None,
    )  # fmt: skip


def test_components_are_those_of_the_nodes_that_must_be_reused():
    a06, b09, free = node("A06"), node("B09"), node("K01", mandatory=False)
    platform("S1", a06)
    platform("S2", b09)
    platform("S3", free)
    platform("S4", a06, build_mode="departmental")
    platform("S5", a06, status="retired")
    platform("S6", a06, status="approved_not_built")
    assert needed(proposing(a06, free)) == ["S1"]
    assert needed(proposing(free)) == []


def test_family_of_the_node_and_a_mobile_front_end_count():
    a06, d04, b02 = node("A06"), node("D04"), node("B02")
    platform("S1", a06)
    platform("S2", d04)
    platform("S3", b02)
    assert needed(proposing(d04)) == ["S1", "S2"]
    assert needed(proposing(node("K01", mandatory=False), mobile=True)) == ["S3"]


def test_operation_and_maintenance_declares_nothing():
    a06 = node("A06")
    platform("S1", a06)
    project = proposing(a06)
    assert needed(project) == ["S1"]
    project.kind = "om"
    assert needed(project) == []


@pytest.mark.parametrize(
    ("choice", "reason", "complete_"),
    [("", "", False), ("reuse", "", True), ("not_needed", "", False), ("not_needed", "只读", True),
     ("exempt", " ", False), ("exempt", "专网隔离", True)],
)  # fmt: skip
def test_not_using_a_component_has_a_reason(choice, reason, complete_):
    a06 = node("A06")
    system = platform("S1", a06)
    project = proposing(a06)
    declare(project, {"component": "S1", "choice": choice, "reason": reason})
    rows = [gap.row for gap in sections.gaps(Project.objects.get(pk=project.pk))]
    assert ("solution.reuse" not in rows) is complete_
    assert project.reuse_declarations.get().component == system


def test_row_on_another_component_is_left_out_and_a_choice_is_one_of_the_list():
    a06, b09 = node("A06"), node("B09")
    platform("S1", a06)
    platform("S2", b09)
    project = proposing(a06)
    declare(project, {"component": "S2", "choice": "reuse"}, {"component": "S1", "choice": "reuse"})
    assert [row.component.code for row in project.reuse_declarations.all()] == ["S1"]
    with pytest.raises(ValidationError):
        declare(project, {"component": "S1", "choice": "never"})


def test_components_of_a_loaded_proposal_cost_no_query(django_assert_num_queries):
    a06 = node("A06")
    platform("S1", a06)
    project = load_parts(proposing(a06))
    with django_assert_num_queries(0):
        assert needed(project) == ["S1"]
