"""The main job in Chromium: each person in a window of their own, in Chinese from the first page to the approval."""

import pytest

from tests.browser import acts

pytestmark = pytest.mark.browser
OPINIONS = {
    "planner": "规划审查意见：列入规划",
    "requirements": "需求审查意见：测算充分",
    "standards": "标准审查意见：定级合理",
}


def test_proposal_goes_from_draft_to_approval(desk, site):
    clerk = desk("applicant")
    ref = acts.begin(clerk, "妇幼保健服务协同平台")
    acts.fill_in(clerk, ref, [site.keys["duplicate"], "母乳库冷链交接登记"], ["90.00", "60.00"])
    acts.submit(clerk, ref)
    clerk.reads("主管部门审核")

    endorser, intake = desk("endorser"), desk("intake")
    endorser.open("/")
    endorser.reads(ref)
    acts.step(endorser, ref, "endorse", comment="同意申报。")
    intake.open("/")
    intake.reads(ref)
    acts.step(intake, ref, "accept")
    intake.reads("三统一并联审查", "重复筛查结果")

    acts.answer(clerk, ref, "服务对象不同，只建设差异部分。")
    for name, opinion in OPINIONS.items():
        reviewer = desk(name)
        reviewer.open("/")
        reviewer.reads(ref)
        acts.judge(reviewer, ref, opinion)
    clerk.open(f"/projects/{ref}/")
    clerk.reads("重复建设研判", *OPINIONS.values())

    decide(desk, ref)
    clerk.open(f"/projects/{ref}/")
    clerk.reads("已批复", "同意立项，复用既有接口。")
    clerk.open(f"/projects/{ref}/print/")
    clerk.reads("140.00", "第 3 位专家同意")
    clerk.open("/notifications/")
    clerk.reads(ref)
    finance = desk("finance")
    finance.open("/?tab=copied")
    finance.reads(ref)


def decide(desk, ref):
    """The manager settles what the screening found, the experts who were drawn speak, the approver approves."""
    manager, approver = desk("manager"), desk("approver")
    manager.open("/duplicates/")
    manager.reads(ref)
    acts.settle(manager, ref, "业务对象不同，允许建设差异部分。")
    manager.open(f"/projects/{ref}/")
    manager.reads("专家评审")
    for number, name in enumerate(acts.panel_of(manager, ref), start=1):
        expert = desk(name)
        expert.open("/")
        expert.reads(ref)
        acts.give_opinion(expert, ref, f"第 {number} 位专家同意")
    acts.step(manager, ref, "to_decision", comment="专家意见一致。")
    approver.open("/")
    approver.reads(ref)
    assert approver.page.locator(f"a[href='/projects/{ref}/']").count()
    acts.step(approver, ref, "approve", comment="同意立项，复用既有接口。", approved_amount="140.00")
    approver.reads("已批复")


def test_key_pages_lead_on_in_english(desk):
    clerk, intake = desk("applicant2", "en"), desk("intake", "en")
    page = clerk.open("/projects/new/")
    page.fill("[name=title]", "Pump station duty roster")
    page.check("[name=kind][value=new]")
    clerk.press("main form.tc-panel .btn-primary")
    clerk.reads("Without this declaration nothing is stored")
    page.check("[name=declared_unclassified]")
    clerk.press("main form.tc-panel .btn-primary")
    ref = page.url.split("/")[-3]
    acts.fill_in(clerk, ref, ["泵站值班排班登记"], ["12.00"])
    acts.submit(clerk, ref)
    clerk.reads("Intake check", "Held by")

    items = {"items-0-section": "budget", "items-0-problem": "No price source", "items-0-suggestion": "Name the source"}
    acts.step(intake, ref, "return_for_correction", comment="Please correct at once.", **items)
    intake.reads("Returned for correction")
    clerk.open("/")
    assert page.locator(f"tr:has(a[href='/projects/{ref}/']) small").inner_text().startswith("Correct")
    page = clerk.open(f"/projects/{ref}/notices/1/")
    page.check("input[name$=-answer][value=amended]")
    clerk.press("main form.tc-panel .btn-primary")
    acts.submit(clerk, ref)
    acts.step(intake, ref, "file", comment="Small project.")
    intake.reads("Filed", "Small project.")
    refused = desk("planner", "en")
    refused.open(f"/projects/{ref}/steps/file/", 403)
    refused.reads("403")
