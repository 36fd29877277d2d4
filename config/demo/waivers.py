"""The demo city's self-assessments, failed and waived items, and what approved projects owe, through the door."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from approvals.models import Case, Obligation, Review, ReviewItem, Waiver
from approvals.names import OPEN
from approvals.obligation_services import close_obligation
from approvals.services import perform_review
from approvals.sheet_services import save_verdicts
from approvals.waiving import look_after
from config.demo.walk import OPINIONS, REVIEWERS, Walker
from projects.checklist import checklist_of
from projects.models import Project
from projects.queries import load_parts
from projects.services import save_assessment, save_section
from projects.states import State
from standards.kinds import Severity

# Proposals whose unit goes through the checklist before it submits, and what part of it (of 10) it gets through.
ASSESSED = {"P44": 4, "P12": 10, "P31": 10, "P22": 10, "P28": 10, "P38": 7}
CLAIMS = (
    ("met", "见建设方案相应章节。"),
    ("met", "已在方案中落实，附件可查。"),
    ("not_met", "正在编制，评审前补齐。"),
    ("met", ""),
)
WANTING = {
    "problem": "方案只写“按规定执行”，没有给出设计内容。",
    "suggestion": "补充具体设计，明确产品、接口和责任人。",
}
MEASURE = "过渡期内由专人每月人工核对并留存记录，新增功能暂不上线。"
REASON = "涉及的共用组件年内统一升级，单独改造会重复投入，同意限期豁免。"


def assess(ref: str, actor: User) -> None:
    """The unit's own assessment of the first part of its checklist; proposals that are not named have none."""
    share = ASSESSED.get(ref)
    if share is None:
        return
    project = load_parts(Project.objects.select_related("department", "round", "predecessor").get(ref=ref))
    lines = checklist_of(project).lines
    papers = [paper.pk for paper in project.documents.all()]
    claims = {}
    for number, line in enumerate(lines[: len(lines) * share // 10]):
        claim, note = CLAIMS[number % len(CLAIMS)]
        if claim == "not_met" and line.item.severity == Severity.VETO and ref != "P44":
            claim, note = CLAIMS[0]
        said: dict[str, Any] = {"claim": claim, "note": note}
        if claim == "met" and papers:
            said |= {"document": papers[number % len(papers)], "page": str(3 + number)} if number % 3 else {}
            said |= {} if number % 3 else {"field": "solution"}
        claims[line.item.code] = said
    save_assessment(project_id=project.pk, actor=actor, claims=claims, expected_revision=None)


# --- the proposals that are walked another way ----------------------------------------------------------------------


def wanting(walker: Walker, ref: str) -> None:
    """Under review: a major item has failed and is neither cured nor waived yet."""
    case = walker.to(ref, State.REVIEW)
    _judge(walker, case, (Severity.MAJOR,))


def waived(days: int, target: State) -> Callable[[Walker, str], None]:
    """A walk to `target` on which a major item failed and was waived for so many days, with one condition besides."""

    def walk(walker: Walker, ref: str) -> None:
        case = walker.to(ref, State.REVIEW)
        review = _judge(walker, case, (Severity.MAJOR, Severity.ADVISORY))
        if review is not None:
            item = review.items.filter(verdict="fail", severity=Severity.MAJOR).first()
            if item is not None:
                until = timezone.localdate() + timedelta(days=days)
                entry = {"item": item.code, "measure": MEASURE, "until": until}
                walker.take(case, "waive", walker.people["manager"], REASON, **entry)
            _conclude(walker, review, "review_pass_with_conditions")
        walker.to(ref, target)

    return walk


def cured(walker: Walker, ref: str) -> None:
    """A veto item failed, the unit corrected, and the second version is being judged."""
    case = walker.to(ref, State.REVIEW)
    for kind in ("planning", "requirements"):
        walker.review(case, kind)
    review = _judge(walker, case, (Severity.VETO,))
    if review is None:
        return
    _conclude(walker, review, "review_ask")
    walker.take(Case.objects.get(ref=ref), "return_for_correction", walker.people["manager"], "请按标准评审意见补正。")
    clerk = walker.clerk(case)
    plan = f"{case.security_plan}\n补充：密码应用方案、产品清单和责任人见附件第12页。"
    data = {"security_plan": plan}
    save_section(project_id=case.pk, actor=clerk, section="security", data=data, expected_revision=None)
    case = walker.to(ref, State.REVIEW)
    again = Case.objects.get(ref=ref).review_of("standards")
    perform_review(review_id=again.pk, action="review_open", actor=walker.people["standards"])


def _judge(walker: Walker, case: Case, severities: tuple[str, ...]) -> Review | None:
    """The standards review is taken; the first item of each severity fails, the rest passes."""
    case = Case.objects.select_related("department", "round").get(pk=case.pk)
    review = case.review_of("standards")
    if review is None or review.status not in OPEN:
        return None
    reviewer = walker.people[REVIEWERS["standards"]]
    perform_review(review_id=review.pk, action="review_open", actor=reviewer)
    items = list(review.items.filter(applies=True).select_related("item__standard"))
    verdicts: dict[str, dict[str, str]] = {item.code: {"verdict": "pass"} for item in items}
    for severity in severities:
        found = next((item for item in items if item.severity == severity), None)
        if found is not None:
            verdicts[found.code] = {"verdict": "fail", **WANTING, "clause": found.item.citation}
    save_verdicts(review_id=review.pk, actor=reviewer, verdicts=verdicts)
    return Review.objects.get(pk=review.pk)


def _conclude(walker: Walker, review: Review, action: str) -> None:
    wanting_items = ReviewItem.objects.filter(review=review, verdict="fail")
    action = action if wanting_items.exists() else "review_pass"
    actor = walker.people[REVIEWERS["standards"]]
    perform_review(review_id=review.pk, action=action, actor=actor, comment=OPINIONS["standards"])


# --- as if time had passed ------------------------------------------------------------------------------------------


def age_waivers() -> None:
    """Some waivers ran out some days ago: one came back before the decision, one after the approval."""
    today = timezone.localdate()
    over = Waiver.objects.filter(project__ref__in=["P37", "P43"], ended_at=None)
    over.update(expires_on=today - timedelta(days=3), recheck_on=today - timedelta(days=33))
    look_after()
    closer = User.objects.get(username="standards")
    # Somebody who judged the project also looks at what it owed: one is met, one is overdue.
    owed = list(Obligation.objects.filter(project__ref="P28", closed_at=None).order_by("code")[:2])
    if len(owed) == 2:
        Obligation.objects.filter(pk=owed[1].pk).update(due_on=today - timedelta(days=12))
        close_obligation(
            obligation_id=owed[0].pk, actor=closer, evidence="第三方测评报告第 18 页，编号 YHCP-2026-041。"
        )
