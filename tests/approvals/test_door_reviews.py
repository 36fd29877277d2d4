"""Reviews through the same door: their rows in the project's history, seats, order, recusal, blind versions."""

import pytest
from django.utils.translation import override

from accounts.roles import Role
from approvals.errors import Blocked, NotOffered, Stale
from approvals.models import Decision, Review
from approvals.services import perform_review
from approvals.sheet_services import save_verdicts
from config.demo.walk import Walker
from planning.models import PolicyRow
from planning.services import set_policy
from projects.services import save_section
from projects.states import State
from tests.approvals.acting import (
    ITEM,
    REASONED,
    act,
    answer_all,
    fresh,
    judge,
    open_expert_reviews,
    open_review,
    pass_reviews,
    put,
    review_of,
    review_refusal,
    step_review,
    traces,
)
from tests.cast import make_case, person

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]


@pytest.fixture(autouse=True)
def _english():
    with override("en"):
        yield


@pytest.fixture
def case(city):
    """A case under its three reviews."""
    return make_case(city, State.REVIEW)


def test_step_of_a_review_is_a_row_of_the_project(city, case):
    before = fresh(case)
    review = open_review(case, "planning", city.planner)
    judge(review, city.planner)
    row = Decision.objects.get(pk=step_review(review, "review_pass", city.planner, " 符合规划 ").pk)
    assert (row.seq, row.action, row.source, row.target) == (before.seq + 2, "review_pass", "review", "review")
    assert (row.review, row.review_source, row.review_target) == (review, "in_progress", "passed")
    assert (row.actor, row.mandate, row.version.number) == (city.planner, "planner@M01", 1)
    assert row.checks == [
        "case_is_under_review", "review_is_current", "every_item_has_a_verdict", "every_criterion_has_points",
        "opinion_given", "signs_alone", "nothing_found", "its_lines_are_closed",
    ]  # fmt: skip
    moved = Review.objects.get(pk=review.pk)
    assert (moved.status, moved.seq, moved.reviewer) == ("passed", 2, city.planner)
    assert (moved.opinion, moved.concluded_at) == ("符合规划", row.taken_at)
    assert (fresh(case).seq, fresh(case).state_since) == (before.seq + 2, before.state_since)


def test_parallel_reviewers_do_not_disturb_each_other(city, case):
    people = {"planning": city.planner, "requirements": city.requirements, "standards": city.standards}
    for kind, reviewer in people.items():
        step_review(review_of(case, kind), "review_open", reviewer, expected_version=0)
    assert {review.status for review in Review.objects.all()} == {"in_progress"}


def test_stale_form_of_a_review_is_refused(city, case):
    review = open_review(case, "planning", city.planner)
    error = review_refusal(Stale, review, "review_recuse", city.planner, "另有任务", expected_version=0)
    assert "planner acted at" in error.reasons[0]
    assert error.kept == {"comment": "另有任务"}


def test_last_review_takes_the_case_on(city, case):
    pass_reviews(case, "planning", "requirements")
    assert fresh(case).state == State.REVIEW
    pass_reviews(case, "standards")
    assert fresh(case).state == State.DECISION
    assert [row.action for row in case.decisions.order_by("-seq")[:2]] == ["to_decision", "review_pass"]


def test_review_of_another_kind_names_its_own_reviewers(city, case):
    error = review_refusal(NotOffered, review_of(case, "planning"), "review_open", city.standards)
    assert (error.reasons, error.who) == (["This step is for others."], ["planner"])


def test_seat_belongs_to_who_took_it(city, case):
    second = person("planner2", Role.PLANNER, city.office)
    review = open_review(case, "planning", city.planner)
    error = review_refusal(NotOffered, review, "review_recuse", second)
    assert error.reasons == ["This review is held by planner."]
    assert error.who == ["planner"]
    with pytest.raises(NotOffered):
        save_verdicts(review_id=review.pk, actor=second, verdicts={})


def test_step_that_the_status_does_not_offer_is_refused(city, case):
    review = review_of(case, "planning")
    for action in ("review_pass", "review_fail", "approve", "nonsense"):
        error = review_refusal(NotOffered, review, action, city.planner)
        assert error.reasons == ["This review is not open for that step."]


def test_value_that_a_review_does_not_ask_for_is_an_error(city, case):
    before = traces(case)
    with pytest.raises(ValueError, match="review_open does not ask for"):
        step_review(review_of(case, "planning"), "review_open", city.planner, entry={"status": "passed"})
    assert traces(case) == before


@pytest.mark.parametrize("action", ["review_fail", "review_recuse"])
def test_refusing_and_stepping_back_need_words(city, case, action):
    review = open_review(case, "planning", city.planner)
    judge(review, city.planner, "fail", **REASONED)
    error = review_refusal(Blocked, review, action, city.planner, " ")
    assert error.reasons == ["Say why: the opinion is missing."]


def test_reviews_one_after_the_other_where_policy_says_so(city, case):
    set_policy(key="review_order", value=["requirements", "planning", "standards"], source="test")
    assert review_refusal(Blocked, review_of(case, "planning"), "review_open", city.planner).reasons == [
        "First comes: Requirements review."
    ]
    pass_reviews(case, "requirements")
    step_review(review_of(case, "planning"), "review_open", city.planner)
    error = review_refusal(Blocked, review_of(case, "standards"), "review_open", city.standards)
    assert error.reasons == ["First comes: Planning review."]


@pytest.mark.parametrize("opened", [False, True])
def test_recusal_frees_the_seat_and_bars_the_person(city, case, opened):
    second = person("planner2", Role.PLANNER, city.office)
    review = review_of(case, "planning")
    if opened:
        review = open_review(case, "planning", city.planner)
    step_review(review, "review_recuse", city.planner, "亲属在建设单位")
    left, seat = Review.objects.get(pk=review.pk), review_of(case, "planning")
    assert (left.status, left.reviewer) == ("recused", city.planner)
    assert (seat.status, seat.reviewer, seat.version) == ("not_started", None, left.version)
    assert seat.pk != left.pk
    assert seat.items.count() == left.items.count() > 0
    error = review_refusal(NotOffered, seat, "review_open", city.planner)
    assert error.reasons == ["You recused yourself from this review."]
    assert error.who == ["planner2"]
    step_review(seat, "review_open", second)
    assert case.decisions.get(action="review_recuse").comment == "亲属在建设单位"


def test_recused_review_is_over(city, case):
    review = review_of(case, "planning")
    step_review(review, "review_recuse", city.planner)
    for action in ("review_open", "review_recuse", "review_pass"):
        review_refusal(NotOffered, review, action, city.planner)


def test_recused_expert_leaves_no_seat_behind(city):
    case = make_case(city, State.EXPERT_REVIEW, amount="150")
    assert open_expert_reviews(case).count() == 5
    review = open_expert_reviews(case).first()
    step_review(review, "review_recuse", review.reviewer)
    assert open_expert_reviews(case).count() == 4


def give_opinion(review):
    """The expert opens the seat and agrees."""
    step_review(review, "review_open", review.reviewer)
    step_review(review, "review_pass", review.reviewer)


@pytest.mark.parametrize("changed", [False, True])
def test_experts_sit_again_after_a_correction(city, changed):
    """Opinions and open seats go along while their basis stands; who stepped back is not asked again."""
    case = make_case(city, State.EXPERT_REVIEW, amount="150")
    PolicyRow.objects.filter(key="expert_quorum").update(value={"T2": 3})  # three opinions are enough from now on
    seats = list(open_expert_reviews(case).order_by("reviewer__username"))
    step_review(seats[0], "review_recuse", seats[0].reviewer)
    for review in seats[1:4]:
        give_opinion(review)
    act(case, "return_for_correction", city.manager, items=[ITEM])
    section, data = ("needs", {"necessity": "改过"}) if changed else ("unit", {"unit_systems": "两个"})
    save_section(project_id=case.pk, actor=city.applicant, section=section, data=data, expected_revision=None)
    answer_all(case, city.applicant)
    Walker().to(case.ref, State.EXPERT_REVIEW)
    assert fresh(case).expert_opinions() == (0 if changed else 3)
    waiting = [review for review in open_expert_reviews(case) if fresh(case).review_in_force(review)]
    assert [review.reviewer.username for review in waiting] == [f"expert{n}" for n in ((2, 3, 4) if changed else (5,))]
    assert changed or waiting == list(open_expert_reviews(case))
    give_opinion(waiting[-1])


def test_expert_speaks_only_from_the_own_seat(city):
    case = make_case(city, State.EXPERT_REVIEW, amount="150")
    review = open_expert_reviews(case).get(reviewer=city.expert1)
    error = review_refusal(NotOffered, review, "review_open", city.experts[1])
    assert error.reasons == ["This review is held by expert1."]


def test_experts_of_the_applicant_unit_are_not_invited(city):
    person("expert_u03", Role.EXPERT, city.hospital)
    case = make_case(city, State.EXPERT_REVIEW, amount="150")
    invited = open_expert_reviews(case).values_list("reviewer__username", flat=True)
    assert sorted(invited) == ["expert1", "expert2", "expert3", "expert4", "expert5"]


def test_review_waits_while_the_case_is_elsewhere(city, case):
    review = open_review(case, "planning", city.planner)
    judge(review, city.planner)
    put(case, State.CORRECTION)
    error = review_refusal(Blocked, review, "review_pass", city.planner)
    assert error.reasons == ["The project is not under this review now."]


def test_collected_items_of_all_reviews_become_one_notice(city, case):
    for kind, reviewer in (("planning", city.planner), ("standards", city.standards)):
        review = open_review(case, kind, reviewer)
        judge(review, reviewer)
        code = review.items.filter(applies=True).first().code
        words = REASONED if kind == "planning" else {**REASONED, "problem": "等级不合理"}
        save_verdicts(review_id=review.pk, actor=reviewer, verdicts={code: {"verdict": "doubt", **words}})
        step_review(review, "review_ask", reviewer)
    pass_reviews(case, "requirements")
    act(
        case,
        "return_for_correction",
        city.manager,
        items=[{"section": "budget", "problem": "单价", "suggestion": "来源"}],
    )
    lines = fresh(case).open_notice().items.values_list("origin", "problem", "clause")
    assert list(lines) == [
        ("planning", REASONED["problem"], REASONED["clause"]),
        ("standards", "等级不合理", REASONED["clause"]),
        ("manager", "单价", ""),
    ]


def test_unknown_review_is_not_found():
    with pytest.raises(Review.DoesNotExist):
        perform_review(review_id=0, action="review_open", actor=None)
