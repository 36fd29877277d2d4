"""Facts that must hold before experts are drawn, replaced, or give their points."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals.names import OPEN, ReviewKind, ReviewStatus
from approvals.panel import free_places, panel_rules, pool_of

if TYPE_CHECKING:
    from approvals.models import Case, Review


def places_are_free(case: "Case") -> str | None:
    """A draw fills what the quorum of the tier leaves open, and nothing beyond it: the panel stays odd."""
    return None if free_places(case) else _("Every place of the panel is taken.")


def pool_has_experts(case: "Case") -> str | None:
    """Somebody is left who may sit: neither excluded nor over the limit of one employer."""
    if panel_rules() is None:
        return _("No policy row says how experts are drawn.")
    if pool_of(case).candidates:
        return None
    return _("Nobody of the pool may sit on this case. Add experts to the pool, or let paused ones be drawn again.")


def seat_may_be_replaced(case: "Case") -> str | None:
    """Replaced is who stepped back or has not answered, once; an opinion that is in stays."""
    left = replaceable(case)
    if case.entry is None:
        return None if left else _("No expert has stepped back or is still to answer.")
    if case.entry.get("expert") in {review.reviewer.username for review in left if review.reviewer}:
        return None
    return _("Name an expert who stepped back or has not answered, and who was not replaced yet.")


def replaceable(case: "Case") -> list["Review"]:
    """Seats on the present version whose expert may be replaced: stepped back or without an answer, not yet replaced.

    Whoever stepped back is replaced only while the panel is short, so that it never has more than the quorum.
    """
    done = {draw.replaces_id for draw in case.draws.all() if draw.version_id == case.current_version.pk}
    seats = [review for review in case.all_reviews if review.kind == ReviewKind.EXPERT and case.review_in_force(review)]
    short = free_places(case) > 0
    return [
        seat
        for seat in seats
        if seat.reviewer_id not in done and (seat.status in OPEN or (seat.status == ReviewStatus.RECUSED and short))
    ]


def interest_is_declared(review: "Review") -> str | None:
    """回避承诺: an expert declares to have no interest before the sheet opens."""
    if review.kind != ReviewKind.EXPERT or review.declared_at is not None:
        return None
    return _("Declare first that you have no interest in this project, or step back.")


def every_criterion_has_points(review: "Review") -> str | None:
    """An expert's conclusion needs points for every criterion that was pinned when the seat was opened."""
    criteria = review.signing.get("criteria") or [] if review.kind == ReviewKind.EXPERT else []
    if not criteria:
        return None
    given = set(review.scores.values_list("criterion", flat=True))
    left = sum(1 for row in criteria if row["code"] not in given)
    if not left:
        return None
    return ngettext("%(n)d criterion has no points.", "%(n)d criteria have no points.", left) % {"n": left}
