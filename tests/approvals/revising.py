"""Hands for the tests of corrections: a case that was returned with lines, and its second version."""

from approvals.models import NoticeItem, Review
from config.demo.walk import Walker
from projects.services import save_section
from projects.states import State
from tests.approvals.acting import REASONED, act, answer_all, fresh, judge, open_review, pass_reviews, step_review
from tests.cast import make_case

FAILED = "SE-01"  # what the standards reviewer finds wanting
CHANGE = {
    "overview": {"summary": "改过的概述"},
    "unit": {"unit_systems": "两个"},
    "needs": {"necessity": "改过的必要性"},
    "solution": {"solution": "改过的总体方案"},
    "resources": {"data_catalogue": "改过的目录"},
    "security": {"security_plan": "改过的安全方案"},
    "management": {"om_plan": "改过的运维方案"},
}


def asking(city, *, code=FAILED, **more):
    """Planning and requirements have passed; the standards reviewer asks for the correction of one item."""
    case = make_case(city, State.REVIEW, **more)
    pass_reviews(case, "planning", "requirements")
    review = open_review(case, "standards", city.standards)
    judge(review, city.standards)
    item = review.items.get(code=code)
    from approvals.sheet_services import save_verdicts

    save_verdicts(review_id=review.pk, actor=city.standards, verdicts={item.code: {"verdict": "fail", **REASONED}})
    step_review(review, "review_ask", city.standards)
    return fresh(case)


def returned(city, **more):
    """The same, returned with the merged notice."""
    case = asking(city, **more)
    act(case, "return_for_correction", city.manager)
    return fresh(case)


def change(case, city, *sections) -> None:
    """The unit edits those sections."""
    for section in sections:
        data = CHANGE[section]
        save_section(project_id=case.pk, actor=city.applicant, section=section, data=data, expected_revision=None)


def resubmitted(case, city, *sections):
    """The unit changes those sections, answers and submits; the case is under review again."""
    change(case, city, *sections)
    answer_all(case, city.applicant)
    act(case, "resubmit", city.applicant)
    act(case, "accept", city.intake)
    if fresh(case).state == State.SCREENING:
        Walker().from_screening(fresh(case))
    return fresh(case)


def line(case, **facts) -> NoticeItem:
    """The one line of a case's notices with these facts."""
    return NoticeItem.objects.get(notice__project_id=case.pk, **facts)


def begin(case, kind, reviewer) -> Review:
    """The review in force, opened and all in favour."""
    review = open_review(case, kind, reviewer)
    judge(review, reviewer)
    return Review.objects.get(pk=review.pk)
