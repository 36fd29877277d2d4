"""What pages of planning show: the calendar of rounds as bars on one axis, and the tabs."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.policy import has_permission
from planning.models import Round

# Where a stretch begins and ends, how it is drawn, and what it is called.
STRETCHES = (
    ("announced_on", "opens_on", "grey"),
    ("opens_on", "closes_on", "uni"),
    ("closes_on", "endorse_by", "part"),
    ("endorse_by", "review_by", "violet"),
    ("review_by", "decide_by", "ok"),
)


def names() -> list[str]:
    """What the stretches are called, in their order."""
    return [_("announced"), _("filing"), _("endorsement"), _("review"), _("decision")]


def strips(rounds: Iterable[Round], today: date | None = None) -> list[dict[str, Any]]:
    """One bar per round, as components/_bar.html takes it; all on the axis from the first to the last day."""
    rows = list(rounds)
    days = [day for row in rows for day in _days(row)]
    if not days:
        return []
    first, last = min(days), max(days)
    total = max((last - first).days, 1)
    now = today or timezone.localdate()
    marks = [(now - first).days] if first <= now <= last else []
    return [
        {"round": row, **_strip(row, first), "total": total, "marks": marks, "phase": phase(row, now)} for row in rows
    ]


def _days(row: Round) -> list[date]:
    days = (row.announced_on, row.opens_on, row.closes_on, row.endorse_by, row.review_by, row.decide_by)
    return [day for day in days if day is not None]


def _strip(row: Round, first: date) -> dict[str, Any]:
    parts: list[dict[str, Any]] = []
    said, at = [], first
    for (begins, ends, kind), name in zip(STRETCHES, names(), strict=True):
        until = getattr(row, ends)
        since = getattr(row, begins) or at
        if until is None or (begins == "announced_on" and row.announced_on is None):
            continue
        if since > at:
            parts.append({"value": (since - at).days, "kind": "none"})
        parts.append({"value": max((until - max(since, at)).days, 0), "kind": kind, "text": name})
        said.append(f"{name} {since.isoformat()} – {until.isoformat()}")
        at = max(at, until)
    return {"parts": parts, "label": "; ".join(said)}


def phase(row: Round, today: date) -> dict[str, str]:
    """Where the round is today: a badge."""
    if today < row.opens_on:
        return {"label": _("not open yet"), "kind": "waiting"}
    if today <= row.closes_on:
        return {"label": _("open"), "kind": "doing"}
    for last, name in zip((row.endorse_by, row.review_by, row.decide_by), names()[2:], strict=True):
        if last is not None and today <= last:
            return {"label": name, "kind": "doing"}
    return {"label": _("closed"), "kind": "passed"}


# Address, label, permission.
TABS = (
    ("planning:index", gettext_lazy("Application rounds"), "planning.view"),
    ("plan:items", gettext_lazy("Plan items"), "planning.view"),
    ("plan:view", gettext_lazy("Planning view"), "planning.overview"),
    ("plan:commitments", gettext_lazy("Integration commitments"), "planning.view"),
    ("clocks:calendar", gettext_lazy("Working-day calendar"), "calendar.view"),
    ("policies:policies", gettext_lazy("Policy rows"), "policies.view"),
)


def tabs(user: User, current: str) -> list[dict[str, Any]]:
    """The pages of planning that the user may open."""
    return [
        {"label": label, "url": reverse(name), "current": name == current}
        for name, label, permission in TABS
        if has_permission(user, permission)
    ]
