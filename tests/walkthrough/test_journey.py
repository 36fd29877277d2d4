"""A proposal goes from draft to approval, each person in their own browser; and the same decision without scripts."""

import pytest

from projects.models import Finding, Project
from projects.states import State
from tests.cast import duplicate_text, make_case
from tests.walkthrough.conftest import NARROW, inspect

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    # Chromium keeps its connections to the server open a moment longer than the server lives.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
PASSWORD = "a-long-enough-password-1"


def sign_in(page, server, user):
    """Through the form, as a person does."""
    user.set_password(PASSWORD)
    user.save()
    page.goto(f"{server}/accounts/login/")
    inspect(page)
    page.fill("#id_login", user.username)
    page.fill("#id_password", PASSWORD)
    page.press("#id_password", "Enter")
    page.wait_for_url(f"{server}/")


def press(page, action):
    """Take one step from the case page: open its form, write an opinion, send it."""
    page.click(f".tc-steps a[href$='/steps/{action}/']")
    box = page.locator("textarea[name=comment]")
    if box.count():
        box.fill("同意。材料齐全。")
    page.click("form.tc-panel button[type=submit]:not([name])")
    page.wait_for_load_state()


def answer_what_exists(page):
    """On the way to submission: say in writing why what exists does not do."""
    for number in range(int(page.locator("[name=answers-TOTAL_FORMS]").input_value())):
        page.check(f"[name=answers-{number}-answer][value=explain]")
        page.fill(f"[name=answers-{number}-text]", "服务对象不同，只建设差异部分。")
    page.click("form:has([name=answers-0-token]) .btn-primary")
    page.wait_for_load_state()


def review(page, server, ref, kind):
    """Take the seat, judge every item, conclude."""
    project = Project.objects.get(ref=ref)
    seat = project.reviews.get(kind=kind)
    page.goto(f"{server}/projects/{ref}/reviews/{seat.pk}/")
    page.click("button[formaction$='/review_open/']")
    page.wait_for_load_state()
    while page.locator("input[name=verdict]").count() and seat.items.filter(applies=True, verdict="").exists():
        page.check("input[name=verdict][value=pass]")
        page.click("form[aria-labelledby=vd] button[type=submit]")
        page.wait_for_load_state()
    page.fill("textarea[name=comment]", "材料齐全，同意。")
    page.click("button[formaction$='/review_pass/']")
    page.wait_for_load_state()


@pytest.mark.parametrize(("language", "javascript"), [("zh-hans", True), ("en", False)])
def test_proposal_goes_from_draft_to_approval(town, visit, live_server, language, javascript):
    server, case = live_server.url, make_case(town, text=duplicate_text(town))
    clerk = visit(language=language, javascript=True)
    sign_in(clerk, server, town.applicant)

    def person(user):
        return visit(user, language, javascript=javascript)

    clerk.goto(f"{server}/projects/{case.ref}/check/")
    clerk.click("form[action$='/steps/submit/'] button, a[href$='/steps/submit/']")
    clerk.wait_for_load_state()
    answer_what_exists(clerk)
    assert Project.objects.get(ref=case.ref).state == State.ENDORSEMENT

    for user, action, state in [
        (town.endorser, "endorse", State.INTAKE),
        (town.intake, "accept", State.REVIEW),
    ]:
        page = person(user)
        page.goto(f"{server}/projects/{case.ref}/")
        press(page, action)
        assert Project.objects.get(ref=case.ref).state == state
    for user in (town.planner, town.requirements, town.standards):
        review(person(user), server, case.ref, user.username if user.username != "planner" else "planning")
    assert Project.objects.get(ref=case.ref).state == State.ADJUDICATION

    finding = Finding.objects.filter(project__ref=case.ref, is_current=True, band__in=["red", "amber"]).first()
    clerk.goto(f"{server}/projects/{case.ref}/findings/{finding.pk}/reply/")
    clerk.check("input[name=reply][value=explain]")
    clerk.fill("textarea", "服务对象不同，只建设差异部分。")
    clerk.click("main form button.btn-primary")
    clerk.wait_for_load_state()

    manager = person(town.manager)
    manager.goto(f"{server}/projects/{case.ref}/findings/{finding.pk}/")
    manager.check("input[name=decision][value=not_duplicate]")
    manager.fill("textarea[name=comment]", "业务对象不同，不构成重复。")
    manager.click("main form button.btn-primary")
    manager.wait_for_load_state()
    assert Project.objects.get(ref=case.ref).state == State.DECISION

    approver = person(town.approver)
    approver.goto(f"{server}/projects/{case.ref}/steps/approve/")
    approver.fill("input[name=approved_amount]", "40.00")
    approver.fill("textarea[name=comment]", "同意立项。")
    approver.click("form.tc-panel button[type=submit]:not([name])")
    approver.wait_for_load_state()
    assert Project.objects.get(ref=case.ref).state == State.APPROVED
    assert str(Project.objects.get(ref=case.ref).approval.amount) == "40.00"


def test_stale_form_gives_the_text_back(town, visit, live_server):
    case = make_case(town, State.DECISION)
    address = f"{live_server.url}/projects/{case.ref}/steps/defer/"
    first, second = visit(town.approver), visit(town.approver, size=NARROW)
    for page in (first, second):
        page.goto(address)
        page.fill("textarea[name=comment]", "资金未落实，暂缓。")
    first.click("form.tc-panel button[type=submit]:not([name])")
    first.wait_for_load_state()
    second.click("form.tc-panel button[type=submit]:not([name])")
    second.wait_for_load_state()
    assert "资金未落实，暂缓。" in second.content()
    inspect(second)
    assert Project.objects.get(ref=case.ref).decisions.filter(action="defer").count() == 1
