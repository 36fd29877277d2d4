"""Who is told of each step: written by hand, one journal per way through the workflow."""

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from approvals.models import Case, Review
from approvals.names import ReviewKind
from approvals.services import advance, perform, perform_review
from config.demo.walk import Walker
from notifications.models import Notification
from projects.states import State
from tests.cast import TEXTS, duplicate_text, make_case, person
from tests.notifications.making import journal, told_last

REVIEWERS = {"planner: to_review", "requirements: to_review", "standards: to_review"}
COPIES = {"finance: copied"}
ITEM = {"section": "budget", "problem": "缺少测算依据", "suggestion": "补充测算表"}


@pytest.fixture
def colleagues(city):
    """A second applicant of the hospital, one who left, and one of another unit who must hear nothing."""
    city.colleague = person("colleague", Role.APPLICANT, city.hospital)
    person("left", Role.APPLICANT, city.hospital, is_active=False)
    person("stranger", Role.APPLICANT, city.office)
    return city


def take(project, action, actor, comment="说明", **entry):
    perform(case_id=project.pk, action=action, actor=actor, comment=comment, entry=entry)


def review(project, kind, verdict, action, reviewer):
    """Open a review, give every item one verdict, conclude."""
    row = Review.objects.get(project_id=project.pk, kind=kind, reviewer=None)
    perform_review(review_id=row.pk, action="review_open", actor=reviewer)
    reasons = {"problem": "有问题", "suggestion": "请修改", "clause": "第三条"} if verdict != "pass" else {}
    row.items.update(verdict=verdict, **reasons)
    perform_review(review_id=row.pk, action=action, actor=reviewer, comment="意见")


def test_ordinary_way_tells_who_acts_next_and_at_the_end_the_unit_and_the_copies(colleagues):
    make_case(colleagues, State.APPROVED)
    assert journal("P901") == [
        ("submit", {"endorser: to_endorse"}),
        ("endorse", {"intake: to_check"}),
        ("pass_screening", REVIEWERS),
        ("review_pass", {"manager: reviews_passed"}),
        ("to_decision", {"approver: to_decide"}),
        ("approve", {"applicant: approved", "colleague: approved"} | COPIES),
    ]


def test_first_level_unit_tells_intake_at_once(city):
    make_case(city, State.INTAKE, actor=city.applicant2)
    assert journal("P901") == [("skip_endorsement", {"intake: to_check"})]


def test_endorser_sends_back(colleagues):
    case = make_case(colleagues, State.ENDORSEMENT)
    take(case, "send_back", colleagues.endorser, items=[ITEM])
    assert told_last("P901") == {"applicant: sent_back", "colleague: sent_back"}


def test_correction_tells_the_unit_with_the_day_and_the_way_back_tells_intake(colleagues):
    case = make_case(colleagues, State.INTAKE)
    take(case, "return_for_correction", colleagues.intake, items=[ITEM])
    assert told_last("P901") == {"applicant: to_correct", "colleague: to_correct"}
    due_on = Case.objects.get(pk=case.pk).open_notice().due_on
    assert Notification.objects.filter(payload__due_on=due_on.isoformat(), event="to_correct").count() == 2
    Walker().to("P901", State.INTAKE)
    assert journal("P901")[-1] == ("resubmit", {"intake: to_check"})


def test_last_submitter_is_told_wherever_they_work_now(colleagues):
    case = make_case(colleagues, State.DRAFT)
    take(case, "submit", colleagues.colleague)
    colleagues.colleague.assignments.update(is_active=False)
    take(case, "send_back", colleagues.endorser, items=[ITEM])
    assert told_last("P901") == {"applicant: sent_back", "colleague: sent_back"}


def test_creator_who_left_is_not_told(colleagues):
    case = make_case(colleagues, State.ENDORSEMENT)
    User.objects.filter(pk=colleagues.applicant.pk).update(is_active=False)
    take(case, "send_back", colleagues.endorser, items=[ITEM])
    assert told_last("P901") == {"colleague: sent_back"}


def test_correction_that_lapses_tells_the_unit(colleagues):
    case = make_case(colleagues, State.INTAKE)
    take(case, "return_for_correction", colleagues.intake, items=[ITEM])
    Case.objects.get(pk=case.pk).notices.update(lapses_on=timezone.localdate() - timezone.timedelta(days=1))
    advance(case.pk)
    assert journal("P901")[-1] == ("lapse", {"applicant: lapsed", "colleague: lapsed"})


def test_filing_and_rejection_at_intake(colleagues):
    small = make_case(colleagues, State.INTAKE, ref="P902", amount="10.00")
    take(small, "file", colleagues.intake)
    assert told_last("P902") == {"applicant: filed", "colleague: filed"} | COPIES
    other = make_case(colleagues, State.INTAKE, ref="P903", text=TEXTS[2])
    take(other, "reject", colleagues.intake, clause="第八条")
    assert told_last("P903") == {"applicant: rejected", "colleague: rejected"}


def test_withdrawal_tells_the_unit_but_not_who_withdrew(colleagues):
    case = make_case(colleagues, State.INTAKE)
    take(case, "withdraw", colleagues.applicant)
    assert told_last("P901") == {"colleague: withdrawn"}


def test_deferral_and_taking_up(colleagues):
    case = make_case(colleagues, State.DECISION)
    take(case, "defer", colleagues.approver)
    assert told_last("P901") == {"applicant: deferred", "colleague: deferred"}
    take(case, "take_up", colleagues.colleague)
    assert told_last("P901") == {"applicant: taken_up"}


@pytest.mark.parametrize(
    ("action", "entry", "event"),
    [("reject", {}, "rejected"), ("return_for_correction", {"items": [ITEM]}, "to_correct")],
)
def test_decision_against(colleagues, action, entry, event):
    case = make_case(colleagues, State.DECISION)
    take(case, action, colleagues.approver, **entry)
    assert told_last("P901") == {f"applicant: {event}", f"colleague: {event}"}


# --- reviews --------------------------------------------------------------------------------------------------------


def test_reviews_are_blind_and_the_manager_hears_of_the_last_one_only(city):
    case = make_case(city, State.REVIEW)
    before = journal("P901")
    review(case, ReviewKind.PLANNING, "fail", "review_fail", city.planner)
    review(case, ReviewKind.REQUIREMENTS, "pass", "review_pass", city.requirements)
    assert journal("P901") == before
    review(case, ReviewKind.STANDARDS, "pass", "review_pass", city.standards)
    assert journal("P901") == [*before, ("review_pass", {"manager: reviews_against"})]
    assert Notification.objects.get(event="reviews_against").payload == {"state": "review"}


def test_person_who_prepared_it_and_own_unit_are_not_asked_to_review(city):
    person("planner2", Role.PLANNER, city.hospital)
    person("planner3", Role.PLANNER, city.office)
    make_case(city, State.SCREENING)
    city.applicant.assignments.update(role=Role.PLANNER, department=city.office)
    User.objects.filter(pk=city.applicant.pk).update(department=city.office)
    Walker().to("P901", State.REVIEW)
    assert told_last("P901") == REVIEWERS | {"planner3: to_review"}


def test_seat_that_becomes_free_is_offered_to_the_others_of_its_kind(city):
    person("planner2", Role.PLANNER, city.office)
    make_case(city, State.REVIEW)
    person("planner3", Role.PLANNER, city.office)
    for reviewer, others in (
        (city.planner, {"planner2: seat_free", "planner3: seat_free"}),
        (User.objects.get(username="planner2"), {"planner3: seat_free"}),
    ):
        row = Review.objects.get(kind=ReviewKind.PLANNING, status="not_started")
        perform_review(review_id=row.pk, action="review_open", actor=reviewer)
        perform_review(review_id=row.pk, action="review_recuse", actor=reviewer, comment="回避")
        assert journal("P901")[-1] == ("review_recuse", others)


def test_duplicates_ask_the_unit_for_an_answer_and_then_the_manager(colleagues):
    make_case(colleagues, State.ADJUDICATION, text=duplicate_text(colleagues))
    assert journal("P901")[2:] == [
        ("pass_screening", REVIEWERS | {"applicant: to_reply", "colleague: to_reply"}),
        # The manager hears once: that the reviews have passed is overtaken by the findings to settle.
        ("to_adjudication", {"manager: to_adjudicate"}),
    ]
    Walker().to("P901", State.DECISION)
    assert journal("P901")[-1] == ("to_decision", {"approver: to_decide"})


def test_unanswered_findings_outlast_carried_reviews(colleagues):
    """Where all reviews are carried forward, screening and adjudication come in one transaction."""
    case = make_case(colleagues, State.ADJUDICATION, text=duplicate_text(colleagues))
    take(case, "return_for_correction", colleagues.manager, items=[ITEM])
    Walker().to("P901", State.ADJUDICATION)
    assert journal("P901")[-2:] == [
        ("pass_screening", {"applicant: to_reply", "colleague: to_reply"}),
        ("to_adjudication", {"manager: to_adjudicate"}),
    ]


# --- endings in adjudication ----------------------------------------------------------------------------------------


def test_merger_tells_both_units(colleagues):
    target = make_case(colleagues, State.INTAKE, ref="P902", actor=colleagues.applicant2, text=TEXTS[0])
    case = make_case(colleagues, State.ADJUDICATION, text=duplicate_text(colleagues))
    take(case, "merge", colleagues.manager, target_project="P902")
    told = Notification.objects.filter(decision__action="merge")
    assert {(n.recipient.username, n.event, n.project.ref) for n in told} == {
        ("applicant", "merged", "P901"), ("colleague", "merged", "P901"), ("applicant2", "merged_here", "P902"),
    }  # fmt: skip
    assert told.get(event="merged_here").project_id == target.pk
    assert told.get(event="merged_here").payload == {
        "action": "merge", "state": "merged", "target_project": "P902", "merged_project": "P901",
    }  # fmt: skip


def test_proposed_merger_goes_to_the_approver_and_then_to_both_units(city):
    make_case(city, State.INTAKE, ref="P902", actor=city.applicant2, text=TEXTS[0])
    case = make_case(city, State.ADJUDICATION, text=duplicate_text(city), amount="150.00")
    proposal = {"ending": "merge", "target_project": "P902"}
    take(case, "propose_ending", city.manager, **proposal)
    assert told_last("P901") == {"approver: to_confirm"}
    take(case, "decline_ending", city.approver)
    assert told_last("P901") == {"manager: ending_declined"}
    take(case, "propose_ending", city.manager, **proposal)
    take(case, "confirm_merge", city.approver)
    assert told_last("P901") == {"applicant: merged", "applicant2: merged_here"}


def test_redirection_to_reuse(city):
    case = make_case(city, State.ADJUDICATION, text=duplicate_text(city))
    take(case, "redirect", city.manager, target_system="S900")
    assert told_last("P901") == {"applicant: reuse"}


# --- experts --------------------------------------------------------------------------------------------------------


def test_experts_are_asked_and_the_manager_hears_when_the_quorum_is_there(city):
    case = make_case(city, State.EXPERT_REVIEW, amount="150.00")
    assert journal("P901")[-2:] == [
        ("review_pass", {"manager: reviews_passed"}),
        ("to_experts", {f"expert{n}: to_advise" for n in (1, 2, 3, 4, 5)}),
    ]
    told_after_each_opinion = []
    for row in Review.objects.filter(project_id=case.pk, kind=ReviewKind.EXPERT).order_by("pk"):
        Walker().conclude(row, row.reviewer, "同意。")
        told_after_each_opinion.append(Notification.objects.filter(event="to_close").count())
    assert told_after_each_opinion == [0, 0, 0, 0, 1]
    assert journal("P901")[-1] == ("review_pass", {"manager: to_close"})
    take(case, "to_decision", city.manager)
    assert told_last("P901") == {"approver: to_decide"}


# --- what a notice holds --------------------------------------------------------------------------------------------


def test_row_holds_codes_alone(city):
    make_case(city, State.INTAKE)
    notice = Notification.objects.get(event="to_check")
    assert notice.payload == {"action": "endorse", "state": "intake"}
    assert (notice.role, notice.project.ref, notice.decision.action) == ("act", "P901", "endorse")
    assert (notice.read_at, notice.attempts, notice.is_dead) == (None, 0, False)


def test_at_most_twenty_people_are_told_and_who_began_it_always(city):
    for number in range(30):
        person(f"a{number:02}", Role.APPLICANT, city.hospital)
    case = make_case(city, State.INTAKE)
    take(case, "reject", city.intake, clause="第八条")
    told = Notification.objects.filter(event="rejected")
    assert told.count() == 20
    assert told.filter(recipient=city.applicant).exists()
