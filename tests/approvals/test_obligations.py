"""What an approved project owes, the ledger of it, closing, reminders of waivers, and what stands beside a verdict."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from accounts.models import EditRecord
from accounts.roles import Role
from approvals.errors import NotOffered
from approvals.models import Obligation, Review, Waiver
from approvals.obligation_services import close_obligation
from approvals.obligations import acceptance_blockers, open_obligations, waivers_for
from approvals.queries import inbox
from approvals.review_context import beside
from approvals.waiving import look_after
from notifications.models import Notification
from projects.checklist import checklist_of
from projects.models import Project
from projects.queries import load_parts
from projects.services import save_assessment, save_section
from projects.states import State
from tests.approvals.acting import (
    REASONED,
    act,
    answer_all,
    fresh,
    guards_down,
    open_review,
    pass_reviews,
    review_of,
    step_review,
)
from tests.approvals.test_waivers import day, failed_at, move, terms
from tests.cast import make_case, person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english():
    with override("en"):
        yield


@pytest.fixture
def approved(city):
    """An approved project."""
    return fresh(make_case(city, State.APPROVED))


@pytest.fixture
def waived(city):
    """A case before the decision with one waived major item, and its code."""
    case = make_case(city, State.REVIEW)
    pass_reviews(case, "planning", "requirements")
    review = open_review(case, "standards", city.standards)
    code = failed_at(review, city.standards, "major")
    act(case, "waive", city.manager, **terms(code))
    step_review(review, "review_pass_with_conditions", city.standards)
    return fresh(case), code


def test_acceptance_items_are_owed_from_the_approval_on(city, approved):
    lines = checklist_of(load_parts(Project.objects.get(pk=approved.pk)))
    later = {row.item.code for group in lines.groups for row in group.later}
    again = {line.item.code for line in lines.lines if line.item.acceptance_severity}
    owed = {row.code: row.severity for row in open_obligations(approved)}
    assert set(owed) == later | again
    assert later
    assert {row.code for row in acceptance_blockers(approved)} == {
        code for code, weight in owed.items() if weight == "veto"
    }
    assert all(row.due_on and row.due_on.month == int(approved.ends_on[5:]) for row in open_obligations(approved))


def test_nothing_is_owed_before_the_approval(city):
    assert not open_obligations(make_case(city, State.DECISION)).exists()


def test_reviewer_closes_with_evidence_on_the_record(city, approved):
    row = open_obligations(approved).first()
    close_obligation(obligation_id=row.pk, actor=city.standards, evidence=" 报告第 3 页 ")
    row.refresh_from_db()
    assert (row.closed_by, row.evidence, row.closed_at is not None) == (city.standards, "报告第 3 页", True)
    record = EditRecord.objects.get(table="approvals.Obligation", key=str(row.pk))
    assert (record.actor, record.before["evidence"], record.after["evidence"]) == (city.standards, "", "报告第 3 页")
    with pytest.raises(ValidationError):
        close_obligation(obligation_id=row.pk, actor=city.standards, evidence="再来")


def test_nobody_else_closes(city, approved):
    row = open_obligations(approved).first()
    for actor in (city.applicant, city.manager, city.approver, city.auditor):
        with pytest.raises(PermissionDenied):
            close_obligation(obligation_id=row.pk, actor=actor, evidence="x")
    own = person("own", Role.STANDARDS, city.hospital)
    with pytest.raises(NotOffered):
        close_obligation(obligation_id=row.pk, actor=own, evidence="x")
    with pytest.raises(ValidationError):
        close_obligation(obligation_id=row.pk, actor=city.standards, evidence="  ")
    assert Obligation.objects.get(pk=row.pk).closed_at is None


def test_ledger_is_filtered_and_scoped(client, city, approved):
    other = make_case(city, State.APPROVED, ref="P902", actor=city.applicant2, text="车船税代收对账")
    Obligation.objects.filter(project_id=other.pk).update(due_on=day(-1))
    client.force_login(city.standards)
    pages = {
        show: client.get(reverse("obligations:obligations"), {"show": show}) for show in ("open", "overdue", "closed")
    }
    found = {show: {row.project.ref for row in page.context["page"].object_list} for show, page in pages.items()}
    assert found == {"open": {"P901", "P902"}, "overdue": {"P902"}, "closed": set()}
    page = client.get(reverse("obligations:obligations"), {"unit": "U03"})
    assert {row.project.ref for row in page.context["page"].object_list} == {"P901"}
    client.force_login(city.applicant)
    page = client.get(reverse("obligations:obligations"))
    assert {row.project.ref for row in page.context["page"].object_list} == {"P901"}


def test_closing_page_and_case_page(client, city, approved):
    city.standards.language = "en"
    city.standards.save()
    client.force_login(city.standards)
    row = open_obligations(approved).first()
    text = client.get(reverse("approvals:case", args=[approved.ref])).content.decode()
    assert "What this project still owes" in text
    assert "Acceptance is refused while" in text
    address = reverse("obligations:close_obligation", args=[row.pk])
    assert client.post(address, {"evidence": ""}).status_code == 422
    assert client.post(address, {"evidence": "报告"}).status_code == 302
    assert Obligation.objects.get(pk=row.pk).evidence == "报告"


# --- looked at again ------------------------------------------------------------------------------------------------


def test_recheck_reaches_reviewer_and_unit_once(city, waived):
    case, _code = waived
    move(case, 31)
    look_after()
    assert not Notification.objects.filter(event="waiver_due").exists()
    assert case not in inbox(city.standards)
    move(case, 30)
    look_after()
    look_after()
    told = Notification.objects.filter(event="waiver_due").values_list("recipient__username", flat=True)
    assert sorted(told) == ["applicant", "standards"]
    assert inbox(city.standards).filter(pk=case.pk).exists()
    assert not inbox(city.planner).filter(pk=case.pk).exists()


def test_renewed_waiver_is_told_of_anew(city, waived):
    case, code = waived
    move(case, 10)
    look_after()
    act(case, "waive", city.manager, **terms(code, 20))
    look_after()
    assert Notification.objects.filter(event="waiver_due", recipient=city.standards).count() == 2


def test_grant_end_and_expiry_are_told(city, waived):
    case, _code = waived
    told = Notification.objects.filter(event="waived").values_list("recipient__username", flat=True)
    assert sorted(told) == ["applicant", "standards"]
    move(case, -1)
    look_after()
    look_after()
    told = Notification.objects.filter(event="waiver_expired").values_list("recipient__username", flat=True)
    assert sorted(told) == ["applicant", "manager", "standards"]


def test_workbench_says_what_waits(client, city, waived):
    case, code = waived
    move(case, 5)
    city.standards.language = "en"
    city.standards.save()
    client.force_login(city.standards)
    text = client.get(reverse("approvals:workbench")).content.decode()
    assert f"Waived item {code} is to be checked again before {day(5).isoformat()}" in text


def test_waivers_are_listed_by_where_they_are(city, waived):
    case, _code = waived
    for days, shown in ((40, {"running"}), (5, {"running", "due"}), (-1, {"expired"})):
        move(case, days)
        found = {show for show in ("running", "due", "expired", "ended") if waivers_for(city.manager, show=show)}
        assert found == shown
    look_after()
    assert waivers_for(city.manager, show="expired").get().outcome == "expired"


# --- beside the verdict ---------------------------------------------------------------------------------------------


def test_assessment_and_its_evidence_stand_beside_the_verdict(city):
    case = make_case(city)
    paper = case.documents.first()
    said = {"claim": "met", "note": "见方案", "document": paper.pk, "page": "7", "field": "solution"}
    save_assessment(project_id=case.pk, actor=city.applicant, claims={"SE-01": said}, expected_revision=None)
    from config.demo.walk import Walker

    Walker().to(case.ref, State.REVIEW)
    review = review_of(case, "standards")
    found = beside(fresh(case), review, review.items.get(code="SE-01"), city.standards)["assessed"]
    assert (found.claim, found.note, found.document, found.page) == ("met", "见方案", paper, "7")
    assert found.text == Project.objects.get(pk=case.pk).solution
    other = review.items.filter(applies=True).exclude(code="SE-01").first()
    assert beside(fresh(case), review, other, city.standards)["assessed"] is None


def test_earlier_verdicts_come_from_the_department_and_what_may_be_read(city):
    first = make_case(city, State.REVIEW, ref="P911", text="孕产妇建档随访")
    review = open_review(first, "standards", city.standards)
    code = failed_at(review, city.standards, "veto")
    other = make_case(city, State.REVIEW, ref="P912", text="古树名木养护")
    mine = review_of(other, "standards")
    item = mine.items.get(code=code)
    ask = lambda user: beside(fresh(other), mine, item, user)["earlier"]  # noqa: E731
    assert ask(city.standards) == []  # not concluded yet
    step_review(review, "review_ask", city.standards)
    (row,) = ask(city.standards)
    assert (row.review.project.ref, row.verdict, row.problem) == ("P911", "fail", REASONED["problem"])
    assert ask(city.planner) == []
    assert ask(city.applicant) == []
    seat = Review.objects.create(project_id=first.pk, kind="standards", version=review.version, basis="x")
    assert ask(city.standards) == []  # a newer seat could still be taken by the reader: blind
    with guards_down():
        seat.delete()
    foreign = make_case(city, State.REVIEW, ref="P913", actor=city.applicant2, text="渣土车辆核准")
    theirs = review_of(foreign, "standards")
    assert beside(fresh(foreign), theirs, theirs.items.get(code=code), city.standards)["earlier"] == []


def test_what_changed_since_the_earlier_review(city):
    case = make_case(city, State.REVIEW)
    pass_reviews(case, "planning", "requirements")
    review = open_review(case, "standards", city.standards)
    code = failed_at(review, city.standards, "veto")
    item = review.items.get(code=code)
    assert beside(fresh(case), review, item, city.standards)["before"] is None
    step_review(review, "review_ask", city.standards)
    act(case, "return_for_correction", city.manager)
    data = {"security_plan": "补充密码应用方案"}
    save_section(project_id=case.pk, actor=city.applicant, section="security", data=data, expected_revision=None)
    answer_all(case, city.applicant)
    act(case, "resubmit", city.applicant)
    act(case, "accept", city.intake)
    from config.demo.walk import Walker

    Walker().from_screening(fresh(case))
    again = review_of(case, "standards")
    found = beside(fresh(case), again, again.items.get(code=code), city.standards)["before"]
    assert (found.review, found.item.verdict, found.item.problem) == (review, "fail", REASONED["problem"])
    assert [section.code for section in found.changed] == ["security"]
    assert {section.code for section in found.unchanged} == {"overview", "solution", "resources"}
    assert found.answer.answer_text == "已修改"


def test_waiver_keeps_its_order_of_days(city, waived):
    from django.db import IntegrityError, transaction

    with pytest.raises(IntegrityError), transaction.atomic():
        Waiver.objects.update(recheck_on=day(90))
    assert timezone.localdate() + timedelta(days=60) == Waiver.objects.get().expires_on
