"""The planning view as figures, bars and rows of a workbook: one board, so the page and the file agree."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from projects.plan_board import NONE, Board, Cell, Row

FULL = Decimal(100)


def rule() -> list[str]:
    """How the money is counted, in words for the page and the file."""
    return [
        _(
            "Share of a plan item in a year = amount × months of the project in that year ÷ all its months ÷ number of "
            "plan items it cites, rounded to the cent; the rest goes to the last part, so the parts add up."
        ),
        _("Where a proposal names no months, all its money counts in the year of its round."),
        _("Asked: the newest submitted version, from endorsement to decision. Granted: approved amounts, and filings."),
        _("An item includes the items below it. Used = granted + asked, measured against the item's own envelope."),
        _("O&M of linked running systems is shown beside it; it does not use the envelope."),
    ]


def figures(whole: Board) -> list[dict[str, Any]]:
    """The sums at the top: of the roots that are shown, and what lies outside the plan."""
    roots = [row for row in whole.rows if row.depth == 0]
    return [_figures_of(index, year, whole, roots) for index, year in enumerate(whole.years)]


def _figures_of(index: int, year: int, whole: Board, roots: list[Row]) -> dict[str, Any]:
    cells = [row.cells[index] for row in roots]
    outside = whole.outside.cells[index]
    return {
        "year": year,
        "envelope": sum((cell.limit or NONE for cell in cells), NONE),
        "asked": sum((cell.asked for cell in cells), NONE),
        "granted": sum((cell.granted for cell in cells), NONE),
        "outside": outside.used,
        "over": sum(bool(row.cells[index].over) for row in whole.rows),
    }


def shares(row: Row) -> dict[str, Any]:
    """A row with the bar of each year that has an envelope or proposals (the first one where none has)."""
    told = [cell for cell in row.cells if cell.limit is not None or cell.used] or row.cells[:1]
    return {"row": row, "item": row.item, "depth": min(row.depth, 3), "cells": [_bar(cell) for cell in told]}


def _bar(cell: Cell) -> dict[str, Any]:
    total = max(cell.limit, cell.used) if cell.limit is not None else NONE
    parts = [
        {"value": cell.granted, "kind": "ok"},
        {"value": min(cell.asked, total - cell.granted - cell.over), "kind": "uni"},
        {"value": cell.over, "kind": "red"},
    ]
    return {"cell": cell, "parts": parts, "total": total, "says": _says(cell)}


def _says(cell: Cell) -> str:
    if cell.share is None:
        return _("no envelope")
    return _("%(share)s of the envelope used") % {"share": f"{cell.share * FULL:.1f} %"}


def money_rows(whole: Board) -> Iterator[list[Any]]:
    """Heading, then a row per item and year; the line outside the plan last."""
    yield [
        *(_("Code"), _("Plan item"), _("Level"), _("Owner"), _("Year"), _("Own envelope"), _("Envelopes below")),
        *(_("Granted"), _("Asked"), _("Used share"), _("Exceeded by"), _("O&M a year"), _("Proposals"), _("Systems")),
    ]
    for row in (*whole.rows, whole.outside):
        for cell in row.cells:
            yield _money_row(row, cell)


def _money_row(row: Row, cell: Cell) -> list[Any]:
    item = row.item
    named = ["", _("Outside the plan"), "", ""]
    if item is not None:
        owner = item.department.label if item.department else ""
        named = [item.code, item.label, str(item.get_level_display()), owner]
    share = None if cell.share is None else round(cell.share, 4)
    money = [cell.envelope, cell.below, cell.granted, cell.asked, share, cell.over or None, cell.om]
    refs = ", ".join(cited.project.ref for cited in row.proposals)
    return [*named, cell.year, *money, refs, ", ".join(system.code for system in row.systems)]


def conflict_rows(whole: Board) -> Iterator[list[Any]]:
    """Heading, then a row per conflict between units."""
    yield [_("Plan item"), _("What they share"), _("Proposals")]
    for one in whole.conflicts:
        projects = "; ".join(f"{project.ref} {project.title} ({project.department.label})" for project in one.projects)
        yield [str(one.item), "; ".join(one.shared) or _("open finding of the same round"), projects]


def rule_rows() -> Iterator[list[Any]]:
    """The rule, a sentence per row."""
    for sentence in rule():
        yield [sentence]
