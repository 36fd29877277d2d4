"""What was submitted, section by section, as a reviewer reads it: from the frozen version, not from today's rows."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from approvals.carried_basis import ITEMS
from approvals.models import Case
from approvals.names import BASIS
from portfolio.models import BuildMode
from projects.fact_tables import TITLES, tables_of
from projects.models import Document, Project, Version
from projects.sections import SECTIONS, suggest
from projects.sections.article3 import REASON, as_rows, in_words
from projects.sections.snapshot import LINE_DETAILS
from projects.states import Category, FundSource

# Shown otherwise: as tables, in the heading, as documents.
UNSHOWN = {"documents", "round", "department", "trace", "functions", "estimate_factors", "estimate_reason", *TITLES}
PICTURES = {"image/png", "image/jpeg"}
PDF = "application/pdf"


def looked_at(code: str, kind: str, named: str = "") -> tuple[str, ...]:
    """The sections to open for an item, the one that the unit's own assessment names first.

    Order of reading only; what a verdict rests on says carried_basis.rests_on.
    """
    found = ITEMS.get(code) or BASIS.get(kind, ())
    # The overview says a little of everything: where another section is named too, that one comes first.
    found = (*(section for section in found if section != "overview"), *(["overview"] if "overview" in found else []))
    return (named, *(section for section in found if section != named)) if named else found


def sections_of(version: Version | None, first: Sequence[str], named: str = "") -> list[dict]:
    """Sections with their filled-in values; `first` come first and open, the value of the column `named` is marked."""
    if version is None:
        return []
    snapshot = version.snapshot
    found, tables = [], tables_of(snapshot)
    for section in SECTIONS:
        rows = _rows(snapshot.get(section.code, {}), named)
        if rows:
            row = {"number": section.number, "label": section.label, "rows": rows, "open": section.code in first}
            found.append({**row, "tables": tables.get(section.code, []), "code": section.code})
    order = {code: place for place, code in enumerate(first)}
    return sorted(found, key=lambda row: (order.get(row["code"], len(order)), row["number"]))


def papers(case: Case, named: Document | None, page: str, shown: str) -> list[dict[str, Any]]:
    """The attachments, the one that the unit's own assessment names first. shown: the key of the one to show."""
    found = []
    for paper in case.documents.all():
        is_named = named is not None and paper.pk == named.pk
        row = {"paper": paper, "named": is_named, "page": page if is_named else "", "shown": str(paper.pk) == shown}
        row["url"] = reverse("projects:document", args=[case.ref, paper.pk])
        row["picture"] = paper.content_type in PICTURES
        found.append(row)
    return sorted(found, key=lambda row: not row["named"])


def build_mode_test(version: Version | None) -> dict[str, Any] | None:
    """The answers to Article 3 as submitted, what they suggest, and what was chosen; None where nothing was asked."""
    overview = version.snapshot["overview"] if version else {}
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


def _rows(values: dict[str, Any], named: str) -> list[dict[str, Any]]:
    rows = []
    for name, value in values.items():
        if name == "capabilities":
            rows += [_row(item["code"], _capability(item)) for item in value]
        elif name == "lines":
            rows += [_row(item["name"], _line(item)) for item in value]
        elif name not in UNSHOWN and (text := _text(name, value)):
            label = capfirst(str(Project._meta.get_field(name).verbose_name))
            rows.append(_row(label, text, is_named=name == named))
    return rows


def _row(label: str, text: str, *, is_named: bool = False) -> dict[str, Any]:
    return {"label": label, "text": text, "named": is_named}


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
