"""One line for each kind of work, and as many queries for ten rows as for one."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from approvals.inbox import WORK
from approvals.models import CorrectionNotice, Invitation, Question, Review, Seat
from approvals.workbench_reasons import reasons
from approvals.workbench_texts import WRITERS
from projects.models import Finding, Project
from projects.states import State
from tests.approvals.acting import ITEM, act, guards_down, open_review, review_of
from tests.approvals.listing import placed
from tests.cast import duplicate_text, make_case

pytestmark = pytest.mark.django_db


def said(user, case) -> str:
    """What the row of that case says to that person, in English."""
    with translation.override("en"):
        found = reasons(type(user).objects.get(pk=user.pk), [Project.objects.get(pk=case.pk)])
    return found[case.pk].text if found else ""


def test_every_kind_of_work_has_words():
    assert {work.code for work in WORK} == set(WRITERS)


def test_correction_counts_items_and_answers(city):
    case = make_case(city, State.INTAKE)
    act(case, "return_for_correction", city.intake, items=[ITEM, {**ITEM, "problem": "x"}])
    case.notices.get().items.filter(position=1).update(answer="amended")
    assert said(city.applicant, case) == "Correction notice: 2 items, 1 answered"
    assert said(city.intake, case) == ""


def test_answered_notice_is_named_at_the_intake_check(city):
    case = placed(city, "P901", State.INTAKE)
    assert said(city.intake, case).startswith("Check completeness")
    decision = make_case(city, State.INTAKE, ref="P902").decisions.latest("seq")
    now = timezone.now()
    notice = CorrectionNotice.objects.create(project=case, number=1, decision=decision, issued_at=now, closed_at=now)
    line = notice.items.create(problem="x", suggestion="y", origin="intake", answer="amended")
    line.raised_by.add(city.intake)
    assert said(city.intake, case).startswith("Corrected: the unit has answered the 1 item")
    assert said(city.intake, case).endswith("1 answered line to close")
    notice.items.update(closure="closed")
    assert "close" not in said(city.intake, case)


def test_open_question_waits_for_the_unit(city):
    case = placed(city, "P901", State.REVIEW)
    facts = {"project": case, "asked_by": city.planner, "asked_at": timezone.now(), "text": "x"}
    Question.objects.create(**facts)
    Question.objects.create(**facts, withdrawn_at=timezone.now())
    assert said(city.applicant, case) == "1 question waits for an answer"
    assert said(city.applicant2, case) == ""


def test_review_says_which_and_how_far(city):
    case = make_case(city, State.REVIEW)
    assert said(city.planner, case) == "Planning review: to be taken"
    review = open_review(case, "planning", city.planner)
    total = review.items.filter(applies=True).count()
    assert said(city.planner, case) == f"Planning review: 0 of {total} items judged"
    review.items.update(verdict="pass")
    assert said(city.planner, case) == "Planning review: every item is judged, conclude"


def test_signature_says_mode_and_count(city):
    case = make_case(city, State.REVIEW)
    review = open_review(case, "planning", city.planner)
    Seat.objects.filter(review=review).delete()
    Seat.objects.create(review=review, order=1, holder=city.manager, state="signed", outcome="pass")
    Seat.objects.create(review=review, order=2, holder=city.planner)
    assert "items judged" in said(city.planner, case)  # the sheet comes first
    review.items.update(verdict="pass")
    assert "1 of 2 signed" in said(city.planner, case)


def test_view_that_a_signer_asked_for(city):
    case = make_case(city, State.REVIEW)
    review = open_review(case, "planning", city.planner)
    Seat.objects.filter(review=review).delete()
    Seat.objects.create(review=review, holder=city.planner, delegate=city.auditor, delegate_asked="envelope?")
    assert said(city.auditor, case) == f"{city.planner.label} asks for your view: envelope?"


def test_findings_are_counted_with_their_money(city):
    case = make_case(city, State.ADJUDICATION, text=duplicate_text(city))
    count = Finding.objects.filter(project=case, is_current=True).exclude(relation="related").count()
    Finding.objects.filter(project=case).update(money=Decimal("10"))
    assert said(city.manager, case).startswith(f"{count} duplicate finding")
    assert f"{10 * count:.2f} × 10,000 CNY" in said(city.manager, case)
    assert said(city.applicant, case).endswith("for your answer")


def test_reviews_that_did_not_pass_are_named_to_the_manager(city):
    case = make_case(city, State.REVIEW)
    with guards_down():
        for kind, status in (("planning", "passed"), ("requirements", "passed"), ("standards", "info_needed")):
            Review.objects.filter(pk=review_of(case, kind).pk).update(status=status)
    assert "Standards review: Information needed" in said(city.manager, case)
    assert "Planning" not in said(city.manager, case)


def test_invited_expert_is_told(city):
    case = make_case(city, State.REVIEW)
    facts = {"project": case, "version": case.versions.get(), "expert": city.expert1, "invited_by": city.manager}
    invitation = Invitation.objects.create(**facts, question="x", invited_at=timezone.now())
    assert said(city.expert1, case) == "Invitation: to be answered"
    Invitation.objects.filter(pk=invitation.pk).update(revoked_at=timezone.now())
    assert said(city.expert1, case) == ""


def test_two_reasons_stand_in_one_line(city):
    case = placed(city, "P901", State.CORRECTION)
    Question.objects.create(project=case, asked_by=city.planner, asked_at=timezone.now(), text="x")
    assert said(city.applicant, case) == "1 question waits for an answer; Correct"


def test_queries_do_not_grow_with_the_rows(city):
    cases = [placed(city, f"P90{number}", State.ADJUDICATION) for number in range(6)]

    def asked(rows) -> int:
        user = type(city.manager).objects.get(pk=city.manager.pk)
        with CaptureQueriesContext(connection) as queries:
            reasons(user, rows)
        return len(queries)

    assert asked(cases) == asked(cases[:1])
