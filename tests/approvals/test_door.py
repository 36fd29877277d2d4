"""The door: what a step writes, what a refusal says and leaves, and that everything or nothing happens."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.conf import settings
from django.utils import timezone
from django.utils.translation import override

from accounts.models import User
from approvals import effects, services
from approvals.errors import Blocked, NotOffered, Stale
from approvals.models import CarbonCopy, CorrectionNotice, Decision
from approvals.screening_services import lapse_all
from approvals.services import advance, perform
from approvals.signals import step_taken
from approvals.workflow import WORKFLOW
from planning.models import Round
from projects.models import Document, Project, ScreeningRun
from projects.states import Adjudication, RunStatus, State
from tests.approvals.acting import ITEM, act, add_finding, answer_all, fresh, refusal, the_system, traces
from tests.cast import duplicate_text, make_case

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _english():
    with override("en"):
        yield


# --- what is written ------------------------------------------------------------------------------------------------


def test_step_writes_who_did_what_under_which_mandate(city):
    case = make_case(city)
    before = timezone.now()
    row = Decision.objects.get(pk=act(case, "submit", city.applicant, "  报请审核  ").pk)
    assert (row.seq, row.action, row.source, row.target) == (1, "submit", "draft", "endorsement")
    assert (row.actor, row.mandate, row.comment) == (city.applicant, "applicant@U03", "报请审核")
    assert row.checks == ["declared_unclassified", "is_complete", "round_is_open", "carry_over_allows"]
    assert (row.version.number, row.version.submitted_by) == (1, city.applicant)
    assert (row.payload, row.review, row.review_source, row.review_target) == ({}, None, "", "")
    assert before <= row.taken_at <= timezone.now()
    assert (row.previous, row.algorithm, len(row.digest)) == ("", settings.AUDIT_DIGEST, 64)
    moved = fresh(case)
    assert (moved.state, moved.seq, moved.state_since) == ("endorsement", 1, row.taken_at)


def test_rows_are_numbered_and_chained(city):
    case = make_case(city, State.APPROVED)
    rows = list(case.decisions.order_by("seq"))
    assert [row.seq for row in rows] == list(range(1, len(rows) + 1))
    assert [row.previous for row in rows] == ["", *(row.digest for row in rows[:-1])]
    assert (case.seq, case.state) == (rows[-1].seq, rows[-1].target)


def test_entered_values_are_kept_as_plain_data(city):
    case = make_case(city, State.DECISION)
    row = act(case, "approve", city.approver, approved_amount=Decimal("49.50"), conditions="分期建设")
    assert Decision.objects.get(pk=row.pk).payload == {"approved_amount": "49.50", "conditions": "分期建设"}
    assert (row.approval.amount, row.approval.version.number) == (Decimal("49.50"), 1)
    months = (row.approval.valid_until.year - timezone.localdate().year) * 12
    assert months + row.approval.valid_until.month - timezone.localdate().month == 24


def test_step_within_a_state_does_not_start_its_clock_again(city):
    case = fresh(make_case(city, State.ADJUDICATION, amount="150", text=duplicate_text(city)))
    act(case, "propose_ending", city.manager, ending="reject")
    assert (fresh(case).state_since, fresh(case).seq) == (case.state_since, case.seq + 1)


def test_finance_is_sent_a_copy_of_an_approval(city):
    row = act(make_case(city, State.DECISION), "approve", city.approver, approved_amount=Decimal(1))
    copied = CarbonCopy.objects.filter(decision=row).values_list("user__username", flat=True)
    assert sorted(copied) == ["finance"]


def test_notice_carries_every_item_with_its_origin_and_deadline(city):
    case = make_case(city, State.INTAKE)
    row = act(case, "return_for_correction", city.intake, items=[ITEM, {**ITEM, "section": "needs"}])
    notice = CorrectionNotice.objects.get()
    assert (notice.decision, notice.number, notice.closed_at) == (row, 1, None)
    # In the order of the sections, whatever the order of typing.
    assert [(item.section, item.origin) for item in notice.items.all()] == [("needs", "intake"), ("budget", "intake")]
    assert (notice.lapses_on - notice.due_on).days == 5
    assert notice.due_on > timezone.localdate() + timedelta(days=9)


def test_corrected_version_closes_the_notice(city):
    case = make_case(city, State.INTAKE)
    act(case, "return_for_correction", city.intake, items=[ITEM])
    answer_all(case, city.applicant)
    row = act(case, "resubmit", city.applicant, "")
    assert (CorrectionNotice.objects.get().closed_at, fresh(case).open_notice()) == (row.taken_at, None)
    assert row.version.number == 2


# --- what is refused ------------------------------------------------------------------------------------------------


def test_opinion_is_asked_for_and_what_was_typed_is_kept(city):
    case = make_case(city, State.ENDORSEMENT)
    for empty in ("", "  \n"):
        error = refusal(Blocked, case, "endorse", city.endorser, empty)
        assert error.reasons == ["Say why: the opinion is missing."]
    error = refusal(Blocked, case, "send_back", city.endorser, "请补充")
    assert error.kept == {"comment": "请补充"}


def test_every_blocker_is_told_at_once_with_who_can_help(city):
    case = make_case(city, State.DECISION)
    add_finding(case, "red")
    ScreeningRun.objects.update(finished_at=timezone.now() - timedelta(days=40))
    Project.objects.filter(pk=case.pk).update(security_plan="改过")
    error = refusal(Blocked, case, "approve", city.approver, "", entry={"approved_amount": Decimal(51)})
    words = ("is not settled", "older than 30 days", "differs from", "at most the reviewed 50.00", "opinion is missing")
    assert len(error.reasons) == len(words)
    for reason, part in zip(error.reasons, words, strict=True):
        assert part in reason
    assert "approver" in error.who


def test_step_that_is_not_open_says_where_the_case_is(city):
    case = make_case(city, State.INTAKE)
    error = refusal(NotOffered, case, "approve", city.approver)
    assert error.reasons == ["This step is not open in the present state “Intake check”."]
    assert error.who == ["intake"]
    assert "“Draft”" in refusal(NotOffered, make_case(city, ref="P902"), "no_such_step", city.approver).reasons[0]


def test_step_of_others_says_who_may(city):
    User.objects.filter(pk=city.intake.pk).update(name="王敏", phone="5555 0100")
    error = refusal(NotOffered, make_case(city, State.INTAKE), "accept", city.approver)
    assert (error.reasons, error.who) == (["This step is for others."], ["王敏 5555 0100"])


@pytest.mark.parametrize("change", [{"is_active": False}, {"assignments": []}])
def test_person_without_a_mandate_in_force_is_refused(city, change):
    case = make_case(city, State.INTAKE)
    city.intake.assignments.update(is_active="assignments" not in change)
    city.intake.is_active = change.get("is_active", True)
    city.intake.__dict__.pop("mandates", None)
    refusal(NotOffered, case, "accept", city.intake)


def test_endorser_and_applicant_of_another_unit_are_refused(city):
    refusal(NotOffered, make_case(city), "submit", city.applicant2)
    city.endorser.assignments.update(department=city.water)
    refusal(NotOffered, make_case(city, State.DRAFT, ref="P902"), "withdraw", city.endorser)
    own = make_case(city, ref="P903")
    act(own, "submit", city.applicant)
    assert refusal(NotOffered, own, "endorse", city.endorser).who == []


def test_value_that_the_step_does_not_ask_for_is_an_error(city):
    case = make_case(city, State.INTAKE)
    before = traces(case)
    with pytest.raises(ValueError, match="accept does not ask for"):
        act(case, "accept", city.intake, approved_amount=1)
    assert traces(case) == before


def test_stale_form_is_told_who_acted_and_keeps_the_text(city):
    case = make_case(city, State.INTAKE)
    seen = case.seq
    act(case, "return_for_correction", city.intake, items=[ITEM])
    for expected in (seen, seen - 1, seen + 2):
        error = refusal(Stale, case, "withdraw", city.applicant, "不申报了", expected_version=expected)
        assert error.reasons[0].startswith("The case has changed since you opened the page. intake acted at 20")
        assert error.kept == {"comment": "不申报了"}
    act_now = perform(
        case_id=case.pk, action="withdraw", actor=city.applicant, comment="不申报了", expected_version=seen + 1
    )
    assert act_now.target == State.WITHDRAWN


# --- everything or nothing ------------------------------------------------------------------------------------------


class Accident(RuntimeError):
    """Something that breaks in the middle of a step."""


def fail(*_args, **_kwargs):
    """What breaks."""
    raise Accident


@pytest.mark.parametrize(
    ("state", "who", "action", "entry", "module", "name"),
    [
        (State.DRAFT, "applicant", "submit", {}, effects, "take_snapshot"),
        (State.INTAKE, "intake", "accept", {}, effects, "request_run"),
        (State.INTAKE, "intake", "return_for_correction", {"items": [ITEM]}, effects, "due_on"),
        (State.DECISION, "approver", "approve", {"approved_amount": Decimal(1)}, Decision, "create_approval"),
        (State.DECISION, "approver", "defer", {}, services, "settle"),
        (State.DECISION, "approver", "defer", {}, services.Case, "save"),
    ],
)
def test_broken_effect_undoes_the_whole_step(city, monkeypatch, state, who, action, entry, module, name):
    case = make_case(city, state)
    before = traces(case)
    monkeypatch.setattr(module, name, fail)
    with pytest.raises(Accident):
        act(case, action, getattr(city, who), **entry)
    monkeypatch.undo()
    assert traces(case) == before
    act(case, action, getattr(city, who), **entry)


def test_receiver_that_fails_undoes_the_step_and_its_system_steps(city):
    case = make_case(city, ref="P902", actor=city.applicant2)
    before = traces(case)

    def refuse_the_second(decision, **_kwargs):
        if decision.action == "skip_endorsement":
            raise Accident

    step_taken.connect(refuse_the_second)
    try:
        with pytest.raises(Accident):
            act(case, "submit", city.applicant2)
    finally:
        step_taken.disconnect(refuse_the_second)
    assert traces(case) == before


def test_screening_starts_after_the_commit_and_only_then(city, django_capture_on_commit_callbacks):
    case = make_case(city, State.INTAKE)
    Document.objects.filter(project=case, kind="plan").delete()
    with django_capture_on_commit_callbacks(execute=True) as rung:
        refusal(Blocked, case, "accept", city.intake)
    assert rung == []
    Document.objects.create(project=case, kind="plan", name="x", size=1, uploaded_by=city.applicant)
    with django_capture_on_commit_callbacks(execute=True) as rung:
        act(case, "accept", city.intake)
        assert ScreeningRun.objects.get().status == RunStatus.QUEUED
    assert len(rung) == 1
    assert (ScreeningRun.objects.get().status, fresh(case).state) == (RunStatus.SUCCEEDED, State.REVIEW)


# --- the system's own steps -----------------------------------------------------------------------------------------


def test_system_steps_go_through_the_same_door(city):
    case = make_case(city, State.DECISION, actor=city.applicant2, ref="P902")
    rows = {row.action: row for row in case.decisions.filter(actor=the_system())}
    assert set(rows) == {"skip_endorsement", "pass_screening", "to_decision"}
    assert {(row.mandate, row.comment) for row in rows.values()} == {("system", "")}
    assert rows["pass_screening"].checks == ["screening_succeeded"]
    assert rows["to_decision"].previous == case.decisions.get(seq=rows["to_decision"].seq - 1).digest


def test_nobody_takes_a_system_step(city):
    case = make_case(city, State.ENDORSEMENT)
    for person in (city.applicant, city.endorser, city.manager, city.approver):
        refusal(NotOffered, case, "skip_endorsement", person)
    impostor = User.objects.create(username="System", is_superuser=True, department=city.office)
    refusal(NotOffered, case, "skip_endorsement", impostor)


def test_system_account_takes_no_step_of_a_person(city):
    refusal(NotOffered, make_case(city, State.DECISION), "defer", the_system())


def test_advance_does_nothing_while_something_blocks(city):
    case = make_case(city, State.REVIEW)
    before = traces(case)
    assert advance(case.pk) == State.REVIEW
    assert traces(case) == before


def test_correction_lapses_through_the_door(city):
    case = make_case(city, State.INTAKE)
    act(case, "return_for_correction", city.intake, items=[ITEM])
    assert lapse_all() == 0
    CorrectionNotice.objects.update(lapses_on=timezone.localdate() - timedelta(days=1))
    assert lapse_all() == 1
    assert fresh(case).state == State.WITHDRAWN
    assert case.decisions.latest("seq").mandate == "system"


def test_loop_in_the_table_stops_and_writes_nothing(city, monkeypatch):
    case = make_case(city, State.SCREENING)
    before = traces(case)
    again = next(step for step in WORKFLOW if step.action == "rescreen")
    loop = replace(again, by=(services.Role.SYSTEM,), guards=(), then=())
    monkeypatch.setattr(services, "AUTOMATIC", (loop,))
    with pytest.raises(RuntimeError, match="loops at screening"):
        advance(case.pk)
    assert traces(case) == before


def test_deferred_project_joins_the_open_round(city):
    case = make_case(city, State.DECISION)
    act(case, "defer", city.approver)
    today = timezone.localdate()
    days = {"opens_on": today - timedelta(days=1), "closes_on": today + timedelta(days=9)}
    newer = Round.objects.create(code="R2027", name="下一批", year=2027, **days)
    act(case, "take_up", city.applicant)
    assert (fresh(case).state, fresh(case).round) == (State.DRAFT, newer)


def test_adjudication_writes_the_decision_on_the_findings(city):
    case = make_case(city, State.ADJUDICATION, text=duplicate_text(city))
    case.findings.update(reply="explain")
    finding = case.findings.get()
    until = timezone.localdate() + timedelta(days=90)
    entry = {"decision": "exception", "reason_code": "emergency", "expires_on": until}
    row = act(case, "adjudicate", city.manager, "汛期应急", findings=[finding.pk], **entry)
    finding.refresh_from_db()
    assert (finding.decision, finding.reason_code, finding.expires_on) == (Adjudication.EXCEPTION, "emergency", until)
    assert (finding.reason, finding.decided_by, finding.decided_at) == ("汛期应急", city.manager, row.taken_at)
    assert row.payload == {**entry, "findings": [finding.pk], "expires_on": until.isoformat()}
    assert fresh(case).state == State.DECISION
