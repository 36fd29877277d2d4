"""Each guard of a review's steps: what it refuses, in which words, and what it lets pass."""

import pytest
from django.utils.translation import override

from approvals import review_guards as guards
from approvals.errors import Blocked
from approvals.models import ExpertScore, Review
from approvals.names import ReviewStatus
from planning.services import set_policy
from projects.states import State
from tests.approvals.acting import (
    fresh,
    judge,
    judge_one,
    open_expert_reviews,
    open_review,
    pass_reviews,
    put,
    review_of,
    review_refusal,
    step_review,
)
from tests.cast import make_case

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with override("en"):
        yield


@pytest.fixture
def case(city):
    """A case under its three reviews."""
    return make_case(city, State.REVIEW)


@pytest.fixture
def planning(city, case):
    """Its planning review, opened, every item passed."""
    review = open_review(case, "planning", city.planner)
    judge(review, city.planner)
    return review


def asked(guard, review, comment="", entry=None):
    """What the guard says of the review as it is now."""
    found = Review.objects.get(pk=review.pk)
    found.case, found.comment, found.entry = fresh(found.project), comment, entry
    return guard(found)


def test_review_is_held_while_the_case_is_under_review(case):
    review = review_of(case, "planning")
    assert asked(guards.case_is_under_review, review) is None
    for state in (State.DECISION, State.EXPERT_REVIEW, State.CORRECTION):
        put(case, state)
        assert asked(guards.case_is_under_review, review) == "The project is not under this review now."


def test_expert_review_has_its_own_state(city):
    case = make_case(city, State.EXPERT_REVIEW, amount="150")
    review = open_expert_reviews(case).first()
    assert asked(guards.case_is_under_review, review) is None
    put(case, State.REVIEW)
    assert "not under this review" in asked(guards.case_is_under_review, review)


def test_review_of_an_older_version_no_longer_counts(city):
    case = make_case(city, State.DECISION)
    old = review_of(case, "planning")
    assert asked(guards.review_is_current, old) is None
    put(case, State.ENDORSEMENT)
    version = case.versions.get()
    version.pk, version.number = None, 2
    version.save()
    assert "newer version" in asked(guards.review_is_current, old)
    Review.objects.filter(pk=old.pk).update(carried_to=version)
    assert asked(guards.review_is_current, old) is None
    version.pk, version.number, version.sections = None, 3, {}
    version.save()
    Review.objects.filter(pk=old.pk).update(carried_to=version)
    assert "newer version" in asked(guards.review_is_current, old)


def test_order_of_reviews_is_a_policy(case, city):
    for kind in ("planning", "requirements", "standards"):
        assert asked(guards.its_turn, review_of(case, kind)) is None
    set_policy(key="review_order", value=["requirements", "standards", "planning"], source="test")
    assert asked(guards.its_turn, review_of(case, "requirements")) is None
    assert asked(guards.its_turn, review_of(case, "standards")) == "First comes: Requirements review."
    assert asked(guards.its_turn, review_of(case, "planning")) == (
        "First comes: Requirements review, Standards review."
    )
    pass_reviews(case, "requirements")
    assert asked(guards.its_turn, review_of(case, "standards")) is None


def test_order_does_not_bind_the_experts(city):
    case = make_case(city, State.EXPERT_REVIEW, amount="150")
    set_policy(key="review_order", value=["planning"], source="test")
    assert asked(guards.its_turn, open_expert_reviews(case).first()) is None


def test_every_applicable_item_needs_a_verdict(city, case, planning):
    assert asked(guards.every_item_has_a_verdict, planning) is None
    judge_one(planning, city.planner, "", problem="")
    assert asked(guards.every_item_has_a_verdict, planning) == "1 item has no verdict."
    untouched = review_of(case, "standards")
    count = untouched.items.filter(applies=True).count()
    assert asked(guards.every_item_has_a_verdict, untouched) == f"{count} items have no verdict."
    assert untouched.items.filter(applies=False, verdict="").exists()


def test_empty_sheet_concludes_nothing(city, case):
    version = fresh(case).current_version
    bare = Review.objects.create(project_id=case.pk, kind="planning", version=version, basis="")
    assert asked(guards.every_item_has_a_verdict, bare) == "0 items have no verdict."


@pytest.mark.parametrize("verdict", ["fail", "doubt"])
@pytest.mark.parametrize("left_out", ["problem", "suggestion", "clause"])
def test_fail_and_doubt_need_problem_suggestion_and_clause(city, planning, verdict, left_out):
    whole = {"problem": "缺方案", "suggestion": "补充", "clause": "第3条"}
    judge_one(planning, city.planner, verdict, **{**whole, left_out: "  "})
    code = planning.items.exclude(verdict="pass").filter(applies=True).get().code
    assert asked(guards.every_item_has_a_verdict, planning) == (
        f"Problem, suggestion and clause are missing for: {code}."
    )
    judge_one(planning, city.planner, verdict, **whole)
    assert asked(guards.every_item_has_a_verdict, planning) is None


@pytest.mark.parametrize(
    ("verdict", "severity", "refused"),
    [
        ("pass", "major", {"something_found", "a_veto_failed"}),
        ("not_applicable", "veto", {"something_found", "a_veto_failed"}),
        ("doubt", "major", {"nothing_found", "a_veto_failed", "majors_waived"}),
        ("fail", "major", {"nothing_found", "a_veto_failed", "majors_waived"}),
        ("doubt", "veto", {"nothing_found", "no_veto_failed", "a_veto_failed"}),
        ("fail", "veto", {"nothing_found", "no_veto_failed"}),
    ],
)
def test_verdicts_decide_which_conclusion_is_open(city, planning, verdict, severity, refused):
    judge_one(planning, city.planner, verdict, severity=severity)
    names = ("nothing_found", "something_found", "no_veto_failed", "a_veto_failed", "majors_waived")
    assert {name for name in names if asked(getattr(guards, name), planning)} == refused


@pytest.mark.parametrize(
    ("action", "verdict", "severity", "status"),
    [
        ("review_pass", "pass", "major", ReviewStatus.PASSED),
        ("review_ask", "fail", "major", ReviewStatus.INFO_NEEDED),
        ("review_ask", "doubt", "veto", ReviewStatus.INFO_NEEDED),
        ("review_fail", "fail", "veto", ReviewStatus.FAILED),
    ],
)
def test_every_conclusion_is_reached_through_the_door(city, planning, action, verdict, severity, status):
    judge_one(planning, city.planner, verdict, severity=severity)
    step_review(planning, action, city.planner)
    assert Review.objects.get(pk=planning.pk).status == status


def test_conclusion_against_the_verdicts_is_blocked_with_reasons(city, planning):
    judge_one(planning, city.planner, "fail", severity="veto")
    assert review_refusal(Blocked, planning, "review_pass", city.planner).reasons == [
        "Some items failed or are in doubt."
    ]
    assert review_refusal(Blocked, planning, "review_pass_with_conditions", city.planner).reasons == [
        "A veto item failed or is in doubt."
    ]


def test_expert_writes_an_opinion(city):
    case = make_case(city, State.EXPERT_REVIEW, amount="150")
    review = open_expert_reviews(case).first()
    step_review(review, "review_open", review.reviewer)
    assert asked(guards.opinion_given, review) is None
    assert asked(guards.opinion_given, review, " ", {}) == "Write your opinion."
    assert asked(guards.opinion_given, review, "可行", {}) is None
    for guard in (guards.every_item_has_a_verdict, guards.something_found, guards.a_veto_failed):
        assert asked(guard, review) is None
    ExpertScore.objects.filter(review=review).delete()
    assert review_refusal(Blocked, review, "review_pass", review.reviewer, comment="").reasons == [
        "5 criteria have no points.", "Write your opinion.",
    ]  # fmt: skip


def test_reviewer_of_a_unified_review_may_pass_without_words(city, planning):
    assert asked(guards.opinion_given, planning, "", {}) is None
    step_review(planning, "review_pass", city.planner, comment="")
