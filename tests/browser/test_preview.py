"""The duplicate preview under the fingers of a clerk, and the page between submission and the door, in Chromium."""

import re

import pytest

from tests.browser import acts

pytestmark = pytest.mark.browser
SMS = "向办事群众发送短信通知和办件进度提醒"  # the city has a unified platform for it
PLATFORM = "短信集中下发、签名与模板管理"  # what that platform says of itself
PAUSE = 1200  # milliseconds: far longer than the script waits


@pytest.fixture
def clerk(desk, site):
    """The clerk of a draft at their desk."""
    return lambda **more: desk(site.keys["clerk_P39"], **more)


def editor(window):
    """The capability page of the draft, with its requests for previews."""
    page = window.open("/projects/P39/edit/solution/")
    asked = []
    page.on("request", lambda request: asked.append(request.post_data) if "/preview/" in request.url else None)
    return page, asked


def row(page):
    """A new row at the end of the list; nothing is saved while a test types."""
    page.route(
        "**/edit/solution/", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
    )
    page.click("[data-row-add]")
    return page.locator("[data-row]").last.locator("textarea")


def leave(window):
    """The window closes without asking about what is unsaved."""
    window.page.unroute_all(behavior="ignoreErrors")
    window.complaints.clear()


def test_preview_comes_once_typing_stops(clerk):
    window = clerk()
    page, asked = editor(window)
    text = row(page)
    text.press_sequentially(SMS, delay=60)
    page.wait_for_selector("[data-look-panel] .tc-finding.uni")
    assert len(asked) == 1
    assert page.evaluate("document.activeElement.tagName") == "TEXTAREA"
    assert page.inner_text("[data-look-panel] h3")
    assert page.inner_text("[data-look-status]")
    assert page.get_attribute("[data-look-status]", "aria-live") == "polite"
    assert page.locator("[data-look-home] [data-look-panel]").count() == 1
    assert window.faults() == []
    leave(window)


def test_same_words_are_not_asked_twice(clerk):
    window = clerk()
    page, asked = editor(window)
    text = row(page)
    text.fill(SMS)
    page.wait_for_selector("[data-look-panel] .tc-finding")
    text.press("End")
    text.press("x")
    text.press("Backspace")
    page.wait_for_timeout(PAUSE)
    assert len(asked) == 1
    text.fill("")
    page.wait_for_timeout(PAUSE)
    assert len(asked) == 1
    assert page.locator("[data-look-panel] .tc-finding").count() == 0
    leave(window)


def test_slow_answer_to_older_words_is_dropped(clerk):
    window = clerk()
    page, asked = editor(window)
    held = []

    def slow(route):
        if not held:
            held.append(route)
            return
        route.continue_()

    text = row(page)
    page.route("**/preview/", slow)
    text.fill("第一种说法第一种说法")
    page.wait_for_timeout(PAUSE)
    assert len(held) == 1
    text.fill(SMS)
    page.wait_for_selector("[data-look-panel] .tc-finding.uni")
    assert len(asked) == 2
    leave(window)


def test_failed_preview_says_so_and_typing_goes_on(clerk):
    window = clerk()
    page, _asked = editor(window)
    text = row(page)
    page.route("**/preview/", lambda route: route.abort())
    text.fill(SMS)
    failed = page.get_attribute("[data-look-panel]", "data-failed")
    page.wait_for_function("text => document.querySelector('[data-look-body]').textContent.includes(text)", arg=failed)
    assert text.input_value() == SMS
    leave(window)


def test_narrow_screen_has_the_panel_in_the_row(clerk):
    window = clerk(viewport={"width": 390, "height": 844})
    page, _asked = editor(window)
    text = row(page)
    text.fill(SMS)
    page.wait_for_selector("[data-row]:last-child [data-look-slot] .tc-finding.uni")
    assert window.faults() == []
    leave(window)


def test_button_works_without_scripts(clerk):
    window = clerk(java_script_enabled=False)
    page = window.open("/projects/P39/edit/solution/?add=1")
    page.locator("#new-row textarea").fill(SMS)
    window.press("button[name=look]")
    assert page.locator("#new-row .tc-finding.uni, [data-row] .tc-finding.uni").count() >= 1
    assert page.locator("[data-row]").last.locator("textarea").input_value() == SMS
    page = window.open("/projects/P39/edit/solution/")
    assert SMS not in page.content()


@pytest.mark.parametrize("scripts", [True, False])
def test_submission_is_interrupted_and_goes_on_when_answered(desk, scripts):
    clerk = desk("applicant", java_script_enabled=scripts)
    ref = acts.begin(clerk, "就诊短信提醒" + ("" if scripts else "二期"))
    acts.fill_in(clerk, ref, [PLATFORM], ["45.00"])
    page = clerk.open(f"/projects/{ref}/check/")
    clerk.press("main aside form .btn-primary")
    assert page.url.endswith("/steps/submit/")
    assert page.locator("[name=answers-0-answer]").count() == 3
    if scripts:
        assert clerk.faults() == []
    clerk.press("form:has([name=answers-0-token]) .btn-primary")
    assert page.locator(".tc-summary").count() == 1
    for number in range(int(page.input_value("[name=answers-TOTAL_FORMS]"))):
        page.check(f"[name=answers-{number}-answer][value=explain]")
        page.fill(f"[name=answers-{number}-text]", "院内系统与统一平台网络隔离，只在院内发送。")
    clerk.press("form:has([name=answers-0-token]) .btn-primary")
    assert re.search(rf"/projects/{ref}/$", page.url)
    clerk.reads("主管部门审核")
