"""Adjudication: the manager decides through the door, the unit is heard first, amber ones also together."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from approvals.models import Decision
from projects.models import Finding
from projects.states import Adjudication, Band, Relation, Reply, State
from tests.accounts.people import make_department, make_person
from tests.projects.screening_rows import (
    FLOOD,
    make_finding,
    make_policies,
    make_project,
    make_rule,
    make_run,
    make_system,
)

pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(days=60)
OPINION = "对象不同，不构成重复。"


@pytest.fixture
def office():
    """The data administration."""
    make_policies()
    return make_department("M01", name="数据局")


@pytest.fixture
def manager(office):
    """A portfolio manager of the office."""
    return make_person("manager", Role.MANAGER, department=office)


def heard(ref="P1", *, state=State.ADJUDICATION):
    """A project whose time to answer is over."""
    project = make_project(ref, state=state)
    make_run(project, finished_at=timezone.now() - LONG_AGO)
    return project


def applicant_of(project):
    """Somebody who may answer for the project's unit."""
    return make_person("applicant", Role.APPLICANT, department=project.department)


def decide(client, user, finding, **data):
    """Post a decision on one finding."""
    client.force_login(user)
    project = finding.project
    data = {"decision": "not_duplicate", "comment": OPINION, "expected_version": project.seq} | data
    return client.post(reverse("approvals:adjudicate", args=[project.ref, finding.pk]), data)


def batch(client, user, chosen, **data):
    """Post one decision on several findings."""
    client.force_login(user)
    seqs = {f"seq-{finding.project_id}": finding.project.seq for finding in chosen}
    data = {"decision": "cut", "comment": "核减。", "findings": [finding.pk for finding in chosen], **seqs} | data
    return client.post(reverse("approvals:batch"), data)


def tomorrow():
    """The first day on which an exception may end."""
    return timezone.localdate() + timedelta(days=1)


# --- one finding ----------------------------------------------------------------------------------------------------


def test_manager_decides_through_the_door(client, manager):
    finding = make_finding(heard(), system=make_system(), band=Band.RED)
    response = decide(client, manager, finding)
    assert (response.status_code, response.url) == (302, "/projects/P1/findings/")
    finding.refresh_from_db()
    assert (finding.decision, finding.reason, finding.decided_by) == ("not_duplicate", OPINION, manager)
    row = Decision.objects.get(action="adjudicate")
    assert row.payload == {"findings": [finding.pk], "decision": "not_duplicate", "reason_code": "", "expires_on": None}


def test_exception_keeps_its_code_and_end(client, manager):
    finding = make_finding(heard(), system=make_system())
    data = {"decision": "exception", "reason_code": "legal_compliance", "expires_on": tomorrow().isoformat()}
    assert decide(client, manager, finding, **data).status_code == 302
    finding.refresh_from_db()
    assert (finding.decision, finding.reason_code, finding.expires_on) == ("exception", "legal_compliance", tomorrow())


def test_end_is_only_for_exceptions(client, manager):
    finding = make_finding(heard(), system=make_system())
    assert decide(client, manager, finding, decision="cut", expires_on=tomorrow().isoformat()).status_code == 302
    finding.refresh_from_db()
    assert finding.expires_on is None


WRONG = [
    ({"comment": "  "}, "comment"),
    ({"comment": "x" * 3001}, "comment"),
    ({"comment": "a\u202eb"}, "comment"),
    ({"decision": ""}, "decision"),
    ({"decision": "pardon"}, "decision"),
    ({"decision": "merge"}, "decision"),
    ({"decision": "exception", "expires_on": "2099-01-01"}, "reason_code"),
    ({"decision": "exception", "reason_code": "emergency", "expires_on": ""}, "expires_on"),
    ({"decision": "exception", "reason_code": "emergency", "expires_on": "tomorrow"}, "expires_on"),
    ({"decision": "exception", "reason_code": "emergency", "expires_on": "2020-01-01"}, "expires_on"),
    ({"reason_code": "because"}, "reason_code"),
    ({"expected_version": "x"}, "expected_version"),
    ({"expected_version": ""}, "expected_version"),
]


@pytest.mark.parametrize(("data", "field"), WRONG)
def test_bad_entry_is_said_at_its_field_and_nothing_is_lost(client, manager, data, field):
    finding = make_finding(heard(), system=make_system())
    page = decide(client, manager, finding, **data)
    assert page.status_code == 200
    assert list(page.context["form"].errors) == [field]
    assert "data-error-summary" in page.content.decode()
    if "comment" not in data:
        assert OPINION in page.content.decode()
    finding.refresh_from_db()
    assert finding.decision == ""
    assert not Decision.objects.filter(action="adjudicate").exists()


@pytest.mark.parametrize(
    ("relation", "senseless"),
    [
        (Relation.SAME_ROUND, {"upgrade"}),
        (Relation.NEGATIVE, {"merge", "reuse", "upgrade"}),
        (Relation.DUPLICATE, {"merge"}),
    ],
)
def test_only_decisions_that_make_sense_are_offered(client, manager, relation, senseless):
    project = heard()
    target = {
        Relation.SAME_ROUND: lambda: {"other_project": make_project("P2")},
        Relation.NEGATIVE: lambda: {"rule": make_rule()},
        Relation.DUPLICATE: lambda: {"system": make_system()},
    }[relation]()
    finding = make_finding(project, relation=relation, **target)
    client.force_login(manager)
    page = client.get(reverse("approvals:adjudicate", args=["P1", finding.pk]))
    offered = {value for value, _label in page.context["form"].fields["decision"].choices}
    assert set(Adjudication.values) - offered == senseless


def test_exception_is_proposed_for_the_months_of_the_policy(client, manager):
    finding = make_finding(heard(), system=make_system())
    client.force_login(manager)
    page = client.get(reverse("approvals:adjudicate", args=["P1", finding.pk]))
    today = timezone.localdate()
    assert page.context["form"]["expires_on"].value() == today.replace(year=today.year + 1, day=min(today.day, 28))


@pytest.mark.parametrize("role", [Role.APPLICANT, Role.PLANNER, Role.REQUIREMENTS, Role.APPROVER, Role.AUDITOR])
def test_only_managers_decide(client, office, role):
    project = heard()
    finding = make_finding(project, system=make_system())
    unit = project.department if role == Role.APPLICANT else office
    person = make_person("somebody", role, department=unit)
    assert decide(client, person, finding).status_code == 403
    text = client.get(reverse("approvals:adjudicate", args=["P1", finding.pk])).content.decode()
    assert 'name="decision"' not in text


def test_manager_of_the_own_unit_keeps_out(client, office):
    project = heard()
    finding = make_finding(project, system=make_system())
    own = make_person("own", Role.MANAGER, department=project.department)
    assert decide(client, own, finding).status_code == 403
    page = client.get(reverse("approvals:adjudicate", args=["P1", finding.pk]))
    assert page.context["obstacles"]["reasons"]
    finding.refresh_from_db()
    assert finding.decision == ""


def test_stale_form_is_refused_with_what_was_typed(client, manager):
    project = heard()
    finding, other = (make_finding(project, system=make_system(code)) for code in ("S1", "S2"))
    seen = project.seq
    assert decide(client, manager, other).status_code == 302
    page = decide(client, manager, finding, expected_version=seen)
    assert page.status_code == 409
    assert OPINION in page.content.decode()
    finding.refresh_from_db()
    assert finding.decision == ""


@pytest.mark.parametrize("state", [State.SCREENING, State.REVIEW, State.DECISION])
def test_outside_adjudication_nothing_is_decided(client, manager, state):
    finding = make_finding(heard(state=state), system=make_system())
    assert decide(client, manager, finding).status_code == 403
    page = client.get(reverse("approvals:adjudicate", args=["P1", finding.pk]))
    assert str(finding.project.get_state_display()) in page.context["obstacles"]["reasons"][0]
    assert 'aria-disabled="true"' in page.content.decode()


@pytest.mark.parametrize("facts", [{"is_current": False}, {"decision": Adjudication.CUT}])
def test_replaced_or_decided_finding_is_not_decided_again(client, manager, facts):
    project = heard()
    make_finding(project, system=make_system("S2"))
    finding = make_finding(project, system=make_system(), **facts)
    assert decide(client, manager, finding).status_code == 409
    client.force_login(manager)
    page = client.get(reverse("approvals:adjudicate", args=["P1", finding.pk]))
    assert page.status_code == 200
    assert page.context["obstacles"]["reasons"]


# --- the right of reply ---------------------------------------------------------------------------------------------


def test_unit_is_heard_before_the_decision(client, manager):
    project = make_project("P1", state=State.ADJUDICATION)
    finding = make_finding(project, make_run(project), system=make_system())
    person = applicant_of(project)
    client.force_login(manager)
    page = client.get(reverse("approvals:adjudicate", args=["P1", finding.pk]))
    assert page.context["obstacles"]["reasons"]
    assert person.label in page.context["obstacles"]["who"]
    assert 'aria-disabled="true"' in page.content.decode()
    assert decide(client, manager, finding).status_code == 409
    Finding.objects.filter(pk=finding.pk).update(reply=Reply.REUSE)
    page = client.get(reverse("approvals:adjudicate", args=["P1", finding.pk]))
    assert page.context["obstacles"]["reasons"] == []
    assert decide(client, manager, finding).status_code == 302


def answer(client, user, finding, **data):
    """Post an answer to one finding."""
    client.force_login(user)
    data = {"reply": "explain", "reply_text": "面向易涝点周边居民。"} | data
    return client.post(reverse("approvals:reply", args=[finding.project.ref, finding.pk]), data)


@pytest.mark.parametrize("reply", Reply.values)
def test_unit_answers(client, office, reply):
    project = make_project("P1", state=State.REVIEW)
    finding, person = make_finding(project, system=make_system()), applicant_of(project)
    assert answer(client, person, finding, reply=reply).status_code == 302
    finding.refresh_from_db()
    assert (finding.reply, finding.reply_text, finding.replied_by) == (reply, "面向易涝点周边居民。", person)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"reply": ""}, "reply"),
        ({"reply": "shout"}, "reply"),
        ({"reply_text": " "}, "reply_text"),
        ({"reply_text": "x" * 3001}, "reply_text"),
        ({"reply_text": "a\u202eb"}, "reply_text"),
    ],
)
def test_bad_answer_is_said_at_its_field(client, office, data, field):
    project = make_project("P1", state=State.REVIEW)
    finding = make_finding(project, system=make_system())
    page = answer(client, applicant_of(project), finding, **data)
    assert page.status_code == 200
    assert list(page.context["form"].errors) == [field]
    finding.refresh_from_db()
    assert finding.reply == ""


@pytest.mark.parametrize("facts", [{"is_current": False}, {"decision": Adjudication.CUT}])
def test_late_answer_is_refused_and_kept(client, office, facts):
    project = make_project("P1", state=State.ADJUDICATION)
    finding = make_finding(project, system=make_system(), **facts)
    page = answer(client, applicant_of(project), finding)
    assert page.status_code == 200
    assert page.context["form"].non_field_errors()
    assert "面向易涝点周边居民。" in page.content.decode()
    assert not page.context["open"]


def test_only_the_unit_answers(client, manager):
    project = make_project("P1", state=State.REVIEW)
    finding = make_finding(project, system=make_system())
    stranger = make_person("stranger", Role.APPLICANT, department=make_department("Z9"))
    assert answer(client, stranger, finding).status_code == 404
    assert answer(client, manager, finding).status_code == 403
    finding.refresh_from_db()
    assert finding.reply == ""


# --- several at once ------------------------------------------------------------------------------------------------


def test_batch_decides_amber_findings_of_several_projects(client, manager):
    system = make_system()
    first, second = heard("P1"), heard("P2")
    findings = [make_finding(project, system=system) for project in (first, first, second)]
    client.force_login(manager)
    page = client.get(reverse("approvals:batch"), {"findings": [finding.pk for finding in findings]})
    assert page.content.decode().count("checked") == 3
    response = batch(client, manager, findings)
    assert (response.status_code, response.url) == (302, "/duplicates/")
    assert set(Finding.objects.values_list("decision", "decided_by")) == {("cut", manager.pk)}
    assert Decision.objects.filter(action="adjudicate").count() == 2


def test_batch_refuses_red(client, manager):
    project = heard()
    amber = make_finding(project, system=make_system("S1"))
    red = make_finding(project, system=make_system("S2"), band=Band.RED, capability_code="P1-07")
    page = batch(client, manager, [amber, red])
    assert page.status_code == 200
    assert "P1-07" in str(page.context["form"].errors["findings"])
    assert not Finding.objects.exclude(decision="").exists()


def test_door_refuses_a_red_batch_too(manager):
    from approvals.errors import Blocked
    from approvals.services import perform

    project = heard()
    findings = [make_finding(project, system=make_system(code), band=Band.RED) for code in ("S1", "S2")]
    entry = {"findings": [finding.pk for finding in findings], "decision": "cut", "reason_code": "", "expires_on": None}
    with pytest.raises(Blocked):
        perform(case_id=project.pk, action="adjudicate", actor=manager, comment="核减。", entry=entry)


def test_batch_goes_on_past_a_project_that_refuses(client, manager):
    first, second = heard("P1"), heard("P2")
    findings = [make_finding(first, system=make_system("S1")), make_finding(second, system=make_system("S2"))]
    page = batch(client, manager, findings, **{f"seq-{first.pk}": 0})
    assert page.status_code == 409
    assert [result.project.ref for result in page.context["refused"]] == ["P1"]
    assert [finding.project.ref for finding in page.context["chosen"]] == ["P1"]
    assert "核减。" in page.content.decode()
    assert list(Finding.objects.order_by("pk").values_list("decision", flat=True)) == ["", "cut"]


def test_batch_waits_for_the_units_answer(client, manager):
    project = make_project("P1", state=State.ADJUDICATION)
    finding = make_finding(project, make_run(project), system=make_system())
    assert batch(client, manager, [finding]).status_code == 409


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"findings": []}, "findings"),
        ({"findings": ["x"]}, "findings"),
        ({"findings": ["999999"]}, "findings"),
        ({"comment": ""}, "comment"),
        ({"decision": "merge"}, "decision"),
        ({"decision": "exception", "expires_on": "2099-01-01"}, "reason_code"),
    ],
)
def test_bad_batch_is_said_at_its_field(client, manager, data, field):
    finding = make_finding(heard(), system=make_system())
    page = batch(client, manager, [finding], **data)
    assert page.status_code == 200
    assert field in page.context["form"].errors
    assert "comment" in data or "核减。" in page.content.decode()
    finding.refresh_from_db()
    assert finding.decision == ""


def test_batch_leaves_out_what_cannot_be_decided(client, manager):
    finding = make_finding(heard(state=State.REVIEW), system=make_system())
    page = batch(client, manager, [finding])
    assert "findings" in page.context["form"].errors
    client.force_login(manager)
    assert client.get(reverse("approvals:batch"), {"findings": ["x", finding.pk]}).context["chosen"] == []


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.PLANNER, Role.APPLICANT])
def test_batch_is_the_managers(client, office, role):
    finding = make_finding(heard(), system=make_system())
    person = make_person("somebody", role, department=office)
    assert batch(client, person, [finding]).status_code == 403
    assert client.get(reverse("approvals:batch")).status_code == 403


def test_decided_cut_leads_to_the_correction(client, manager):
    """The next step of the case, a return with what was decided, is open after the cut and not before."""
    from approvals.models import Case
    from approvals.offers import offer_of

    project = heard()
    finding = make_finding(project, system=make_system(), money=Decimal(100), capability_text=FLOOD)
    assert not offer_of(Case.objects.get(pk=project.pk), manager, "return_for_correction").is_open
    decide(client, manager, finding, decision="cut")
    assert offer_of(Case.objects.get(pk=project.pk), manager, "return_for_correction").is_open
