"""Pages of the standards library: checklists, one item, the catalogue, one standard."""

from collections.abc import Mapping
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.policy import has_permission
from accounts.requests import SignedInRequest
from standards import queries
from standards.forms import Filter, ItemFilter, StandardFilter
from standards.library_pages import item_page, standard_page, tabs

PAGE_SIZE = 50


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """The checklists, filtered by review, severity and words."""
    form = ItemFilter(request.GET)
    chosen = form.chosen()
    found = queries.items_for(request.user, **chosen)
    context = {
        "form": form,
        "tabs": tabs(request.user, "index"),
        "chips": _chips(request, form, queries.item_counts(request.user, **chosen)),
        "page": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
    }
    return render(request, "standards/index.html", context)


@require_safe
def item(request: SignedInRequest, code: str) -> HttpResponse:
    """One checklist item: what it asks, of whom, on which ground."""
    context = item_page(request.user, queries.item_for(request.user, code))
    return render(request, "standards/item.html", context)


@require_safe
def catalogue(request: SignedInRequest) -> HttpResponse:
    """The standards, laws and rules the checklists rest on."""
    form = StandardFilter(request.GET)
    chosen = form.chosen()
    found = queries.standards_for(request.user, **chosen)
    context = {
        "form": form,
        "tabs": tabs(request.user, "catalogue"),
        "chips": _chips(request, form, queries.standard_counts(request.user, **chosen)),
        "page": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
        "can_edit": has_permission(request.user, "standards.edit"),
    }
    return render(request, "standards/catalogue.html", context)


@require_safe
def standard(request: SignedInRequest, pk: int) -> HttpResponse:
    """One standard: where it stands, what replaced it, which items cite it."""
    context = standard_page(request.user, queries.standard_for(request.user, pk))
    return render(request, "standards/standard.html", context)


def _chips(request: SignedInRequest, form: Filter, counts: Mapping[str, Mapping[str, int]]) -> dict[str, Any]:
    """Chosen and offered filters for components/_chips.html. counts: rows by parameter and value."""
    chips: dict[str, Any] = {"chosen": [], "offered": [], "reset": request.path}
    for name, numbers in counts.items():
        labels, value = form.labels(name), form.cleaned_data.get(name, "")
        if value:
            chips["chosen"].append({"label": labels[value], "url": _address(request, **{name: ""})})
        else:
            chips["offered"] += [
                {"label": labels[key], "url": _address(request, **{name: key}), "count": number}
                for key, number in numbers.items()
                if number
            ]
    if form.cleaned_data.get("q"):
        chips["chosen"].append({"label": form.cleaned_data["q"], "url": _address(request, q="")})
    return chips


def _address(request: SignedInRequest, **changes: str) -> str:
    """This page's address with some parameters changed (an empty one dropped), from the first page on."""
    query = request.GET.copy()
    query.pop("page", None)
    for name, value in changes.items():
        query[name] = value
        if not value:
            del query[name]
    return f"{request.path}?{query.urlencode()}" if query else request.path
