"""Side by side: who may read the findings of a case, what the page shows, and what it keeps back."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from projects.states import Adjudication, Band, Relation, Reply, RunStatus, State
from tests.accounts.people import make_department, make_person
from tests.projects.screening_rows import (
    FLOOD,
    SMS,
    make_finding,
    make_node,
    make_policies,
    make_project,
    make_rule,
    make_run,
    make_system,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    """The data administration."""
    make_policies()
    return make_department("M01", name="数据局")


@pytest.fixture
def case(office):
    """A project in adjudication."""
    return make_project("P1", [(FLOOD, 100), (SMS, 50)], state=State.ADJUDICATION)


def applicant_of(project, name="applicant"):
    """Somebody who may answer for the project's unit."""
    return make_person(name, Role.APPLICANT, department=project.department)


def part(kind, term, other="", *, proposed=(), existing=()):
    """One part of the evidence, as a run stores it."""
    return {"kind": kind, "term": term, "other": other, "weight": 1, "proposed": proposed, "existing": existing}


def get(client, user, project, name="compare", **more):
    """A page of the case as that user sees it."""
    client.force_login(user)
    return client.get(reverse(f"approvals:{name}", kwargs={"ref": project.ref, **more}))


STRANGERS = (Role.APPLICANT, Role.ENDORSER, Role.EXPERT, Role.STEWARD, Role.SYSADMIN, Role.SECADMIN)
READERS = (Role.INTAKE, Role.PLANNER, Role.REQUIREMENTS, Role.STANDARDS, Role.MANAGER, Role.APPROVER, Role.AUDITOR)
STATUSES = {**dict.fromkeys(STRANGERS, 404), **dict.fromkeys(READERS, 200), Role.FINANCE: 200}


@pytest.mark.parametrize(("role", "status"), STATUSES.items())
def test_another_units_case_is_for_the_office_only(client, office, case, role, status):
    finding = make_finding(case, system=make_system())
    person = make_person("somebody", role, department=office)
    assert get(client, person, case).status_code == status
    assert get(client, person, case, "adjudicate", pk=finding.pk).status_code == status


def test_own_unit_reads_its_findings(client, case):
    finding = make_finding(case, system=make_system())
    assert get(client, applicant_of(case), case).status_code == 200
    assert get(client, case.created_by, case).status_code == 404  # an account without a role
    client.force_login(applicant_of(case, "second"))
    assert client.get(reverse("approvals:adjudicate", args=["P1", finding.pk])).status_code == 200


def test_finding_of_another_case_is_not_found(client, office, case):
    other = make_finding(make_project("P2", state=State.ADJUDICATION), system=make_system())
    manager = make_person("manager", Role.MANAGER, department=office)
    assert get(client, manager, case, "adjudicate", pk=other.pk).status_code == 404


def test_stranger_is_asked_to_sign_in(client, case):
    response = client.get(reverse("approvals:compare", args=["P1"]))
    assert response.status_code == 302
    assert "/login/" in response.url


def test_evidence_is_marked_and_escaped(client, case):
    make_finding(
        case, system=make_system("S1", name="<b>防汛</b>系统"), matched_text="指令",
        capability_text="<i>险情上报</i>与命令",
        evidence=[
            part("shared_term", "险情上报", proposed=[[3, 7]]),
            part("synonym", "命令", "指令", proposed=[[12, 14]], existing=[[0, 2]]),
            part("not_covered", "归档"),
            part("generic", "统计"),
        ],
    )  # fmt: skip
    text = get(client, applicant_of(case), case).content.decode()
    assert '&lt;i&gt;<mark>险情上报</mark>&lt;/i&gt;与<mark class="syn">命令</mark>' in text
    assert '<mark class="syn">指令</mark>' in text
    assert "<b>防汛</b>" not in text
    assert "归档" in text
    assert "统计" in text


def test_tags_are_named_and_compared(client, case):
    make_node("E01", "指挥调度")
    make_node("E02", "视频分析")
    make_finding(
        case, system=make_system(),
        evidence=[part("taxonomy", "E01", "E02"), part("object", "公众")],
    )  # fmt: skip
    page = get(client, applicant_of(case), case)
    [target] = page.context["page"].object_list
    found = target.findings[0]
    assert [(tag["proposed"], tag["existing"]) for tag in found.other_tags] == [("指挥调度", "视频分析")]
    assert len(found.same_tags) == 1


def test_reuse_route_is_shown(client, case):
    system = make_system(
        "S1", contact_name="刘向东", contact_phone="5555 0207", users=1846, provides="险情上报接口",
        department_keeps="开通账号",
    )  # fmt: skip
    make_finding(case, system=system, relation=Relation.UNIFIED)
    text = get(client, applicant_of(case), case).content.decode()
    for fact in ("刘向东", "5555 0207", "1846", "险情上报接口", "开通账号", system.department.label):
        assert fact in text


def test_targets_come_with_the_most_severe_and_dearest_first(client, case):
    make_finding(case, system=make_system("S1"), money=Decimal(900))
    make_finding(case, system=make_system("S2"), band=Band.RED, money=Decimal(10))
    make_finding(case, rule=make_rule(), relation=Relation.NEGATIVE, band=Band.RED, money=Decimal(40))
    page = get(client, applicant_of(case), case)
    things = [getattr(target.thing, "code", "") for target in page.context["page"].object_list]
    assert things == ["N1", "S2", "S1"]


def test_money_of_a_target_counts_a_capability_once(client, case):
    system = make_system()
    make_finding(case, system=system, matched_code="S1-01")
    make_finding(case, system=system, matched_code="S1-02")
    [target] = get(client, applicant_of(case), case).context["page"].object_list
    assert target.money == Decimal(100)


def test_other_units_project_is_named_and_not_linked(client, office, case):
    other = make_project("P2", [(SMS, 77)], state=State.REVIEW, title="另一单位的项目", summary="内部文字不公开")
    make_finding(case, other_project=other, relation=Relation.SAME_ROUND, matched_text=SMS)
    own = get(client, applicant_of(case), case).content.decode()
    assert "P2" in own
    assert "另一单位的项目" in own
    assert SMS in own
    assert "/projects/P2/" not in own
    assert "内部文字不公开" not in own
    assert str(other.get_state_display()) not in own
    office_side = get(client, make_person("manager", Role.MANAGER, department=office), case).content.decode()
    assert "/projects/P2/findings/" in office_side


def test_record_says_when_the_encoder_was_missing(client, case):
    run = make_run(case, record={"degraded": "use: ModuleNotFoundError", "encoder": "lexical"})
    make_finding(case, run, system=make_system())
    assert "use: ModuleNotFoundError" in get(client, applicant_of(case), case).content.decode()


def test_exclusions_are_shown_with_their_reason(client, case):
    row = {"code": "S7", "name": "旧系统", "capability": "P1-01", "matched": "S7-01", "reason": "retired", "score": 0.9}
    make_run(case, excluded=[row])
    text = get(client, applicant_of(case), case).content.decode()
    assert "旧系统" in text
    assert 'id="excluded"' in text


def test_coverage_bar_says_how_much_of_what(client, case):
    systems = [{"code": "S1", "name": "防汛系统", "coverage": 0.4, "money": "60.00", "band": "amber", "main": True}]
    record = {"thresholds": {"amber": 0.3, "red": 0.7}}
    make_run(case, systems=systems, union={"systems": ["S1"], "coverage": 0.5}, record=record)
    page = get(client, applicant_of(case), case)
    share = page.context["share"]
    assert (share["total"], share["money"], share["alone"], round(share["added"], 2)) == (150, 75, 0.4, 0.1)
    assert 'width="40.00%"' in page.content.decode()
    assert "75.00" in page.content.decode()


@pytest.mark.parametrize("status", [RunStatus.QUEUED, RunStatus.RUNNING, RunStatus.FAILED])
def test_run_without_a_result_is_announced(client, case, status):
    make_run(case, status=status, finished_at=None, error="PolicyMissing: bands" if status == RunStatus.FAILED else "")
    text = get(client, applicant_of(case), case).content.decode()
    assert "tc-notice" in text
    assert ("PolicyMissing: bands" in text) is (status == RunStatus.FAILED)


def test_draft_says_that_it_was_not_screened(client, office):
    project = make_project("P9", state=State.DRAFT)
    page = get(client, applicant_of(project), project)
    assert page.status_code == 200
    assert "tc-empty" in page.content.decode()


def test_related_ones_are_listed_apart(client, case):
    make_finding(case, system=make_system(), relation=Relation.RELATED, band=Band.GREEN)
    page = get(client, applicant_of(case), case)
    assert list(page.context["page"].object_list) == []
    assert len(page.context["related"]) == 1


def test_link_to_decide_is_the_managers_and_link_to_answer_the_units(client, office, case):
    finding = make_finding(case, system=make_system())
    answer = reverse("approvals:reply", args=["P1", finding.pk])
    assert answer in get(client, applicant_of(case), case).content.decode()
    manager = make_person("manager", Role.MANAGER, department=office)
    page = get(client, manager, case)
    assert answer not in page.content.decode()
    assert page.context["may_decide"]
    assert not get(client, make_person("auditor", Role.AUDITOR, department=office), case).context["may_decide"]


def fill(case, numbers):
    """Findings of every kind, answered and decided."""
    for number in numbers:
        said = {"reply": Reply.EXPLAIN, "replied_by": case.created_by, "decided_by": case.created_by}
        tags = [part("taxonomy", "E01")]
        make_finding(case, system=make_system(f"S{number}"), evidence=tags, decision=Adjudication.CUT, **said)
        make_finding(case, system=make_system(f"T{number}"), relation=Relation.RELATED)
        other = make_project(f"Q{number}", state=State.REVIEW)
        make_finding(case, other_project=other, relation=Relation.SAME_ROUND, **said)
        make_finding(case, rule=make_rule(f"N{number}"), relation=Relation.NEGATIVE)


def test_page_costs_the_same_for_one_target_and_for_thirty(client, office, case):
    make_node()
    for user in (applicant_of(case), make_person("manager", Role.MANAGER, department=office)):
        counts = []
        for numbers in (range(1), range(1, 30)):
            fill(case, [f"{user.username[0]}{number}" for number in numbers])
            get(client, user, case)
            with CaptureQueriesContext(connection) as queries:
                assert get(client, user, case).status_code == 200
            counts.append(len(queries))
        assert counts[0] == counts[1]
