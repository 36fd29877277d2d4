"""Rules that change while cases are under way: an envelope is exceeded and seen, a superseded standard moves nothing."""

import re

import pytest

pytestmark = pytest.mark.browser
SEND = "main form .btn-primary"
CITING = "P25"


def test_exceeded_envelope_is_seen_by_the_planner(desk):
    planner = desk("planner")
    page = planner.open(f"/projects/{CITING}/")
    planner.press("main a[href*='/planning/items/']")
    item = page.url.rstrip("/").split("/")[-1]
    planner.press(f"main a[href$='/{item}/edit/']")
    for box in page.locator("main input").all():
        if re.fullmatch(r"20\d\d", box.get_attribute("name") or "") and box.input_value():
            box.fill("1.00")
    planner.press(SEND)
    assert page.url.endswith("/edit/")
    assert page.locator("#id_reason[aria-invalid=true]").count() == 1  # a change says why
    page.fill("[name=reason]", "市财政压减年度盘子")
    planner.press(SEND)
    planner.reads(CITING, "尚未写入")  # who is touched, before anything is written
    planner.press("[name=confirm]")

    planner.open("/planning/view/")
    planner.reads(item, "超出")
    planner.open(f"/projects/{CITING}/")
    planner.reads(item, "超出")
    planner.open(f"/planning/items/{item}/")
    planner.reads("市财政压减年度盘子")


def test_superseded_standard_moves_no_review_under_way(desk, site):
    reviewer = desk("standards")
    page = reviewer.open(f"/projects/{CITING}/")
    reviewer.press("aside a[href*='/reviews/']")
    reviewer.press("button[formaction$='/review_open/']")
    sheet = page.url.split("?")[0].removeprefix(site.address)
    page.check("[name=verdict][value=pass]")
    reviewer.press("form[aria-labelledby=vd] button[type=submit]")
    before = asked(reviewer, sheet)
    assert before

    reviewer.open("/standards/catalogue/?q=22239")
    reviewer.press("main table a[href*='/standards/catalogue/']")
    reviewer.press("main a[href$='/supersede/']")
    reviewer.reads(CITING)  # whose checklists rest on it
    page.select_option("[name=successor]", index=1)
    page.fill("[name=reason]", "新版发布")
    reviewer.press(SEND)
    reviewer.reads("新版发布")
    assert asked(reviewer, sheet) == before


def asked(reviewer, sheet):
    """The codes on the sheet, and how many have a verdict."""
    page = reviewer.open(sheet)
    codes = page.locator("main a[href*='?item=']").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    return sorted(set(codes)), page.inner_text("main nav.tc-panel strong")
