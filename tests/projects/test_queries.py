"""Who may know of which proposal, what is open, and what a proposal says about itself."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from accounts.models import Assignment
from accounts.roles import Role
from portfolio.models import CapabilityNode
from projects import queries, services
from projects.models import Finding, Project
from projects.states import State
from standards.applicability import applies
from standards.facts import FACTS
from tests.projects.making import (
    capability_row,
    complete,
    force_state,
    line_row,
    make_department,
    make_finding,
    make_person,
    make_project,
    make_round,
    make_system,
)

pytestmark = pytest.mark.django_db
DESK = {
    *(Role.INTAKE, Role.PLANNER, Role.REQUIREMENTS, Role.STANDARDS),
    *(Role.MANAGER, Role.APPROVER, Role.AUDITOR, Role.FINANCE),
}


def refs(user):
    """What the user may know of."""
    return set(queries.visible_to(user).values_list("ref", flat=True))


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SYSTEM])
def test_visibility_of_another_units_draft_and_submission(role):
    draft, submitted = make_project(), force_state(make_project(), State.REVIEW)
    user = make_person(role, make_department("市数据局"))
    expected = {submitted.ref} if role in DESK else set()
    assert refs(user) == (expected | {draft.ref} if role is Role.AUDITOR else expected)


def test_visibility_of_own_and_subordinate_units():
    above = make_department("市水务局")
    below = make_department("市排水中心", parent=above)
    actor = make_person(Role.APPLICANT, below)
    draft, submitted = make_project(actor), force_state(make_project(actor), State.ENDORSEMENT)
    assert refs(actor) == {draft.ref, submitted.ref}
    assert refs(make_person(Role.ENDORSER, above)) == {draft.ref, submitted.ref}
    assert refs(make_person(Role.APPLICANT, above)) == set()
    assert refs(make_person(Role.ENDORSER, make_department("市财政局"))) == set()


def test_inactive_mandate_sees_nothing():
    actor = make_person(Role.APPLICANT, make_department())
    make_project(actor)
    Assignment.objects.update(is_active=False)
    assert refs(type(actor).objects.get(pk=actor.pk)) == set()


def test_get_for_hides_first_and_forbids_then():
    project = make_project()
    with pytest.raises(Http404):
        queries.get_for(make_person(Role.PLANNER, make_department()), project.ref)
    with pytest.raises(Http404):
        queries.get_for(make_person(Role.APPLICANT, make_department()), project.ref, "projects.edit")
    endorser = make_person(Role.ENDORSER, project.department)
    assert queries.get_for(endorser, project.ref) == project
    with pytest.raises(PermissionDenied, match=r"projects\.edit"):
        queries.get_for(endorser, project.ref, "projects.edit")
    assert queries.get_for(project.created_by, project.ref, "projects.edit") == project
    with pytest.raises(KeyError):
        queries.get_for(project.created_by, project.ref, "projects.nonsense")


def test_amount_is_not_multiplied_by_joins():
    project = complete(make_project())
    services.save_capabilities(
        project_id=project.pk,
        actor=project.created_by,
        expected_revision=None,
        rows=[capability_row(code=project.capabilities.get().code), capability_row(text="乙")],
    )
    found = queries.visible_to(project.created_by).filter(capabilities__isnull=False).distinct().get()
    assert (found.amount, found.total) == (Decimal("150.50"), Decimal("150.50"))
    assert queries.visible_to(make_project().created_by).get().amount == 0


def test_narrow_by_every_criterion():
    actor, old = make_person(Role.APPLICANT, make_department()), make_round("OLD")
    big = complete(make_project(actor, title="内涝 防治平台"))
    small = make_project(actor, title="公文系统", kind="om", round=old)
    rows = queries.visible_to(actor)

    def found(**criteria):
        return set(queries.narrow(rows, **criteria))

    assert found() == {big, small}
    assert found(q="内涝 平台") == found(q=big.ref.lower()) == found(kind="new") == found(amount="T2") == {big}
    assert found(q="水务局") == {big, small}
    assert found(round=old) == found(amount="T0") == found(kind="om") == {small}
    assert found(q="没有") == found(state="approved") == found(amount="T3") == set()


def test_tiers_touch_each_other_without_a_hole():
    tiers = queries.tiers()
    assert [tier.low for tier in tiers[1:]] == [tier.high for tier in tiers[:-1]]
    assert (tiers[0].low, tiers[-1].high) == (0, None)


def test_open_findings_are_those_that_block():
    project, other = make_project(), make_project()
    red = make_finding(project)
    for change in (
        {"band": "green"},
        {"relation": "related"},
        {"is_current": False},
        {"decision": "not_duplicate"},
        {"decision": "exception"},
    ):
        make_finding(project, **change)
    amber = make_finding(project, band="amber", relation="unified")
    against = make_finding(project, relation="same_round", other_project=other)
    assert queries.open_findings(project) == [red, amber, against]


@pytest.mark.parametrize(
    ("state", "stands"),
    [
        *(("review", True), ("approved", True), ("filed", True)),
        *(("rejected", False), ("withdrawn", False), ("merged", False)),
    ],
)
def test_finding_against_a_project_that_will_not_be_built_is_not_open(state, stands):
    project, other = make_project(), make_project()
    make_finding(project, relation="same_round", other_project=other)
    force_state(other, state)
    assert bool(queries.open_findings(project)) is stands


def test_cut_is_open_until_the_money_has_gone_down():
    project = make_project()
    cut = make_finding(project, decision="cut")
    assert queries.open_findings(project) == [cut]
    Finding.objects.filter(pk=cut.pk).update(prior_decision="cut", prior_money=Decimal(20))
    assert queries.open_findings(project) == []


def test_current_version_is_the_newest():
    project = make_project()
    assert queries.current_version(project) is None
    make_finding(project)
    make_finding(project)
    assert queries.current_version(project).number == 2


def test_facts_name_exactly_what_conditions_may_ask():
    said = queries.facts(make_project())
    assert set(said) == set(FACTS)
    assert all(FACTS[name].accepts(value) for name, value in said.items())
    unknown = {name: value for name, value in said.items() if value and name != "kind"}
    assert unknown == {}


def test_facts_follow_what_is_filled_in():
    project = complete(make_project())
    seal = CapabilityNode.objects.create(code="A05", name="电子印章")
    licence = CapabilityNode.objects.create(code="A06", name="电子证照")
    pay = CapabilityNode.objects.create(code="B10", name="公共支付")
    keys = {"project_id": project.pk, "actor": project.created_by, "expected_revision": None}
    rows = [capability_row(text=node.name, taxonomy=node) for node in (seal, licence, pay)]
    services.save_capabilities(rows=rows, **keys)
    lines = [line_row(), line_row(name="云", category="cloud", fund_source="own")]
    services.save_budget(rows=lines, **keys)
    shown = {"public_facing": True, "internet_facing": True}
    services.save_section(section="security", data={**shown, "mlps_level": 3, "mobile": True}, **keys)
    services.save_section(
        section="overview", data={"kind": "upgrade", "predecessor": make_system(project.department)}, **keys
    )
    make_finding(project)
    said = queries.facts(Project.objects.get(pk=project.pk))
    wanted = {
        "uses_seals",
        "uses_licences",
        "uses_payment",
        "multi_source",
        "cloud",
        "public_facing",
        "internet_facing",
        "mobile",
        "followup",
        "has_findings",
        "procurement",
        "software_dev",
        "handles_data",
        "shares_data",
        "supervision_required",
    }
    assert {name for name, value in said.items() if value is True} == wanted
    assert (said["kind"], said["mlps_level"], said["total_budget"]) == ("upgrade", 3, Decimal("240.00"))
    assert applies("mlps_level >= 3 and public_facing", said).applies


def test_list_query_count_does_not_grow(django_assert_num_queries):
    actor, this_round = make_person(Role.APPLICANT, make_department()), make_round()
    actor.mandates  # noqa: B018 - loaded once per request
    make_project(actor, round=this_round)
    for _ in range(2):
        with django_assert_num_queries(1):
            [(row.department.label, row.round.label, row.amount) for row in queries.visible_to(actor)]
        for _more in range(5):
            make_project(actor, round=this_round)
