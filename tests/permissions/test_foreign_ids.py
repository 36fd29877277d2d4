"""Keys of another unit's rows under one's own address, in lines of a form, in bulk acts: never read, never written."""

from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.models import Department
from accounts.roles import Role
from approvals.models import NoticeItem
from notifications.models import Notification
from projects.models import Document, Finding, Project
from tests.approvals.acting import fresh, traces
from tests.cast import person
from tests.projects import making
from tests.projects.browsing import formset

pytestmark = pytest.mark.django_db
ANSWER = {"reply": "explain", "reply_text": "服务对象不同"}
DECISION = {"decision": "not_duplicate", "comment": "不重复", "expected_version": "0"}
VERDICT = {"code": "G-01", "verdict": "pass"}


def at(name, ref, *args):
    """The address of a page of a case."""
    return reverse(name, args=[ref, *args])


def finding_of(case):
    return case.findings.filter(is_current=True).first()


@pytest.fixture
def own(town):
    """The hospital's proposals by what they are for."""
    return {name: case for (side, name), case in town.cases.items() if side == "own"}


@pytest.fixture
def other(town):
    """The water bureau's."""
    return {name: case for (side, name), case in town.cases.items() if side == "other"}


def refused(client, method, address, data=(), status=404):
    """The answer, with the check that no row anywhere has changed."""
    row = Project.objects.first()
    before = traces(row)
    response = getattr(client, method)(address, dict(data))
    response.close()
    assert (response.status_code, traces(row)) == (status, before)
    return response


@pytest.mark.parametrize("who", ["applicant", "manager"])
@pytest.mark.parametrize("name", ["approvals:adjudicate", "approvals:reply"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_finding_of_another_case_is_not_under_this_one(own, other, browsers, who, name, method):
    expected = 403 if (who, name) == ("manager", "approvals:reply") else 404
    if (who, name, method) == ("applicant", "approvals:adjudicate", "post"):
        expected = 403
    address = at(name, own["adjudication"].ref, finding_of(other["adjudication"]).pk)
    refused(browsers(who), method, address, {**ANSWER, **DECISION}, expected)


def test_finding_is_not_reached_by_a_person_of_the_other_unit(other, browsers):
    case = other["adjudication"]
    for name in ("approvals:adjudicate", "approvals:reply"):
        refused(browsers("applicant"), "post", at(name, case.ref, finding_of(case).pk), {**ANSWER, **DECISION})


def test_review_of_another_case_is_not_under_this_one(own, other, browsers):
    ref, pk = own["review"].ref, fresh(other["review"]).review_of("planning").pk
    refused(browsers("planner"), "get", at("approvals:review", ref, pk))
    refused(browsers("planner"), "post", at("approvals:review", ref, pk), VERDICT)
    step = {"expected_version": "0", "comment": "x"}
    refused(browsers("planner"), "post", at("approvals:review_step", ref, pk, "review_open"), step)


def test_document_of_another_proposal_is_not_under_this_one(own, other, browsers):
    ref, pk = own["draft"].ref, other["draft"].documents.first().pk
    refused(browsers("applicant"), "get", at("projects:document", ref, pk))
    refused(browsers("applicant"), "post", at("projects:remove_document", ref, pk))
    assert Document.objects.filter(pk=pk).exists()


@pytest.mark.parametrize("pk", [0, 10**9, 10**18])
def test_guessed_number_is_not_found(own, browsers, pk):
    refused(browsers("applicant"), "get", at("projects:document", own["draft"].ref, pk))
    refused(browsers("manager"), "get", at("approvals:adjudicate", own["adjudication"].ref, pk))
    refused(browsers("planner"), "get", at("approvals:review", own["review"].ref, pk))
    refused(browsers("applicant"), "get", at("approvals:notice", own["back"].ref, pk))
    refused(browsers("applicant"), "get", reverse("notifications:open", args=[pk]))


@pytest.mark.parametrize("pk", ["9223372036854775808", "9" * 40])
def test_number_beyond_the_database_is_not_found(own, browsers, pk):
    refused(browsers("applicant"), "get", f"/projects/{own['draft'].ref}/documents/{pk}/")
    refused(browsers("manager"), "get", f"/projects/{own['adjudication'].ref}/findings/{pk}/")
    refused(browsers("planner"), "get", f"/projects/{own['review'].ref}/reviews/{pk}/")
    refused(browsers("applicant"), "get", f"/projects/{own['back'].ref}/notices/{pk}/")
    refused(browsers("applicant"), "get", f"/notifications/{pk}/")
    refused(browsers("sysadmin"), "post", f"/notifications/failed/{pk}/retry/")
    refused(browsers("secadmin"), "post", f"/me/people/{pk}/unlock/")
    refused(browsers("auditor"), "get", f"/standards/catalogue/{pk}/")


def test_line_of_another_notice_is_not_answered(own, other, browsers):
    line = NoticeItem.objects.get(notice__project=other["back"])
    data = {f"item-{line.pk}-answer": "amended", f"item-{line.pk}-answer_text": "x", "csrfmiddlewaretoken": "x"}
    browsers("applicant").post(at("approvals:notice", own["back"].ref, 1), data)
    line.refresh_from_db()
    assert (line.answer, line.answer_text, line.answered_by) == ("", "", None)


def test_capability_code_of_another_proposal_moves_nothing_there(own, other, browsers):
    theirs = other["draft"].capabilities.values().get()
    rows = [{"code": theirs["code"], "text": "改写"}, {"code": theirs["code"], "text": "删除", "DELETE": "on"}]
    data = {**formset("capabilities", rows, initial=1), "revision": own["draft"].revision}
    browsers("applicant").post(at("projects:section", own["draft"].ref, "solution"), data)
    assert other["draft"].capabilities.values().get() == theirs
    assert not own["draft"].capabilities.filter(code=theirs["code"]).exists()


def test_budget_line_is_not_hung_on_another_proposals_capability(own, other, browsers):
    code = other["draft"].capabilities.get().code
    row = {"name": "x", "amount": "1", "category": "software", "capability": code, "fund_source": "own"}
    data = {**formset("lines", [row]), "revision": own["draft"].revision}
    refused(browsers("applicant"), "post", at("projects:section", own["draft"].ref, "budget"), data, 422)


def test_predecessor_and_plan_item_must_be_offered(town, own, browsers):
    theirs = making.make_system(town.water, "S901")
    values = {"title": "x", "kind": "upgrade", "predecessor": theirs.pk, "revision": own["draft"].revision}
    refused(browsers("applicant"), "post", at("projects:section", own["draft"].ref, "overview"), values, 422)


@pytest.mark.parametrize("unit", ["water", "health", "office"])
def test_proposal_is_not_started_for_another_unit(town, browsers, unit):
    department: Department = getattr(town, unit)
    values = {"declared_unclassified": "on", "department": department.pk, "round": town.round.pk, "title": "x"}
    refused(browsers("applicant"), "post", reverse("projects:new"), {**values, "kind": "new"}, 422)


def test_proposal_is_not_started_in_a_closed_round(town, browsers):
    closed = making.make_round("R2020", open_now=False)
    values = {"declared_unclassified": "on", "department": town.hospital.pk, "round": closed.pk, "title": "x"}
    refused(browsers("applicant"), "post", reverse("projects:new"), {**values, "kind": "new"}, 422)


@pytest.mark.parametrize("pk", ["under review", "red", 10**9, "x", ""])
def test_batch_takes_no_finding_that_is_not_offered(own, browsers, pk):
    if pk in {"under review", "red"}:
        case, band = (own["review"], "amber") if pk == "under review" else (own["adjudication"], "red")
        facts = {"capability_code": "X-1", "money": Decimal(1), "score": 0.5, "relation": "duplicate"}
        pk = Finding.objects.create(project=case, run=fresh(case).latest_run, band=band, **facts).pk
    data = {"decision": "not_duplicate", "comment": "x", "findings": [pk]}
    refused(browsers("manager"), "post", reverse("approvals:batch"), data, 200)
    refused(browsers("applicant"), "post", reverse("approvals:batch"), data, 403)


def test_notice_of_another_person_is_neither_read_nor_opened(town, browsers):
    theirs = Notification.objects.filter(recipient=town.intake).first()
    refused(browsers("applicant"), "get", reverse("notifications:open", args=[theirs.pk]))
    theirs.refresh_from_db()
    assert theirs.read_at is None


def test_search_lists_and_exports_hold_no_row_of_another_unit(town, own, other, browsers):
    theirs = [case.ref for case in other.values()]
    for address in (f"/projects/?q={theirs[0]}", "/projects/", "/", "/?tab=done", "/?tab=started", "/?tab=drafts"):
        text = browsers("applicant").get(address).content.decode()
        assert [ref for ref in theirs if f"/{ref}/" in text] == [], address
    unit = f"/projects/?department={town.water.code}"
    assert "/P2" not in browsers("applicant").get(unit).content.decode()


def test_expert_without_a_seat_knows_no_case(town, own, other, browsers, client):
    client.force_login(person("expert6", Role.EXPERT, town.school))
    for case in (*own.values(), *other.values()):
        assert client.get(at("approvals:case", case.ref)).status_code == 404
