"""Clocks of the demo city: one extension. What reaches into a year without a notice is provisional by itself."""

from accounts.models import User
from approvals.errors import WorkflowError
from approvals.models import Case
from approvals.services import perform

EXTENDED, REASON = "P30", "专家需现场核实机房条件，延长三个工作日，已告知申报单位。"
DAYS = 3


def load_clocks() -> None:
    """The manager extends the time of one case before experts, where that case is in the city."""
    case = Case.objects.filter(ref=EXTENDED).first()
    if case is None or case.extensions.exists():
        return
    try:
        perform(
            case_id=case.pk, action="extend", actor=User.objects.get(username="manager"), comment=REASON,
            entry={"days": DAYS},
        )  # fmt: skip
    except WorkflowError:  # a city that is loaded in part may have it in another state
        return
