"""Facts that must hold before a step of one review."""

from collections.abc import Container
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals.names import CONCLUDED, NEEDS_REASON, PASSING, UNIFIED_KINDS, ReviewKind, Verdict
from approvals.waiver_guards import in_force
from planning.queries import policy
from projects.states import State
from standards.kinds import Severity

if TYPE_CHECKING:
    from approvals.models import Review


def case_is_under_review(review: "Review") -> str | None:
    """The case is in the state in which this kind of review is held."""
    wanted = State.EXPERT_REVIEW if review.kind == ReviewKind.EXPERT else State.REVIEW
    return None if review.project.state == wanted else _("The project is not under this review now.")


def review_is_current(review: "Review") -> str | None:
    """A review counts for the newest version only."""
    if review.case.review_in_force(review):
        return None
    return _("A newer version was submitted; this review no longer counts.")


def its_turn(review: "Review") -> str | None:
    """Policy row review_order: parallel, or one kind after the other."""
    order = policy("review_order")
    if order == "parallel" or review.kind not in UNIFIED_KINDS:
        return None
    before = order[: order.index(review.kind)] if review.kind in order else []
    waiting = [ReviewKind(kind).label for kind in before if not review.case.review_stands(kind, CONCLUDED)]
    if not waiting:
        return None
    return _("First comes: %(kinds)s.") % {"kinds": ", ".join(str(kind) for kind in waiting)}


def every_item_has_a_verdict(review: "Review") -> str | None:
    """Row 12: a conclusion needs a verdict on every item; fail and doubt need problem, suggestion and clause."""
    if review.kind == ReviewKind.EXPERT:
        return None
    items = review.sheet_items()
    left = sum(1 for item in items if not item.verdict)
    if left or not items:
        return ngettext("%(n)d item has no verdict.", "%(n)d items have no verdict.", left) % {"n": left}
    bare = [item.code for item in items if item.verdict in NEEDS_REASON and not item.is_reasoned]
    if bare:
        return _("Problem, suggestion and clause are missing for: %(codes)s.") % {"codes": ", ".join(bare)}
    return None


def nothing_found(review: "Review") -> str | None:
    """Pass: no item failed or is in doubt."""
    if any(item.verdict in NEEDS_REASON for item in review.sheet_items()):
        return _("Some items failed or are in doubt.")
    return None


def something_found(review: "Review") -> str | None:
    """Conditions or questions need an item that failed or is in doubt."""
    if review.kind == ReviewKind.EXPERT or nothing_found(review):
        return None
    return _("No item failed or is in doubt.")


def no_veto_failed(review: "Review") -> str | None:
    """A failed veto item cannot be passed with conditions."""
    return _("A veto item failed or is in doubt.") if _veto(review, NEEDS_REASON) else None


def majors_waived(review: "Review") -> str | None:
    """A major item that failed or is in doubt needs a waiver in force, or goes back for correction."""
    waived = in_force(review.case)
    found = [item for item in review.sheet_items() if item.severity == Severity.MAJOR and item.verdict in NEEDS_REASON]
    left = [item.code for item in found if item.code not in waived]
    if not left:
        return None
    text = _("Major items found wanting: %(codes)s. Ask for correction, or have the manager grant a waiver.")
    return text % {"codes": ", ".join(left)}


def a_veto_failed(review: "Review") -> str | None:
    """Fail: at least one veto item failed."""
    if review.kind == ReviewKind.EXPERT or _veto(review, {Verdict.FAIL}):
        return None
    return _("No veto item failed.")


def opinion_given(review: "Review") -> str | None:
    """An expert's opinion is text, not only a tick."""
    if review.kind != ReviewKind.EXPERT or review.entry is None or review.comment.strip():
        return None
    return _("Write your opinion.")


def _veto(review: "Review", verdicts: Container[str]) -> bool:
    return any(item.severity == Severity.VETO and item.verdict in verdicts for item in review.sheet_items())


def passes(review: "Review") -> bool:
    """Whether the review ended in favour."""
    return review.status in PASSING
