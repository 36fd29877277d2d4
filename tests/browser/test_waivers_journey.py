"""A veto item blocks until it is cured: the unit assesses itself, the reviewer fails it, the cured version passes."""

import pytest

from tests.browser import acts

pytestmark = pytest.mark.browser
REF = "P12"
VETO = "SE-02"
PASS, CONDITIONS, ASK = (
    f"[formaction$='/{name}/']" for name in ("review_pass", "review_pass_with_conditions", "review_ask")
)


def test_veto_item_blocks_until_it_is_cured(desk, site):
    acts.judge(desk("requirements"), REF, "需求明确")
    reviewer = desk("standards")
    take(reviewer)
    acts.judge_items(reviewer, {VETO: ("缺密码应用方案", "补充方案和评估意见", "密码法第二十七条")})
    reviewer.reads("不通过")
    assert reviewer.page.locator(f"button{PASS}, button{CONDITIONS}").count() == 0
    reviewer.page.fill(f"form:has({ASK}) [name=comment]", "一票否决项须整改")
    reviewer.press(f"button{ASK}")

    acts.step(desk("manager"), REF, "return_for_correction", comment="请按标准审查意见补正。")
    clerk = desk(site.keys[f"clerk_{REF}"])
    clerk.open(f"/projects/{REF}/")
    clerk.reads("缺密码应用方案")
    cure(clerk)
    clerk.open(f"/projects/{REF}/check/")
    clerk.press("main aside form .btn-primary")
    finish(clerk)
    acts.step(desk("intake"), REF, "accept")

    take(reviewer)
    page = reviewer.open(f"{reviewer.page.url.removeprefix(site.address).split('?')[0]}?item={VETO}")
    reviewer.reads("缺密码应用方案", "已补充")  # the verdict then, and what the unit answered
    assert page.locator("#since").count()
    acts.judge_items(reviewer)
    acts.close_lines(reviewer)
    reviewer.page.fill(f"form:has({PASS}) [name=comment]", "已整改，通过")
    reviewer.press(f"button{PASS}")
    reviewer.open(f"/projects/{REF}/")
    reviewer.reads("通过")
    assert "三统一并联审查" not in reviewer.page.inner_text(".tc-head .tc-badge")


def take(reviewer):
    """Take the standards review."""
    reviewer.open(f"/projects/{REF}/")
    reviewer.press("aside a[href*='/reviews/']")
    reviewer.press("button[formaction$='/review_open/']")


def cure(clerk):
    """The plan is completed, the item assessed anew, the notice answered."""
    page = clerk.open(f"/projects/{REF}/edit/security/")
    page.fill("[name=security_plan]", "按三级设计，密码应用方案和评估意见见附件。")
    clerk.press("button[name=next]")
    page = clerk.open(f"/projects/{REF}/edit/checklist/?group=SE")
    page.select_option(f"[name={VETO}-claim]", "met")
    page.fill(f"[name={VETO}-note]", "见附件第 12 页")
    clerk.press("main form .btn-primary")
    page = clerk.open(f"/projects/{REF}/notices/1/")
    for box in page.locator("[name$=-answer][value=amended]").all():
        box.check()
    for box in page.locator("[name$=-answer_text]").all():
        box.fill("已补充")
    clerk.press("main form.tc-panel button[type=submit], main form button.btn-primary")


def finish(clerk):
    """Where the page before submission asks about duplicates, say what differs; then it is submitted."""
    page = clerk.page
    if "/answers/" in page.url:
        for box in page.locator("[value=explain]").all():
            box.check()
        for box in page.locator("main textarea").all():
            box.fill("服务对象和业务环节不同，只建设差异部分。")
        clerk.press("main form .btn-primary")
    assert page.url.endswith(f"/projects/{REF}/"), page.inner_text("main")
