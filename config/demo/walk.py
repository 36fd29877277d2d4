"""Walk a case through the door with the demo accounts, one step at a time; never by writing a state."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from accounts.policy import holders
from accounts.roles import Role
from approvals.expert_services import declare, save_scores
from approvals.models import Case, Review
from approvals.names import OPEN, UNIFIED_KINDS, ReviewKind
from approvals.notice_guards import open_lines
from approvals.notice_services import close_line
from approvals.screening_services import screen_and_advance
from approvals.services import perform, perform_review
from approvals.sheet_services import answer_item, save_verdicts
from projects.models import Finding
from projects.queries import open_findings
from projects.screening_rehearsal import rehearsal_of
from projects.services import Statement, reply_to_finding, state_on_duplicates
from projects.states import Band, RunStatus, State

REVIEWERS = {"planning": "planner", "requirements": "requirements", "standards": "standards"}
OPINIONS = {
    "planning": "列入数字政府规划，建设模式符合统分结合要求。",
    "requirements": "需求与权责事项对应，功能点测算依据充分。",
    "standards": "等级保护定级合理，公共组件复用方案齐全。",
}
BEFOREHAND = (
    ("reuse", "拟直接使用该平台，仅保留对接费用。"),
    ("explain", "现有系统只登记结果，不支持本单位的逐环节留痕和超期提醒，拟补充建设差异部分。"),
)
MOST_STEPS = 40


WAY = (
    State.DRAFT, State.ENDORSEMENT, State.INTAKE, State.SCREENING, State.REVIEW, State.ADJUDICATION,
    State.EXPERT_REVIEW, State.DECISION, State.APPROVED,
)  # fmt: skip


def _is_past(state: str, target: State) -> bool:
    return state in WAY and target in WAY and WAY.index(State(state)) > WAY.index(target)


def points_of(expert: User, review: Review) -> dict[str, dict]:
    """Points that differ from expert to expert and from one run to the next not at all."""
    start = 76 + sum(map(ord, expert.username + review.project.ref)) % 15
    criteria = review.signing.get("criteria") or []
    return {row["code"]: {"points": min(start + 3 * number, 98)} for number, row in enumerate(criteria)}


class Stuck(RuntimeError):
    """The case did not reach the wanted state."""


class Walker:
    """Takes the ordinary next step of a case until a state is reached."""

    def __init__(self) -> None:
        names = ("intake", "planner", "requirements", "standards", "manager", "approver", "planner2", "manager2")
        self.people = {user.username: user for user in User.objects.filter(username__in=names)}

    def to(self, ref: str, target: State) -> Case:
        """Move the case `ref` to `target`, or past it where its facts skip that state (no finding, no experts).

        Raises Stuck when the ordinary way does not lead there.
        """
        for _step in range(MOST_STEPS):
            case = Case.objects.select_related("department", "round").get(ref=ref)
            if case.state == target or _is_past(case.state, target):
                return case
            move = getattr(self, f"from_{case.state}", None)
            if move is None:
                break
            move(case)
        raise Stuck(f"{ref} is {case.state}, wanted {target}")

    def take(self, case: Case, action: str, actor: User, comment: str = "", **entry) -> None:
        """One step through the door."""
        perform(case_id=case.pk, action=action, actor=actor, comment=comment, entry=entry)

    def clerk(self, case: Case) -> User:
        """The account that files for the unit."""
        return holders(Role.APPLICANT, department_id=case.department_id).order_by("username")[0]

    # --- the ordinary step out of each state ---
    def from_draft(self, case: Case) -> None:
        """File."""
        self.take(case, "submit", self.clerk(case))

    def state_beforehand(self, ref: str) -> None:
        """What the page before submission asks: one system is reused, and from another the proposal differs."""
        case = Case.objects.select_related("department", "round").get(ref=ref)
        stated: dict[str, Statement] = {}
        for row in rehearsal_of(case).unanswered:
            if row.system and row.system.code not in stated and len(stated) < len(BEFOREHAND):
                kind, text = BEFOREHAND[len(stated)]
                matched = (row.matched_text,)
                said = Statement(row.capability_code, row.capability_text, row.system, matched, kind, text)
                stated[row.system.code] = said
        state_on_duplicates(project_id=case.pk, actor=self.clerk(case), statements=list(stated.values()))

    def from_endorsement(self, case: Case) -> None:
        """The supervising department agrees."""
        endorser = holders(Role.ENDORSER, department_id=case.department.parent_id)[0]
        self.take(case, "endorse", endorser, "同意申报，列本部门第一优先。")

    def from_intake(self, case: Case) -> None:
        """Complete."""
        self.take(case, "accept", self.people["intake"])

    def from_correction(self, case: Case) -> None:
        """Answer what has no answer yet and submit again."""
        clerk, notice = self.clerk(case), case.open_notice()
        for item in notice.items.filter(answer=""):
            answer_item(item_id=item.pk, actor=clerk, answer="amended", text="已按意见修改。")
        self.take(case, "resubmit", clerk)

    def from_screening(self, case: Case) -> None:
        """Carry out the queued run here when nothing else has."""
        run = case.latest_run
        if run.status == RunStatus.FAILED:
            raise Stuck(f"{case.ref}: {run.error}")
        screen_and_advance(run.pk)

    def from_review(self, case: Case) -> None:
        """The three reviews pass."""
        for kind in UNIFIED_KINDS:
            self.review(case, kind)

    def from_adjudication(self, case: Case) -> None:
        """The unit answers, the manager settles: amber ones together, red ones one by one."""
        findings = [finding for finding in open_findings(case) if not finding.decision]
        self.reply(case, findings)
        amber = [finding.pk for finding in findings if finding.band == Band.AMBER]
        groups = [[finding.pk] for finding in findings if finding.band != Band.AMBER]
        for group in [*groups, *([amber] if amber else [])]:
            case = Case.objects.get(pk=case.pk)
            if case.state == State.ADJUDICATION:
                self.settle(case, group)

    def from_expert_review(self, case: Case) -> None:
        """The seated experts give their opinions, the manager closes."""
        for review in Review.objects.filter(project_id=case.pk, kind=ReviewKind.EXPERT, status__in=OPEN):
            assert review.reviewer is not None  # an expert's seat always has a name
            self.conclude(review, review.reviewer, "方案可行，投资估算基本合理，同意立项。")
        self.take(case, "to_decision", self.people["manager"], "专家意见一致，提交审定。")

    def from_decision(self, case: Case) -> None:
        """Approve the reviewed amount."""
        version = case.current_version
        self.take(case, "approve", self.people["approver"], "同意立项。", approved_amount=version.amount)

    # --- parts of a step ---
    def review(self, case: Case, kind: str, verdict: str = "pass") -> None:
        """One review on the newest version, all items with one verdict."""
        case = Case.objects.select_related("department", "round").get(pk=case.pk)
        review = case.review_of(kind)
        if review is not None and review.status in OPEN:
            self.conclude(review, self.people[REVIEWERS[kind]], OPINIONS[kind], verdict)

    def conclude(self, review: Review, reviewer: User, opinion: str, verdict: str = "pass") -> None:
        """Open, judge every item, pass; an expert declares first, and gives points."""
        if review.kind == ReviewKind.EXPERT:
            declare(review_id=review.pk, actor=reviewer)
        perform_review(review_id=review.pk, action="review_open", actor=reviewer)
        codes = review.items.filter(applies=True).values_list("code", flat=True)
        save_verdicts(review_id=review.pk, actor=reviewer, verdicts={code: {"verdict": verdict} for code in codes})
        if review.kind == ReviewKind.EXPERT:
            save_scores(review_id=review.pk, actor=reviewer, scores=points_of(reviewer, review))
        self.close_lines(review, reviewer)
        perform_review(review_id=review.pk, action="review_pass", actor=reviewer, comment=opinion)

    def close_lines(self, review: Review, reviewer: User) -> None:
        """What this kind of review had asked for is cured."""
        review.case = Case.objects.select_related("department", "round").get(pk=review.project_id)
        for item in open_lines(review):
            close_line(item_id=item.pk, actor=reviewer, state="closed", note="已补正。")

    def reply(self, case: Case, findings: list[Finding]) -> None:
        """The unit explains the difference."""
        clerk = self.clerk(case)
        for finding in findings:
            if not finding.reply:
                text = "服务对象和业务环节不同，现有能力只覆盖其中一部分，拟通过接口调用并只建设差异部分。"
                reply_to_finding(finding_id=finding.pk, actor=clerk, reply="explain", text=text)

    def settle(self, case: Case, findings: list[int], decision: str = "exception") -> None:
        """The manager's decision with its reason code."""
        entry: dict[str, Any] = {"findings": findings, "decision": decision}
        if decision == "exception":
            expires = timezone.localdate() + timedelta(days=365)
            entry |= {"reason_code": "different_object_or_area", "expires_on": expires}
        opinion = "业务对象不同，允许建设差异部分，公共能力须调用既有系统。"
        self.take(case, "adjudicate", self.people["manager"], opinion, **entry)
