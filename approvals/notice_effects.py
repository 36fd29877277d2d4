"""Write the lines of a notice, with everybody who raised them and what they repeat."""

from typing import TYPE_CHECKING

from approvals.names import LineState
from approvals.notice_guards import lines_to_send
from approvals.notice_merging import Line
from approvals.notice_rules import SecondNotice

if TYPE_CHECKING:
    from approvals.models import Case, CorrectionNotice, Decision, NoticeItem

TEXTS = ("section", "field", "code", "problem", "suggestion", "clause", "allowed_because")


def number_lines(case: "Case", decision: "Decision") -> list[Line]:
    """The lines of the notice that `decision` sends, each with the earlier line that it repeats."""
    case.entry = decision.entry
    rules = SecondNotice(case)
    # By now the case has moved on; what was collected is what stood there before.
    return [{**line, "earlier": rules.earlier_of(line)} for line in lines_to_send(case, decision.collected)]


def send_line(case: "Case", notice: "CorrectionNotice", position: int, line: Line, origin: str) -> "NoticeItem":
    """One line of the notice. What it repeats was not cured, and the prepared lines in it are sent."""
    finding = line.get("finding")
    item = notice.items.create(
        position=position,
        finding_id=getattr(finding, "pk", finding),
        origin=line.get("origin") or origin,
        earlier_id=line["earlier"],
        allowed_by_id=line.get("allowed_by"),
        **{name: line.get(name) or "" for name in TEXTS},
    )
    item.raised_by.set(line.get("raised_by", []))
    item.reviews.set(line.get("reviews", []))
    case.notice_lines.filter(pk__in=line.get("lines", []), sent_as=None).update(sent_as=item)
    if line["earlier"]:
        type(item).objects.filter(pk=line["earlier"], closure=LineState.OPEN).update(closure=LineState.UNCURED)
    return item
