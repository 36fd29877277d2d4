"""Each guard of the project's steps: what it refuses, in which words, and what it lets pass."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from django.utils.translation import override

from approvals import guards
from approvals.machine import blockers
from approvals.models import CorrectionNotice, Review
from approvals.step import Step
from planning.models import LateFiling, PolicyRow, Round
from planning.services import grant_late_filing, set_policy
from projects.models import Document, Finding, Project, ScreeningRun, Version
from projects.services import save_budget
from projects.states import Adjudication, Band, RunStatus, State
from tests.approvals.acting import (
    ITEM,
    REASONED,
    act,
    add_finding,
    answer_all,
    asked,
    fresh,
    guards_down,
    judge,
    judge_one,
    open_expert_reviews,
    open_review,
    pass_reviews,
    step_review,
)
from tests.cast import fill, make_case
from tests.projects import making

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


@pytest.fixture(autouse=True)
def _english():
    with override("en"):
        yield


# --- filing ---------------------------------------------------------------------------------------------------------


def test_declaration_is_asked_for(city):
    case = fresh(make_case(city))
    assert guards.declared_unclassified(case) is None
    case.declared_unclassified = False
    assert "state secrets" in guards.declared_unclassified(case)


def test_round_has_to_be_open(city):
    case = make_case(city)
    assert asked(guards.round_is_open, case) is None
    Round.objects.filter(pk=city.round.pk).update(closes_on=TODAY() - timedelta(days=1))
    assert asked(guards.round_is_open, case) == "The application round “批次 R2026” is not open today."
    Round.objects.filter(pk=city.round.pk).update(opens_on=TODAY() + timedelta(1), closes_on=TODAY() + timedelta(9))
    assert "is not open today" in asked(guards.round_is_open, case)


def test_leave_for_late_filing_stands_for_the_window(city):
    case = make_case(city)
    Round.objects.filter(pk=city.round.pk).update(closes_on=TODAY() - timedelta(days=1))
    leave = {"until": TODAY(), "reason": "机构调整", "basis": "批示"}
    grant_late_filing(actor=city.planner, round_id=city.round.pk, department=city.water, **leave)
    assert "is not open today" in asked(guards.round_is_open, case)
    grant_late_filing(actor=city.planner, round_id=city.round.pk, department=city.health, **leave)
    assert asked(guards.round_is_open, case) is None
    LateFiling.objects.update(until=TODAY() - timedelta(days=1))
    assert "is not open today" in asked(guards.round_is_open, case)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda case: Document.objects.filter(project=case, kind="plan").delete(), "Construction plan (nine chapters)"),
        (lambda case: Project.objects.filter(pk=case.pk).update(out_of_plan_reason=""), "outside the plan"),
        (lambda case: Project.objects.filter(pk=case.pk).update(necessity=" "), "necessity"),
        (lambda case: case.budget_lines.update(fund_source=""), "source of funds"),
        (lambda case: case.budget_lines.update(capability=None), "mapped to no capability"),
        (lambda case: Project.objects.filter(pk=case.pk).update(mlps_level=3), "Cryptography plan"),
    ],
    ids=["document", "plan item", "text", "fund source", "mapping", "level three"],
)
def test_what_is_missing_is_named(city, spoil, words):
    case = make_case(city)
    assert asked(guards.is_complete, case) is None
    spoil(case)
    assert asked(guards.is_complete, case).startswith("1 thing is missing: ")
    assert words.lower() in asked(guards.is_complete, case).lower()


def test_only_a_first_level_unit_skips_endorsement(city):
    assert "supervising department" in asked(guards.unit_supervises_itself, make_case(city))
    own = make_case(city, State.INTAKE, ref="P902", actor=city.applicant2)
    assert asked(guards.unit_supervises_itself, own) is None
    assert [row.action for row in own.decisions.all()] == ["submit", "skip_endorsement"]


def test_return_needs_an_item(city):
    case = make_case(city, State.INTAKE)
    assert asked(guards.has_items, case) is None
    assert "at least one item" in asked(guards.has_items, case, {})
    assert asked(guards.has_items, case, {"items": [ITEM]}) is None


def test_return_after_the_reviews_collects_theirs(city):
    case = make_case(city, State.REVIEW)
    review = open_review(case, "planning", city.planner)
    judge(review, city.planner)
    judge_one(review, city.planner, "doubt")
    assert "at least one item" in asked(guards.has_items, case, {})
    step_review(review, "review_ask", city.planner)
    assert asked(guards.has_items, case, {}) is None


def test_every_item_of_the_notice_is_answered(city):
    case = make_case(city, State.INTAKE)
    act(case, "return_for_correction", city.intake, items=[ITEM, {**ITEM, "section": "needs"}])
    assert asked(guards.every_item_answered, case) == "2 items of the correction notice are unanswered."
    fresh(case).open_notice().items.filter(section="needs").update(answer="amended")
    assert asked(guards.every_item_answered, case) == "1 item of the correction notice is unanswered."
    answer_all(case, city.applicant)
    assert asked(guards.every_item_answered, case) is None


def test_correction_lapses_after_deadline_and_grace(city):
    case = make_case(city, State.INTAKE)
    act(case, "return_for_correction", city.intake, items=[ITEM])
    assert "has not run out" in asked(guards.correction_has_lapsed, case)
    CorrectionNotice.objects.update(lapses_on=TODAY())
    assert "has not run out" in asked(guards.correction_has_lapsed, case)
    CorrectionNotice.objects.update(lapses_on=TODAY() - timedelta(days=1))
    assert asked(guards.correction_has_lapsed, case) is None


@pytest.mark.parametrize(
    ("amount", "tier"), [("19.99", "T0"), ("20", "T1"), ("99.99", "T1"), ("100", "T2"), ("500", "T3")]
)
def test_only_the_smallest_tier_is_filed(city, amount, tier):
    case = make_case(city, State.INTAKE, amount=amount)
    assert fresh(case).tier == tier
    if tier == "T0":
        assert asked(guards.may_be_filed, case) is None
    else:
        assert asked(guards.may_be_filed, case).endswith(f"this one is {tier}.")
        Project.objects.filter(pk=case.pk).update(higher_approval="粤发改〔2026〕1号")
        assert asked(guards.may_be_filed, case) is None


def test_rejection_at_intake_cites_a_clause(city):
    case = make_case(city, State.INTAKE)
    assert asked(guards.clause_cited, case) is None
    assert "clause" in asked(guards.clause_cited, case, {})
    assert asked(guards.clause_cited, case, {"clause": "负面清单第3条"}) is None


# --- screening ------------------------------------------------------------------------------------------------------


def test_screening_has_to_succeed_on_this_version(city):
    case = make_case(city, State.REVIEW)
    assert asked(guards.screening_succeeded, case) is None
    run = ScreeningRun.objects.get()
    for status, words in [
        (RunStatus.QUEUED, "not finished"),
        (RunStatus.RUNNING, "not finished"),
        (RunStatus.SUPERSEDED, "not finished"),
        (RunStatus.FAILED, "failed: disk full"),
    ]:
        ScreeningRun.objects.filter(pk=run.pk).update(status=status, error="disk full")
        assert words in asked(guards.screening_succeeded, case)
        assert asked(guards.screening_did_not_succeed, case) is None
    ScreeningRun.objects.filter(pk=run.pk).update(status=RunStatus.SUCCEEDED)
    assert "has succeeded" in asked(guards.screening_did_not_succeed, case)


def test_missing_run_and_run_of_an_older_version_do_not_count(city):
    case = make_case(city, State.ENDORSEMENT)
    assert asked(guards.screening_succeeded, case) == "Version 1 has not been screened for duplicates."
    case = make_case(city, State.REVIEW, ref="P902", text="渣土车辆核准")
    with guards_down():
        Version.objects.filter(project=case).update(number=7)
    later = Version.objects.get(project=case)
    later.pk, later.number = None, 8
    later.save()
    assert asked(guards.screening_succeeded, case) == "Version 8 has not been screened for duplicates."
    assert "Version 0" in asked(guards.screening_succeeded, make_case(city, ref="P903"))


def test_screening_ages(city):
    case = make_case(city, State.DECISION)
    assert asked(guards.screening_is_fresh, case) is None
    ScreeningRun.objects.update(finished_at=timezone.now() - timedelta(days=30, minutes=1))
    assert "older than 30 days" in asked(guards.screening_is_fresh, case)
    set_policy(key="screening_max_age", value=31, source="test")
    assert asked(guards.screening_is_fresh, case) is None
    ScreeningRun.objects.update(finished_at=None)
    assert "run it again" in asked(guards.screening_is_fresh, case)


@pytest.mark.parametrize("band", Band.values)
def test_too_little_data_is_its_own_band(city, band):
    case = make_case(city, State.REVIEW)
    ScreeningRun.objects.update(band=band)
    assert bool(asked(guards.data_is_sufficient, case)) == (band == "insufficient")


# --- reviews --------------------------------------------------------------------------------------------------------


def test_all_three_reviews_pass_on_this_version(city):
    case = make_case(city, State.REVIEW)
    left = "Not passed on this version: Planning review, Requirements review, Standards review."
    assert asked(guards.reviews_passed, case) == left
    pass_reviews(case, "planning", "standards")
    assert asked(guards.reviews_passed, case) == "Not passed on this version: Requirements review."
    assert asked(guards.reviews_concluded, case) == "Still under review: Requirements review."
    pass_reviews(case, "requirements")
    assert asked(guards.reviews_passed, case) is None
    assert asked(guards.reviews_concluded, case) is None
    with guards_down():
        Review.objects.filter(kind="standards").update(basis="of another version")
    assert asked(guards.reviews_passed, case) == "Not passed on this version: Standards review."


def test_rejection_after_the_reviews_needs_a_failed_one(city):
    case = make_case(city, State.REVIEW)
    pass_reviews(case, "planning", "requirements")
    assert "No review has failed" in asked(guards.a_review_failed, case)
    review = open_review(case, "standards", city.standards)
    judge(review, city.standards, "fail", **REASONED)
    step_review(review, "review_fail", city.standards)
    assert asked(guards.a_review_failed, case) is None
    assert "Standards review" in asked(guards.reviews_passed, case)


def test_open_findings_are_counted(city):
    case = make_case(city, State.REVIEW)
    assert asked(guards.no_open_findings, case) is None
    assert "no open duplicate finding" in asked(guards.has_open_findings, case)
    ScreeningRun.objects.update(band="insufficient")
    assert asked(guards.has_open_findings, case) is None
    for band, facts in [
        ("red", {}),
        ("amber", {"relation": "unified"}),
        ("green", {}),
        ("red", {"relation": "related"}),
    ]:
        add_finding(case, band, **facts)
    assert asked(guards.no_open_findings, case) == "2 duplicate findings are not settled."
    Finding.objects.filter(band="amber").update(decision=Adjudication.CUT)
    assert asked(guards.no_open_findings, case) == "2 duplicate findings are not settled."
    Finding.objects.filter(band="amber").update(decision=Adjudication.EXCEPTION)
    assert asked(guards.no_open_findings, case) == "1 duplicate finding is not settled."
    Finding.objects.filter(band="red").update(is_current=False)
    assert asked(guards.no_open_findings, case) is None


# --- experts and decision -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("tier", "experts"), [("T0", False), ("T1", False), ("T2", True), ("T3", True)])
def test_larger_tiers_go_before_experts(city, tier, experts):
    case = fresh(make_case(city))
    case.tier = tier
    assert (guards.tier_needs_experts(case) is None) is experts
    assert (guards.tier_needs_no_experts(case) is None) is not experts


def test_four_opinions_of_five_are_no_quorum(city):
    case = make_case(city, State.EXPERT_REVIEW, amount="150")
    for given in range(6):
        said = asked(guards.quorum_reached, case)
        assert said is None if given == 5 else said == f"{given} of 5 expert opinions are in."
        review = open_expert_reviews(case).first()
        if review is None:
            continue
        step_review(review, "review_open", review.reviewer)
        step_review(review, "review_pass", review.reviewer)


def test_recused_expert_does_not_count(city):
    case = make_case(city, State.EXPERT_REVIEW, amount="150")
    for review in open_expert_reviews(case)[:3]:
        step_review(review, "review_recuse", review.reviewer)
    assert asked(guards.quorum_reached, case) == "0 of 5 expert opinions are in."


def test_quorum_that_nobody_set_is_not_reached(city):
    case = fresh(make_case(city))
    PolicyRow.objects.filter(key="expert_quorum").delete()
    for tier, words in [("T0", None), ("T1", None), ("T2", "No expert quorum is set for this tier.")]:
        case.tier = tier
        assert guards.quorum_reached(case) == words


@pytest.mark.parametrize(
    ("amount", "right"), [("0.01", True), ("50", True), ("50.01", False), ("0", False), (None, False)]
)
def test_approved_amount_stays_within_the_reviewed(city, amount, right):
    case = make_case(city, State.ENDORSEMENT)
    entry = {"approved_amount": Decimal(amount) if amount else None}
    said = asked(guards.amount_within_reviewed, case, entry)
    assert said is None if right else "at most the reviewed 50.00" in said


def test_what_is_approved_is_what_was_submitted(city):
    case = make_case(city, State.DECISION)
    assert asked(guards.version_is_unchanged, case) is None
    Project.objects.filter(pk=case.pk).update(security_plan="另一份方案")
    assert "differs from the submitted version" in asked(guards.version_is_unchanged, case)
    assert "differs" in asked(guards.version_is_unchanged, make_case(city, ref="P902"))


# --- the interpreter ------------------------------------------------------------------------------------------------


def test_every_reason_is_told_at_once_and_documents_come_first(city):
    case = fresh(make_case(city))
    Document.objects.filter(project=case, kind="plan").delete()
    case.entry = {}
    step = Step(
        State.DRAFT, "submit", State.ENDORSEMENT, (), "", needs=("plan", "basis", "catalogue"),
        guards=(guards.clause_cited, guards.round_is_open, guards.has_items),
    )  # fmt: skip
    found = blockers(case, step)
    assert [reason.split(":")[0] for reason in found[:2]] == ["Attach", "Attach"]
    assert len(found) == 4
    fill_again = making.make_project(city.applicant, department=city.hospital, round=city.round)
    fill(fill_again, city.applicant, amount="1", text="x")
    save_budget(project_id=fill_again.pk, actor=city.applicant, rows=[], expected_revision=None)
    assert (
        "budget line"
        in blockers(fresh(fill_again), Step(State.DRAFT, "", State.DRAFT, (), "", (guards.is_complete,)))[0]
    )
