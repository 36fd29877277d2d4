"""Collect what reviews and adjudicated findings ask to be corrected into the lines of one notice."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from approvals.names import CONCLUDED, NEEDS_REASON, UNIFIED_KINDS
from projects.states import TO_CORRECT, Band, State

if TYPE_CHECKING:
    from approvals.models import Case


def items_of(case: "Case") -> list[dict]:
    """Lines for the merged notice in the present state; the same text is listed once.

    Returns dictionaries with the fields of NoticeItem; empty when nothing asks for a correction.
    """
    lines = _from_reviews(case) if case.state == State.REVIEW else []
    if case.state == State.ADJUDICATION:
        lines = _from_findings(case)
    seen, unique = set(), []
    for line in lines:
        key = (line["problem"].strip(), line["suggestion"].strip())
        if key not in seen:
            seen.add(key)
            unique.append(line)
    return unique


def _from_reviews(case: "Case") -> list[dict]:
    """What the reviews found wanting; an item with a waiver in force is not asked for meanwhile."""
    lines, waived = [], {waiver.code for waiver in case.open_waivers if not waiver.is_over}
    for kind in UNIFIED_KINDS:
        review = case.review_of(kind)
        if review is None or review.status not in CONCLUDED:
            continue
        for item in review.items.all():
            if item.applies and item.verdict in NEEDS_REASON and item.code not in waived:
                lines.append(
                    {
                        "code": item.code,
                        "problem": item.problem,
                        "suggestion": item.suggestion,
                        "clause": item.clause,
                        "origin": kind.value,
                    }
                )
    return lines


def _from_findings(case: "Case") -> list[dict]:
    lines = [
        {
            "section": "solution",
            "finding": finding,
            "problem": (
                f"{finding.capability_code} {finding.capability_text} ← {finding.target_code} {finding.matched_text}"
            ),
            "suggestion": finding.reason,
            "origin": "manager",
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
                "problem": _("Only %(share)s of the software money is mapped to capabilities.") % {"share": share},
                "suggestion": _("Map each budget line to the capability it pays for."),
                "origin": "manager",
            }
        )
    return lines
