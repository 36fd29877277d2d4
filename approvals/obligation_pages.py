"""What the pages of obligations and waivers show."""

from typing import Any

from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policy import allows, has_permission
from accounts.requests import SignedInRequest
from approvals import obligations
from approvals.models import Case

PER_PAGE = 50


def page(request: SignedInRequest) -> dict[str, Any]:
    """The chosen list with its filters."""
    tab = "waived" if request.GET.get("tab") == "waived" else "owed"
    known = obligations.WAIVED if tab == "waived" else obligations.OWED
    show, unit = request.GET.get("show", ""), request.GET.get("unit", "")
    show = show if show in known else known[0]
    counts = obligations.counts_for(request.user, unit)
    fetch = obligations.waivers_for if tab == "waived" else obligations.obligations_for
    found = Paginator(fetch(request.user, show=show, unit=unit), PER_PAGE)
    return {
        "tab": tab,
        "tabs": [_tab(name, label, counts, unit, tab) for name, label in _tabs()],
        "shows": [_chip(tab, name, unit, counts[tab][name], show) for name in known],
        "units": obligations.units_for(request.user),
        "unit": unit,
        "show": show,
        "page": found.get_page(request.GET.get("page")),
        "may_close": has_permission(request.user, "obligations.close"),
        "crumbs": [(_("Workbench"), reverse("approvals:workbench")), (_("Obligations and waivers"), "")],
    }


def owed_by(case: Case, user: User) -> dict[str, Any]:
    """What one project owes and which of its items are waived; empty where the reader may not see it."""
    if not allows(user, obligations.VIEW, case):
        return {}
    rows = list(obligations.open_obligations(case))
    waivers = list(case.waivers.select_related("item", "granted_by").order_by("code", "-granted_at"))
    return {
        "open": rows,
        "vetoes": sum(row.severity == "veto" for row in rows),
        "waivers": waivers,
        "may_close": has_permission(user, "obligations.close"),
    }


def _tabs() -> list[tuple[str, str]]:
    return [("owed", _("Obligations")), ("waived", _("Waivers"))]


def _tab(name: str, label: str, counts: dict, unit: str, current: str) -> dict[str, Any]:
    first, count = next(iter(counts[name].items()))
    return {"label": label, "url": _address(name, first, unit), "count": count, "current": name == current}


def _chip(tab: str, name: str, unit: str, count: int, chosen: str) -> dict[str, Any]:
    labels = {
        "open": _("Still owed"), "overdue": _("Overdue"), "closed": _("Settled"), "all": _("Owed and settled"),
        "running": _("In force"), "due": _("To be checked again"), "expired": _("Expired, came back"),
        "ended": _("Cured or renewed"),
    }  # fmt: skip
    return {"label": labels[name], "url": _address(tab, name, unit), "count": count, "current": name == chosen}


def _address(tab: str, show: str, unit: str) -> str:
    query = {"tab": tab, "show": show, **({"unit": unit} if unit else {})}
    return f"{reverse('obligations:obligations')}?{urlencode(query)}"
