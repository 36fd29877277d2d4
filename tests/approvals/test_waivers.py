"""A failed major item is cured, or waived for a time: who grants, what it lets pass, how it ends and comes back."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from django.utils.translation import override

from accounts.roles import Role
from approvals import waiver_guards as guards
from approvals.audit import problems
from approvals.errors import Blocked, NotOffered
from approvals.models import Case, Obligation, Review, Waiver
from approvals.waiving import lapse_waivers
from projects.states import State
from tests.approvals.acting import (
    REASONED,
    act,
    answer_all,
    asked,
    fresh,
    judge,
    open_review,
    pass_reviews,
    refusal,
    review_of,
    review_refusal,
    said,
    step_review,
)
from tests.cast import make_case, person

pytestmark = pytest.mark.django_db
GRANT = {"approved_amount": Decimal("50.00")}


@pytest.fixture(autouse=True)
def _english():
    with override("en"):
        yield


def day(offset: int):
    """Today and so many days."""
    return timezone.localdate() + timedelta(days=offset)


def terms(code, days=60, **more):
    """What the manager enters with a waiver."""
    return {"item": code, "measure": "每月人工核对一次", "until": day(days), **more}


def failed_at(review, reviewer, severity, verdict="fail") -> str:
    """One item of that severity is found wanting, the rest passes; its code."""
    from approvals.sheet_services import save_verdicts

    judge(review, reviewer)
    code = review.items.filter(applies=True, severity=severity).first().code
    save_verdicts(review_id=review.pk, actor=reviewer, verdicts={code: {"verdict": verdict, **REASONED}})
    return code


@pytest.fixture
def case(city):
    """A case whose planning and requirements reviews have passed."""
    case = make_case(city, State.REVIEW)
    pass_reviews(case, "planning", "requirements")
    return fresh(case)


@pytest.fixture
def wanting(city, case):
    """Its standards review, in which one major item failed: the case, the review, the code."""
    review = open_review(case, "standards", city.standards)
    return case, review, failed_at(review, city.standards, "major")


@pytest.fixture
def waived(city, wanting):
    """The same, waived for sixty days and passed with conditions: before the decision."""
    case, review, code = wanting
    act(case, "waive", city.manager, "年内改造完成", **terms(code))
    step_review(review, "review_pass_with_conditions", city.standards)
    assert fresh(case).state == State.DECISION
    return fresh(case), code


def move(case, days):
    """Let the waivers of a case end that many days from today, as if time had passed."""
    Waiver.objects.filter(project_id=case.pk).update(expires_on=day(days), recheck_on=day(days - 30))


# --- granting -------------------------------------------------------------------------------------------------------


def test_failed_major_passes_with_a_waiver_alone(city, wanting):
    case, review, code = wanting
    (reason,) = review_refusal(Blocked, review, "review_pass_with_conditions", city.standards).reasons
    assert reason == f"Major items found wanting: {code}. Ask for correction, or have the manager grant a waiver."
    row = act(case, "waive", city.manager, "年内改造完成", **terms(code))
    waiver = Waiver.objects.get()
    assert (waiver.code, waiver.decision, waiver.granted_by) == (code, row, city.manager)
    assert (waiver.expires_on, waiver.recheck_on) == (day(60), day(30))
    assert row.payload == {"item": code, "measure": "每月人工核对一次", "until": day(60).isoformat()}
    step_review(review, "review_pass_with_conditions", city.standards)
    assert said(fresh(case), "approve", city.approver, **GRANT) == "approved"
    assert list(problems()) == []


def test_doubtful_major_needs_a_waiver_too(city, case):
    review = open_review(case, "standards", city.standards)
    code = failed_at(review, city.standards, "major", "doubt")
    review_refusal(Blocked, review, "review_pass_with_conditions", city.standards)
    act(case, "waive", city.manager, **terms(code))
    step_review(review, "review_pass_with_conditions", city.standards)


def test_veto_is_never_waived(city, case):
    review = open_review(case, "standards", city.standards)
    code = failed_at(review, city.standards, "veto")
    error = refusal(Blocked, case, "waive", city.manager, entry=terms(code))
    assert error.reasons == [f"A veto item is never waived: {code} has to be cured."]


@pytest.mark.parametrize("severity", ["advisory", None])
def test_only_majors_found_wanting_are_waived(city, wanting, severity):
    case, review, _code = wanting
    others = review.items.filter(applies=True, verdict="pass")
    other = (others.filter(severity=severity) if severity else others.filter(severity="major")).first().code
    error = refusal(Blocked, case, "waive", city.manager, entry=terms(other))
    assert error.reasons == [f"{other} is no major item that failed or is in doubt here."]


@pytest.mark.parametrize("left_out", [{"measure": " "}, {"until": None}, {"until": day(0)}, {"until": day(367)}])
def test_waiver_has_a_measure_and_an_end_within_a_year(city, wanting, left_out):
    case, _review, code = wanting
    refusal(Blocked, case, "waive", city.manager, entry={**terms(code), **left_out})
    refusal(Blocked, case, "waive", city.manager, " ", entry=terms(code))


def test_the_longest_waiver_is_a_policy(city, wanting):
    from planning.services import set_policy

    case, _review, code = wanting
    set_policy(key="waiver", value={"max_months": 1, "recheck_days_before": 5, "cure_days": 9}, source="x")
    refusal(Blocked, case, "waive", city.manager, entry=terms(code, 60))
    act(case, "waive", city.manager, **terms(code, 20))
    assert Waiver.objects.get().recheck_on == day(15)


def test_short_waiver_is_looked_at_from_the_first_day(city, wanting):
    case, _review, code = wanting
    act(case, "waive", city.manager, **terms(code, 10))
    assert Waiver.objects.get().recheck_on == day(0)


def test_nobody_waives_for_the_own_unit_or_after_reviewing(city, wanting):
    case, _review, code = wanting
    own = person("own", Role.MANAGER, city.hospital)
    assert "applicant unit" in refusal(NotOffered, case, "waive", own, entry=terms(code)).reasons[0]
    both = city.standards
    from accounts.models import Assignment

    Assignment.objects.create(user=both, role=Role.MANAGER, department=city.office)
    both = type(both).objects.get(pk=both.pk)
    assert "another capacity" in refusal(NotOffered, case, "waive", both, entry=terms(code)).reasons[0]


def test_waiver_after_the_review_asked_gives_it_back_to_its_reviewer(city, wanting):
    case, review, code = wanting
    step_review(review, "review_ask", city.standards)
    assert said(fresh(case), "return_for_correction", city.manager, items=[]) == "correction"
    act(case, "waive", city.manager, **terms(code))
    again = review_of(case, "standards")
    assert (again.status, again.reviewer) == ("not_started", city.standards)
    assert again.items.get(code=code).verdict == "fail"
    step_review(again, "review_open", city.standards)
    step_review(again, "review_pass_with_conditions", city.standards)
    assert fresh(case).state == State.DECISION


def test_waived_item_is_not_asked_for_in_the_notice(city, wanting):
    case, review, code = wanting
    step_review(review, "review_ask", city.standards)
    Waiver.objects.create(
        project_id=case.pk, code=code, item=review.items.get(code=code).item, reason="x", measure="x",
        expires_on=day(9), recheck_on=day(0), granted_by=city.manager, granted_at=timezone.now(),
    )  # fmt: skip
    assert fresh(case).collectable_items() == []
    move(case, -1)
    assert [line["code"] for line in fresh(case).collectable_items()] == [code]


def test_advisory_item_passes_with_conditions_alone(city, case):
    review = open_review(case, "standards", city.standards)
    code = failed_at(review, city.standards, "advisory")
    step_review(review, "review_pass_with_conditions", city.standards)
    act(case, "approve", city.approver, **GRANT)
    owed = Obligation.objects.get(project_id=case.pk, origin="condition")
    assert (owed.code, owed.severity, owed.text) == (code, "advisory", REASONED["suggestion"])


# --- before the approval --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("days", "answer"), [(1, "approved"), (0, "approved"), (-1, "blocked")])
def test_approval_needs_the_waiver_on_its_day(city, waived, days, answer):
    case, code = waived
    move(case, days)
    assert said(case, "approve", city.approver, **GRANT) == answer
    found = asked(guards.majors_cured_or_waived, case)
    assert found == (None if answer == "approved" else f"Major items that are neither cured nor waived: {code}.")


def test_expired_waiver_blocks_again_until_renewed(city, waived):
    case, code = waived
    move(case, -1)
    assert lapse_waivers() == 1
    assert lapse_waivers() == 0
    waiver = Waiver.objects.get()
    assert (waiver.outcome, waiver.ended_by.username) == ("expired", "system")
    assert fresh(case).decisions.last().action == "lapse_waiver"
    assert said(case, "approve", city.approver, **GRANT) == "blocked"
    assert not Obligation.objects.exists()
    act(case, "waive", city.manager, "再延一个月", **terms(code, 30))
    assert said(case, "approve", city.approver, **GRANT) == "approved"
    assert list(problems()) == []


def test_renewal_ends_the_earlier_one(city, waived):
    case, code = waived
    act(case, "waive", city.manager, "再延", **terms(code, 90))
    new, old = Waiver.objects.order_by("-pk")
    assert (old.outcome, old.ended_by, new.outcome, new.expires_on) == ("renewed", city.manager, "", day(90))


def test_waiver_ends_as_cured_by_a_reviewer_of_its_kind(city, waived):
    case, code = waived
    entry = {"item": code, "evidence": "测评报告第 3 页"}
    refusal(Blocked, case, "end_waiver", city.planner, entry=entry)
    refusal(Blocked, case, "end_waiver", city.standards, entry={**entry, "evidence": ""})
    act(case, "end_waiver", city.standards, "已整改", **entry)
    waiver = Waiver.objects.get()
    assert (waiver.outcome, waiver.note) == ("cured", "已整改\n测评报告第 3 页")


# --- veto, through the door -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("conclusion", ["review_ask", "review_fail"])
def test_failed_veto_blocks_until_it_is_cured(city, case, conclusion):
    review = open_review(case, "standards", city.standards)
    failed_at(review, city.standards, "veto")
    for action in ("review_pass", "review_pass_with_conditions"):
        review_refusal(Blocked, review, action, city.standards)
    step_review(review, conclusion, city.standards)
    assert fresh(case).state == State.REVIEW
    act(case, "return_for_correction", city.manager)
    from projects.services import save_section

    data = {"security_plan": "已补充密码应用方案"}
    save_section(project_id=case.pk, actor=city.applicant, section="security", data=data, expected_revision=None)
    answer_all(case, city.applicant)
    act(case, "resubmit", city.applicant)
    act(case, "accept", city.intake)
    from config.demo.walk import Walker

    Walker().from_screening(fresh(case))
    again = review_of(case, "standards")
    assert (again.status, fresh(case).review_of("planning").status) == ("not_started", "passed")
    step_review(again, "review_open", city.standards)
    judge(Review.objects.get(pk=again.pk), city.standards)
    review_refusal(Blocked, again, "review_pass", city.standards)  # the line of the notice is not closed
    Walker().close_lines(again, city.standards)
    step_review(again, "review_pass", city.standards)
    assert fresh(case).state == State.DECISION
    assert act(case, "approve", city.approver, **GRANT).target == State.APPROVED


# --- after the approval ---------------------------------------------------------------------------------------------


@pytest.fixture
def approved(city, waived):
    """The waived case, approved."""
    case, code = waived
    act(case, "approve", city.approver, **GRANT)
    return fresh(case), code


def test_expired_waiver_comes_back_as_an_obligation(city, approved):
    case, code = approved
    move(case, 0)
    assert lapse_waivers() == 0
    move(case, -1)
    assert lapse_waivers() == 1
    assert lapse_waivers() == 0
    owed = Obligation.objects.get(origin="waiver")
    assert (owed.code, owed.severity, owed.due_on, owed.text) == (code, "major", day(29), "每月人工核对一次")
    assert said(case, "waive", city.manager, **terms(code)) == "blocked"
    assert Case.objects.get(pk=case.pk).state == State.APPROVED
    assert list(problems()) == []


def test_after_the_approval_a_waiver_is_renewed_or_cured(city, approved):
    case, code = approved
    act(case, "waive", city.manager, "再延", **terms(code, 200))
    act(case, "end_waiver", city.standards, "已整改", item=code, evidence="复测报告")
    move(case, -1)
    assert lapse_waivers() == 0
    assert {waiver.outcome for waiver in Waiver.objects.all()} == {"renewed", "cured"}
    assert said(case, "end_waiver", city.standards, item=code, evidence="x") == "blocked"
