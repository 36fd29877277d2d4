"""The page that shows what differs between two versions, for this reader first since the version they last saw."""

from collections.abc import Mapping
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from approvals.difference_text import Piece, excerpt
from approvals.differences import Differences, Row, Table, Value, changed_counts, differences
from approvals.models import Case
from approvals.seeing import Baseline, baseline
from projects.models import Version


def page(case: Case, user: User, query: Mapping[str, str]) -> dict[str, Any]:
    """What the template shows. query: from, to (numbers of versions) and all (unchanged parts too).

    Raises Http404 for a version that there is not.
    """
    versions = list(case.versions.select_related("submitted_by").order_by("number"))
    context: dict[str, Any] = {"case": case, "versions": versions, "everything": "all" in query, "found": None}
    if len(versions) < 2:
        return context
    new = _chosen(versions, query.get("to")) or versions[-1]
    own = baseline(case, user, new)
    old = _chosen(versions, query.get("from")) or (own.version if own else versions[0])
    found = differences(old, new)
    address = reverse("approvals:differences", args=[case.ref])
    return {
        **context,
        "found": found,
        "sections": [_section(section, "all" in query) for section in found.sections],
        "amount": found.amount,
        "is_own": own is not None and own.is_own and own.version.pk == old.pk and new.pk == versions[-1].pk,
        "own_url": _own_url(address, own, old, new) if new.pk == versions[-1].pk else "",
        "toggle_url": f"{address}?from={old.number}&to={new.number}" + ("" if "all" in query else "&all=1"),
        "total": sum(section.changes for section in found.changed),
    }


def _own_url(address: str, own: Baseline | None, old: Version, new: Version) -> str:
    if own is None or not own.is_own or own.version.pk == old.pk:
        return ""
    return f"{address}?from={own.version.number}&to={new.number}"


def _chosen(versions: list[Version], number: str | None) -> Version | None:
    if not number:
        return None
    found = next((version for version in versions if str(version.number) == number), None)
    if found is None:
        raise Http404(number)
    return found


def _section(one: Any, everything: bool) -> dict[str, Any]:
    fields = [value for value in one.fields if everything or value.changes]
    tables = [_table(table, everything) for table in one.tables]
    return {
        "section": one.section,
        "changes": one.changes if one.is_changed else 0,
        "fields": [_value(value, everything) for value in fields],
        "tables": [table for table in tables if table["rows"]],
        "shown": everything or one.is_changed,
    }


def _table(table: Table, everything: bool) -> dict[str, Any]:
    rows = table.rows if everything else table.changed
    shown = [_row(row, everything) for row in rows]
    return {"title": table.title, "heads": table.heads, "rows": shown, "changes": len(table.changed)}


def _row(row: Row, everything: bool) -> dict[str, Any]:
    marks = {"added": _("added"), "removed": _("removed"), "changed": _("changed"), "same": ""}
    cells = [_value(value, everything) for value in row.cells]
    return {"key": row.key, "kind": row.kind, "mark": marks[row.kind], "cells": cells}


def _value(value: Value, everything: bool) -> dict[str, Any]:
    pieces: list[Piece] = list(value.pieces) if everything else excerpt(value.pieces)
    return {"label": value.label, "pieces": pieces, "changes": value.changes, "share": value.share}


# --- what other pages say of it ---------------------------------------------------------------------------------------


def since(case: Case, user: User, base: Version | None = None) -> dict[str, Any] | None:
    """The line "since you last looked": from which version, which sections, where; None with a single version.

    base: compare with that version instead of what the reader last saw.
    """
    now = case.current_version
    if now is None or now.number < 2:
        return None
    own = Baseline(base, False) if base is not None else baseline(case, user, now)
    if own is None:
        return None
    counts = changed_counts(own.version, now)
    address = reverse("approvals:differences", args=[case.ref])
    return {
        "old": own.version.number,
        "new": now.number,
        "is_own": own.is_own,
        "sections": [{"section": section, "count": number} for section, number in counts],
        "url": f"{address}?from={own.version.number}&to={now.number}",
    }


def marked(found: Differences, code: str) -> list[dict[str, Any]]:
    """The changed fields and rows of one section, for a line of a notice."""
    one = next((section for section in found.sections if section.section.code == code), None)
    return [_section(one, False)] if one is not None else []
