"""Joint projects: partners, their scopes, their money; and sources of funds with their scopes."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from projects import queries, sections, services
from projects.models import Project
from projects.sections import parts
from tests.projects.making import capability_row, complete, line_row, make_department, make_project, trace_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def project():
    """A complete proposal with three capabilities."""
    made = complete(make_project())
    rows = [capability_row(text=text) for text in ("甲", "乙", "丙")]
    save(made, "solution", capabilities=rows)
    codes = list(made.capabilities.values_list("code", flat=True))
    save(made, "budget", lines=[line_row(name=code, capability=code, amount=Decimal(50)) for code in codes])
    trace_all(made, made.created_by)
    return made


def save(project, section, **data):
    """Save as the unit."""
    services.save_section(
        project_id=project.pk, actor=project.created_by, section=section, data=data, expected_revision=None
    )


def gaps(project):
    """Messages by row."""
    with translation.override("en"):
        found = sections.gaps(Project.objects.get(pk=project.pk))
        return {gap.row: gap.message for gap in found}


def row(department, *codes, **more):
    """One partner."""
    return {"department": department, "scope": "一部分", "capabilities": codes, "amount": None, **more}


def test_partners_of_their_own_parts_leave_no_gap_and_make_it_joint(project):
    first, second, _third = project.capabilities.values_list("code", flat=True)
    water, health = make_department("市水务局"), make_department("市卫健委")
    save(project, "overview", partners=[row(water, first, amount="75.00"), row(health, second, amount="75")])
    assert gaps(project) == {}
    assert queries.facts(Project.objects.get(pk=project.pk))["joint"]
    save(project, "overview", partners=[row(health, second)])
    assert [partner.department for partner in project.partners.all()] == [health]


def test_overlap_is_named_with_both_partners(project):
    first = project.capabilities.first().code
    water, health = make_department("市水务局"), make_department("市卫健委")
    save(project, "overview", partners=[row(water, first), row(health, first)])
    message = gaps(project)["overview.partners_overlap"]
    assert all(word in message for word in (first, "市水务局", "市卫健委"))


@pytest.mark.parametrize(("amount", "is_over"), [("150.00", False), ("150.01", True)])
def test_partners_spend_at_most_the_estimate(project, amount, is_over):
    first = project.capabilities.first().code
    save(project, "overview", partners=[row(make_department("市水务局"), first, amount=amount)])
    assert ("overview.partners_amount" in gaps(project)) is is_over


@pytest.mark.parametrize("more", [{"scope": " "}, {"capabilities": ()}])
def test_partner_without_scope_or_capability_is_a_gap(project, more):
    first = project.capabilities.first().code
    save(project, "overview", partners=[{**row(make_department("市水务局"), first), **more}])
    assert "市水务局" in gaps(project)["overview.partners"]


def test_unit_is_no_partner_of_itself_or_twice(project):
    water = make_department("市水务局")
    for rows in ([row(project.department)], [row(water), row(water)]):
        with pytest.raises(ValidationError):
            save(project, "overview", partners=rows)
    with pytest.raises(ValidationError):
        save(project, "overview", partners=[row(water, "P99-01")])
    assert not project.partners.exists()


@given(split=st.lists(st.sets(st.integers(0, 5)), min_size=1, max_size=5))
def test_overlap_is_found_exactly_where_two_partners_share_a_capability(split):
    class Rows(list):
        def all(self):
            return self

    class Named:
        def __init__(self, **values):
            self.__dict__.update(values)

    def partner(number, owned):
        capabilities = Rows(Named(pk=pk, code=str(pk)) for pk in sorted(owned))
        return Named(department=Named(label=str(number)), capabilities=capabilities)

    project = Named(partners=Rows(partner(number, owned) for number, owned in enumerate(split)))
    found = {gap.message for gap in parts.partners_do_not_overlap(project)}
    shared = sum(len(owned) for owned in split) > len(set().union(*split))
    assert bool(found) is shared


def test_scopes_are_asked_for_where_several_sources_pay(project):
    lines = [line_row(name="甲", capability=project.capabilities.first().code)]
    save(project, "budget", lines=[*lines, line_row(name="云", category="cloud", fund_source="superior", amount=30)])
    assert "budget.fund_scopes" in gaps(project)
    amounts = sections.fund_amounts(Project.objects.get(pk=project.pk))
    assert amounts == {"municipal": Decimal("120.00"), "superior": Decimal("30.00")}
    wanted = [{"fund_source": source, "scope": "开发", "document": "文件"} for source in (*amounts, "own")]
    save(project, "budget", fund_scopes=wanted)
    assert "budget.fund_scopes" not in gaps(project)
    assert [scope.fund_source for scope in project.fund_scopes.all()] == ["municipal", "superior"]
    save(project, "budget", lines=lines, fund_scopes=wanted)
    assert not project.fund_scopes.exists()
