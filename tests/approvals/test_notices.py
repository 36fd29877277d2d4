"""One merged notice: prepared lines, sending, answers, closing, and what a second one may still cite."""

import pytest
from django.utils.translation import override

from accounts.models import Assignment
from accounts.roles import Role
from approvals.errors import Blocked, NotOffered
from approvals.models import CorrectionNotice, NoticeLine, Review
from approvals.notice_services import allow_line, close_line, prepare_line, remove_line
from approvals.sheet_services import save_verdicts
from projects.states import State
from tests.approvals.acting import (
    ITEM,
    REASONED,
    act,
    answer_all,
    fresh,
    refusal,
    review_of,
    review_refusal,
    step_review,
)
from tests.approvals.revising import FAILED, asking, begin, change, line, resubmitted, returned
from tests.cast import make_case, person

pytestmark = pytest.mark.django_db
LINE = {"section": "budget", "field": "lines", "problem": "单价没有出处。", "suggestion": "补充询价记录"}


@pytest.fixture(autouse=True)
def _english():
    with override("en"):
        yield


def test_everything_goes_out_once_and_remembers_who_raised_it(city):
    case = asking(city)
    review = review_of(case, "standards")
    prepare_line(project_id=case.pk, actor=city.standards, values=LINE, review_id=review.pk)
    prepare_line(project_id=case.pk, actor=city.manager, values={**LINE, "problem": "单价 没有出处"})
    act(case, "return_for_correction", city.manager, items=[ITEM])
    notice = CorrectionNotice.objects.get()
    rows = [(item.section, item.code, item.raised_by.count()) for item in notice.items.all()]
    assert rows == [("security", FAILED, 1), ("budget", "", 2), ("budget", "", 1)]
    merged = notice.items.get(problem__startswith="单价")
    assert set(merged.raised_by.all()) == {city.standards, city.manager}
    assert list(merged.reviews.all()) == [review]
    assert set(NoticeLine.objects.values_list("sent_as", flat=True)) == {merged.pk}


def test_lines_are_prepared_beside_ones_own_review_alone(city):
    case = asking(city)
    passed = review_of(case, "planning")
    for actor, review in ((city.planner, passed), (city.requirements, review_of(case, "standards"))):
        with pytest.raises(NotOffered):
            prepare_line(project_id=case.pk, actor=actor, values=LINE, review_id=review.pk)
    mine = prepare_line(project_id=case.pk, actor=city.manager, values=LINE)
    assert prepare_line(project_id=case.pk, actor=city.manager, values=LINE) == mine  # sent twice
    with pytest.raises(NotOffered):
        remove_line(line_id=mine.pk, actor=city.standards)
    remove_line(line_id=mine.pk, actor=city.manager)
    assert not NoticeLine.objects.exists()


def test_edited_notice_is_sent_as_it_was_looked_at(city):
    case = asking(city)
    lines = [{**fresh(case).collectable_items()[0], "problem": "改写后的问题"}]
    prepare_line(project_id=case.pk, actor=city.manager, values=LINE)
    entry = {"lines": lines, "considered": "0" * 64, "dropped": ""}
    error = refusal(Blocked, case, "return_for_correction", city.manager, entry=entry)
    assert "Look at it again" in error.reasons[0]
    row = act(case, "return_for_correction", city.manager, lines=lines, dropped="单价没有出处")
    assert [item.problem for item in row.notice.items.all()] == ["改写后的问题"]
    assert row.payload["dropped"] == "单价没有出处"


def test_review_does_not_pass_before_its_lines_are_closed(city):
    case = resubmitted(returned(city), city, "security")
    review, item = begin(case, "standards", city.standards), line(case, code=FAILED)
    review_refusal(Blocked, review, "review_pass", city.standards)
    for wrong in (city.planner, city.manager, city.applicant):
        with pytest.raises(NotOffered):
            close_line(item_id=item.pk, actor=wrong, state="closed")
    with pytest.raises(Blocked):
        close_line(item_id=item.pk, actor=city.standards, state="uncured")
    close_line(item_id=item.pk, actor=city.standards, state="uncured", note="仍缺方案")
    review_refusal(Blocked, review, "review_pass", city.standards)
    close_line(item_id=item.pk, actor=city.standards, state="closed")
    step_review(review, "review_pass", city.standards)
    assert fresh(case).state == State.DECISION


def test_line_waits_until_the_answers_are_in(city):
    case = returned(city)
    with pytest.raises(Blocked):
        close_line(item_id=line(case, code=FAILED).pk, actor=city.standards, state="closed")


def test_another_of_the_kind_closes_what_a_reviewer_left_behind(city):
    case = resubmitted(returned(city), city, "security")
    second = person("standards2", Role.STANDARDS, city.office)
    item = line(case, code=FAILED)
    with pytest.raises(NotOffered):
        close_line(item_id=item.pk, actor=second, state="closed")
    Assignment.objects.filter(user=city.standards).update(is_active=False)
    assert close_line(item_id=item.pk, actor=second, state="closed").closed_by == second


def test_accepting_closes_what_the_check_of_the_form_had_asked_for(city):
    case = make_case(city, State.INTAKE)
    act(case, "return_for_correction", city.intake, items=[ITEM])
    answer_all(case, city.applicant)
    act(case, "resubmit", city.applicant)
    act(case, "accept", city.intake)
    assert (line(case).closure, line(case).closed_by) == ("closed", city.intake)


# --- a second notice --------------------------------------------------------------------------------------------------


def second_round(city, *sections, verdict="fail", code="PF-01"):
    """On the second version the standards reviewer closes the first line and finds another item wanting."""
    case = resubmitted(returned(city), city, *sections)
    review = begin(case, "standards", city.standards)
    close_line(item_id=line(case, code=FAILED).pk, actor=city.standards, state="closed")
    save_verdicts(review_id=review.pk, actor=city.standards, verdicts={code: {"verdict": verdict, **REASONED}})
    step_review(review, "review_ask", city.standards)
    return fresh(case)


def test_second_notice_does_not_cite_what_the_first_could_have(city):
    case = second_round(city, "security")
    error = refusal(Blocked, case, "return_for_correction", city.manager, entry={})
    assert "PF-01" in error.reasons[0]
    leave = {**case.collectable_items()[0], "leave": "首次评审漏项，经集体研究补列"}
    refusal(Blocked, case, "return_for_correction", city.intake, entry={"lines": [leave]})  # not for intake to say
    row = act(case, "return_for_correction", city.manager, lines=[leave])
    item = row.notice.items.get()
    assert (item.allowed_by, item.allowed_because) == (city.manager, "首次评审漏项，经集体研究补列")


def test_leave_is_given_beforehand_by_a_manager(city):
    case = second_round(city, "security")
    collected = case.collectable_items()[0]
    with pytest.raises(NotOffered):
        allow_line(project_id=case.pk, actor=city.intake, line=collected, because="漏项")
    with pytest.raises(Blocked):
        allow_line(project_id=case.pk, actor=city.manager, line=collected, because=" ")
    allow_line(project_id=case.pk, actor=city.manager, line=collected, because="漏项")
    row = act(case, "return_for_correction", city.intake)
    assert row.notice.items.get().allowed_because == "漏项"


def test_second_notice_cites_what_has_changed_since(city):
    case = second_round(city, "security", code="SE-02")
    assert act(case, "return_for_correction", city.manager).notice.items.get().code == "SE-02"


def test_uncured_line_is_repeated_by_itself(city):
    case = resubmitted(returned(city), city, "security")
    first = line(case, code=FAILED)
    review = begin(case, "standards", city.standards)
    close_line(item_id=first.pk, actor=city.standards, state="uncured", note="仍缺方案")
    save_verdicts(review_id=review.pk, actor=city.standards, verdicts={FAILED: {"verdict": "fail", **REASONED}})
    step_review(review, "review_ask", city.standards)
    row = act(case, "return_for_correction", city.manager)
    (item,) = row.notice.items.all()
    assert (item.code, item.earlier) == (FAILED, first)
    assert item.reviews.count() == 2
    change(case, city, "resources")
    again = begin(resubmitted(case, city), "standards", city.standards)
    review_refusal(Blocked, again, "review_pass", city.standards)
    close_line(item_id=item.pk, actor=city.standards, state="closed")  # the repeated line is the one that counts
    step_review(Review.objects.get(pk=again.pk), "review_pass", city.standards)


def test_check_of_the_form_and_review_of_the_substance_are_each_told_once(city):
    case = make_case(city, State.INTAKE)
    act(case, "return_for_correction", city.intake, items=[ITEM])
    answer_all(case, city.applicant)
    act(case, "resubmit", city.applicant)
    other = {**ITEM, "section": "needs", "problem": "业务量没有年份"}
    error = refusal(Blocked, case, "return_for_correction", city.intake, entry={"items": [other]})
    assert "业务量没有年份" in error.reasons[0]
    assert act(case, "return_for_correction", city.intake, items=[ITEM]).notice.items.get().earlier is not None
