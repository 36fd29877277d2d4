"""A proposal in its second version: one line of the notice is closed, one is not cured, another was not adopted."""

from approvals.models import Case, NoticeItem, ReviewItem
from approvals.notice_services import close_line, prepare_line
from approvals.services import perform_review
from approvals.sheet_services import answer_item, save_verdicts
from config.demo.walk import OPINIONS, Walker
from projects.services import save_section
from projects.states import State

WANTING = {
    "RQ-07": ("绩效目标只写“提高效率”，没有基期值。", "补充基期值、目标值、时间和测量方法。"),
    "RQ-02": ("现状部分没有近三年业务量。", "补充近三年业务量和用户数，注明来源。"),
}
PREPARED = {
    "section": "management", "field": "om_plan", "problem": "运维方案没有写明人员和响应时间。",
    "suggestion": "补充人员配置、响应时限和年度费用。",
}  # fmt: skip
ANSWERS = {"RQ-07": ("not_adopted", "绩效目标按上级统一口径填报。")}
AMENDED = {
    "management": {
        "om_plan": "系统建成后由本单位信息科2人负责日常运维，故障响应不超过2小时，年度运维费用18.60万元，列入部门预算。"
    },
    "needs": {
        "necessity": "近三年业务量分别为12.4万件、13.1万件、15.6万件（来源：业务台账），手工登记方式已不能满足要求。"
    },
}


def revised(walker: Walker, ref: str) -> None:
    """Returned by the requirements review, corrected in two sections, and back under review."""
    case = walker.to(ref, State.REVIEW)
    for kind in ("planning", "standards"):
        walker.review(case, kind)
    reviewer, manager, clerk = walker.people["requirements"], walker.people["manager"], walker.clerk(case)
    review = Case.objects.get(pk=case.pk).review_of("requirements")
    if review is None:
        return
    perform_review(review_id=review.pk, action="review_open", actor=reviewer)
    items = review.items.filter(applies=True).select_related("item__standard")
    verdicts = {item.code: _verdict(item) for item in items}
    save_verdicts(review_id=review.pk, actor=reviewer, verdicts=verdicts)
    prepare_line(project_id=case.pk, actor=reviewer, values=PREPARED, review_id=review.pk)
    perform_review(review_id=review.pk, action="review_ask", actor=reviewer, comment=OPINIONS["requirements"])
    walker.take(Case.objects.get(pk=case.pk), "return_for_correction", manager, "请按合并后的补正通知一次性补正。")
    for section, data in AMENDED.items():
        save_section(project_id=case.pk, actor=clerk, section=section, data=data, expected_revision=None)
    for item in NoticeItem.objects.filter(notice__project_id=case.pk):
        answer, text = ANSWERS.get(item.code, ("amended", "已修改。"))
        answer_item(item_id=item.pk, actor=clerk, answer=answer, text=text)
    walker.to(ref, State.REVIEW)
    again = Case.objects.get(pk=case.pk).review_of("requirements")
    perform_review(review_id=again.pk, action="review_open", actor=reviewer)
    for item in NoticeItem.objects.filter(notice__project_id=case.pk):
        if item.code == "RQ-07":
            close_line(item_id=item.pk, actor=reviewer, state="uncured", note="上级口径也要求基期值，仍须补充。")
        elif not item.code:
            close_line(item_id=item.pk, actor=reviewer, state="closed", note="已补充。")


def _verdict(item: ReviewItem) -> dict[str, str]:
    if item.code not in WANTING:
        return {"verdict": "pass"}
    problem, suggestion = WANTING[item.code]
    return {"verdict": "fail", "problem": problem, "suggestion": suggestion, "clause": item.item.citation}
