"""Signs of split projects and double budgets: stored with the run, shown to the desk, noted, remembered."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from accounts.roles import Role
from portfolio.contracts import save_contract
from portfolio.models import MaintenanceContract
from portfolio.queries import running_contracts
from projects.models import BudgetLine, CostHint
from projects.sections import section_hashes, section_snapshot
from projects.services import save_budget
from projects.services.hints import note_hint
from projects.states import HintKind, State
from tests.accounts.people import make_department, make_person
from tests.projects import making
from tests.projects.screening_rows import (
    make_inventory,
    make_policies,
    make_project,
    make_version,
    make_version_again,
    screened,
)

pytestmark = pytest.mark.django_db
TITLE = "校车安全运行监测平台"
YEAR = {"period_from": "2026-01", "period_to": "2026-12"}


@pytest.fixture
def manager():
    """Policies, a registry, and who manages it."""
    make_policies()
    make_inventory()
    return make_person("manager", Role.MANAGER, department=make_department("M01"))


def two_halves(**more):
    """Two proposals of one unit, each just under 100 万元."""
    unit = make_department("D1", name="教育局")
    first = make_project("P1", [("校车行驶轨迹监控", 98)], department=unit, title=f"{TITLE}（一期）", **more)
    second = make_project("P2", [("家长接送通知", 99)], department=unit, title=f"{TITLE}（二期）", **more)
    return first, second


def kinds(project):
    return {(hint.kind, getattr(hint.other_project, "ref", "")) for hint in project.hints.filter(is_current=True)}


def contract(system, **more):
    values = {
        "number": "YW-1", "vendor": "云海数科", "starts_on": date(2020, 1, 1), "ends_on": date(2099, 12, 31),
        "yearly_amount": Decimal("60.00"), "scope": "诱导屏联网维护、同城容灾备份", **more,
    }  # fmt: skip
    return MaintenanceContract.objects.create(system=system, **values)


# --- with the run -----------------------------------------------------------------------------------------------------


def test_split_under_a_tier_is_stored_with_both_titles_and_the_limit(manager):
    first, second = two_halves()
    screened(first)
    hint = first.hints.get()
    assert (hint.kind, hint.other_project, hint.limit, hint.money) == (
        HintKind.SPLIT, second, Decimal("100.00"), Decimal("197.00"),
    )  # fmt: skip
    assert (hint.pairs[0]["mine"], hint.pairs[0]["theirs"]) == (first.title, second.title)


def test_vendor_and_months_of_the_lines_are_compared(manager):
    unit = make_department("D1")
    first, second = (
        make_project(ref, [(text, 30)], department=unit) for ref, text in (("P1", "校车登记"), ("P2", "公园预约"))
    )
    for project, name in ((first, "外呼坐席"), (second, "语音质检")):
        BudgetLine.objects.create(project=project, name=name, amount=20, vendor="云海数科", **YEAR)
        make_version(project)
    screened(first)
    assert kinds(first) == {("same_vendor_period", "P2")}


def test_running_contract_of_the_unit_and_not_one_that_has_ended(manager):
    project = make_project("P1", [("诱导屏联网", 30)])
    system = making.make_system(project.department, "S9", name="停车平台")
    ended = contract(system, ends_on=date(2021, 1, 1))
    screened(project)
    assert kinds(project) == set()
    ended.ends_on = date(2099, 1, 1)
    ended.save()
    screened(project)
    hint = project.hints.get(is_current=True)
    assert (hint.kind, hint.contract["number"], hint.contract["code"]) == ("running_contract", "YW-1", "S9")
    assert [one.number for one in running_contracts(date(2020, 1, 1))] == ["YW-1"]
    assert running_contracts(date(2019, 12, 31)) == []


def test_hints_do_not_block(manager):
    first, _second = two_halves()
    run = screened(first)
    assert run.status == "succeeded"
    assert not first.findings.filter(is_current=True, band__in=("red", "amber")).exists()


def test_note_stays_while_the_hint_is_the_same(manager):
    first, _second = two_halves()
    screened(first)
    note_hint(hint_id=first.hints.get().pk, actor=manager, text="两期分年实施，已列入规划")
    screened(first)
    assert first.hints.get(is_current=True).note == "两期分年实施，已列入规划"
    make_version_again(first, [("校车行驶轨迹监控", 97)])
    screened(first)
    assert first.hints.get(is_current=True).noted_at is None


def test_only_a_manager_notes_and_not_a_novel(manager):
    first, _second = two_halves()
    screened(first)
    planner = make_person("planner", Role.PLANNER, department=manager.department)
    with pytest.raises(PermissionDenied):
        note_hint(hint_id=first.hints.get().pk, actor=planner)
    with pytest.raises(ValidationError):
        note_hint(hint_id=first.hints.get().pk, actor=manager, text="长" * 1001)


# --- the page ---------------------------------------------------------------------------------------------------------


def test_desk_sees_the_hint_on_both_cases_and_the_unit_does_not(manager, client):
    first, second = two_halves(state=State.ADJUDICATION)
    screened(first)
    client.force_login(manager)
    page = client.get(reverse("approvals:compare", args=["P1"]))
    assert [shown.hint.kind for shown in page.context["hints"]] == ["split_under_tier"]
    assert "100.00" in page.content.decode()
    turned = client.get(reverse("approvals:compare", args=["P2"])).context["hints"][0]
    assert (turned.is_own, turned.pairs[0]["mine"], turned.other) == (False, second.title, first)
    client.force_login(make_person("clerk", Role.APPLICANT, department=first.department))
    assert client.get(reverse("approvals:compare", args=["P1"])).context["hints"] == []


def test_marking_as_seen(manager, client):
    first, _second = two_halves(state=State.ADJUDICATION)
    screened(first)
    client.force_login(manager)
    address = reverse("projects:note_hint", args=["P1", first.hints.get().pk])
    assert client.post(address, {"note": "已核实"}).status_code == 302
    assert CostHint.objects.get().noted_by == manager
    assert "已核实" in client.get(reverse("approvals:compare", args=["P1"])).content.decode()
    assert client.post(reverse("projects:note_hint", args=["P2", first.hints.get().pk])).status_code == 404


# --- budget lines -----------------------------------------------------------------------------------------------------


def save(project, **details):
    return save_budget(
        project_id=project.pk, actor=project.created_by, rows=[making.line_row(**details)], expected_revision=None
    )


def test_details_of_a_line_are_saved_frozen_and_left_out_when_empty():
    project = making.make_project()
    save(project)
    before = section_snapshot(project)
    assert set(before["budget"]["lines"][0]) == {"name", "amount", "category", "capability", "fund_source"}
    save(project, vendor=" 云海数科 ", site="市民中心机房", **YEAR)
    after = section_snapshot(type(project).objects.get(pk=project.pk))
    line = after["budget"]["lines"][0]
    assert (line["vendor"], line["site"], line["period_to"]) == ("云海数科", "市民中心机房", "2026-12")
    assert section_hashes(before)["budget"] != section_hashes(after)["budget"]


@pytest.mark.parametrize(
    "wrong", [{"period_from": "2026-13"}, {"vendor": "长" * 121}, {"period_from": "2026-05", "period_to": "2026-04"}]
)
def test_wrong_details_are_refused(wrong):
    project = making.make_project()
    with pytest.raises(ValidationError):
        save(project, **wrong)


# --- contracts --------------------------------------------------------------------------------------------------------


def test_steward_registers_and_changes_a_contract(client):
    steward = make_person("steward", Role.STEWARD, department=make_department("M01"))
    system = making.make_system(steward.department, "S9")
    client.force_login(steward)
    sent = {
        "number": "YW-1", "vendor": "云海数科", "starts_on": "2026-01-01", "ends_on": "2026-12-31",
        "yearly_amount": "60.50", "scope": "容灾备份",
    }  # fmt: skip
    assert client.post(reverse("portfolio:new_contract", args=["S9"]), sent).status_code == 302
    row = system.contracts.get()
    assert "YW-1" in client.get(reverse("portfolio:system", args=["S9"])).content.decode()
    address = reverse("portfolio:edit_contract", args=["S9", row.pk])
    assert client.post(address, {**sent, "ends_on": "2025-12-31"}).context["form"].errors.keys() == {"ends_on"}
    assert client.post(address, {**sent, "vendor": "海川"}).status_code == 302
    assert client.post(reverse("portfolio:new_contract", args=["S9"]), sent).context["form"].errors.keys() == {"number"}
    assert [one.vendor for one in system.contracts.all()] == ["海川"]
    assert client.get(reverse("portfolio:edit_contract", args=["S9", row.pk + 1])).status_code == 404


def test_nobody_else_writes_contracts(manager):
    system = making.make_system(manager.department, "S9")
    with pytest.raises(PermissionDenied):
        save_contract(actor=manager, system_id=system.pk, values={})
