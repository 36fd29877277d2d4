"""The duplicate-build board: who sees it, what its figures count, and that many rows cost as much as one."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.policy import PERMISSIONS
from accounts.roles import ASSIGNABLE, Role
from approvals import adjudication_board as board
from projects import queries as projects
from projects.models import Finding
from projects.states import Adjudication, Band, Relation, State
from tests.accounts.people import make_department, make_person
from tests.projects.screening_rows import (
    FLOOD,
    SMS,
    make_finding,
    make_node,
    make_policies,
    make_project,
    make_round,
    make_run,
    make_system,
    make_version_again,
    walk,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    """The data administration."""
    make_policies()
    return make_department("M01", name="数据局")


@pytest.fixture
def manager(office):
    """A portfolio manager of the office."""
    return make_person("manager", Role.MANAGER, department=office)


def get(client, user, **query):
    """The board as that user sees it."""
    client.force_login(user)
    return client.get(reverse("approvals:duplicates"), query)


@pytest.mark.parametrize("role", ASSIGNABLE)
def test_board_is_for_those_who_may_see_it(client, office, role):
    response = get(client, make_person("somebody", role, department=office))
    assert response.status_code == (200 if role in PERMISSIONS["duplicates.view"] else 403)


def test_empty_board_says_what_will_be_there(client, manager):
    page = get(client, manager)
    assert page.status_code == 200
    assert "tc-empty" in page.content.decode()


def test_figures_count_each_capability_once(client, manager):
    project = make_project(capabilities=[(FLOOD, 100), (SMS, 50)], state=State.ADJUDICATION)
    one, two = make_system("S1"), make_system("S2")
    make_finding(project, system=one)
    make_finding(project, system=two)
    make_finding(project, system=one, capability_code="P1-02", capability_text=SMS, money=Decimal(50), band=Band.RED)
    make_finding(project, system=one, relation=Relation.RELATED, money=Decimal(999))
    make_finding(project, system=two, band=Band.GREEN, money=Decimal(999))
    figures = get(client, manager).context["figures"]
    assert (figures["count"], figures["projects"], figures["money"], figures["oldest"]) == (3, 1, Decimal(150), 0)


def test_oldest_is_counted_from_the_run(client, manager):
    project = make_project(state=State.ADJUDICATION)
    make_finding(project, make_run(project, finished_at=timezone.now() - timedelta(days=9)), system=make_system())
    assert get(client, manager).context["figures"]["oldest"] == 9


SETTLEMENTS = [
    {},
    {"decision": Adjudication.NOT_DUPLICATE},
    {"decision": Adjudication.EXCEPTION},
    {"decision": Adjudication.MERGE},
    {"decision": Adjudication.REJECT},
    {"decision": Adjudication.CUT},
    {"decision": Adjudication.CUT, "prior_decision": Adjudication.CUT, "prior_money": Decimal(200)},
    {"decision": Adjudication.REUSE, "prior_decision": Adjudication.CUT, "prior_money": Decimal(100)},
    {"decision": "", "prior_decision": Adjudication.CUT, "prior_money": Decimal(200)},
    {"decision": Adjudication.REJECT, "prior_decision": Adjudication.CUT, "prior_money": Decimal(200)},
    {"is_current": False},
    {"band": Band.GREEN},
    {"relation": Relation.RELATED},
    {"relation": Relation.UNIFIED, "band": Band.RED},
]


@pytest.mark.parametrize("facts", SETTLEMENTS)
def test_board_and_door_agree_on_what_is_open(facts):
    project = make_project(state=State.ADJUDICATION)
    make_finding(project, system=make_system(), **facts)
    assert list(board.open_findings()) == projects.open_findings(project)


@pytest.mark.parametrize("state", [State.REVIEW, State.MERGED, State.APPROVED, State.WITHDRAWN])
def test_board_and_door_agree_on_the_other_projects_end(state):
    project = make_project(state=State.ADJUDICATION)
    make_finding(project, relation=Relation.SAME_ROUND, other_project=make_project("P2", state=state))
    assert list(board.open_findings()) == projects.open_findings(project)


@pytest.mark.parametrize("state", [State.DRAFT, State.WITHDRAWN, State.APPROVED])
def test_projects_that_are_not_under_way_are_not_listed(state):
    project = make_project(state=state)
    if state == State.DRAFT:
        make_version_again(project, [(FLOOD, 1)])
    make_finding(project, system=make_system())
    assert not board.open_findings().exists()


def test_filters_narrow_the_list(client, manager):
    node = make_node()
    first = make_project("P1", state=State.ADJUDICATION)
    first.capabilities.update(taxonomy=node)
    old = make_run(first, finished_at=timezone.now() - timedelta(days=12))
    red = make_finding(first, old, system=make_system(), band=Band.RED)
    second = make_project("P2", state=State.REVIEW, round=make_round("R2027"))
    amber = make_finding(second, relation=Relation.UNIFIED, system=make_system("S2"), money=Decimal(500))
    cut = make_finding(second, system=make_system("S3"), decision=Adjudication.CUT)
    expected = {
        (): [amber, red],
        ("band", "red"): [red],
        ("relation", "unified"): [amber],
        ("department", second.department.code): [amber],
        ("round", "R2027"): [amber],
        ("age", "10"): [red],
        ("age", "30"): [],
        ("node", node.code): [red],
        ("show", "decided"): [cut],
        ("sort", "age"): [red, amber],
        ("band", "purple"): [amber, red],
        ("page", "zzz"): [amber, red],
        ("department", "x" * 500): [amber, red],
    }
    for query, rows in expected.items():
        page = get(client, manager, **dict([query] if query else []))
        assert page.status_code == 200
        assert page.context["page"].object_list == rows, query


def test_chosen_filter_is_a_chip_that_removes_it(client, manager):
    make_finding(make_project(state=State.ADJUDICATION), system=make_system(), band=Band.RED)
    chips = get(client, manager, band="red", sort="age").context["chips"]["chosen"]
    assert [chip["url"] for chip in chips] == ["/duplicates/?sort=age#open"]


def test_only_undecided_amber_ones_in_adjudication_can_be_chosen(client, manager, office):
    system = make_system()
    project = make_project("P1", state=State.ADJUDICATION)
    amber = make_finding(project, system=system)
    make_finding(project, system=system, band=Band.RED)
    make_finding(make_project("P2", state=State.REVIEW), system=system)
    text = get(client, manager).content.decode()
    assert text.count('name="findings"') == 1
    assert f'name="findings" value="{amber.pk}"' in text
    auditor = make_person("auditor", Role.AUDITOR, department=office)
    assert 'name="findings"' not in get(client, auditor).content.decode()


def test_same_round_findings_are_one_cluster(client, manager):
    first = make_project("P1", [(SMS, 148)], state=State.ADJUDICATION)
    second = make_project("P2", [(SMS, 268)], state=State.ADJUDICATION)
    third = make_project("P3", [(SMS, 10)], state=State.ADJUDICATION)
    for one, other, money in ((first, second, 148), (second, first, 268), (third, second, 10)):
        make_finding(
            one, other_project=other, relation=Relation.SAME_ROUND, capability_text=SMS, money=Decimal(money),
            matched_code=f"{other.ref}-01",
        )  # fmt: skip
    [group] = get(client, manager).context["clusters"]
    assert [member["ref"] for member in group["members"]] == ["P2", "P1", "P3"]
    assert group["total"] == Decimal(426)


def test_heat_table_prints_money_and_classes(client, manager):
    node, other = make_node("E01", "指挥调度"), make_node("E02", "视频分析")
    for ref, tag, money in (("P1", node, 100), ("P2", node, 20), ("P3", other, 60)):
        project = make_project(ref, [(FLOOD, money)], state=State.ADJUDICATION)
        project.capabilities.update(taxonomy=tag)
        make_finding(project, system=make_system(f"S{ref}"), money=Decimal(money))
        make_finding(project, system=make_system(f"T{ref}"), money=Decimal(money))
    heat = get(client, manager).context["heat"]
    assert [code for code, _label in heat["columns"]] == ["E01", "E02"]
    shown = ("money", "count", "heat")
    cells = {row["unit"]: [tuple(cell[name] for name in shown) for cell in row["cells"]] for row in heat["rows"]}
    assert cells == {"DP1": [(100, 1, 4), (0, 0, 0)], "DP3": [(0, 0, 0), (60, 1, 3)], "DP2": [(20, 1, 1), (0, 0, 0)]}
    assert (heat["totals"], heat["total"]) == ([120, 60], 180)


def test_cut_ledger_counts_asked_less_granted(client, manager):
    project = make_project("P1", [(FLOOD, 100), (SMS, 50)], state=State.ADJUDICATION)
    make_finding(project, system=make_system(), decision=Adjudication.CUT, decided_by=manager, is_current=False)
    make_version_again(project, [(SMS, 50)])
    merged = make_project("P2", [(SMS, 30)], state=State.MERGED)
    untouched = make_project("P3", [(SMS, 30)], state=State.REVIEW)
    make_version_again(untouched, [(SMS, 10)])
    client.force_login(manager)
    page = client.get(reverse("approvals:cuts"))
    lines = page.context["page"].object_list
    assert [(line["project"].ref, line["asked"], line["granted"], line["cut"]) for line in lines] == [
        ("P1", 150, 50, 100), (merged.ref, 30, 0, 30)
    ]  # fmt: skip
    assert lines[0]["people"] == [manager.label]
    assert page.context["cut_totals"]["cut"] == get(client, manager).context["cut_totals"]["cut"] == 130


def test_rejection_counts_as_a_cut_only_when_adjudication_rejected(client, manager):
    for ref, way in (("P1", ("pass_screening", "to_adjudication", "reject")), ("P2", ("pass_screening", "reject"))):
        walk(make_project(ref, [(SMS, 30)]), *way)
    assert [line["project"].ref for line in get(client, manager).context["cuts"]] == ["P1"]


def test_exception_ledger_shows_expiry(client, manager):
    today = timezone.localdate()
    for number, days in enumerate((400, -1, 20)):
        project = make_project(f"P{number}", state=State.APPROVED if number else State.ADJUDICATION)
        make_finding(
            project, system=make_system(f"S{number}"), decision=Adjudication.EXCEPTION, decided_by=manager,
            reason_code="legal_compliance", expires_on=today + timedelta(days=days),
        )  # fmt: skip
    client.force_login(manager)
    page = client.get(reverse("approvals:exceptions"))
    assert [finding.expiry for finding in page.context["page"].object_list] == ["over", "soon", ""]
    assert [finding.expiry for finding in get(client, manager).context["exceptions"]] == ["over", "soon", ""]


def test_projects_with_insufficient_data_are_named(client, manager):
    project = make_project("P1", state=State.REVIEW)
    make_run(project, band=Band.INSUFFICIENT, mapped_share=0.71)
    cured = make_project("P2", state=State.REVIEW)
    make_run(cured, band=Band.INSUFFICIENT)
    make_run(cured, band=Band.GREEN)
    page = get(client, manager)
    assert [run.project.ref for run in page.context["insufficient"]] == ["P1"]
    assert "71.0%" in page.content.decode()


@pytest.mark.parametrize("name", ["cuts", "exceptions"])
def test_ledgers_are_for_those_who_see_the_board(client, office, name):
    client.force_login(make_person("a", Role.APPLICANT, department=office))
    assert client.get(reverse(f"approvals:{name}")).status_code == 403


def fill(numbers):
    """Projects with every kind of row that the board shows."""
    node = make_node()
    for number in numbers:
        project = make_project(f"P{number}", state=State.ADJUDICATION)
        project.capabilities.update(taxonomy=node)
        system = make_system(f"S{number}")
        made = {"system": system, "decided_by": project.created_by}
        make_finding(project, system=system)
        make_finding(project, decision=Adjudication.CUT, **made)
        make_finding(project, decision=Adjudication.EXCEPTION, expires_on=timezone.localdate(), **made)
        make_finding(project, other_project=project, relation=Relation.SAME_ROUND)
        make_version_again(project, [(FLOOD, 10)])
        project.capabilities.update(taxonomy=node)
        make_run(make_project(f"Q{number}", state=State.REVIEW), band=Band.INSUFFICIENT)


@pytest.mark.parametrize("name", ["duplicates", "cuts", "exceptions"])
def test_pages_cost_the_same_for_one_row_and_for_thirty(client, manager, name):
    client.force_login(manager)
    counts = []
    for numbers in (range(1), range(1, 30)):
        fill(numbers)
        client.get(reverse(f"approvals:{name}"))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(reverse(f"approvals:{name}")).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_list_has_fifty_a_page(client, manager):
    project = make_project(state=State.ADJUDICATION)
    system = make_system()
    run = make_run(project)
    for _number in range(51):
        make_finding(project, run, system=system)
    assert len(get(client, manager).context["page"].object_list) == 50
    assert len(get(client, manager, page=2).context["page"].object_list) == 1
    assert Finding.objects.count() == 51
