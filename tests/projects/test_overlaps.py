"""The report on overlapping systems: made anew or kept, priced, dismissed, remembered, shown and downloaded."""

import csv
import io
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Department
from accounts.roles import Role
from planning.models import PolicyRow
from planning.services import set_policy
from portfolio.models import Capability, System
from projects.models import OverlapDismissal, OverlapReport, SystemOverlap
from projects.savings import Assumptions, saving
from projects.services.overlaps import dismiss_overlap, report_overlaps, revoke_dismissal
from tests.accounts.people import make_department, make_person
from tests.projects.screening_rows import FLOOD, make_policies, make_system

pytestmark = pytest.mark.django_db
MATTERS = (
    "养老床位轮候", "公园绿化古树名录", "图书借阅与通借通还", "体育社团年检", "窨井盖位移监测", "燃气钢瓶充装追溯", "地铁客流限流",
    "公交线网调整公示", "信访来信交办", "文物修缮审批",
)  # fmt: skip
PAGE = "/duplicates/overlaps/"


@pytest.fixture
def manager():
    """The policies, a registry with one flood-control system, and who manages it."""
    make_policies()
    unit = make_department("UX", name="市应急管理局")
    for number, text in enumerate(MATTERS):
        make_system(f"X{number}", text, department=unit, name=f"{text[:2]}平台")
    make_system("S1", FLOOD, department=unit, name="防汛防旱指挥调度系统", contact_name="刘向东")
    return make_person("manager", Role.MANAGER, department=make_department("M01"))


def make_twin(code="S2", **facts):
    """A second flood-control system of another unit."""
    costs = {"annual_om_cost": Decimal(40), "build_cost": Decimal(200)}
    return make_system(code, FLOOD, **{"name": "排涝指挥平台", **costs, **facts})


def the_row():
    return SystemOverlap.objects.get(report__succeeded=True, is_candidate=True)


# --- the estimate -----------------------------------------------------------------------------------------------------

ROW = {"min_share": "0.30", "om_saved": "0.60", "migration": "0.10", "years": 5}


def test_estimate_follows_the_formula_in_decimals():
    found = saving(Decimal("0.75"), Decimal("33.33"), Decimal("120.05"), Assumptions.of(ROW))
    assert (found.yearly, found.one_off, found.net) == (Decimal("15.00"), Decimal("12.01"), Decimal("62.99"))


def test_what_is_not_recorded_is_not_guessed():
    assumptions = Assumptions.of(ROW)
    assert saving(Decimal(1), None, Decimal(100), assumptions).net is None
    found = saving(Decimal(1), Decimal(10), None, assumptions)
    assert (found.yearly, found.one_off, found.net) == (Decimal("6.00"), None, None)


@pytest.mark.parametrize("wrong", [{"om_saved": "1.2"}, {"years": 0}, {"migration": None}, {"min_share": "x"}])
def test_wrong_policy_row_is_refused(wrong):
    with pytest.raises(ValueError, match="consolidation"):
        Assumptions.of({**ROW, **wrong})


# --- the report -------------------------------------------------------------------------------------------------------


def test_twins_become_a_candidate_with_its_saving(manager):
    make_twin(users=10)
    report = report_overlaps()
    row = the_row()
    assert report.succeeded
    assert {row.member.code, row.target.code} == {"S1", "S2"}
    assert row.target.code == "S2"  # the one with more users stays
    assert (row.member_share, row.net) == (Decimal("1.0000"), None)  # S1 has no cost recorded
    System.objects.filter(code="S1").update(users=20)
    report_overlaps()
    row = the_row()
    assert (row.member.code, row.net) == ("S2", Decimal("100.00"))  # 40 × 1 × .6 × 5 − 200 × .1
    assert row.pairs[0]["member_text"] == row.pairs[0]["target_text"] == FLOOD
    assert report.assumptions["source"] == PolicyRow.objects.get(key="consolidation").source


def test_new_report_replaces_the_last_one_and_a_failed_one_keeps_it(manager):
    make_twin()
    first = report_overlaps()
    second = report_overlaps()
    assert list(OverlapReport.objects.all()) == [second]
    assert not SystemOverlap.objects.filter(report=first.pk).exists()
    set_policy(key="consolidation", value={"min_share": 7}, source="test")
    for _again in range(2):
        failed = report_overlaps()
    assert (failed.succeeded, "consolidation" in failed.error) == (False, True)
    assert list(OverlapReport.objects.order_by("pk")) == [second, failed]
    assert second.overlaps.exists()


def test_empty_registry_is_a_failure_that_says_so(client):
    make_policies()
    report = report_overlaps()
    assert (report.succeeded, report.error) == (False, "The system registry is empty, so nothing can be compared.")
    with pytest.raises(CommandError, match="registry is empty"):
        call_command("overlap_report")


def test_command_says_what_came_out(manager, capsys):
    make_twin()
    call_command("overlap_report")
    assert "12 systems compared" in capsys.readouterr().out


def test_retired_systems_are_named_and_not_compared(manager):
    make_twin(status=System.Status.RETIRED)
    report = report_overlaps()
    assert report.record["retired"] == ["S2"]
    assert not report.overlaps.filter(is_candidate=True).exists()


# --- no duplicate -----------------------------------------------------------------------------------------------------


def test_dismissed_pair_stays_away_until_a_text_changes(manager):
    make_twin()
    report_overlaps()
    dismiss_overlap(overlap_id=the_row().pk, actor=manager, reason="一个管河道，一个管城区")
    report_overlaps()
    assert not SystemOverlap.objects.filter(is_candidate=True).exists()
    assert SystemOverlap.objects.filter(is_candidate=False, digest=OverlapDismissal.objects.get().digest).exists()
    System.objects.filter(code="S2").update(users=5)
    report_overlaps()
    assert not SystemOverlap.objects.filter(is_candidate=True).exists()  # a number is not a text
    Capability.objects.create(system=System.objects.get(code="S2"), code="S2-02", text="城区积水点巡查登记")
    report_overlaps()
    assert the_row().pk


def test_dismissal_can_be_taken_back_and_made_again(manager):
    make_twin()
    report_overlaps()
    made = dismiss_overlap(overlap_id=the_row().pk, actor=manager, reason="不同")
    assert dismiss_overlap(overlap_id=the_row().pk, actor=manager, reason="again") == made
    revoke_dismissal(dismissal_id=made.pk, actor=manager)
    report_overlaps()
    again = dismiss_overlap(overlap_id=the_row().pk, actor=manager, reason="仍然不同")
    assert again != made
    assert OverlapDismissal.objects.get(pk=made.pk).revoked_by == manager


def test_only_a_manager_dismisses_and_says_why(manager):
    make_twin()
    report_overlaps()
    planner = make_person("planner", Role.PLANNER, department=manager.department)
    with pytest.raises(PermissionDenied):
        dismiss_overlap(overlap_id=the_row().pk, actor=planner, reason="x")
    with pytest.raises(ValidationError):
        dismiss_overlap(overlap_id=the_row().pk, actor=manager, reason=" \n")
    made = dismiss_overlap(overlap_id=the_row().pk, actor=manager, reason="x")
    with pytest.raises(PermissionDenied):
        revoke_dismissal(dismissal_id=made.pk, actor=planner)


# --- the page ---------------------------------------------------------------------------------------------------------


def test_page_shows_both_texts_figures_and_whom_to_ask(manager, client):
    make_twin(contact_name="周岚", contact_phone="020-5555")
    System.objects.filter(code="S1").update(users=20)
    report_overlaps()
    client.force_login(manager)
    text = client.get(PAGE).content.decode()
    assert text.count(FLOOD) >= 2
    for part in ("100.00", "24.00", "周岚", "刘向东", "consolidation", "60.0%"):
        assert part in text


def test_missing_costs_are_counted_and_named(manager, client):
    make_twin(annual_om_cost=None)
    System.objects.filter(code="S1").update(users=20)
    report_overlaps()
    client.force_login(manager)
    page = client.get(PAGE)
    assert [row.member.code for row in page.context["totals"]["unknown"]] == ["S2"]
    assert page.context["totals"]["net"] == 0


def test_a_merge_that_does_not_pay_off_is_not_in_the_sums(manager, client):
    make_twin(annual_om_cost=1, build_cost=900)
    System.objects.filter(code="S1").update(users=20)
    report_overlaps()
    client.force_login(manager)
    totals = client.get(PAGE).context["totals"]
    assert [row.member.code for row in totals["losing"]] == ["S2"]
    assert (totals["paying"], totals["net"]) == (0, 0)


def test_page_before_the_first_report_and_after_a_failed_one(manager, client):
    client.force_login(manager)
    assert client.get(PAGE).context["found"].report is None
    assert client.get(reverse("overlaps:download_overlaps", args=["csv"])).status_code == 404
    make_twin()
    report_overlaps()
    OverlapReport.objects.create(started_at=timezone.now(), succeeded=False, error="MemoryError: x")
    page = client.get(PAGE)
    assert page.context["found"].failure.error == "MemoryError: x"
    assert page.context["found"].mergers
    report_overlaps()
    assert client.get(PAGE).context["found"].failure is None


def test_page_says_when_the_registry_has_changed(manager, client):
    twin = make_twin()
    report_overlaps()
    client.force_login(manager)
    assert client.get(PAGE).context["found"].changed == 0
    twin.save()
    assert client.get(PAGE).context["found"].changed == 1
    System.objects.filter(code__in=("X0", "X1")).delete()
    assert client.get(PAGE).context["found"].changed == 2


def test_dismissing_on_the_page(manager, client):
    make_twin()
    report_overlaps()
    client.force_login(manager)
    address = reverse("overlaps:dismiss_overlap", args=[the_row().pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"reason": ""}).context["form"].errors
    assert client.post(address, {"reason": "对象不同"}).status_code == 302
    page = client.get(PAGE)
    assert page.context["found"].mergers == []
    assert [row.dismissal.reason for row in page.context["found"].dismissed] == ["对象不同"]
    client.post(reverse("overlaps:restore_overlap", args=[OverlapDismissal.objects.get().pk]))
    assert client.get(PAGE).context["found"].mergers
    report_overlaps()  # the row is another one now
    assert client.get(address).status_code == 302


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_download(manager, client, kind):
    make_twin(name="=1+1")
    report_overlaps()
    client.force_login(manager)
    response = client.get(reverse("overlaps:download_overlaps", args=[kind]))
    assert response.status_code == 200
    if kind == "csv":
        rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
        assert len({len(row) for row in rows}) == 1
        assert "=1+1" not in {cell for row in rows for cell in row}
        assert any(FLOOD in row for row in rows)


def test_page_takes_as_many_queries_for_many_as_for_one(manager, client):
    make_twin()
    report_overlaps()
    client.force_login(manager)
    counts = []
    for number in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get(PAGE)
        counts.append(len(queries))
        if not number:
            report, unit = OverlapReport.objects.get(), Department.objects.first()
            for code in range(10):
                other = System.objects.create(code=f"Z{code}", name="x", department=unit, status="in_operation")
                facts = {"member_share": 1, "target_share": 1, "pairs": [], "digest": str(code), "is_candidate": True}
                SystemOverlap.objects.create(report=report, member=other, target=the_row_of(report).target, **facts)
    assert counts[0] == counts[1] <= 14


def the_row_of(report):
    return report.overlaps.first()
