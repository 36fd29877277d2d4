"""Somebody goes on leave: work is handed over, a substitute acts in their stead, and a reminder goes out once a day."""

from datetime import date, timedelta

import pytest

from tests.browser import acts

pytestmark = pytest.mark.browser
REF = "P25"


def test_reviewer_on_leave_is_replaced_and_a_second_reminder_is_refused(desk, site):
    planner = desk("planner")
    planner.open(f"/projects/{REF}/")
    planner.press("aside a[href*='/reviews/']")
    review = planner.page.url.removeprefix(site.address).split("?")[0]
    planner.press("button[formaction$='/review_open/']")
    planner.open(f"/projects/{REF}/questions/new/")
    planner.page.fill("[name=text]", "请说明与既有平台的关系。")
    planner.press("main form.tc-panel .btn-primary")

    planner.open("/me/substitution/")
    planner.page.select_option("[name=substitute]", label=label_of(planner, "罗文静"))
    planner.page.fill("[name=last_day]", (date.today() + timedelta(days=7)).isoformat())  # noqa: DTZ011 - of the browser
    planner.press("main form.tc-panel .btn-primary")
    assert planner.page.locator("button[name=confirmed]").count(), planner.page.inner_text("main")
    planner.press("button[name=confirmed]")
    planner.reads("罗文静")

    planner.open("/me/handover/")
    planner.reads(REF)
    planner.page.check("input[name=rows][value^=question]")
    planner.page.select_option("[name=to]", label=label_of(planner, "罗文静", "[name=to]"))
    planner.press("main form.tc-panel .btn-primary")
    assert planner.page.locator("input[name=rows][value^=question]").count() == 0
    assert (
        planner.page.locator("input[name=rows][value^=seat]").count() >= 1
    )  # the review stays, and the substitute acts

    stand_in = desk("planner2")
    stand_in.open("/")
    stand_in.reads("陈静", REF)
    assert stand_in.page.locator("[data-stands-in]").count() == 1
    stand_in.open(f"/projects/{REF}/")
    stand_in.press(f"aside a[href='{review}']")
    acts.judge_items(stand_in)
    stand_in.page.fill("form:has([formaction$='/review_pass/']) [name=comment]", "符合规划，同意。")
    stand_in.press("button[formaction$='/review_pass/']")
    stand_in.open(f"/projects/{REF}/")
    stand_in.reads("罗文静", "陈静")

    clerk = desk(site.keys["clerk_P29"])
    clerk.open("/projects/P29/")
    clerk.press("a[href$='/urge/']")
    clerk.press("main form.tc-panel .btn-primary")
    clerk.reads("沈佳怡")
    page = clerk.open("/projects/P29/urge/")
    assert page.locator("main form").count() == 0
    assert page.locator("[aria-labelledby=blocked] li").count() == 1


def label_of(window, name: str, field: str = "[name=substitute]") -> str:
    """How the list names somebody."""
    labels = window.page.locator(f"{field} option").all_inner_texts()
    return next(label for label in labels if label.startswith(name))
