"""Collect what reviews and adjudicated findings ask to be corrected into the lines of one notice."""

from approvals.names import CONCLUDED, NEEDS_REASON, UNIFIED_KINDS
from projects.states import TO_CORRECT, Band, State


def items_of(case) -> list[dict]:
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


def _from_reviews(case) -> list[dict]:
    lines = []
    for kind in UNIFIED_KINDS:
        review = case.review_of(kind)
        if review is None or review.status not in CONCLUDED:
            continue
        for item in review.items.all():
            if item.applies and item.verdict in NEEDS_REASON:
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


def _from_findings(case) -> list[dict]:
    lines = [
        {
            "section": "solution",
            "finding": finding,
            "problem": f"{finding.capability_code} {finding.capability_text} ← {finding.target_code} {finding.matched_text}",
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
            {"section": "budget", "problem": f"mapped: {share}", "suggestion": "budget lines → capabilities", "origin": "manager"}
        )
    return lines
