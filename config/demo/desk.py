"""What people do around cases: a substitution in force, a reminder, copies, questions, and a case that is suspended."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from accounts.substitutions import arrange
from approvals.desk_services import mark_copies_read, send_copies, urge
from approvals.models import Case
from approvals.question_services import answer, ask
from approvals.services import perform
from planning.queries import policy


def load_desk() -> None:
    """One of each, on the cases that are there."""
    people = {user.username: user for user in User.objects.filter(username__in=NAMES)}
    today = timezone.localdate()
    arrange(
        actor=people["requirements2"], principal=people["requirements2"], substitute=people["planner2"],
        first_day=today, last_day=today + timedelta(days=9), longest=policy("substitution_days"), reason="年休假",
    )  # fmt: skip
    for ref, act in ACTS.items():
        case = Case.objects.select_related("department").filter(ref=ref).first()
        if case is not None:
            act(case, people)


def _reminded(case: Case, people: dict[str, User]) -> None:
    urge(case_id=case.pk, actor=_clerk(case), text="项目拟于下月启动，请尽快完成受理核验。")


def _copied(case: Case, people: dict[str, User]) -> None:
    readers = [people["finance"], people["planner"]]
    send_copies(case_id=case.pk, actor=people["intake"], people=readers, note="涉及年度预算安排，供参考。")
    mark_copies_read(case, people["finance"])


def _suspended(case: Case, people: dict[str, User]) -> None:
    perform(case_id=case.pk, action="suspend", actor=people["manager"], comment="等待上级单位明确共建方案。")


def _asked(case: Case, people: dict[str, User]) -> None:
    first = ask(
        case_id=case.pk, actor=people["manager"], section="budget",
        text="云资源费用是否已含政务云平台的统一安全服务？",
    )  # fmt: skip
    answer(question_id=first.pk, actor=_clerk(case), text="未包含。统一安全服务由政务云平台提供。")
    ask(case_id=case.pk, actor=people["manager"], section="solution", text="移动端是否复用全市统一门户？")


def _clerk(case: Case) -> User:
    return User.objects.get(username=f"clerk_{case.department.code.lower()}")


NAMES = ("requirements2", "planner2", "planner", "finance", "intake", "manager")
ACTS = {"P36": _reminded, "P29": _copied, "P41": _suspended, "P12": _asked}
