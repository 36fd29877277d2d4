"""Pages everybody reads: systems, one system, unified platforms, negative list, taxonomy; and the export."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.policy import has_permission
from accounts.requests import SignedInRequest
from portfolio import exporting, queries
from portfolio.filters import SystemFilter
from portfolio.models import Domain

PAGE_SIZE = 50


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """Existing systems, searched and filtered."""
    systems = queries.systems_for(request.user)
    found = SystemFilter(request.GET, systems)
    page = Paginator(queries.with_hits(found.qs, found.words()), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "filter": found,
        "form": found.form,
        "page": page,
        "chips": {"chosen": found.chosen(request.path), "reset": request.path, "total": systems.count()},
        "tabs": tabs(request, "index"),
        "may": permissions(request),
    }
    return render(request, "portfolio/index.html", context)


@require_safe
def export(request: SignedInRequest, kind: str) -> HttpResponse:
    """The filtered list as .xlsx or .csv; contacts only for who may edit."""
    systems = queries.systems_for(request.user)
    if kind not in exporting.KINDS:
        raise Http404(kind)
    found = queries.for_export(SystemFilter(request.GET, systems).qs)
    table = exporting.rows(found, contacts=has_permission(request.user, "portfolio.edit"))
    response = HttpResponse(exporting.KINDS[kind].write(table), content_type=exporting.KINDS[kind].content_type)
    name = f"systems-{timezone.localdate():%Y-%m-%d}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_safe
def system(request: SignedInRequest, code: str) -> HttpResponse:
    """One system: facts, capabilities, what it provides, whom to ask."""
    found = queries.get_for(request.user, code)
    crumbs = [(_("Existing systems"), reverse("portfolio:index")), (found.name, "")]
    context = {"system": found, "crumbs": crumbs, "may": permissions(request)}
    return render(request, "portfolio/system.html", context)


@require_safe
def unified(request: SignedInRequest) -> HttpResponse:
    """Unified platforms: what each provides and what the department still does."""
    found = queries.unified_for(request.user)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "portfolio/unified.html", {"page": page, "tabs": tabs(request, "unified")})


@require_safe
def negative(request: SignedInRequest) -> HttpResponse:
    """The negative list."""
    page = Paginator(queries.negative_for(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "portfolio/negative.html", {"page": page, "tabs": tabs(request, "negative")})


@require_safe
def taxonomy(request: SignedInRequest) -> HttpResponse:
    """The two axes of the taxonomy with counts, and where they cross."""
    branches, domains = queries.taxonomy_for(request.user), queries.domains_for(request.user)
    context = {
        "branches": branches,
        "domains": domains,
        "crossing": crossing([branch.root.pk for branch in branches], domains),
        "tabs": tabs(request, "taxonomy"),
    }
    return render(request, "portfolio/taxonomy.html", context)


def tabs(request: SignedInRequest, current: str) -> list[dict[str, Any]]:
    """The lists of the registry as tabs."""
    labels = {
        "index": _("System registry"),
        "unified": _("Unified-build list"),
        "negative": _("Negative list"),
        "taxonomy": _("Capability taxonomy"),
    }
    if has_permission(request.user, "portfolio.import"):
        labels["import_systems"] = _("Import")
    return [
        {"label": label, "url": reverse(f"portfolio:{name}"), "current": name == current}
        for name, label in labels.items()
    ]


def permissions(request: SignedInRequest) -> dict[str, bool]:
    """What the page offers."""
    return {name: has_permission(request.user, f"portfolio.{name}") for name in ("edit", "import")}


def crossing(roots: list[int], domains: list[Domain]) -> list[dict[str, Any]]:
    """One row per domain, one cell per root: number of capabilities, and how dark the cell is (1–4)."""
    counted = queries.crossing()
    most = max(counted.values(), default=0)
    return [
        {"domain": domain, "cells": [_cell(counted.get((root, domain.pk), 0), most) for root in roots]}
        for domain in domains
    ]


def _cell(number: int, most: int) -> dict[str, Any]:
    return {"number": number or "", "heat": 1 + 3 * (number - 1) // max(most - 1, 1) if number else 0}
