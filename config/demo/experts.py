"""The expert pool of the demo city, a replacement, a meeting with results that wait, and a question outside."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from accounts.models import User
from approvals.expert_services import keep_expert
from approvals.invitation_services import invite
from approvals.meeting_services import enter_result, plan_meeting, put_on_agenda
from approvals.models import Case, ExpertProfile, Meeting, Review
from approvals.names import OPEN, ReviewKind
from approvals.services import perform, perform_review
from config.demo.walk import Walker
from projects.states import State

# user name: employer, title, fields, units with a declared interest
POOL: dict[str, tuple[str, str, tuple[str, ...], tuple[str, ...]]] = {
    "expert1": ("云海职业技术学院", "教授", ("architecture", "data"), ()),
    "expert2": ("市勘测规划院", "正高级工程师", ("infrastructure", "business"), ()),
    "expert3": ("市工业和信息化局", "高级工程师", ("security",), ()),
    "expert4": ("市科学技术局", "研究员", ("cost", "ai"), ()),
    "expert5": ("市大数据中心", "高级工程师", ("data", "architecture"), ()),
    "expert6": ("云海大学", "教授", ("security", "law"), ()),
    "expert7": ("云海职业技术学院", "副教授", ("cost", "business"), ()),
    "expert8": ("市勘测规划院", "高级工程师", ("architecture", "infrastructure"), ("M11",)),
    "expert9": ("云海大学", "教授", ("ai", "data"), ()),
    "expert10": ("市大数据中心", "正高级工程师", ("infrastructure", "security"), ()),
    "expert11": ("云海职业技术学院", "高级会计师", ("cost",), ()),
    "expert12": ("省电子技术研究院", "研究员", ("architecture", "security"), ("M16",)),
    "expert13": ("云海大学", "副教授", ("law", "business"), ()),
    "expert14": ("省电子技术研究院", "高级工程师", ("data", "infrastructure"), ()),
}
AT_HOME = ("expert1", "expert2", "expert3", "expert4", "expert5")


def load_pool() -> None:
    """Everybody of the pool with fields and employer; nothing where it is loaded already."""
    if ExpertProfile.objects.exists():
        return
    manager = User.objects.get(username="manager")
    people = {person.username: person for person in User.objects.filter(username__in=POOL)}
    for name, (employer, title, fields, interests) in POOL.items():
        keep_expert(
            actor=manager, person=people[name], fields=fields, employer=employer, title=title, interests=interests
        )  # fmt: skip


def to_known_panel(walker: Walker, ref: str) -> None:
    """Walk a case to its experts while most of the pool is away: the accounts that the sign-in page names sit on it."""
    away = ExpertProfile.objects.exclude(user__username__in=AT_HOME)
    away.update(is_available=False)
    walker.to(ref, State.EXPERT_REVIEW)
    away.update(is_available=True)


def load_experts() -> None:
    """A replacement on P40, a meeting with two results that wait, and one question outside: where those cases are."""
    if Meeting.objects.exists():
        return
    _replace("P40")
    _meet()
    _ask("P34")


def _replace(ref: str) -> None:
    """One expert steps back, the manager has another drawn; the first opinion is in."""
    case = Case.objects.filter(ref=ref, state=State.EXPERT_REVIEW).first()
    if case is None:
        return
    seats = list(Review.objects.filter(project_id=case.pk, kind=ReviewKind.EXPERT, status__in=OPEN).order_by("pk"))
    if len(seats) < 2:
        return
    leaver, first = seats[0], seats[1]
    assert leaver.reviewer is not None  # an expert's seat always has a name
    assert first.reviewer is not None
    stays_away = "近期参与该单位项目论证，应当回避。"
    perform_review(review_id=leaver.pk, action="review_recuse", actor=leaver.reviewer, comment=stays_away)
    entry, why = {"expert": leaver.reviewer.username}, "原抽取专家回避，按程序补抽一名。"
    manager = User.objects.get(username="manager")
    perform(case_id=case.pk, action="replace_expert", actor=manager, comment=why, entry=entry)
    Walker().conclude(first, first.reviewer, "总体可行，建议细化数据共享方案和分期投资。")


def _meet() -> None:
    manager, today = User.objects.get(username="manager"), timezone.localdate()
    cases = {case.ref: case for case in Case.objects.filter(ref__in=["P37", "P40", "P42"])}
    waiting = [case for case in cases.values() if case.state in {State.DECISION, State.EXPERT_REVIEW}]
    meeting = plan_meeting(
        actor=manager, title="2026年第四批政务信息化项目审定会", held_on=today, place="市政府2号楼 301 会议室",
        ceiling=Decimal(1500), attendees="市政务和数据局、市财政局、市发展改革委、市审计局",
        minutes="会议听取了各项目评审情况汇报，逐项进行了审议。",
    )  # fmt: skip
    items = put_on_agenda(meeting_id=meeting.pk, actor=manager, project_ids=[case.pk for case in waiting])
    for item in items:
        case = next(case for case in waiting if case.pk == item.project_id)
        if case.state == State.DECISION:
            amount = (case.current_version.amount * Decimal("0.95")).quantize(Decimal("0.01"))
            enter_result(
                item_id=item.pk, actor=manager, pending="approve", amount=amount,
                comment="同意立项，核减通用软件费用。", conditions="上线前完成等级保护测评；公共组件一律复用。",
            )  # fmt: skip


def _ask(ref: str) -> None:
    case = Case.objects.filter(ref=ref, state=State.REVIEW).first()
    if case is None:
        return
    invite(
        case_id=case.pk, actor=User.objects.get(username="requirements"), wants_yes_no=True,
        expert=User.objects.get(username="expert9"), due_on=timezone.localdate() + timedelta(days=5),
        question="申报的视频智能识别功能，按现有算力条件在一年内是否可以达到所述准确率？主要制约是什么？",
    )  # fmt: skip
