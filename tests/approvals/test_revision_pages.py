"""Pages of a correction: the differences since this reader last looked, the preview, answers, and closing lines."""

import pytest
from django.urls import reverse

from approvals.models import CorrectionNotice, Decision, NoticeLine, Seen
from projects.services import save_budget
from projects.states import State
from tests.approvals.acting import ITEM, act, fresh, review_of
from tests.approvals.revising import FAILED, asking, change, line, resubmitted, returned
from tests.cast import make_case
from tests.projects.making import line_row

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _english(settings):
    settings.LANGUAGE_CODE = "en"


def differences(client, who, case, query=""):
    client.force_login(who)
    return client.get(reverse("approvals:differences", args=[case.ref]) + query)


def test_comparison_begins_where_this_reader_last_looked(client, city):
    case = returned(city)
    url = reverse("approvals:review", args=[case.ref, review_of(case, "standards").pk])
    client.force_login(city.standards)
    client.get(url)
    assert Seen.objects.get(user=city.standards).version.number == 1
    case = resubmitted(case, city, "security")
    page = differences(client, city.standards, case)
    assert (page.context["found"].old.number, page.context["found"].new.number, page.context["is_own"]) == (1, 2, True)
    assert [one.section.code for one in page.context["found"].changed] == ["security"]
    assert "<ins>" in page.content.decode()
    assert differences(client, city.standards, case).context["is_own"]  # looking does not move it
    assert not differences(client, city.auditor, case).context["is_own"]
    assert differences(client, city.applicant2, case).status_code == 404
    assert differences(client, city.applicant, case).status_code == 200


def test_money_rows_and_toggle(client, city):
    case = returned(city)
    code = case.capabilities.get().code
    rows = [line_row(amount="40.00", capability=code), line_row(name="接口开发", amount="20.00", capability=code)]
    save_budget(project_id=case.pk, actor=city.applicant, rows=rows, expected_revision=None)
    from projects.services import take_snapshot

    take_snapshot(case, city.applicant, case.updated_at)
    page = differences(client, city.manager, case)
    amount = page.context["amount"]
    assert (amount.money[0], amount.money[1], round(amount.share, 2)) == (50, 60, round(amount.share, 2))
    assert float(amount.share) == pytest.approx(0.2)
    budget = next(row for row in page.context["sections"] if row["section"].code == "budget")
    kinds = [row["kind"] for table in budget["tables"] for row in table["rows"]]
    assert sorted(kinds) == ["added", "changed"]
    assert not any(row["shown"] for row in page.context["sections"] if row["section"].code != "budget")
    everything = differences(client, city.manager, case, "?from=1&to=2&all=1")
    assert all(row["shown"] for row in everything.context["sections"])
    assert differences(client, city.manager, case, "?from=7").status_code == 404


def test_one_version_has_nothing_to_compare(client, city):
    case = make_case(city, State.INTAKE)
    assert differences(client, city.intake, case).context["found"] is None


# --- the preview ------------------------------------------------------------------------------------------------------


def preview(client, who, case, **data):
    client.force_login(who)
    url = reverse("approvals:notice_preview", args=[case.ref, "return_for_correction"])
    return client.post(url, {"expected_version": case.seq, "comment": "请补正", **data})


def posted(page, **changes):
    """The forms of a preview as a browser sends them back."""
    formset, context = page.context["formset"], page.context
    data = {"considered": context["considered"], "dropped": context["dropped"], **context["kept"]}
    data |= {f"lines-{name}": formset.management_form[name].value() for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    for form in formset:
        for name in ("token", "place", "clause", "problem", "suggestion", "into", "leave"):
            data[form.add_prefix(name)] = form[name].value() or ""
    return {**data, **changes}


def test_notice_is_looked_at_edited_and_sent_once(client, city):
    case = asking(city)
    typed = {f"items-0-{name}": value for name, value in ITEM.items()}
    twice = {f"items-1-{name}": value for name, value in {**ITEM, "problem": "缺少询价"}.items()}
    forms = {"items-TOTAL_FORMS": 3, "items-INITIAL_FORMS": 0}
    page = preview(client, city.manager, case, **forms, **typed, **twice)
    assert [row["code"] for row in page.context["rows"]] == [FAILED, "", ""]
    assert not CorrectionNotice.objects.exists()
    url = reverse("approvals:notice_preview", args=[case.ref, "return_for_correction"])
    page = client.post(url, posted(page, **{"lines-2-into": "2", "update": "1"}))
    assert [row["form"]["problem"].value() for row in page.context["rows"]][1] == "没有测算依据\n缺少询价"
    page = client.post(url, posted(page, **{"lines-1-problem": "测算没有依据"}))
    assert page.status_code == 302
    rows = [(item.code, item.problem, item.raised_by.get()) for item in CorrectionNotice.objects.get().items.all()]
    assert rows == [(FAILED, "缺密码应用方案", city.standards), ("", "测算没有依据", city.manager)]
    assert fresh(case).state == State.CORRECTION


def test_dropped_line_is_on_the_record_and_a_forged_origin_is_not(client, city):
    case = asking(city)
    client.force_login(city.manager)
    url = reverse("approvals:notice_preview", args=[case.ref, "return_for_correction"])
    page = client.get(url)
    forged = {"lines-TOTAL_FORMS": 2, "lines-1-token": "x", "lines-1-place": "budget", "lines-1-problem": "y"}
    assert client.post(url, posted(page, comment="请补正", **forged)).status_code == 200
    more = {"lines-TOTAL_FORMS": 2, "lines-1-place": "budget", "lines-1-problem": "y", "lines-0-drop": "on"}
    client.post(url, posted(page, comment="请补正", **more))
    row = Decision.objects.get(action="return_for_correction")
    assert (FAILED in row.payload["dropped"], [item.problem for item in row.notice.items.all()]) == (True, ["y"])


def test_only_who_may_send_sees_the_preview(client, city):
    case = asking(city)
    client.force_login(city.planner)
    url = reverse("approvals:notice_preview", args=[case.ref, "return_for_correction"])
    assert client.get(url).status_code == 403


# --- lines and answers ------------------------------------------------------------------------------------------------


def test_reviewer_prepares_a_line_beside_the_sheet(client, city):
    case = asking(city)
    review = review_of(case, "standards")
    client.force_login(city.standards)
    url, back = reverse("approvals:notice_lines", args=[case.ref]), reverse("approvals:case", args=[case.ref])
    data = {"review": review.pk, "problem": "缺少应急预案", "back": "https://elsewhere.example/"}
    assert client.post(url, data).status_code == 200  # neither a place nor a clause
    answer = client.post(url, {**data, "place": "security.security_plan"})
    assert answer["Location"] == url  # never to another site
    assert client.post(url, {**data, "clause": "网络安全法第二十一条", "back": back})["Location"] == back
    rows = NoticeLine.objects.values_list("section", "field", "review")
    assert sorted(rows) == [("", "", review.pk), ("security", "security_plan", review.pk)]
    client.force_login(city.planner)
    assert client.get(url).status_code == 403


def test_answer_is_kept_as_a_draft_and_unchanged_section_is_said(client, city):
    case = returned(city)
    item = line(case)
    client.force_login(city.applicant)
    url = reverse("approvals:notice", args=[case.ref, 1])
    page = client.get(url)
    assert page.context["rows"][0]["is_same"]
    change(case, city, "security")
    row = client.get(url).context["rows"][0]
    assert (row["is_same"], row["differences"][0]["section"].code) == (False, "security")
    bad = {f"item-{item.pk}-answer": "not_adopted", f"item-{item.pk}-answer_text": ""}
    assert client.post(url, bad).status_code == 200
    draft = {f"item-{item.pk}-answer": "", f"item-{item.pk}-answer_text": "正在准备"}
    client.post(url, draft)
    item.refresh_from_db()
    assert (item.answer, item.answer_text, item.answered_at) == ("", "正在准备", None)


def test_line_is_closed_on_the_page_of_the_notice(client, city):
    case = resubmitted(returned(city), city, "security")
    item = line(case)
    client.force_login(city.standards)
    notice = client.get(reverse("approvals:notice", args=[case.ref, 1]))
    assert notice.context["rows"][0]["may_close"]
    url = reverse("approvals:close_line", args=[case.ref, 1, item.pk])
    assert client.post(url, {f"close-{item.pk}-state": "uncured"}).status_code == 409  # a note is missing
    assert client.post(url, {f"close-{item.pk}-state": "closed"}).status_code == 302
    item.refresh_from_db()
    assert (item.closure, item.closed_by) == ("closed", city.standards)
    client.force_login(city.planner)
    assert client.post(url, {f"close-{item.pk}-state": "uncured"}).status_code == 403


def test_case_page_says_what_holds(client, city):
    case = resubmitted(returned(city), city, "security")
    client.force_login(city.manager)
    page = client.get(reverse("approvals:case", args=[case.ref]))
    panels = {row["template"]: row["panel"] for rows in page.context["panels"].values() for row in rows}
    kinds = [row["kind"] for row in panels["approvals/_standing_panel.html"]["rows"]]
    assert sorted(kinds) == ["passed", "passed", "passed", "returned"]
    assert panels["approvals/_notices_panel.html"]["rows"][0]["total"] == 1
    texts = " ".join(entry.note for entry in page.context["timeline"]["items"])
    assert "carried forward" in texts
    act(case, "withdraw", city.applicant)
    assert client.get(reverse("approvals:case", args=[case.ref])).status_code == 200
