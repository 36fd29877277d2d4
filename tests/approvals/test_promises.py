"""The promises of the product (design §2), each by its number; the tenth is in the tests of deadlines."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from django_fsm import TransitionNotAllowed

from accounts.roles import Role
from approvals import effects
from approvals.audit import problems
from approvals.errors import Blocked, NotOffered, Stale
from approvals.forms import StepForm
from approvals.models import Approval, Decision, Review
from approvals.services import STEPS, perform
from config.demo.walk import Walker
from planning.models import PolicyRow
from portfolio.models import System
from projects.models import Finding, Project, ScreeningRun, Version
from projects.services import attach_document, create_project, save_budget, save_section
from projects.states import RunStatus, State
from tests.approvals.acting import (
    ITEM,
    act,
    add_finding,
    answer_all,
    fresh,
    guards_down,
    open_expert_reviews,
    refusal,
    review_of,
    said,
    step_review,
    traces,
)
from tests.cast import duplicate_text, make_case, person
from tests.projects import making

pytestmark = pytest.mark.django_db
GRANT = {"approved_amount": Decimal("50.00")}


@pytest.fixture(autouse=True)
def _english():
    with override("en"):
        yield


@pytest.fixture
def ready(city):
    """A case that the approver may approve."""
    case = make_case(city, State.DECISION)
    assert said(case, "approve", city.approver, **GRANT) == "approved"
    return case


def refused(case, city):
    """The reasons for which the approval is refused; nothing is written."""
    return refusal(Blocked, case, "approve", city.approver, entry=GRANT).reasons


# --- 1: reviews -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["planning", "requirements", "standards"])
def test_promise_1_nothing_is_approved_without_a_passed_review(city, ready, kind):
    for status in ("not_started", "in_progress", "failed", "info_needed", "recused"):
        with guards_down() as cursor:
            cursor.execute("UPDATE approvals_review SET status = %s WHERE kind = %s", [status, kind])
        (reason,) = refused(ready, city)
        assert reason == f"Not passed on this version: {Review.objects.get(kind=kind).get_kind_display()}."


def test_promise_1_reviews_of_an_older_version_do_not_count(city, ready):
    Project.objects.filter(pk=ready.pk).update(summary="另建一个平台")
    effects.snapshot(fresh(ready), Decision(actor=city.applicant, taken_at=timezone.now()))
    ScreeningRun.objects.update(version=Version.objects.get(number=2))
    assert refused(ready, city) == [
        "Not passed on this version: Planning review, Requirements review, Standards review."
    ]


def test_promise_1_what_is_approved_is_what_was_reviewed(city, ready):
    Project.objects.filter(pk=ready.pk).update(necessity="改过")
    (reason,) = refused(ready, city)
    assert "differs from the submitted version" in reason


# --- 2: duplicates --------------------------------------------------------------------------------------------------


def test_promise_2_nothing_is_approved_with_an_open_finding(city, ready):
    finding = add_finding(ready)
    for band in ("red", "amber"):
        for relation in ("duplicate", "extend", "unified", "negative", "same_round"):
            Finding.objects.filter(pk=finding.pk).update(band=band, relation=relation)
            assert refused(ready, city) == ["1 duplicate finding is not settled."]
    for decision in ("reuse", "cut", "merge", "reject", "upgrade"):
        Finding.objects.filter(pk=finding.pk).update(decision=decision)
        assert refused(ready, city) == ["1 duplicate finding is not settled."]


def test_promise_2_screening_fails_closed(city, ready):
    sound = ScreeningRun.objects.values("status", "error", "band", "finished_at").get()
    for facts, words in [
        ({"status": RunStatus.FAILED, "error": "out of memory"}, "failed: out of memory"),
        ({"status": RunStatus.QUEUED}, "not finished"),
        ({"status": RunStatus.RUNNING}, "not finished"),
        ({"status": RunStatus.SUPERSEDED}, "not finished"),
        ({"band": "insufficient"}, "Too little of the budget"),
        ({"finished_at": timezone.now() - timedelta(days=31)}, "older than 30 days"),
    ]:
        ScreeningRun.objects.update(**{**sound, **facts})
        (reason,) = refused(ready, city)
        assert words in reason


def test_promise_2_missing_run_is_no_screening(city, ready):
    ScreeningRun.objects.all().delete()
    assert refused(ready, city)[0] == "Version 1 has not been screened for duplicates."


# --- 3: exactly what rested on it -----------------------------------------------------------------------------------


def correct(city, case, change):
    """Sent back by the approver, changed, and brought before the reviewers again."""
    act(case, "return_for_correction", city.approver, items=[ITEM])
    change(case)
    answer_all(case, city.applicant)
    act(case, "resubmit", city.applicant)
    act(case, "accept", city.intake)
    Walker().from_screening(fresh(case))
    return fresh(case)


def change_section(city, section, **data):
    """An edit of some columns."""
    return lambda case: save_section(
        project_id=case.pk, actor=city.applicant, section=section, data=data, expected_revision=None
    )


def change_budget(city):
    """An edit of the one line."""
    line = {"capability": "P901-01", "amount": Decimal("45.00")}
    rows = [making.line_row(**line)]
    return lambda case: save_budget(project_id=case.pk, actor=city.applicant, rows=rows, expected_revision=None)


CHANGES = {
    "security": (lambda city: change_section(city, "security", security_plan="按三级防护"), {"standards"}),
    "budget": (change_budget, {"planning", "requirements"}),
    "needs": (lambda city: change_section(city, "needs", necessity="每年 60 起"), {"requirements"}),
    "unit": (lambda city: change_section(city, "unit", unit_systems="两个旧系统"), {"planning"}),
    "overview": (
        lambda city: change_section(city, "overview", summary="扩大范围"),
        {"planning", "requirements", "standards"},
    ),
}


@pytest.mark.parametrize("changed", CHANGES)
def test_promise_3_a_change_voids_exactly_the_reviews_that_rested_on_it(city, ready, changed):
    make_change, void = CHANGES[changed]
    before = {review.kind: review.pk for review in Review.objects.all()}
    case = correct(city, ready, make_change(city))
    assert case.state == State.REVIEW
    newest = case.current_version
    assert newest.number == 2
    for kind, earlier in before.items():
        review = case.review_of(kind)
        if kind in void:
            assert (review.status, review.version, review.reviewer) == ("not_started", newest, None)
        else:
            assert (review.pk, review.status, review.carried_to) == (earlier, "passed", newest)
    runs = ScreeningRun.objects.order_by("pk").values_list("version__number", "status")
    assert list(runs) == [(1, "succeeded"), (2, "succeeded")]


def test_promise_3_carried_review_is_visible(client, city, ready):
    case = correct(city, ready, CHANGES["security"][0](city))
    city.auditor.language = "en"
    city.auditor.save()
    client.force_login(city.auditor)
    page = client.get(reverse("approvals:case", args=[case.ref])).content.decode()
    assert page.count("carried to 2") == 2
    with override("en"):
        answer = client.get(reverse("approvals:review", args=[case.ref, case.review_of("planning").pk]))
    assert answer.status_code == 200


def test_promise_3_nothing_changed_nothing_void(city, ready):
    upload = making.make_pdf("补充.pdf")
    change = lambda case: attach_document(project_id=case.pk, actor=city.applicant, kind="other", upload=upload)  # noqa: E731
    case = correct(city, ready, change)
    assert case.state == State.DECISION
    assert {review.carried_to.number for review in Review.objects.all()} == {2}
    assert said(case, "approve", city.approver, **GRANT) == "approved"


def test_promise_3_opinion_against_is_never_carried(city):
    case = make_case(city, State.DECISION)
    with guards_down() as cursor:
        cursor.execute("UPDATE approvals_review SET status = 'failed' WHERE kind = 'planning'")
    case = correct(city, case, CHANGES["security"][0](city))
    assert review_of(case, "planning").status == "not_started"


# --- 4: separation --------------------------------------------------------------------------------------------------


def test_promise_4_nobody_approves_for_the_own_unit(city, ready):
    own = person("own", Role.APPROVER, city.hospital)
    error = refusal(NotOffered, ready, "approve", own, entry=GRANT)
    assert "applicant unit" in error.reasons[0]


def test_promise_4_recusal_counts_against_the_quorum(city):
    case = make_case(city, State.EXPERT_REVIEW, amount="150")
    seats = list(open_expert_reviews(case))
    for review in seats[:2]:
        step_review(review, "review_open", review.reviewer)
        step_review(review, "review_pass", review.reviewer)
    step_review(seats[2], "review_recuse", seats[2].reviewer)
    assert refusal(Blocked, case, "to_decision", city.manager).reasons == ["2 of 5 expert opinions are in."]
    for review in seats[3:]:
        step_review(review, "review_open", review.reviewer)
        step_review(review, "review_pass", review.reviewer)
    assert "4 of 5" in refusal(Blocked, case, "to_decision", city.manager).reasons[0]
    PolicyRow.objects.filter(key="expert_quorum").update(value={"T2": 3, "T3": 5})
    assert act(case, "to_decision", city.manager).target == State.DECISION


# --- 5: reasons -----------------------------------------------------------------------------------------------------


def test_promise_5_every_return_carries_an_item(city):
    backward = [step for step in STEPS.values() if step.action in {"return_for_correction", "send_back"}]
    assert len(backward) == 6
    for step in backward:
        assert effects.issue_notice in step.then
        assert step.comment
        assert {guard.__name__ for guard in step.guards} & {"has_items", "something_to_correct"}
    case = make_case(city, State.DECISION)
    error = refusal(Blocked, case, "return_for_correction", city.approver, entry={"items": []})
    assert "at least one item" in error.reasons[0]


def test_promise_5_every_override_has_code_text_actor_and_time(city):
    case = make_case(city, State.ADJUDICATION, text=duplicate_text(city))
    case.findings.update(reply="explain")
    entry = {"findings": [case.findings.get().pk], "decision": "exception", "reason_code": "emergency"}
    entry["expires_on"] = timezone.localdate()
    for missing in ("reason_code", "expires_on"):
        refusal(Blocked, case, "adjudicate", city.manager, entry={**entry, missing: None})
    refusal(Blocked, case, "adjudicate", city.manager, " ", entry=entry)
    act(case, "adjudicate", city.manager, "汛期", **entry)
    finding = case.findings.get()
    assert all([finding.reason_code, finding.reason, finding.decided_by, finding.decided_at, finding.expires_on])


# --- 6: money -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("amount", ["50.01", "0", "-1", "999999"])
def test_promise_6_approved_amount_is_within_the_reviewed(city, ready, amount):
    error = refusal(Blocked, ready, "approve", city.approver, entry={"approved_amount": Decimal(amount)})
    assert "at most the reviewed 50.00" in error.reasons[0]


def test_promise_6_amount_is_asked_for_and_lines_add_up(city, ready):
    refusal(Blocked, ready, "approve", city.approver)
    version = fresh(ready).current_version
    lines = version.snapshot["budget"]["lines"]
    assert version.amount == sum(Decimal(line["amount"]) for line in lines) == Decimal("50.00")
    assert all(line["fund_source"] and (line["capability"] or line["category"]) for line in lines)


# --- 7: one door ----------------------------------------------------------------------------------------------------


def test_promise_7_state_moves_only_through_the_door(city, ready):
    case = fresh(ready)
    with pytest.raises(AttributeError):
        case.state = State.APPROVED
    with pytest.raises(AttributeError):
        Project.objects.filter(pk=case.pk).update(state=State.APPROVED)
    case.defer()
    with pytest.raises(DatabaseError), transaction.atomic():
        case.save()
    with pytest.raises(TransitionNotAllowed):
        fresh(ready).take_up()
    assert fresh(ready).state == State.DECISION


def test_promise_7_history_is_append_only_and_tampering_is_found(city, ready):
    row = ready.decisions.first()
    for change in (lambda: Decision.objects.filter(pk=row.pk).update(comment="x"), row.delete, row.save):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert list(problems()) == []
    with guards_down():
        Decision.objects.filter(pk=row.pk).update(comment="x")
    assert f"P901 decision {row.seq}: was changed after it was written" in list(problems())


# --- 8: secrets and retired systems ---------------------------------------------------------------------------------


def test_promise_8_classified_project_cannot_be_saved(city):
    facts = {"actor": city.applicant, "department": city.hospital, "round": city.round, "title": "x", "kind": "new"}
    with pytest.raises(ValidationError):
        create_project(**facts, declared_unclassified=False)
    case = make_case(city)
    with pytest.raises(IntegrityError), transaction.atomic():
        Project.objects.filter(pk=case.pk).update(declared_unclassified=False)
    assert Project.objects.count() == 1


def test_promise_8_retired_system_is_never_offered_for_reuse(city):
    case = fresh(make_case(city, State.ADJUDICATION, text=duplicate_text(city)))
    step = STEPS[State.ADJUDICATION, "redirect"]
    data = {"target_system": city.system.code, "comment": "转复用", "expected_version": case.seq}
    assert StepForm(data, case=case, step=step).is_valid()
    System.objects.update(status=System.Status.RETIRED)
    assert "target_system" in StepForm(data, case=case, step=step).errors
    other = make_case(city, State.REVIEW, ref="P902", text="渔船北斗终端登记发放及年审")
    assert not other.findings.filter(system=city.system, is_current=True).exists()


# --- 9: one decision ------------------------------------------------------------------------------------------------


def test_promise_9_of_two_forms_opened_at_once_one_wins(city, ready):
    seen = ready.seq
    perform(case_id=ready.pk, action="defer", actor=city.approver, comment="待议", expected_version=seen)
    error = refusal(Stale, ready, "approve", city.approver, entry=GRANT, expected_version=seen)
    assert "approver acted at" in error.reasons[0]
    refusal(NotOffered, ready, "approve", city.approver, entry=GRANT)
    assert not Approval.objects.exists()
    assert ready.decisions.filter(source=State.DECISION).count() == 1


def test_promise_9_decision_and_notice_commit_together(city, ready, monkeypatch):
    before = traces(ready)
    monkeypatch.setattr(effects, "policy", lambda key: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        act(ready, "return_for_correction", city.approver, items=[ITEM])
    assert traces(ready) == before
    monkeypatch.undo()
    row = act(ready, "return_for_correction", city.approver, items=[ITEM])
    assert row.notice.items.count() == 1
