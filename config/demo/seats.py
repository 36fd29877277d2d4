"""A standards review that three people sign together (会签): the lead has signed, another asks for a view."""

from accounts.models import User
from approvals.models import Case
from approvals.services import perform_review
from approvals.sheet_services import save_verdicts
from config.demo.walk import Walker
from planning.models import PolicyRow
from planning.policy_rows import SIGNING_ROW
from planning.services import set_policy
from projects.states import State

TOGETHER = {"mode": "all", "seats": 3}
SOURCE = "演示：标准审查三人会签"


def signed_together(walker: Walker, ref: str) -> None:
    """Walk to the reviews while the rule asks for three signatures, then sign in part; the rule itself goes back."""
    value, _source = SIGNING_ROW
    row = set_policy(key="signing", value={**value, "standards": {**value["standards"], **TOGETHER}}, source=SOURCE)
    walker.to(ref, State.REVIEW)
    PolicyRow.objects.filter(pk=row.pk).delete()
    case = Case.objects.select_related("department", "round").get(ref=ref)
    review = case.review_of("standards")
    if review is None:
        return
    lead, second, third = (User.objects.get(username=name) for name in ("standards", "standards2", "standards3"))
    perform_review(review_id=review.pk, action="review_open", actor=lead)
    seats = list(review.seats.order_by("order"))
    for seat, who in zip(seats[1:], (second, third), strict=True):
        perform_review(review_id=review.pk, action="seat_take", actor=who, entry={"seat": seat.pk})
    codes = review.items.filter(applies=True).values_list("code", flat=True)
    save_verdicts(review_id=review.pk, actor=lead, verdicts={code: {"verdict": "pass"} for code in codes})
    _sign(review.pk, seats[0].pk, lead, "等级保护定级合理，公共组件复用方案齐全。")
    asked = {"seat": seats[2].pk, "person": User.objects.get(username="standards5").pk}
    question = "请看密码应用方案是否与三级要求一致。"
    perform_review(review_id=review.pk, action="seat_delegate", actor=third, comment=question, entry=asked)


def _sign(review_id: int, seat: int, actor: User, opinion: str) -> None:
    entry = {"seat": seat, "outcome": "pass"}
    perform_review(review_id=review_id, action="seat_sign", actor=actor, comment=opinion, entry=entry)
