"""What the pages of planning show, as plain values: history, what a change alters, the planning panel of a case."""

from typing import Any

from django.db.models import Model
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from accounts.models import EditRecord, User
from accounts.policy import has_permission
from accounts.queries import edits_of
from planning.models import LateFiling, PlanItem
from planning.queries import late_filing
from projects.carry_over import carry_over
from projects.models import Project
from projects.plan_board import exceeded_for
from projects.plan_ranks import rank_hint_due
from projects.states import ENDINGS, State

MOST_EDITS = 50
NOTHING = "–"


def crumbs(*last: tuple[str, str]) -> list[tuple[str, str]]:
    """Where a page of planning is."""
    return [(_("Planning"), reverse("planning:index")), *last]


def label_of(model: type[Model], name: str) -> str:
    """What a column is called."""
    named = {
        "envelopes": _("Yearly envelopes (10,000 CNY)"), "parent": _("Item above"), "late_filing": _("Late filing"),
        "system": _("System"), "basis": _("Instruction or document"), "until": _("Until"), "reason": _("Reason"),
    }  # fmt: skip
    return named.get(name) or capfirst(str(getattr(model._meta.get_field(name), "verbose_name", name)))


def shown(name: str, value: Any) -> str:
    """A stored value as people read it."""
    if value in (None, "", {}):
        return NOTHING
    if isinstance(value, dict):
        return "; ".join(f"{key}: {money}" for key, money in value.items())
    return str(PlanItem.Level(value).label) if name == "level" and value in PlanItem.Level.values else str(value)


def alterations(model: type[Model], before: dict | None, after: dict | None) -> list[dict[str, str]]:
    """Each column that differs, with both values."""
    old, new = before or {}, after or {}
    return [
        {"label": label_of(model, name), "before": shown(name, old.get(name)), "after": shown(name, new.get(name))}
        for name in {**old, **new}
        if old.get(name) != new.get(name)
    ]


def history(model: type[Model], table: str, key: str) -> list[dict[str, Any]]:
    """The changes of one row for components/_timeline.html, the newest first."""
    return [_edit(model, edit) for edit in edits_of(table, key)[:MOST_EDITS]]


def _edit(model: type[Model], edit: EditRecord) -> dict[str, Any]:
    changes = alterations(model, edit.before, edit.after)
    text = "\n".join(_said(one, whole=None in (edit.before, edit.after)) for one in changes)
    title = _("Created") if edit.before is None else _("Removed") if edit.after is None else _("Changed")
    if edit.before is None and set(edit.after or {}) & {"late_filing", "system"}:
        title = _("Added")
    who = edit.actor.label if edit.actor else ""
    return {"title": title, "who": who, "when": edit.at, "text": text, "note": edit.reason}


def _said(one: dict[str, str], *, whole: bool) -> str:
    """One column in a line; of a row that came or went only what it said."""
    value = one["after"] if one["before"] == NOTHING else one["before"] if one["after"] == NOTHING else ""
    return f"{one['label']}: {value}" if whole else f"{one['label']}: {one['before']} → {one['after']}"


def panel(project: Project, user: User) -> dict[str, Any]:
    """What planning says of one proposal: items, rank, late filing, carry-over, exceeded envelopes."""
    is_open = project.state not in ENDINGS
    oversees = has_permission(user, "planning.overview")
    items = list(project.plan_items.all())
    return {
        "items": items,
        "rank": getattr(project, "rank", None),
        "rank_missing": is_open and project.state != State.DRAFT and rank_hint_due(project),
        "late": late_filing_used(project),
        "problems": carry_over(project) if is_open else [],
        "exceeded": exceeded_for(project) if is_open and items and oversees else [],
    }


def late_filing_used(project: Project) -> LateFiling | None:
    """The leave under which the proposal was filed after the window of its round, or None."""
    filed = project.decisions.filter(action="submit").order_by("-seq").values_list("taken_at", flat=True).first()
    return None if filed is None else late_filing(project.round, project.department, filed)


def late_note(filing: LateFiling) -> str:
    """The words for a filing after the window."""
    text = _("Filed late under leave for %(unit)s until %(until)s: %(basis)s")
    return text % {"unit": filing.department.label, "until": filing.until.isoformat(), "basis": filing.basis}
