"""What the board offers to click: tabs, filters as chips, addresses that keep the other filters."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from approvals.adjudication_board import Nodes, Row, is_decided
from approvals.adjudication_forms import AGES, BoardFilter
from projects.states import Band, Relation

MOST_OFFERED = 6  # values of one filter offered at a time: the most frequent ones
FACETS = ("band", "relation", "round", "department", "age")


def chips(
    request: HttpRequest,
    chosen: Mapping[str, str],
    counts: Mapping[str, Any],
    named: Mapping[str, Mapping[str, str]],
    nodes: Nodes,
) -> dict[str, Any]:
    """Chosen and offered filters for components/_chips.html; a value that all rows share is not offered."""
    labels = _labels(named, nodes)
    found: dict[str, Any] = {"chosen": [], "offered": [], "reset": f"{request.path}#open"}
    for name in (*FACETS, "node"):
        value = chosen.get(name)
        if value:
            label = labels[name].get(value, value)
            found["chosen"].append({"label": label, "url": address(request, **{name: ""})})
        elif len(counts.get(name, ())) > 1 or name == "age":
            found["offered"] += [
                {"label": labels[name].get(key, key), "url": address(request, **{name: key}), "count": number}
                for key, number in counts.get(name, {}).most_common(MOST_OFFERED)
                if number
            ]
    return found


def _labels(named: Mapping[str, Mapping[str, str]], nodes: Nodes) -> dict[str, Mapping[str, Any]]:
    return {
        "band": dict(Band.choices),
        "relation": dict(Relation.choices),
        "age": dict(AGES),
        "node": dict(nodes.values()),
        **named,
    }


def tabs(request: HttpRequest, chosen: Mapping[str, str], rows: Iterable[Row]) -> list[dict[str, Any]]:
    """To be adjudicated, or decided and still to be carried out."""
    decided = [is_decided(row) for row in rows]
    counts = {"undecided": decided.count(False), "decided": decided.count(True)}
    return [
        {"label": label, "url": address(request, show=name), "count": counts[name], "current": chosen["show"] == name}
        for name, label in BoardFilter.SHOWN
    ]


def orders(request: HttpRequest, chosen: Mapping[str, str]) -> list[dict[str, Any]]:
    """By money or by age."""
    labels = {"money": _("by money at stake"), "age": _("oldest first")}
    return [
        {"label": label, "url": address(request, sort=name), "current": chosen["sort"] == name}
        for name, label in labels.items()
    ]


def address(request: HttpRequest, **changes: str) -> str:
    """The board's address with some filters changed (an empty one dropped), from the first page on, at the list."""
    query = request.GET.copy()
    query.pop("page", None)
    for name, value in changes.items():
        query[name] = value
        if not value:
            del query[name]
    return f"{request.path}?{query.urlencode()}#open" if query else f"{request.path}#open"
