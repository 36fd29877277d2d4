"""What a need meets: other needs of its call and existing systems, by the engine that screens proposals."""

import logging
from dataclasses import dataclass, field
from decimal import Decimal

from django.utils.translation import gettext as _

import duplicates
from duplicates import Relation
from planning.models import Need
from planning.need_queries import IN_POOL
from projects.screening import PlainError, rehearse

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Meeting:
    """What one need meets. problem: why nothing could be compared ("" when it was); degraded: words only, and why.

    needs: how many other needs of the call took part; systems: how many of the registry.
    """

    text: str = ""
    findings: tuple[duplicates.Finding, ...] = ()
    problem: str = ""
    degraded: str = ""
    needs: int = 0
    systems: int = 0
    others: dict[str, Need] = field(default_factory=dict)


def meeting_of(need: Need) -> Meeting:
    """Compare a need with the filed needs of its call, the registry and the negative list; nothing is decided by it.

    Never raises for what goes wrong in the comparison: the page then says that nothing was compared, not that nothing
    was found.
    """
    text = text_of(need)
    if not text:
        return Meeting(problem=_("There is no text to compare yet."))
    others = {row.code: row for row in _others(need)}
    try:
        result, record = rehearse(_as_proposal(need), [_as_proposal(row) for row in others.values()])
    except PlainError as error:
        return Meeting(text, problem=_(str(error)))
    except Exception as error:  # whatever it is, it must not keep a unit from writing its need
        logger.exception("the comparison of %s failed", need.code)
        return Meeting(text, problem=_("The comparison failed (%(error)s).") % {"error": type(error).__name__})
    counting = [item for item in result.findings if item.relation is not Relation.RELATED]
    found = sorted(counting, key=lambda item: (-item.score, item.proposal2 or item.system or item.rule or ""))
    degraded = record.degraded_reason or ""
    return Meeting(text, tuple(found), "", degraded, len(others), record.systems, others)


def text_of(need: Need) -> str:
    """What the engine reads: the line and what must become possible, as one function."""
    return "：".join(part for part in (need.title.strip(), " ".join(need.wanted.split())) if part)


def _others(need: Need) -> list[Need]:
    rows = Need.objects.filter(call=need.call_id, status__in=IN_POOL).exclude(pk=need.pk)
    if need.carried_from_id:
        rows = rows.exclude(pk=need.carried_from_id)
    return list(rows.select_related("department").order_by("code"))


def _as_proposal(need: Need) -> duplicates.Proposal:
    """The need as a proposal of one function, which all of its money pays for."""
    money = need.estimate or Decimal(1)
    function = duplicates.Capability(f"{need.code}-01", text_of(need), budget=money)
    line = duplicates.BudgetLine(need.title, money, function.code, "software")
    return duplicates.Proposal(
        need.code, need.title, need.department.code, "new", None, need.problem, (function,), (line,)
    )
