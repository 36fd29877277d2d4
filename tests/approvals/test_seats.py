"""Seats at the door: several people sign one review, and what happens to their seats meanwhile."""

import pytest

from accounts.roles import Role
from approvals import queries, seat_services
from approvals.errors import Blocked, NotOffered
from approvals.models import Decision, Review
from approvals.sheet_services import save_verdicts
from notifications.models import Notification
from projects.states import State
from tests.approvals.acting import fresh, judge, open_review, review_of, step_review
from tests.approvals.seats import move, now, on_leave, opened, seat_of, sign, sign_by, staff
from tests.cast import make_case, person

pytestmark = pytest.mark.django_db


def told(person_, event):
    return Notification.objects.filter(recipient=person_, event=event).count()


def test_three_sign_and_the_last_signature_concludes_in_the_same_transaction(city):
    review, (lead, second, third, _other) = opened(city, mode="all", seats=3)
    assert (review.signing["mode"], review.signing["seats"], review.reviewer) == ("all", 3, lead)
    sign(review, lead, comment="定级合理")
    assert now(review).status == "in_progress"
    sign(review, third, comment="口令策略齐全")
    before = fresh(review.project).seq
    sign(review, second, comment="")
    done = now(review)
    assert (done.status, done.reviewer) == ("passed", lead)
    assert "定级合理" in done.opinion
    assert "口令策略齐全" in done.opinion
    rows = list(Decision.objects.filter(project=review.project, seq__gt=before).order_by("seq"))
    assert [(row.action, row.actor.username) for row in rows] == [
        ("seat_sign", second.username),
        ("seats_pass", "system"),
    ]
    assert rows[1].comment == done.opinion
    assert {seat.state for seat in review.seats.all()} == {"signed"}
    with pytest.raises(NotOffered):
        move(review, "take_back", lead)


def test_default_stays_one_seat_that_signs_with_the_conclusion(city):
    case = make_case(city, State.REVIEW)
    review = open_review(case, "standards", city.standards)
    judge(review, city.standards)
    seat = review.seats.get()
    assert (seat.holder, seat.state) == (city.standards, "open")
    step_review(review, "review_pass", city.standards, "同意")
    seat.refresh_from_db()
    assert (seat.state, seat.outcome, seat.signed_by, seat.opinion) == ("signed", "pass", city.standards, "同意")
    assert not Decision.objects.filter(review=review, action__startswith="seat").exists()


def test_added_signer_blocks_and_the_direct_conclusion_is_refused(city):
    review, (lead, second, *_rest) = opened(city)
    move(review, "add", lead, person=second, placement="before")
    with pytest.raises(Blocked):
        step_review(review, "review_pass", lead)
    with pytest.raises(Blocked):
        sign(review, lead)
    assert told(second, "to_sign") == 1
    assert review.project in queries.inbox(second)
    assert review.project not in queries.inbox(lead)
    sign(review, second)
    assert review.project in queries.inbox(lead)
    assert now(review).status == "in_progress"
    sign(review, lead)
    assert now(review).status == "passed"
    assert review.project not in queries.inbox(lead)


def test_a_view_comes_back_and_a_removed_seat_is_told(city):
    review, (lead, second, third, fourth) = opened(city, mode="all", seats=2)
    move(review, "delegate", second, person=third, comment="密码方案是否可行")
    assert (told(third, "delegated"), told(third, "to_sign")) == (1, 0)
    assert third.pk in {row.pk for row in [seat_of(review, second).delegate]}
    assert review.project in queries.inbox(third)
    with pytest.raises(Blocked):
        sign(review, second)
    found = queries.readable_review(third, review.project.ref, review.pk)
    assert found == review
    move(review, "give_back", third, seat_of(review, second), comment="可行")
    assert told(second, "delegate_answered") == 1
    assert seat_of(review, second).delegate_opinion == "可行"
    move(review, "add", lead, person=fourth, placement="after")
    move(review, "remove", lead, seat_of(review, fourth))
    assert told(fourth, "seat_removed") == 1
    sign(review, second)
    sign(review, lead)
    assert now(review).status == "passed"


def test_dissent_needs_its_reason_and_fits_the_sheet(city):
    review, (lead, second, third, *_rest) = opened(city, mode="all", seats=3, refusal="at_once")
    for outcome in ("fail", "pass_with_conditions", "nonsense"):
        with pytest.raises(Blocked):
            sign(review, lead, outcome)
    with pytest.raises(Blocked):
        sign(review, second, "ask", comment=" ")
    with pytest.raises(Blocked):
        sign(review, second, sheet="0000000000000000")  # another sheet was read
    sign(review, second)
    code = review.items.filter(applies=True).first().code
    with pytest.raises(Blocked):  # what somebody signed on does not change
        save_verdicts(review_id=review.pk, actor=lead, verdicts={code: {"verdict": "pass", "problem": "x"}})
    move(review, "take_back", second)
    sign(review, third, "ask", comment="缺少密评方案")
    assert now(review).status == "info_needed"
    assert told(lead, "seat_removed") == 1


def test_recusal_of_one_seat_counts_the_others_and_of_the_lead_voids_the_sheet(city):
    review, (lead, second, third, fourth) = opened(city, mode="all", seats=3)
    with pytest.raises(Blocked):
        move(review, "recuse", lead)
    move(review, "recuse", third, comment="亲属任职于建设单位")
    with pytest.raises(Blocked):
        move(review, "transfer", second, person=third)
    sign(review, second)
    step_review(review, "review_recuse", lead, "回避")
    again = review_of(review.project, "standards")
    assert (now(review).status, now(review).reviewer, again.status) == ("recused", lead, "not_started")
    assert [seat.holder for seat in again.seats.all()] == [None, second, None]
    for gone in (lead, third):
        with pytest.raises(NotOffered):
            step_review(again, "review_open", gone)
    step_review(again, "review_open", fourth)
    assert now(again).reviewer == fourth


def test_nobody_of_the_unit_or_who_prepared_it_is_seated(city):
    review, (lead, *_rest) = opened(city)
    kin = person("kin", Role.STANDARDS, city.hospital)
    with pytest.raises(Blocked):
        move(review, "add", lead, person=kin, placement="after")
    with pytest.raises(Blocked):
        move(review, "add", lead, person=city.planner, placement="after")
    with pytest.raises(NotOffered):
        move(review, "take", kin, seat_of(review, lead))
    with pytest.raises(NotOffered):
        move(review, "transfer", city.planner, seat_of(review, lead), person=lead)


def test_manager_adds_hands_on_and_removes_any_seat(city):
    review, (lead, second, third, fourth) = opened(city, mode="all", seats=2)
    row = move(review, "transfer", city.manager, seat_of(review, lead), person=third)
    assert (now(review).reviewer, row.mandate) == (third, "manager@M01")
    move(review, "add", city.manager, seat_of(review, second), person=fourth, placement="before")
    move(review, "remove", city.manager, seat_of(review, second), comment="会签人数调整")
    assert [seat.holder for seat in review.seats.filter(state="open").order_by("order")] == [third, fourth]
    with pytest.raises(NotOffered):
        move(review, "sign", city.manager, seat_of(review, fourth), outcome="pass")


# --- in somebody's stead ----------------------------------------------------------------------------------------------


def test_a_substitute_signs_for_the_principal_once(city):
    review, (lead, second, third, fourth) = opened(city, mode="all", seats=2)
    on_leave(lead, fourth)
    on_leave(second, fourth)
    row = Decision.objects.get(pk=sign_for(review, fourth, lead).pk)
    assert (row.actor, row.on_behalf_of, row.mandate) == (fourth, lead, "standards@M01")
    seat = seat_of(review, lead)
    assert (seat.holder, seat.signed_by) == (lead, fourth)
    with pytest.raises(Blocked):
        sign_for(review, fourth, second)
    sign(review, second)
    done = now(review)
    assert (done.status, done.reviewer) == ("passed", lead)
    assert fourth.label in done.opinion


def sign_for(review, actor, holder):
    return move(review, "sign", actor, seat_of(review, holder), outcome="pass")


def test_separation_binds_the_substitute_and_the_principal(city):
    review, (lead, second, *_rest) = opened(city, mode="all", seats=2)
    on_leave(second, city.approver)
    row = Decision.objects.get(pk=sign_for(review, city.approver, second).pk)
    assert row.on_behalf_of == second
    sign(review, lead)
    for kind in ("planning", "requirements"):
        other = open_review(review.project, kind, getattr(city, "planner" if kind == "planning" else kind))
        judge(other, other.reviewer)
        step_review(other, "review_pass", other.reviewer)
    assert fresh(review.project).state == State.DECISION
    from tests.approvals.acting import refusal

    assert refusal(NotOffered, review.project, "defer", city.approver)  # has reviewed, in another's name
    second.assignments.create(role=Role.APPROVER, department=city.office)
    second.__dict__.pop("mandates", None)
    assert refusal(NotOffered, review.project, "defer", second)  # was signed for
    on_leave(second, city.intake)
    assert refusal(NotOffered, review.project, "defer", city.intake)  # acts for who must keep out


def test_a_substitute_opens_and_concludes_a_review_for_the_principal(city):
    case = make_case(city, State.REVIEW)
    stand_in = person("standin", None, city.office)
    on_leave(city.standards, stand_in)
    review = open_review(case, "standards", stand_in)
    assert review.reviewer == city.standards
    judge(review, stand_in)
    row = Decision.objects.get(pk=step_review(review, "review_pass", stand_in).pk)
    assert (row.actor, row.on_behalf_of) == (stand_in, city.standards)
    assert (now(review).reviewer, review.seats.get().signed_by) == (city.standards, stand_in)


# --- people who leave -------------------------------------------------------------------------------------------------


def test_seats_of_people_who_left_are_free_again(city):
    review, (lead, second, third, fourth) = opened(city, mode="all", seats=3, ready=False)
    third.is_active = False
    third.save()
    lead.assignments.all().delete()
    assert seat_services.sweep() == 1
    assert seat_services.sweep() == 0
    assert now(review).reviewer is None
    assert [seat.holder for seat in review.seats.order_by("order")] == [None, second, None]
    assert told(fourth, "seat_free") == 1
    assert review.project in queries.inbox(fourth)
    move(review, "take", fourth, review.seats.get(order=1))
    assert now(review).reviewer == fourth
    judge(review, fourth)
    second.is_active = False
    second.save()
    assert seat_services.release_of(second) == 1
    assert Decision.objects.filter(review=review, action="seat_release", actor__username="system").count() == 2


def test_where_the_manager_names_the_successor_nobody_takes_the_seat(city):
    review, (lead, second, *_rest) = opened(city, nobody_left="manager")
    lead.is_active = False
    lead.save()
    assert seat_services.release_of(lead) == 1
    seat = review.seats.get()
    assert review.project not in queries.inbox(second)
    with pytest.raises(Blocked):
        move(review, "take", second, seat)
    move(review, "transfer", city.manager, seat, person=second)
    assert (now(review).reviewer, review.project in queries.inbox(second)) == (second, True)


def test_read_is_noted_once_and_keeps_a_seat(city):
    review, (lead, second, *_rest) = opened(city)
    move(review, "add", lead, person=second, placement="after")
    assert seat_services.note_read(review=review, user=second)
    assert not seat_services.note_read(review=review, user=second)
    with pytest.raises(Blocked):
        move(review, "remove", lead, seat_of(review, second))


# --- who sees and who is asked ----------------------------------------------------------------------------------------


def test_inbox_names_those_who_are_due_and_nobody_else(city):
    sign_by(mode="sequence", seats=2)
    people = staff(city)
    review = review_of(make_case(city, State.REVIEW), "standards")
    case = review.project
    waits = lambda: [who.username for who in people if case in queries.inbox(who)]  # noqa: E731
    assert len(waits()) == 4  # the first seat is free
    step_review(review, "review_open", people[0])
    assert waits() == ["standards"]
    move(review, "take", people[1], review.seats.get(order=2))
    judge(review, people[0])
    assert waits() == ["standards"]
    sign(review, people[0])
    assert waits() == ["standards2"]
    assert told(people[1], "to_sign") == 1
    sign(review, people[1])
    assert waits() == []
    assert Review.objects.get(pk=review.pk).status == "passed"


def test_cosigners_read_their_review_and_stay_blind_to_the_others(city):
    review, (lead, second, third, _fourth) = opened(city, mode="all", seats=2)
    planning = open_review(review.project, "planning", city.planner)
    judge(planning, city.planner)
    step_review(planning, "review_pass", city.planner)
    for who in (lead, second):
        who.__dict__.pop("mandates", None)
        readable = queries.readable_reviews(fresh(review.project), who)
        assert readable == [review]
    assert queries.readable_reviews(fresh(review.project), third) == []
