"""Declaration first, points by pinned criteria, drafts that nobody reads, and who reads what when."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from approvals import scoring
from approvals.errors import Blocked, NotOffered
from approvals.expert_queries import summary_of
from approvals.expert_services import declare, save_scores
from approvals.models import ExpertScore, Review
from approvals.names import ReviewStatus
from approvals.queries import history, readable_reviews
from approvals.services import perform_review
from config.demo.walk import points_of
from planning.models import PolicyRow
from projects.states import State
from tests.approvals.acting import fresh, open_expert_reviews, review_refusal, step_review
from tests.cast import make_case

pytestmark = pytest.mark.django_db
CRITERIA = [{"code": "a", "weight": "0.6", "points": 100}, {"code": "b", "weight": "0.4", "points": 10}]


@pytest.fixture
def case(city):
    return make_case(city, State.EXPERT_REVIEW, amount="150")


def conclude(review):
    """The expert declares, gives points and submits."""
    step_review(review, "review_open", review.reviewer)
    step_review(review, "review_pass", review.reviewer)


def read_by(case, user):
    """The expert opinions that a person may read."""
    found = fresh(case)
    return {row.reviewer.username for row in readable_reviews(found, user) if row.kind == "expert"}


@override("en")
def test_sheet_opens_after_the_declaration(case):
    review = open_expert_reviews(case).first()
    reasons = review_refusal(Blocked, review, "review_open", review.reviewer).reasons
    assert reasons == ["Declare first that you have no interest in this project, or step back."]
    declare(review_id=review.pk, actor=review.reviewer)
    perform_review(review_id=review.pk, action="review_open", actor=review.reviewer)
    assert Review.objects.get(pk=review.pk).status == ReviewStatus.IN_PROGRESS


def test_nobody_declares_or_scores_for_another(city, case):
    review, other = open_expert_reviews(case)[:2]
    for call in (lambda: declare(review_id=review.pk, actor=other.reviewer),
                 lambda: save_scores(review_id=review.pk, actor=city.manager, scores={})):  # fmt: skip
        with pytest.raises(NotOffered):
            call()


@override("en")
def test_draft_is_kept_and_concludes_nothing(case):
    review = open_expert_reviews(case).first()
    expert = review.reviewer
    step_review(review, "review_open", expert)
    given = points_of(expert, review)
    assert save_scores(review_id=review.pk, actor=expert, scores=dict(list(given.items())[:2]), opinion="草稿") == 2
    review = Review.objects.get(pk=review.pk)
    assert (review.status, review.opinion) == (ReviewStatus.IN_PROGRESS, "草稿")
    with pytest.raises(Blocked) as refused:
        perform_review(review_id=review.pk, action="review_pass", actor=expert, comment="同意")
    assert refused.value.reasons == ["3 criteria have no points."]


@pytest.mark.parametrize("points", ["-1", "101", "7.55", "NaN", "x"])
def test_points_stay_within_their_bounds(case, points):
    review = open_expert_reviews(case).first()
    step_review(review, "review_open", review.reviewer)
    with pytest.raises(ValidationError):
        save_scores(review_id=review.pk, actor=review.reviewer, scores={"need": {"points": points}})
    assert not ExpertScore.objects.exists()


def test_points_are_frozen_after_the_conclusion(case):
    review = open_expert_reviews(case).first()
    conclude(review)
    with pytest.raises(Blocked):
        save_scores(review_id=review.pk, actor=review.reviewer, scores={"need": {"points": 1}})


def test_criteria_are_those_of_the_day_the_seat_was_opened(case):
    row = PolicyRow.objects.get(key="expert_criteria")
    PolicyRow.objects.filter(pk=row.pk).update(value=[{**row.value[0], "code": "other", "weight": "1"}])
    codes = [one["code"] for one in open_expert_reviews(case).first().signing["criteria"]]
    assert codes == ["need", "feasible", "sharing", "security", "cost"]


def test_independent_first_and_visible_after(city, case):
    """Own opinion first; the office when the quorum is in; the applicant side when the case is decided."""
    seats = list(open_expert_reviews(case))
    conclude(seats[0])
    first, second = seats[0].reviewer, seats[1].reviewer
    for person in (second, city.manager, city.approver, city.auditor, city.applicant, city.endorser):
        assert first.username not in read_by(case, person), person
    assert read_by(case, first) == {first.username}
    assert all(row.review_id != seats[0].pk for row in history(fresh(case), city.manager))
    conclude(seats[1])
    assert read_by(case, first) == {first.username, second.username}
    for seat in seats[2:]:
        conclude(seat)
    everybody = {seat.reviewer.username for seat in seats}
    for person in (city.manager, city.approver, city.auditor, first):
        assert read_by(case, person) == everybody, person
    assert read_by(case, city.applicant) == set()


def test_who_stepped_back_reads_nothing_of_the_others(case):
    seats = list(open_expert_reviews(case))
    step_review(seats[0], "review_recuse", seats[0].reviewer)
    conclude(seats[1])
    assert read_by(case, seats[0].reviewer) <= {seats[0].reviewer.username}
    assert history(fresh(case), seats[0].reviewer) == []


def test_pages_of_the_seat(case):
    """Declare, keep a draft, mistype, submit: each through the page, nothing typed is lost."""
    review = open_expert_reviews(case).first()
    browser = Client()
    browser.force_login(review.reviewer)
    page, points = (reverse(f"approvals:{name}", args=[case.ref, review.pk]) for name in ("review", "score"))
    declaration = reverse("approvals:declare_interest", args=[case.ref, review.pk])
    assert browser.post(declaration, {}).status_code == 422
    assert browser.post(declaration, {"no_interest": "on"}).status_code == 302
    data = {"expected_version": 1, "comment": "可行", "points-need": "300", "remark-need": "记下的话"}
    answer = browser.post(points, data)
    assert answer.status_code == 422
    assert "记下的话" in answer.content.decode()
    full = {f"points-{code}": 80 for code in ("need", "feasible", "sharing", "security", "cost")}
    assert browser.post(points, {**data, **full}).status_code == 302
    assert Review.objects.get(pk=review.pk).status == ReviewStatus.IN_PROGRESS
    assert browser.post(points, {**data, **full, "conclude": "review_pass"}).status_code == 302
    assert Review.objects.get(pk=review.pk).status == ReviewStatus.PASSED
    assert browser.get(page).status_code == 200


# --- figures ----------------------------------------------------------------------------------------------------------


def test_total_weighs_each_criterion_by_its_share():
    assert scoring.total(CRITERIA, {"a": Decimal(80), "b": Decimal(5)}) == Decimal("68.0")
    assert scoring.total(CRITERIA, {"a": Decimal(80)}) is None


def test_spread_and_who_stands_apart():
    values = [Decimal(value) for value in (80, 82, 81, 83, 40)]
    found = scoring.spread(values)
    assert (found.mean, found.low, found.high, found.deviation) == (Decimal("73.2"), 40, 83, Decimal("16.6"))
    assert scoring.apart(values) == [False, False, False, False, True]
    assert scoring.apart([Decimal(70), Decimal(90)]) == [False, False]
    assert scoring.apart([Decimal(70)] * 5) == [False] * 5


def test_summary_has_every_expert_and_the_means(case):
    seats = list(open_expert_reviews(case))[:3]
    for seat in seats:
        conclude(seat)
    found = summary_of(fresh(case).all_reviews)
    assert [line.review.pk for line in found.lines] == [seat.pk for seat in seats]
    assert all(line.total is not None for line in found.lines)
    assert set(found.rows) == {"need", "feasible", "sharing", "security", "cost"}
