"""The middle of the review page: evidence, changes, duplicates, earlier verdicts, planning; one of them at a time."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from accounts.models import User
from approvals.difference_page import marked
from approvals.differences import differences
from approvals.evidence import build_mode_test, looked_at, papers, sections_of
from approvals.finding_groups import finding_groups
from approvals.models import Case, Review, ReviewItem
from approvals.names import BASIS, ReviewKind
from approvals.review_context import beside
from approvals.review_sheet import Where
from approvals.seeing import baseline
from projects.models import Version
from projects.plan_pages import panel
from projects.sections import SECTIONS, stages
from projects.sections.tracing import trace_gaps
from projects.trace_lines import trace_of_version

EVIDENCE, CHANGES, DUPLICATES, PRECEDENTS, PLANNING = "evidence", "changes", "duplicates", "precedents", "planning"
LABELS = {
    EVIDENCE: _("Evidence"), CHANGES: _("Changes"), DUPLICATES: _("Duplicates"), PRECEDENTS: _("Precedents"),
    PLANNING: _("Planning"),
}  # fmt: skip


def page(case: Case, review: Review, item: ReviewItem | None, where: Where, user: User, shown: str) -> dict[str, Any]:
    """The tabs with their counts, and what the chosen one shows. `shown`: the key of the attachment shown in place."""
    context = beside(case, review, item, user)
    groups = finding_groups(case)
    base = baseline(case, user, review.carried_to or review.version)
    counts = {
        CHANGES: len(changed_sections(base.version, review.carried_to or review.version)) if base else 0,
        DUPLICATES: len(groups),
        PRECEDENTS: len(context["earlier"]),
    }
    codes = [code for code in LABELS if _stands(code, review, item)]
    tab = where.tab if where.tab in codes else EVIDENCE
    tabs = [
        {"label": LABELS[code], "url": where.link(tab=code), "count": counts.get(code), "current": code == tab}
        for code in codes
    ]
    chosen: dict[str, Any] = {"tab": tab, "tabs": tabs, "groups": groups, "base": base, **context}
    return {**chosen, **SHOWN[tab](case, review, item, user, chosen | {"shown": shown})}


def changed_sections(old: Version, new: Version) -> list[str]:
    """Codes of the sections that differ, by their hashes."""
    return [one.code for one in SECTIONS if old.sections.get(one.code) != new.sections.get(one.code)]


def _stands(code: str, review: Review, item: ReviewItem | None) -> bool:
    """Whether a review has that tab: planning for its own reviewer, earlier verdicts where there are items."""
    return {PLANNING: review.kind == ReviewKind.PLANNING, PRECEDENTS: item is not None}.get(code, True)


def _evidence(case: Case, review: Review, item: ReviewItem | None, _user: User, known: dict) -> dict[str, Any]:
    version, said = review.carried_to or review.version, known["assessed"]
    name, code = (said.name, said.code) if said else ("", "")
    first = looked_at(item.code, review.kind, code) if item else BASIS.get(review.kind, ())
    traced = review.kind == ReviewKind.REQUIREMENTS
    return {
        "sections": sections_of(version, first, name),
        "papers": papers(case, said.document if said else None, said.page if said else "", known["shown"]),
        "trace": trace_of_version(version),
        "traced": traced,
        "gaps": [gap.message for gap in trace_gaps(case)] if traced else [],
        "stages": stages(case.parts),
    }


def _changes(case: Case, review: Review, item: ReviewItem | None, user: User, known: dict) -> dict[str, Any]:
    """What differs since the version that this reader last saw; what the item rests on comes first."""
    version, own = review.carried_to or review.version, known["base"]
    if own is None:
        return {"base": None, "differences": []}
    found = differences(own.version, version)
    code = known["assessed"].code if known["assessed"] else ""
    first = looked_at(item.code, review.kind, code) if item else BASIS.get(review.kind, ())
    shown = [
        {"row": row, "of_item": section.section.code in first}
        for section in found.changed
        for row in marked(found, section.section.code)
    ]
    return {"differences": sorted(shown, key=lambda one: not one["of_item"]), "amount": found.amount}


def _nothing_more(*_args: Any) -> dict[str, Any]:
    return {}


def _planning(case: Case, review: Review, _item: ReviewItem | None, user: User, _known: dict) -> dict[str, Any]:
    return {"planning": panel(case, user), "article3": build_mode_test(review.carried_to or review.version)}


SHOWN: dict[str, Callable[..., dict[str, Any]]] = {
    EVIDENCE: _evidence, CHANGES: _changes, DUPLICATES: _nothing_more, PRECEDENTS: _nothing_more, PLANNING: _planning,
}  # fmt: skip
