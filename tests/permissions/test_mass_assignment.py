"""Values that a form does not ask for are ignored, whatever their names: on every form there is."""

import pytest
from django.urls import reverse

from accounts.models import Assignment, User
from approvals.models import Decision, NoticeItem, Review
from portfolio.models import System
from projects.models import Finding, Project
from tests.approvals.acting import ITEM, fresh
from tests.projects.making import TEXTS

pytestmark = pytest.mark.django_db

# The columns that only the door, the services or an administrator write.
GUARDED = ("state", "seq", "ref", "department_id", "created_by_id", "declared_unclassified", "round_id")


def stray(town) -> dict:
    """What somebody might add to any form."""
    return {
        "state": "approved", "seq": "99", "ref": "HACK", "created_by": town.manager.pk, "created_by_id": 1,
        "department": town.water.pk, "department_id": town.water.pk, "declared_unclassified": "", "project": "1",
        "id": "1", "pk": "1", "status": "passed", "reviewer": town.manager.pk, "version": "1", "basis": "x",
        "digest": "0" * 64, "previous": "", "mandate": "system", "actor": town.manager.pk, "action": "approve",
        "source": "decision", "target": "approved", "decided_by": town.manager.pk, "is_current": "", "money": "0",
        "band": "green", "settled": "1", "round_id": "1", "state_since": "2020-01-01", "revision_of": "1",
    }  # fmt: skip


def guarded(case) -> tuple:
    """The guarded columns of a proposal."""
    return Project.objects.values_list(*GUARDED).get(pk=case.pk)


@pytest.mark.parametrize("code", ["overview", "unit", "needs", "resources", "security", "management", "attachments"])
def test_section_saves_its_own_columns_alone(town, browsers, code):
    case = town.cases["own", "draft"]
    before = guarded(case)
    known = {name: value for name, value in TEXTS.get(code, {}).items() if not isinstance(value, bool)}
    data = {**stray(town), "title": "新标题", "kind": "new", **known, "revision": case.revision}
    address = reverse("projects:section", args=[case.ref, code])
    assert browsers("applicant").post(address, data).status_code == 302
    assert guarded(case) == before


def test_new_proposal_is_a_draft_of_the_own_unit_by_the_person(town, browsers):
    own = {"declared_unclassified": "on", "department": town.hospital.pk, "round": town.round.pk, "kind": "new"}
    data = {**stray(town), **own, "title": "新项目"}
    assert browsers("applicant").post(reverse("projects:new"), data).status_code == 302
    made = Project.objects.get(title="新项目")
    assert (made.state, made.seq, made.created_by, made.department) == ("draft", 0, town.applicant, town.hospital)
    assert made.ref != "HACK"


def test_step_records_who_acts_and_where_the_table_leads(town, browsers):
    case = town.cases["own", "experts"]
    data = {**stray(town), "expected_version": Project.objects.get(pk=case.pk).seq, "comment": "撤回"}
    assert browsers("applicant").post(reverse("approvals:step", args=[case.ref, "withdraw"]), data).status_code == 302
    row = Decision.objects.filter(project=case.pk).latest("seq")
    assert (row.action, row.actor, row.source, row.target) == ("withdraw", town.applicant, "expert_review", "withdrawn")
    assert row.mandate.startswith("applicant@")
    assert guarded(case)[3:5] == (town.hospital.pk, town.applicant.pk)


def test_lines_of_a_notice_keep_their_origin(town, browsers):
    case = town.cases["own", "adjudication"]
    lines = {f"items-0-{name}": value for name, value in ITEM.items()}
    more = {"items-0-origin": "approver", "items-0-answer": "amended", "items-0-finding": "1", "items-0-position": "99"}
    data = {"items-TOTAL_FORMS": "1", "items-INITIAL_FORMS": "0", "comment": "补正", **lines, **more}
    data["expected_version"] = Project.objects.get(pk=case.pk).seq
    address = reverse("approvals:step", args=[case.ref, "return_for_correction"])
    assert browsers("manager").post(address, data).status_code == 302
    item = NoticeItem.objects.get(notice__project=case.pk)
    assert (item.origin, item.answer, item.position, item.finding) == ("manager", "", 1, None)


def test_review_is_taken_by_the_person_and_moved_by_its_steps_alone(town, browsers):
    case = town.cases["own", "review"]
    review = fresh(case).review_of("planning")
    step = reverse("approvals:review_step", args=[case.ref, review.pk, "review_open"])
    browsers("planner").post(step, {**stray(town), "expected_version": review.seq})
    sheet = reverse("approvals:review", args=[case.ref, review.pk])
    item = review.items.filter(applies=True).first()
    data = {**stray(town), "code": item.code, "verdict": "pass", "applies": "", "severity": "minor", "item": "1"}
    assert browsers("planner").post(sheet, data).status_code == 302
    row = Review.objects.get(pk=review.pk)
    assert (row.status, row.reviewer, row.version_id) == ("in_progress", town.planner, review.version_id)
    found = row.items.get(pk=item.pk)
    assert (found.verdict, found.applies, found.severity, found.item_id) == ("pass", True, item.severity, item.item_id)


def test_verdict_on_an_item_of_another_kind_is_not_written(town, browsers):
    case = town.cases["own", "review"]
    review = fresh(case).review_of("planning")
    step = reverse("approvals:review_step", args=[case.ref, review.pk, "review_open"])
    browsers("planner").post(step, {"expected_version": review.seq})
    theirs = fresh(case).review_of("standards").items.filter(applies=True).first()
    sheet = reverse("approvals:review", args=[case.ref, review.pk])
    assert browsers("planner").post(sheet, {"code": theirs.code, "verdict": "pass"}).status_code == 302
    theirs.refresh_from_db()
    assert theirs.verdict == ""


def test_answer_to_a_finding_decides_nothing(town, browsers):
    case = town.cases["own", "adjudication"]
    finding = case.findings.filter(is_current=True).first()
    data = {**stray(town), "decision": "not_duplicate", "reason": "x", "reply": "explain", "reply_text": "对象不同"}
    assert browsers("applicant").post(reverse("approvals:reply", args=[case.ref, finding.pk]), data).status_code == 302
    row = Finding.objects.get(pk=finding.pk)
    assert (row.reply, row.replied_by) == ("explain", town.applicant)
    kept = ("decision", "decided_by", "money", "band", "is_current", "project", "capability_code", "reason")
    assert [getattr(row, name) for name in kept] == [getattr(finding, name) for name in kept]


def test_adjudication_writes_the_decision_and_its_author_alone(town, browsers):
    case = town.cases["own", "adjudication"]
    finding = case.findings.filter(is_current=True).first()
    browsers("applicant").post(
        reverse("approvals:reply", args=[case.ref, finding.pk]), {"reply": "explain", "reply_text": "对象不同"}
    )
    data = {**stray(town), "decision": "not_duplicate", "comment": "不重复", "decided_by": town.approver.pk}
    data |= {"expected_version": Project.objects.get(pk=case.pk).seq, "reply_text": "改写", "findings": "1"}
    address = reverse("approvals:adjudicate", args=[case.ref, finding.pk])
    assert browsers("manager").post(address, data).status_code == 302
    row = Finding.objects.get(pk=finding.pk)
    assert (row.decision, row.decided_by, row.reply_text) == ("not_duplicate", town.manager, "对象不同")
    assert (row.money, row.band) == (finding.money, finding.band)
    assert guarded(case)[0] == "adjudication"


def test_profile_gives_no_role_and_no_unit(town, browsers):
    roles = list(Assignment.objects.values_list("user", "role", "department"))
    more = {"is_superuser": "on", "is_staff": "on", "is_active": "", "username": "root", "role": "approver"}
    data = {**stray(town), **more, "phone": "5555 0199", "language": "en", "password": "x", "name": "x"}
    assert browsers("applicant").post(reverse("accounts:profile"), data).status_code == 302
    row = User.objects.get(pk=town.applicant.pk)
    assert (row.username, row.department, row.is_active, row.phone) == ("applicant", town.hospital, True, "5555 0199")
    assert row.name == "applicant"
    assert not getattr(row, "is_superuser", False)
    assert list(Assignment.objects.values_list("user", "role", "department")) == roles


def test_system_keeps_its_code_and_its_key(town, browsers):
    system = town.system
    page = browsers("steward").get(reverse("portfolio:edit", args=[system.code])).context
    data = {name: value for name, value in page["form"].initial.items() if value not in (None, "")}
    data |= {"code": "HACK", "id": "1", "pk": "1", "name": "改了名字", "department": town.office.pk}
    data |= {f"{page['formset'].prefix}-TOTAL_FORMS": "0", f"{page['formset'].prefix}-INITIAL_FORMS": "0"}
    assert browsers("steward").post(reverse("portfolio:edit", args=[system.code]), data).status_code == 302
    assert System.objects.get(pk=system.pk).name == "改了名字"
    assert System.objects.get(pk=system.pk).code == system.code
    assert not System.objects.filter(code="HACK").exists()
