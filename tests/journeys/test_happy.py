"""The main job from the first page to the approval, each person at their own browser, in Chinese and in English."""

import pytest
from django.core import mail

from approvals.audit import problems
from approvals.models import Decision
from notifications.models import Notification
from projects.models import Project
from tests.cast import duplicate_text
from tests.journeys import acts
from tests.journeys.people import state_of

pytestmark = pytest.mark.django_db
REVIEWERS = ("planner", "requirements", "standards")


def test_proposal_goes_from_draft_to_approval(town, people):
    ref = acts.file(people.applicant, "渔船安全管理平台", [duplicate_text(town), "孕产妇建档随访"], ["90.00", "60.00"])
    assert state_of(ref) == "endorsement"

    assert people.endorser.inbox().says(ref)
    people.endorser.step(ref, "endorse", {"comment": "同意申报。"})
    assert people.intake.inbox().says(ref)
    page = people.intake.step(ref, "accept")
    assert state_of(ref) == "review"  # screened on the way, in this process
    assert page.says(people.intake.says("Screening result"), "渔船北斗终端管理系统")

    review_blind(people, ref)
    assert state_of(ref) == "adjudication"

    assert people.manager.open("/duplicates/").says(ref)
    acts.settle_findings(people.manager, ref)
    assert state_of(ref) == "expert_review"  # 150 万元 is tier T2

    for number in (1, 2, 3, 4, 5):
        expert = getattr(people, f"expert{number}")
        assert expert.inbox().says(ref)
        acts.give_opinion(expert, ref, f"第 {number} 位专家同意。")
    people.manager.step(ref, "to_decision", {"comment": "专家意见一致。"})
    assert people.approver.inbox().says(ref)
    people.approver.step(
        ref, "approve", {"comment": "同意立项。", "approved_amount": "140.00", "conditions": "复用既有接口"}
    )

    approved(people, ref)


def review_blind(people, ref):
    """Three reviewers; nobody reads another's opinion before their own is in; meanwhile the unit answers."""
    for name in REVIEWERS:
        reviewer = getattr(people, name)
        assert reviewer.inbox().says(ref)
        page = acts.judge(reviewer, ref)
        assert not any(f"{other} 的意见" in reviewer.case(ref).html for other in REVIEWERS)
        assert not people.applicant.case(ref).says(" 的意见")
        acts.conclude(reviewer, page, "review_pass", f"{name} 的意见")
        if name == "planner":
            assert people.applicant.inbox().says(ref)
            acts.answer_findings(people.applicant, ref)
            assert not people.applicant.inbox().says(ref)
    assert people.applicant.case(ref).says(*(f"{name} 的意见" for name in REVIEWERS))


def approved(people, ref):
    """Everybody can read how it ended; nothing in the history is out of order."""
    page = people.applicant.case(ref)
    assert page.says(people.applicant.says("Approved"), "同意立项。")
    assert people.applicant.open(f"/projects/{ref}/print/").says("140.00", "复用既有接口", "第 3 位专家同意。")
    assert people.finance.open("/?tab=copied").says(ref)
    assert people.applicant.open("/notifications/").says(ref)
    assert people.intake.open("/?tab=done").says(ref)
    assert people.applicant.open("/?tab=started").says(ref)
    project = Project.objects.get(ref=ref)
    assert project.state == "approved"
    rows = list(Decision.objects.filter(project=project).order_by("seq").values_list("seq", flat=True))
    assert rows == list(range(1, project.seq + 1))
    assert list(problems()) == []
    assert Notification.objects.filter(project=project).exists()
    assert mail.outbox == []  # nobody of the cast has an address
