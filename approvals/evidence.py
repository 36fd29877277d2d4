"""What was submitted, section by section, as a reviewer reads it: from the frozen version, not from today's rows."""

from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from approvals.models import Case
from approvals.names import BASIS
from portfolio.models import BuildMode
from projects.fact_tables import TITLES, tables_of
from projects.models import Project
from projects.sections import SECTIONS, suggest
from projects.sections.article3 import REASON, as_rows, in_words
from projects.sections.snapshot import LINE_DETAILS
from projects.states import Category, FundSource

# Shown otherwise: as tables, in the heading, as documents.
UNSHOWN = {"documents", "round", "department", "trace", "functions", "estimate_factors", "estimate_reason", *TITLES}


def sections_of(case: Case, kind: str) -> list[dict]:
    """Sections with their filled-in values; those that a review of `kind` rests on are shown open."""
    if case.current_version is None:
        return []
    snapshot, basis = case.current_version.snapshot, BASIS.get(kind, ())
    found, tables = [], tables_of(snapshot)
    for section in SECTIONS:
        rows = _rows(snapshot.get(section.code, {}))
        if rows:
            row = {"number": section.number, "label": section.label, "rows": rows, "open": section.code in basis}
            found.append({**row, "tables": tables.get(section.code, []), "code": section.code})
    return found


def build_mode_test(case: Case) -> dict[str, Any] | None:
    """The answers to Article 3 as submitted, what they suggest, and what was chosen; None where nothing was asked."""
    overview = case.current_version.snapshot["overview"] if case.current_version else {}
    answers = overview.get("article3")
    if not answers:
        return None
    suggestion = suggest(answers)
    chosen = overview.get("build_mode", "")
    return {
        "rows": as_rows(answers),
        "suggestion": suggestion,
        "chosen": dict(BuildMode.choices).get(chosen, chosen),
        "differs": bool(suggestion.mode and chosen and suggestion.mode != chosen),
        "reason": answers.get(REASON, ""),
    }


def _rows(values: dict[str, Any]) -> list[tuple[str, str]]:
    rows = []
    for name, value in values.items():
        if name == "capabilities":
            rows += [(item["code"], _capability(item)) for item in value]
        elif name == "lines":
            rows += [(item["name"], _line(item)) for item in value]
        elif name not in UNSHOWN and (text := _text(name, value)):
            rows.append((capfirst(str(Project._meta.get_field(name).verbose_name)), text))
    return rows


def _text(name: str, value: Any) -> str:
    if value in ("", None, []):
        return ""
    if name == "article3":
        return in_words(value)
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
