"""Separation of duties: nobody decides on the own unit's project, on what they prepared, or from two sides."""

from decimal import Decimal

import pytest
from django.utils.translation import override

from accounts.models import Assignment
from accounts.roles import Role
from approvals.errors import NotOffered
from approvals.models import Review
from approvals.offers import offer_of, offers
from projects.services import save_section
from projects.states import State
from tests.approvals.acting import (
    ITEM,
    act,
    fresh,
    open_expert_reviews,
    pass_reviews,
    put,
    refusal,
    review_of,
    review_refusal,
    step_review,
)
from tests.cast import duplicate_text, make_case, person

pytestmark = pytest.mark.django_db
OWN_UNIT = "You belong to the applicant unit, so another person has to act."
PREPARED = "You prepared this project, so another person has to act."
OTHER_SIDE = "You have already acted on this project in another capacity, so another person has to act."
# State, action, entry, role, and who else may.
OFFICE = [
    (State.INTAKE, "accept", {}, Role.INTAKE, "intake"),
    (State.INTAKE, "return_for_correction", {"items": [ITEM]}, Role.INTAKE, "intake"),
    (State.SCREENING, "rescreen", {}, Role.MANAGER, "manager"),
    (State.ADJUDICATION, "reject", {}, Role.MANAGER, "manager"),
    (State.DECISION, "approve", {"approved_amount": Decimal(1)}, Role.APPROVER, "approver"),
    (State.DECISION, "defer", {}, Role.APPROVER, "approver"),
]
SEATS = [("planning", Role.PLANNER), ("requirements", Role.REQUIREMENTS), ("standards", Role.STANDARDS)]


@pytest.fixture(autouse=True)
def _english():
    with override("en"):
        yield


def reach(city, state):
    """A case in that state."""
    text = {"text": duplicate_text(city)} if state == State.ADJUDICATION else {}
    return make_case(city, state, **text)


def grant(user, role, unit):
    """One more role for a person."""
    Assignment.objects.create(user=user, role=role, department=unit)
    user.__dict__.pop("mandates", None)


# --- own unit -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("state", "action", "entry", "role", "other"), OFFICE)
def test_officer_of_the_applicant_unit_keeps_out(city, state, action, entry, role, other):
    case = reach(city, state)
    seconded = person("seconded", role, city.office)
    seconded.department = city.hospital
    seconded.save()
    error = refusal(NotOffered, case, action, seconded, entry=entry)
    assert error.reasons == [OWN_UNIT]
    assert other in error.who


@pytest.mark.parametrize(("state", "action", "entry", "role", "other"), OFFICE)
def test_officer_who_also_files_for_the_unit_keeps_out(city, state, action, entry, role, other):
    case = reach(city, state)
    both = person("both", role, city.office)
    grant(both, Role.APPLICANT, city.hospital)
    error = refusal(NotOffered, case, action, both, entry=entry)
    assert error.reasons == [OWN_UNIT]
    assert other in error.who


@pytest.mark.parametrize(("kind", "role"), SEATS)
def test_reviewer_of_the_applicant_unit_keeps_out(city, kind, role):
    case = make_case(city, State.REVIEW)
    seconded = person("seconded", role, city.hospital)
    person("seconded2", role, city.hospital)
    error = review_refusal(NotOffered, review_of(case, kind), "review_open", seconded)
    assert (error.reasons, error.who) == ([OWN_UNIT], [role.value])  # whose name in the cast is their role


def test_expert_who_moved_to_the_applicant_unit_keeps_out(city):
    case = make_case(city, State.EXPERT_REVIEW, amount="150")
    expert = city.expert1
    expert.department = city.hospital
    expert.save()
    review = open_expert_reviews(case).get(reviewer=expert)
    assert review_refusal(NotOffered, review, "review_open", expert).reasons == [OWN_UNIT]


# --- preparers ------------------------------------------------------------------------------------------------------


def leave_for(user, role, unit):
    """The person changes to another unit and role; what they did before stays."""
    user.assignments.all().delete()
    user.department = unit
    user.save()
    grant(user, role, unit)


@pytest.mark.parametrize(("state", "action", "entry", "role", "other"), OFFICE)
def test_who_began_the_project_does_not_decide_on_it(city, state, action, entry, role, other):
    case = reach(city, state)
    leave_for(city.applicant, role, city.office)
    error = refusal(NotOffered, case, action, city.applicant, entry=entry)
    assert error.reasons == [PREPARED]
    assert other in error.who


def test_who_only_began_or_only_edited_does_not_decide_either(city):
    beginner, editor, filer = (person(f"colleague{n}", Role.APPLICANT, city.hospital) for n in (1, 2, 3))
    case = make_case(city, actor=beginner)
    save_section(project_id=case.pk, actor=editor, section="needs", data={"necessity": "改过"}, expected_revision=None)
    act(case, "submit", filer)
    act(case, "endorse", city.endorser)
    for colleague in (beginner, editor, filer):
        leave_for(colleague, Role.INTAKE, city.office)
        assert refusal(NotOffered, case, "accept", colleague).reasons == [PREPARED]


def test_who_submitted_a_version_does_not_decide_on_it(city):
    case = make_case(city)
    colleague = person("colleague", Role.APPLICANT, city.hospital)
    act(case, "submit", colleague)
    act(case, "endorse", city.endorser)
    leave_for(colleague, Role.INTAKE, city.office)
    assert refusal(NotOffered, case, "accept", colleague).reasons == [PREPARED]


@pytest.mark.parametrize(("kind", "role"), SEATS)
def test_who_prepared_the_project_does_not_review_it(city, kind, role):
    case = make_case(city, State.REVIEW)
    leave_for(city.applicant, role, city.office)
    error = review_refusal(NotOffered, review_of(case, kind), "review_open", city.applicant)
    assert error.reasons == [PREPARED]


# --- two sides ------------------------------------------------------------------------------------------------------


def test_endorser_does_not_decide_later(city):
    case = make_case(city, State.DECISION)
    leave_for(city.endorser, Role.APPROVER, city.office)
    assert refusal(NotOffered, case, "defer", city.endorser).reasons == [OTHER_SIDE]


def test_reviewer_does_not_approve(city):
    case = make_case(city, State.DECISION)
    grant(city.standards, Role.APPROVER, city.office)
    error = refusal(NotOffered, case, "defer", city.standards)
    assert (error.reasons, error.who) == ([OTHER_SIDE], ["approver"])


def test_reviewer_does_not_adjudicate(city):
    case = reach(city, State.ADJUDICATION)
    grant(city.planner, Role.MANAGER, city.office)
    assert refusal(NotOffered, case, "reject", city.planner).reasons == [OTHER_SIDE]


def test_manager_does_not_confirm_the_own_proposal(city):
    case = make_case(city, State.ADJUDICATION, amount="150", text=duplicate_text(city))
    act(case, "propose_ending", city.manager, ending="reject")
    grant(city.manager, Role.APPROVER, city.office)
    assert refusal(NotOffered, case, "confirm_reject", city.manager).reasons == [OTHER_SIDE]
    act(case, "confirm_reject", city.approver)


def test_manager_does_not_give_an_experts_opinion(city):
    grant(city.manager, Role.EXPERT, city.office)
    case = make_case(city, State.ADJUDICATION, amount="150", text=duplicate_text(city))
    case.findings.update(reply="explain")
    chosen = [case.findings.get().pk]
    act(case, "adjudicate", city.manager, findings=chosen, decision="not_duplicate")
    assert fresh(case).state == State.EXPERT_REVIEW
    seats = open_expert_reviews(case)
    assert seats.exists()
    assert not seats.filter(reviewer=city.manager).exists()  # the draw leaves out who acted on the other side
    review = seats.first()
    Review.objects.filter(pk=review.pk).update(reviewer=city.manager)
    review = Review.objects.get(pk=review.pk)
    assert review_refusal(NotOffered, review, "review_open", city.manager).reasons == [OTHER_SIDE]


def test_reviewer_does_not_file_for_the_unit_afterwards(city):
    case = make_case(city, State.REVIEW)
    pass_reviews(case, "planning")
    leave_for(city.planner, Role.APPLICANT, city.hospital)
    assert refusal(NotOffered, case, "withdraw", city.planner).reasons == [OTHER_SIDE]


def test_two_reviews_by_one_reviewer_are_one_side(city):
    case = make_case(city, State.REVIEW)
    pass_reviews(case, "planning")
    grant(city.planner, Role.STANDARDS, city.office)
    step_review(review_of(case, "standards"), "review_open", city.planner)


def test_two_roles_are_no_conflict_before_either_was_used(city):
    case = make_case(city, State.DECISION)
    grant(city.approver, Role.PLANNER, city.office)
    grant(city.approver, Role.MANAGER, city.office)
    act(case, "defer", city.approver)


def test_other_projects_do_not_count(city):
    act(make_case(city, State.DECISION, ref="P902"), "defer", city.approver)
    case = make_case(city, State.REVIEW, ref="P903", text="渣土车辆核准")
    grant(city.approver, Role.PLANNER, city.office)
    step_review(review_of(case, "planning"), "review_open", city.approver)


# --- what the page offers -------------------------------------------------------------------------------------------


def test_offer_is_disabled_with_the_reason_and_another_person(city):
    case = fresh(make_case(city, State.DECISION))
    both = person("both", Role.APPROVER, city.hospital, phone="5555 0177")
    found = {offer.step.action: offer for offer in offers(case, both)}
    assert set(found) == {"approve", "defer", "reject", "return_for_correction"}
    for offer in found.values():
        assert (offer.is_open, offer.reasons, offer.who) == (False, [OWN_UNIT], ["approver"])
    assert offer_of(case, city.approver, "defer").is_open
    assert [offer for offer in offers(case, city.manager) if not offer.step.quiet] == []


def test_blocked_offer_names_reasons_and_who_holds_the_case(city):
    case = make_case(city, State.SCREENING)
    offer = offer_of(fresh(case), city.applicant, "withdraw")
    assert (offer.is_open, offer.reasons) == (True, [])
    offer = offer_of(fresh(case), city.intake, "rescreen")
    assert offer.is_open
    put(case, State.REVIEW)
    offer = offer_of(fresh(case), city.intake, "return_for_correction")
    assert not offer.is_open
    assert "Still under review" in offer.reasons[0]


def test_steps_of_the_system_are_offered_to_nobody(city):
    case = fresh(make_case(city, State.ENDORSEMENT))
    people = (city.applicant, city.endorser, city.intake, city.manager, city.approver, city.auditor)
    offered = {offer.step.action for one in people for offer in offers(case, one)}
    assert offered == {"withdraw", "endorse", "send_back", "recall", "suspend", "resume"}
