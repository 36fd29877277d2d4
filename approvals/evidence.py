"""What was submitted, section by section, as a reviewer reads it: from the frozen version, not from today's rows."""

from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from approvals.models import Case
from approvals.names import BASIS
from projects.models import Project
from projects.sections import SECTIONS
from projects.sections.snapshot import LINE_DETAILS
from projects.states import Category, FundSource


def sections_of(case: Case, kind: str) -> list[dict]:
    """Sections with their filled-in values; those that a review of `kind` rests on are shown open."""
    if case.current_version is None:
        return []
    snapshot, basis = case.current_version.snapshot, BASIS.get(kind, ())
    found = []
    for section in SECTIONS:
        rows = _rows(snapshot.get(section.code, {}))
        if rows:
            row = {"number": section.number, "label": section.label, "rows": rows, "open": section.code in basis}
            found.append(row)
    return found


def _rows(values: dict[str, Any]) -> list[tuple[str, str]]:
    rows = []
    for name, value in values.items():
        if name == "capabilities":
            rows += [(item["code"], _capability(item)) for item in value]
        elif name == "lines":
            rows += [(item["name"], _line(item)) for item in value]
        elif name not in {"documents", "round", "department"} and (text := _text(name, value)):
            rows.append((capfirst(str(Project._meta.get_field(name).verbose_name)), text))
    return rows


def _text(name: str, value: Any) -> str:
    if value in ("", None, []):
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    choices = dict(Project._meta.get_field(name).flatchoices)
    return str(choices.get(value, value))


def _capability(item: dict) -> str:
    tags = [item.get("taxonomy"), item.get("domain"), item.get("object")]
    return f"{item['text']} ({' · '.join(str(tag) for tag in tags if tag)})"


def _line(item: dict) -> str:
    parts = [str(item["amount"]), str(Category(item["category"]).label)]
    if item.get("fund_source"):
        parts.append(str(FundSource(item["fund_source"]).label))
    if item.get("capability"):
        parts.append(str(item["capability"]))
    parts += [str(item[name]) for name in LINE_DETAILS if item.get(name)]
    return " · ".join(parts)
