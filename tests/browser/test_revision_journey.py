"""Return, correct, resubmit with one section changed: two opinions survive, one reopens, the screening runs again."""

import pytest

from tests.browser import acts

pytestmark = pytest.mark.browser
REF = "P09"
FAILED = "RQ-02"  # asked of the section “needs”, which the screening reads and only this review rests on
ASK, PASS = (f"[formaction$='/{name}/']" for name in ("review_ask", "review_pass"))


def test_corrected_section_reopens_what_rested_on_it_and_nothing_else(desk, site):
    for name in ("planner", "standards"):
        acts.judge(desk(name), REF, "同意")
    reviewer = desk("requirements")
    take(reviewer)
    acts.judge_items(reviewer, {FAILED: ("没有近三年业务量", "补充近三年业务量", "方案编写规范第三章")})
    prepare(reviewer)
    reviewer.page.fill(f"form:has({ASK}) [name=comment]", "请补充业务量")
    reviewer.press(f"button{ASK}")

    manager = desk("manager")
    acts.step(manager, REF, "return_for_correction", comment="请一次性补正。")
    manager.open(f"/projects/{REF}/notices/1/")
    manager.reads("没有近三年业务量", "必要性分析过于笼统")

    clerk = desk(site.keys[f"clerk_{REF}"])
    correct(clerk)
    clerk.open(f"/projects/{REF}/check/")
    clerk.press("main aside form .btn-primary")
    finish(clerk)
    acts.step(desk("intake"), REF, "accept")

    manager.open(f"/projects/{REF}/")
    panel = manager.page.locator("section[aria-labelledby=holds]")
    # Two opinions and the new screening hold, the requirements review is void.
    assert (panel.locator(".is-passed").count(), panel.locator(".is-returned").count()) == (3, 1)

    reviewer.open(f"/projects/{REF}/differences/")
    reviewer.reads("近三年业务量")
    assert reviewer.page.locator("ins").count() >= 1
    assert reviewer.page.locator("h2[id^=s-]").count() == 1  # one section has changed
    take(reviewer)
    acts.judge_items(reviewer)
    assert reviewer.page.locator(f"button{PASS}").count() == 0  # a line is not closed
    acts.close_lines(reviewer)
    reviewer.page.fill(f"form:has({PASS}) [name=comment]", "已补正")
    reviewer.press(f"button{PASS}")
    manager.open(f"/projects/{REF}/")
    assert "三统一并联审查" not in manager.page.inner_text(".tc-head .tc-badge")


def take(reviewer):
    """Take the review."""
    reviewer.open(f"/projects/{REF}/")
    reviewer.press("aside a[href*='/reviews/']")
    reviewer.press("button[formaction$='/review_open/']")


def prepare(reviewer):
    """A line beside the sheet."""
    form = "form:has([name=place])"
    reviewer.page.locator(f"details:has({form}) > summary").click()
    reviewer.page.select_option(f"{form} [name=place]", "needs.necessity")
    reviewer.page.fill(f"{form} [name=problem]", "必要性分析过于笼统")
    reviewer.press(f"{form} button[type=submit]:not([name])")


def correct(clerk):
    """One section is changed; then the page of the notice shows the change beside the answer."""
    page = clerk.open(f"/projects/{REF}/edit/needs/")
    page.fill("[name=necessity]", "近三年业务量分别为3.1万件、3.4万件、4.0万件，人工登记不能满足要求。")
    clerk.press("button[name=next]")
    page = clerk.open(f"/projects/{REF}/notices/1/")
    assert page.locator("main form ins").count() >= 1
    for box in page.locator("[name$=-answer][value=amended]").all():
        box.check()
    clerk.press("main form.tc-panel button[type=submit]:not([name])")


def finish(clerk):
    """Where the page before submission asks about duplicates, say what differs; then it is submitted."""
    page = clerk.page
    if page.locator("[value=explain]").count():
        for box in page.locator("[value=explain]").all():
            box.check()
        for box in page.locator("main textarea").all():
            box.fill("服务对象和业务环节不同，只建设差异部分。")
        clerk.press("main form .btn-primary")
    assert page.url.endswith(f"/projects/{REF}/"), page.inner_text("main")
