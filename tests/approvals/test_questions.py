"""A question to the applicant: asked by whoever may act, answered by the unit, blind among reviewers, one pause."""

import pytest
from django.core.exceptions import PermissionDenied
from django.utils.translation import override

from approvals import question_queries, question_services
from approvals.deadlines import due_on
from approvals.errors import Blocked
from approvals.models import Pause, Question
from approvals.question_queries import questions_for
from notifications.models import Notification
from planning.models import PolicyRow
from projects.states import State
from tests.approvals.acting import act, fresh, judge, open_review, review_of, step_review
from tests.cast import make_case

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with override("en"):
        yield


@pytest.fixture
def _clock_stands(db):
    row = PolicyRow.objects.filter(key="clock").first()
    value = {**(row.value if row else {}), "question_pauses": True}
    PolicyRow.objects.update_or_create(key="clock", defaults={"value": value, "valid_from": "2020-01-01"})


def ask(case, actor, text="预算依据何在？", **more):
    return question_services.ask(case_id=case.pk, actor=actor, text=text, **more)


def reply(question, actor, text="见附件第 3 页"):
    return question_services.answer(question_id=question.pk, actor=actor, text=text)


def test_question_is_asked_and_answered_and_both_are_told(city):
    case = make_case(city, State.INTAKE)
    question = ask(case, city.intake, section="budget")
    assert question.due_on == due_on(question.asked_at, 3)
    assert Notification.objects.get(event="asked").recipient == city.applicant
    assert not Pause.objects.filter(kind="question").exists() or PolicyRow.objects.filter(key="clock").exists()
    reply(question, city.applicant)
    question.refresh_from_db()
    assert (question.answered_by, question.is_open) == (city.applicant, False)
    assert Notification.objects.get(event="question_answered").recipient == city.intake
    with pytest.raises(Blocked):
        reply(question, city.applicant, "again")
    assert fresh(case).state == State.INTAKE  # the proposal is not returned


def test_only_who_may_act_now_asks_and_only_the_unit_answers(city):
    case = make_case(city, State.INTAKE)
    for actor in (city.planner, city.approver, city.applicant, city.auditor):
        with pytest.raises(PermissionDenied):
            ask(case, actor)
    question = ask(case, city.intake)
    for actor in (city.applicant2, city.endorser, city.manager):
        with pytest.raises(PermissionDenied):
            reply(question, actor)
    with pytest.raises(PermissionDenied):
        question_services.withdraw(question_id=question.pk, actor=city.planner)
    act(case, "suspend", city.manager)
    assert not question_queries.may_ask(fresh(case), city.intake)
    with pytest.raises(Blocked):
        reply(question, city.applicant, "  ")
    reply(question, city.applicant)  # an answer is not lost because the case stands still


@pytest.mark.usefixtures("_clock_stands")
def test_several_open_questions_are_one_pause_until_the_last_is_closed(city):
    case = make_case(city, State.INTAKE)
    first, second = ask(case, city.intake), ask(case, city.intake, "另一个问题")
    pause = Pause.objects.get(kind="question")
    reply(first, city.applicant)
    assert Pause.objects.get(pk=pause.pk).ended_at is None
    question_services.withdraw(question_id=second.pk, actor=city.intake)
    assert Pause.objects.get(pk=pause.pk).ended_at
    third = ask(case, city.intake)
    assert Pause.objects.filter(kind="question").count() == 2
    PolicyRow.objects.filter(key="clock").update(value={"question_pauses": False})
    reply(third, city.applicant)  # what began as a pause ends as one, whatever the rule says by then
    assert not Pause.objects.filter(kind="question", ended_at=None).exists()


@pytest.mark.usefixtures("_clock_stands")
def test_ended_case_waits_for_no_answer(city):
    case = make_case(city, State.INTAKE)
    question = ask(case, city.intake)
    act(case, "withdraw", city.applicant)
    question.refresh_from_db()
    assert question.withdrawn_at
    assert not Pause.objects.filter(kind="question", ended_at=None).exists()


def test_question_of_a_reviewer_is_hidden_from_other_reviewers_until_their_own_conclusion(city):
    case = make_case(city, State.REVIEW)
    review = open_review(case, "planning", city.planner)
    open_review(case, "standards", city.standards)
    ask(case, city.planner, review=review)
    may = {name: questions_for(fresh(case), getattr(city, name)).exists() for name in (
        "applicant", "endorser", "planner", "manager", "intake", "standards", "requirements", "auditor",
    )}  # fmt: skip
    assert may == {
        "applicant": True, "endorser": True, "planner": True, "manager": True, "intake": True, "auditor": True,
        "standards": False, "requirements": False,
    }  # fmt: skip
    judge(review_of(case, "standards"), city.standards)
    step_review(review_of(case, "standards"), "review_pass", city.standards)
    assert questions_for(fresh(case), city.standards).exists()


def test_asking_and_answering_in_the_browser(city, client):
    case = make_case(city, State.REVIEW)
    review = open_review(case, "planning", city.planner)
    client.force_login(city.planner)
    address = f"/projects/{case.ref}/questions/new/"
    assert client.get(address).status_code == 200
    assert client.post(address, {"text": ""}).status_code == 422
    response = client.post(address, {"text": "为何不复用？", "section": "solution"})
    assert response["Location"].endswith(f"/reviews/{review.pk}/")
    question = Question.objects.get()
    assert (question.review, question.section) == (review, "solution")
    assert "为何不复用？" in client.get(response["Location"]).content.decode()
    client.force_login(city.standards)
    assert client.get(f"/projects/{case.ref}/questions/{question.pk}/").status_code == 404
    client.force_login(city.applicant)
    address = f"/projects/{case.ref}/questions/{question.pk}/"
    assert "为何不复用？" in client.get(f"/projects/{case.ref}/").content.decode()
    assert client.post(address, {"text": ""}).status_code == 422
    assert client.post(address, {"text": "已说明"}).status_code == 302
    client.force_login(city.planner)
    assert "已说明" in client.get(address).content.decode()
