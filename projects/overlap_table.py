"""The overlap report as a table for a file: one row per pair of systems and pair of capabilities."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.utils.translation import gettext as _

Row = list[Any]


def rows(overlaps: Iterable[Any]) -> Iterator[Row]:
    """Heading, then the pairs; the figures of two systems stand on the first of their pairs only, so sums are right."""
    yield headings()
    for overlap in overlaps:
        for number, pair in enumerate(overlap.pairs or [{}]):
            yield _row(overlap, pair, first=number == 0)


def headings() -> Row:
    """Names of the columns in the language of the page; money in 万元."""
    return [
        _("Candidate"), _("System that could be merged"), _("Name of the system"), _("Its unit"),
        _("System that stays"), _("Name of the system that stays"), _("Unit of the system that stays"),
        _("Share covered"), _("Share of the system that stays"), _("Yearly O&M (10,000 CNY)"),
        _("Build cost (10,000 CNY)"), _("Saved a year (10,000 CNY)"), _("Migration once (10,000 CNY)"),
        _("Net saving (10,000 CNY)"), _("Dismissed because"), _("Capability code"), _("Capability of the system"),
        _("Capability code of the system that stays"), _("Capability of the system that stays"), _("Match score"),
    ]  # fmt: skip


def _row(overlap: Any, pair: dict[str, Any], *, first: bool) -> Row:
    figures: Row = [overlap.yearly_cost, overlap.build_cost, overlap.saved_yearly, overlap.one_off, overlap.net]
    member, target, dismissal = overlap.member, overlap.target, overlap.dismissal
    return [
        _("yes") if overlap.is_candidate and dismissal is None else _("no"),
        member.code, member.name, member.department.label, target.code, target.name, target.department.label,
        overlap.member_share, overlap.target_share, *(figures if first else [None] * len(figures)),
        dismissal.reason if dismissal else "",
        pair.get("member", ""), pair.get("member_text", ""), pair.get("target", ""), pair.get("target_text", ""),
        pair.get("score"),
    ]  # fmt: skip
