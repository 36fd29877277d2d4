"""The planning view, on the page and as a workbook with the same numbers."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.policy import require
from accounts.requests import SignedInRequest
from planning.plan_queries import narrowed
from planning.round_page import tabs
from portfolio.exporting import write_sheets
from projects.forms.planning import PlanFilter
from projects.plan_board import Board, board
from projects.plan_item_queries import years
from projects.plan_table import conflict_rows, figures, money_rows, rule, rule_rows, shares
from projects.views.plan_import import workbook


@require_safe
def view(request: SignedInRequest) -> HttpResponse:
    """Plan items × proposals × running systems × money per year."""
    form, whole = _asked(request)
    context = {
        "form": form,
        "board": whole,
        "rows": [shares(row) for row in whole.rows],
        "outside": shares(whole.outside),
        "figures": figures(whole),
        "filtered": bool(form.chosen()),
        "query": request.GET.urlencode(),
        "rule": rule(),
        "tabs": tabs(request.user, "plan:view"),
    }
    return render(request, "projects/plan/view.html", context)


@require_safe
def download(request: SignedInRequest) -> HttpResponse:
    """The same as .xlsx."""
    _form, whole = _asked(request)
    sheets: dict[str, Any] = {"plan": money_rows(whole), "conflicts": conflict_rows(whole), "rule": rule_rows()}
    return workbook(write_sheets(sheets), "planning-view")


def _asked(request: SignedInRequest) -> tuple[PlanFilter, Board]:
    require(request.user, "planning.overview")
    form = PlanFilter(request.GET, years=years())
    chosen = form.chosen()
    year = chosen.get("year")
    return form, board([year] if year else (), narrowed(**chosen) if chosen else None)
