"""Submission, review and approval with JavaScript switched off, and the steps of a form by keyboard alone."""

import pytest

from tests.browser import acts

pytestmark = pytest.mark.browser


def test_submit_review_and_approve_without_scripts(desk, site):
    off = {"java_script_enabled": False}
    clerk = desk("applicant", **off)
    ref = acts.begin(clerk, "院感消毒包追踪")
    sections_one_row_a_time(clerk, ref)
    acts.submit(clerk, ref)
    acts.step(desk("endorser", **off), ref, "endorse", comment="同意申报。")
    acts.step(desk("intake", **off), ref, "accept")
    for name in ("planner", "requirements", "standards"):
        acts.judge(desk(name, **off), ref, f"{name} 同意")
    acts.step(desk("approver", **off), ref, "approve", comment="同意立项。", approved_amount="45.00")
    clerk.open(f"/projects/{ref}/")
    clerk.reads("已批复", "同意立项。")


def sections_one_row_a_time(clerk, ref):
    """As acts.fill_in, with one capability and one line: the first empty row is on the page."""
    acts.fill_in(clerk, ref, ["消毒包条码扫描交接"], ["45.00"])


def test_rows_are_added_without_scripts(desk, site):
    clerk = desk(site.keys["clerk_P44"], java_script_enabled=False)
    page = clerk.open("/projects/P44/edit/solution/")
    before = page.locator("textarea[name$=-text]").count()
    clerk.press("noscript button[name=add], button[name=add]")
    assert page.url.endswith("?add=1#new-row")
    assert page.locator("textarea[name$=-text]").count() == before + 1


def test_step_is_taken_by_keyboard_alone(desk, site):
    intake = desk("intake")
    page = intake.open("/projects/P36/")
    walk_to(page, "a[href$='/steps/return_for_correction/']")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    walk_to(page, "[name=items-0-section]")
    page.keyboard.press("ArrowDown")
    for text in ("第三条", "缺少测算依据", "补充测算表"):
        page.keyboard.press("Tab")
        page.keyboard.type(text)
    walk_to(page, "[name=comment]")
    page.keyboard.type("请一次性补正。")
    for _press in ("the form", "the notice as it will be sent"):
        walk_to(page, acts.SEND)
        with page.expect_navigation():
            page.keyboard.press("Enter")
    assert page.url.endswith("/projects/P36/"), page.inner_text("main")
    intake.reads("退回补正")


def test_first_tab_skips_to_the_content_and_focus_is_seen(desk):
    page = desk("manager").open("/projects/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "tc-skip"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('main') !== null")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    shadow = page.evaluate("getComputedStyle(document.activeElement).boxShadow")
    assert (outline, shadow) != ("none", "none")


def test_search_is_reached_by_a_key_and_rows_by_others(desk):
    page = desk("manager").open("/projects/")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.hasAttribute('data-row-link')")


def walk_to(page, selector: str, most: int = 60) -> None:
    """Press Tab until that control has the focus."""
    for _step in range(most):
        if page.evaluate("selector => document.activeElement && document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {selector}")
