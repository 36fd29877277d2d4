"""Collect what reviews, prepared lines and adjudicated findings ask to be corrected into the lines of one notice."""

from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext as _

from approvals.carried_basis import first_section
from approvals.names import CONCLUDED, NEEDS_REASON, UNIFIED_KINDS, LineState
from approvals.notice_merging import Line, merged
from projects.states import TO_CORRECT, Band, State

if TYPE_CHECKING:
    from approvals.models import Case, Review, ReviewItem


def items_of(case: "Case") -> list[Line]:
    """Lines for the notice in the present state, merged: one for each matter, with everybody who raised it.

    Returns dictionaries as approvals.notice_merging describes them; empty when nothing asks for a correction.
    """
    return merged(all_lines(case))


def all_lines(case: "Case") -> list[Line]:
    """The same before they are merged: who asked for what."""
    lines = []
    if case.state == State.REVIEW:
        lines = _from_reviews(case)
    elif case.state == State.ADJUDICATION:
        lines = _from_findings(case)
    return [*lines, *_prepared(case), *_uncured(case)]


def _from_reviews(case: "Case") -> list[Line]:
    """What the reviews found wanting; an item with a waiver in force is not asked for meanwhile."""
    lines, waived = [], {waiver.code for waiver in case.open_waivers if not waiver.is_over}
    for kind in UNIFIED_KINDS:
        review = case.review_of(kind)
        if review is None or review.status not in CONCLUDED:
            continue
        for item in review.items.select_related("item"):
            if item.applies and item.verdict in NEEDS_REASON and item.code not in waived:
                lines.append(_of_item(review, item))
    return lines


def _of_item(review: "Review", item: "ReviewItem") -> Line:
    asked = item.item
    return {
        "section": first_section(review.kind, item.code, asked.question, asked.condition),
        "code": item.code,
        "problem": item.problem,
        "suggestion": item.suggestion,
        "clause": item.clause,
        "origin": review.kind,
        "raised_by": [review.reviewer_id] if review.reviewer_id else [],
        "reviews": [review.pk],
    }


def _prepared(case: "Case") -> list[Line]:
    """Lines that people wrote beside the checklist and that no notice has sent yet."""
    return [
        {
            "section": line.section,
            "field": line.field,
            "code": line.code,
            "problem": line.problem,
            "suggestion": line.suggestion,
            "clause": line.clause,
            "origin": line.review.kind if line.review else "manager",
            "raised_by": [line.by_id],
            "reviews": [line.review_id] if line.review_id else [],
            "lines": [line.pk],
            "earlier": line.earlier_id,
            "allowed_by": line.allowed_by_id,
            "allowed_because": line.allowed_because,
        }
        for line in case.notice_lines.filter(sent_as=None).select_related("review")
    ]


def _uncured(case: "Case") -> list[Line]:
    """Lines of earlier notices that whoever raised them found not cured, and that no later notice has repeated."""
    waived = {waiver.code for waiver in case.open_waivers if not waiver.is_over}
    rows = Q(items__closure=LineState.UNCURED, items__later=None)
    found = []
    for notice in case.notices.filter(rows).distinct().prefetch_related("items__raised_by", "items__reviews"):
        for item in notice.items.all():
            if item.closure == LineState.UNCURED and not item.later.exists() and item.code not in waived:
                found.append(
                    {
                        "section": item.section,
                        "field": item.field,
                        "code": item.code,
                        "problem": item.problem,
                        "suggestion": item.suggestion,
                        "clause": item.clause,
                        "origin": item.origin,
                        "raised_by": [person.pk for person in item.raised_by.all()],
                        "reviews": [review.pk for review in item.reviews.all()],
                        "earlier": item.pk,
                    }
                )
    return found


def _from_findings(case: "Case") -> list[Line]:
    lines: list[Line] = [
        {
            "section": "solution",
            "finding": finding,
            "problem": (
                f"{finding.capability_code} {finding.capability_text} ← {finding.target_code} {finding.matched_text}"
            ),
            "suggestion": finding.reason,
            "origin": "manager",
            "raised_by": [finding.decided_by_id] if finding.decided_by_id else [],
        }
        for finding in case.open_findings()
        if finding.decision in TO_CORRECT
    ]
    run = case.latest_run
    if run and run.band == Band.INSUFFICIENT:
        share = f"{(run.mapped_share or 0) * 100:.1f} %"
        lines.append(
            {
                "section": "budget",
                "field": "lines",
                "problem": _("Only %(share)s of the software money is mapped to capabilities.") % {"share": share},
                "suggestion": _("Map each budget line to the capability it pays for."),
                "origin": "manager",
            }
        )
    return lines
