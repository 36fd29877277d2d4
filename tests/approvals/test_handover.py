"""Somebody goes on leave or leaves the service: everything that lies with them is listed and handed over row by row."""

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import override

from accounts.models import User
from approvals import handover as work
from approvals import question_services
from approvals.handover import hand_over, rows_of
from approvals.models import Meeting, Question, Seat
from notifications.models import Notification
from projects.states import State
from tests.accounts.test_substitutions import arrange
from tests.approvals.acting import fresh, judge, open_review, review_of, step_review
from tests.cast import make_case, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with override("en"):
        yield


@pytest.fixture
def desk(city):
    """A planner with a taken review and an open question, and a colleague of the same role."""
    city.planner2 = person("planner2", "planner", city.office)
    city.case = make_case(city, State.REVIEW)
    review = open_review(city.case, "planning", city.planner)
    city.question = question_services.ask(case_id=city.case.pk, actor=city.planner, text="?", review=review)
    return city


def keys(person_):
    return [row.key for row in rows_of(person_) if row.key]


def test_everything_is_listed_and_what_can_be_handed_over_comes_first(desk):
    Meeting.objects.create(title="评审会", held_on=timezone.localdate(), called_by=desk.planner)
    rows = rows_of(desk.planner)
    assert [bool(row.key) for row in rows] == sorted((bool(row.key) for row in rows), reverse=True)
    assert {key.partition("-")[0] for key in keys(desk.planner)} == {"seat", "question"}
    assert any(row.project is None for row in rows)  # the meeting
    assert all(row.key or row.note for row in rows)  # of everything it says who has it then


def test_reviews_and_questions_go_to_the_colleague_through_the_door(desk):
    results = hand_over(
        actor=desk.planner, person=desk.planner, keys=keys(desk.planner), to=desk.planner2, comment="休假"
    )
    assert [result.refusal for result in results] == ["", ""]
    assert keys(desk.planner) == []
    assert Seat.objects.get(review=review_of(desk.case, "planning"), state="open").holder == desk.planner2
    step = fresh(desk.case).decisions.order_by("-seq").first()
    assert (step.action, step.actor, step.comment) == ("seat_transfer", desk.planner, "休假")
    desk.question.refresh_from_db()
    assert (desk.question.asked_by, desk.question.keeper) == (desk.planner, desk.planner2)
    question_services.answer(question_id=desk.question.pk, actor=desk.applicant, text="答")
    assert Notification.objects.get(event="question_answered").recipient == desk.planner2
    review = review_of(desk.case, "planning")
    judge(review, desk.planner2)
    step_review(review, "review_pass", desk.planner2)
    assert review_of(desk.case, "planning").status == "passed"


def test_one_refusal_does_not_undo_the_others(desk):
    results = hand_over(
        actor=desk.planner, person=desk.planner, keys=keys(desk.planner), to=desk.standards, comment="休假"
    )
    assert sorted(bool(result.refusal) for result in results) == [False, True]  # a standards reviewer takes no planning
    assert Seat.objects.get(review=review_of(desk.case, "planning"), state="open").holder == desk.planner
    assert Question.objects.get().keeper == desk.standards


def test_manager_hands_over_for_others_also_for_somebody_who_has_left(desk):
    with pytest.raises(PermissionDenied):
        hand_over(actor=desk.standards, person=desk.planner, keys=keys(desk.planner), to=desk.planner2, comment="x")
    User.objects.filter(pk=desk.planner.pk).update(is_active=False)
    results = hand_over(
        actor=desk.manager, person=desk.planner, keys=keys(desk.planner), to=desk.planner2, comment="离职"
    )
    assert [result.refusal for result in results] == ["", ""]


def test_substitute_acts_for_the_person_and_both_see_it(desk, client):
    arrange(desk, desk.planner, desk.planner2)
    helper = User.objects.get(pk=desk.planner2.pk)
    review = review_of(desk.case, "planning")
    for who in (helper, desk.planner):
        client.force_login(who)
        assert desk.case.ref in client.get("/").content.decode()
        assert client.get(f"/projects/{desk.case.ref}/reviews/{review.pk}/").status_code == 200
    judge(review, helper)
    step_review(review, "review_pass", helper)
    step = fresh(desk.case).decisions.order_by("-seq").first()
    assert (step.actor, step.on_behalf_of) == (desk.planner2, desk.planner)


def test_pages(desk, client):
    client.force_login(desk.planner)
    page = client.get("/me/handover/").content.decode()
    assert desk.case.ref in page
    assert client.post("/me/handover/", {"everything": "1"}).status_code == 422  # to whom?
    assert client.post("/me/handover/", {"everything": "1", "to": desk.planner2.pk}).status_code == 302
    assert keys(desk.planner) == []
    client.force_login(desk.manager)
    assert desk.case.ref in client.get(f"/me/handover/{desk.planner2.pk}/").content.decode()
    client.force_login(desk.secadmin)  # arranges leave, and sees no business
    page = client.get(f"/me/handover/{desk.planner2.pk}/").content.decode()
    assert desk.case.ref not in page
    assert client.get("/me/handover/").status_code == 403
    client.force_login(desk.standards)
    assert client.get(f"/me/handover/{desk.planner2.pk}/").status_code == 403


def test_number_of_queries_does_not_grow_with_the_work(desk, django_assert_max_num_queries):
    actor = User.objects.get(pk=desk.planner.pk)
    with django_assert_max_num_queries(40):
        assert work.rows_of(actor)
