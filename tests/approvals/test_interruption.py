"""The page between a submission and the door: asked, answered, sent back, and never in the way of the clock."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from approvals import interruption_forms
from approvals.models import Decision
from approvals.services import perform
from portfolio.models import Capability
from projects import screening
from projects.models import DuplicateStatement, Finding, Project
from projects.states import State
from tests.approvals.acting import ITEM, act, answer_all, fresh
from tests.cast import duplicate_text, make_case
from tests.projects.making import capability_row, make_system

pytestmark = pytest.mark.django_db
DIFFERENT = "现有系统只登记渔船，本项目登记救护车终端。"


@pytest.fixture(autouse=True)
def _fresh_engine():
    screening._encoder.cache_clear()
    yield
    screening._encoder.cache_clear()


@pytest.fixture
def draft(city):
    """A complete draft whose one capability the city already has: red."""
    return make_case(city, text=duplicate_text(city))


@pytest.fixture
def clerk(client, city):
    """The hospital's clerk at the browser."""
    client.force_login(city.applicant)
    return client


def state_of(case):
    return Project.objects.values_list("state", flat=True).get(pk=case.pk)


def press(clerk, case, action="submit", **more):
    """The button of the check page."""
    seq = Project.objects.get(pk=case.pk).seq
    return clerk.post(reverse("approvals:step", args=[case.ref, action]), {"expected_version": seq, **more})


def token_in(response):
    return re.search(r'name="answers-0-token" value="([^"]+)"', response.content.decode())[1]


def answer(clerk, case, response, action="submit", **values):
    """The form of the page as it came, filled in."""
    data = {"answers-TOTAL_FORMS": "1", "answers-INITIAL_FORMS": "1", "expected_version": fresh(case).seq}
    data |= {"answers-0-token": token_in(response)}
    data |= {f"answers-0-{name}": value for name, value in values.items()}
    return clerk.post(reverse("approvals:interruption", args=[case.ref, action]), data)


def test_unanswered_red_finding_interrupts_and_nothing_moves(clerk, draft, city):
    response = press(clerk, draft)
    text = response.content.decode()
    assert response.status_code == 200
    for word in (city.system.name, city.office.name, "50.00", "<mark>", "answers-0-answer"):
        assert word in text, word
    assert (state_of(draft), Decision.objects.count(), DuplicateStatement.objects.count()) == ("draft", 0, 0)


def test_stated_difference_goes_on_and_is_the_reply_to_the_finding(clerk, draft, city):
    response = answer(clerk, draft, press(clerk, draft), answer="explain", text=DIFFERENT)
    assert (response.status_code, response["Location"]) == (302, f"/projects/{draft.ref}/")
    row = DuplicateStatement.objects.get()
    assert (row.kind, row.text, row.system, row.stated_by) == ("explain", DIFFERENT, city.system, city.applicant)
    case = fresh(draft)
    assert case.state == State.ENDORSEMENT
    assert case.current_version.snapshot["statements"]["rows"][0]["statement"] == DIFFERENT
    assert Decision.objects.filter(project=draft.pk, action="submit").count() == 1


def test_reviewers_read_it_beside_the_finding(client, draft, city):
    client.force_login(city.applicant)
    answer(client, draft, press(client, draft), answer="reuse", text="只做对接")
    act(draft, "endorse", city.endorser, "同意")
    act(draft, "accept", city.intake)
    from approvals.screening_services import screen_and_advance

    screen_and_advance(fresh(draft).latest_run.pk)
    finding = Finding.objects.get(project=draft.pk, is_current=True, band="red")
    assert (finding.reply, finding.reply_text, finding.replied_by) == ("reuse", "只做对接", city.applicant)
    client.force_login(city.manager)
    text = client.get(reverse("approvals:compare", args=[draft.ref])).content.decode()
    assert text.count("只做对接") == 2
    assert 'id="stated"' in text


def test_reuse_says_what_remains_to_be_done(clerk, draft, city):
    city.system.department_keeps, city.system.contact_name = "登记本单位终端", "周海"
    city.system.save()
    answer(clerk, draft, press(clerk, draft), answer="reuse")
    text = clerk.get(f"/projects/{draft.ref}/").content.decode()
    assert "登记本单位终端" in text
    assert "周海" in text
    assert state_of(draft) == State.ENDORSEMENT


def test_going_back_submits_nothing(clerk, draft):
    response = answer(clerk, draft, press(clerk, draft), answer="edit")
    assert response["Location"] == reverse("projects:section", args=[draft.ref, "solution"])
    assert (state_of(draft), DuplicateStatement.objects.count()) == ("draft", 0)


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        ({}, ""),
        ({"answer": "explain"}, ""),
        ({"answer": "explain", "text": "对象不同"}, "对象不同"),
        ({"answer": "remove", "text": DIFFERENT}, DIFFERENT),
        ({"answer": "explain", "text": "字" * 3001}, "字" * 3001),
    ],
)
def test_answer_that_does_not_do_is_asked_again_with_what_was_typed(clerk, draft, values, kept):
    response = answer(clerk, draft, press(clerk, draft), **values)
    text = response.content.decode()
    assert response.status_code == 422
    assert kept in text
    assert "data-error-summary" in text
    assert (state_of(draft), DuplicateStatement.objects.count()) == ("draft", 0)


def test_answer_holds_for_the_next_attempt(clerk, draft, city):
    answer(clerk, draft, press(clerk, draft), answer="explain", text=DIFFERENT)
    act(draft, "send_back", city.endorser, "补充", items=[ITEM])
    assert state_of(draft) == "draft"
    press(clerk, draft)
    assert state_of(draft) == State.ENDORSEMENT


def test_correction_is_interrupted_too_and_a_reply_counts(clerk, city):
    case = make_case(city, State.INTAKE, text=duplicate_text(city))
    act(case, "return_for_correction", city.intake, items=[ITEM])
    from approvals.sheet_services import answer_item

    item = fresh(case).open_notice().items.get()
    answer_item(item_id=item.pk, actor=city.applicant, answer="amended", text="已改")
    response = press(clerk, case, "resubmit")
    assert (response.status_code, state_of(case)) == (200, State.CORRECTION)
    answer(clerk, case, response, "resubmit", answer="explain", text=DIFFERENT)
    assert state_of(case) == State.INTAKE


def test_correction_after_a_screening_is_compared_with_what_was_found_then(clerk, city):
    case = make_case(city, State.ADJUDICATION, text=duplicate_text(city))
    act(case, "return_for_correction", city.manager, items=[ITEM])
    answer_all(case, city.applicant)
    assert press(clerk, case, "resubmit").status_code in {200, 302, 422}
    assert state_of(case) in {State.CORRECTION, State.INTAKE}


def test_only_people_are_interrupted(draft, city):
    perform(case_id=draft.pk, action="submit", actor=city.applicant)
    assert state_of(draft) == State.ENDORSEMENT


def test_blocked_submission_is_refused_before_anything_is_asked(clerk, draft):
    draft.documents.all().delete()
    assert press(clerk, draft).status_code == 409


def test_empty_registry_does_not_keep_from_submitting(clerk, draft, city):
    city.system.delete()
    response = press(clerk, draft)
    assert (response.status_code, state_of(draft)) == (302, State.ENDORSEMENT)
    assert "tc-notice" in clerk.get(response["Location"]).content.decode()
    notes = [str(message) for message in response.wsgi_request._messages]
    assert len(notes) == 2


def test_broken_engine_keeps_the_answers_and_lets_go(clerk, draft, monkeypatch, caplog):
    page = press(clerk, draft)
    monkeypatch.setattr(screening, "portfolio", None)
    assert answer(clerk, draft, page, answer="explain", text="短").status_code == 422
    assert answer(clerk, draft, page, answer="explain", text=DIFFERENT).status_code == 302
    assert (DuplicateStatement.objects.get().text, state_of(draft)) == (DIFFERENT, State.ENDORSEMENT)


def test_page_can_be_opened_by_itself(clerk, draft, city):
    address = reverse("approvals:interruption", args=[draft.ref, "submit"])
    assert "answers-0-token" in clerk.get(address).content.decode()
    city.system.delete()
    text = clerk.get(address).content.decode()
    assert "answers-0-token" not in text
    assert reverse("approvals:step", args=[draft.ref, "submit"]) in text
    assert clerk.get(reverse("approvals:interruption", args=[draft.ref, "withdraw"])).status_code == 404


# --- forged, stale, changed -----------------------------------------------------------------------------------------


def test_question_of_another_project_is_not_taken(clerk, draft, city):
    page = press(clerk, draft)
    about = interruption_forms.unseal(draft.pk, token_in(page))
    for forged in (interruption_forms.seal(draft.pk + 1, about), token_in(page)[:-2] + "xx", "", "x"):
        page.content = b'name="answers-0-token" value="' + (forged or "-").encode() + b'"'
        response = answer(clerk, draft, page, answer="explain", text=DIFFERENT)
        assert response.status_code == 422
    assert (state_of(draft), DuplicateStatement.objects.count()) == ("draft", 0)


def test_values_that_are_not_asked_for_are_ignored(clerk, draft, city):
    page = press(clerk, draft)
    stray = {"system": "X", "kind": "reuse", "stated_by": "1", "project": "1", "matched": "[]", "state": "approved"}
    answer(clerk, draft, page, answer="explain", text=DIFFERENT, **stray)
    row = DuplicateStatement.objects.get()
    assert (row.project_id, row.kind, row.system, row.stated_by) == (draft.pk, "explain", city.system, city.applicant)


def test_capability_changed_in_another_window_is_not_answered(clerk, draft, city):
    from projects.services import save_capabilities

    page = press(clerk, draft)
    rows = [capability_row(code=draft.capabilities.get().code, text=duplicate_text(city) + "和回收")]
    save_capabilities(project_id=draft.pk, actor=city.applicant, rows=rows, expected_revision=None)
    response = answer(clerk, draft, page, answer="explain", text=DIFFERENT)
    assert (response.status_code, state_of(draft)) == (422, "draft")
    assert DIFFERENT in response.content.decode()


def test_stale_page_is_refused_with_what_was_typed(clerk, draft, city):
    page = press(clerk, draft)
    data = {"answers-TOTAL_FORMS": "1", "answers-INITIAL_FORMS": "1", "expected_version": "0"}
    data |= {"answers-0-token": token_in(page), "answers-0-answer": "explain", "answers-0-text": DIFFERENT}
    perform(case_id=draft.pk, action="submit", actor=city.applicant)
    response = clerk.post(reverse("approvals:interruption", args=[draft.ref, "submit"]), data)
    assert response.status_code == 409
    assert DIFFERENT in response.content.decode()


def test_retired_system_is_not_offered_for_reuse(city):
    about = {"code": "P1-01", "wording": "x", "kind": "system", "target": "S1", "matched": ["x"], "reusable": False}
    (form,) = interruption_forms.blank(1, [about])
    assert [value for value, _label in form.fields["answer"].choices] == ["explain", "edit"]


def test_number_of_queries_does_not_grow_with_the_questions(clerk, draft, city):
    def counted():
        address = reverse("approvals:interruption", args=[draft.ref, "submit"])
        clerk.get(address)
        with CaptureQueriesContext(connection) as queries:
            response = clerk.get(address)
        return len(queries), response.content.decode().count("tc-choices")

    one, asked = counted()
    assert asked == 1
    for number in range(12):
        system = make_system(city.water, f"S8{number:02}")
        Capability.objects.create(system=system, code=f"S8{number:02}-01", text=duplicate_text(city))
    many, asked = counted()
    assert asked > 10
    assert many <= one
