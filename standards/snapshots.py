"""What a row of the library says: its values fit for JSON, their fingerprint, and what differs between two of them."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Model
from django.utils.text import capfirst

from standards.models import ChecklistEdition, ChecklistItem, Standard

# Names of the tables in the records of changes.
STANDARDS, ITEMS, EDITIONS = "standards.Standard", "standards.ChecklistItem", "standards.ChecklistEdition"
STANDARD_FIELDS = (
    *("number", "title", "title_en", "edition", "status", "valid_from", "valid_until", "issuer", "issuer_en", "link"),
    *("summary", "summary_en", "superseded_by", "source"),
)
ITEM_FIELDS = (
    *("code", "kind", "position", "question", "question_en", "evidence", "evidence_en", "severity"),
    *("acceptance_severity", "severity_note", "severity_note_en", "applies", "applies_en", "condition", "standard"),
    *("related", "clause", "valid_from", "valid_until", "source"),
)
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs: what it is called, and both values as text of the page's language."""

    name: str
    label: str
    before: str
    after: str


def standard_values(standard: Standard) -> Values:
    """The values of a standard by field; its successor by number."""
    return {name: _plain(getattr(standard, name)) for name in STANDARD_FIELDS}


def item_values(item: ChecklistItem, related: Iterable[Standard] | None = None) -> Values:
    """The values of an item by field; standards by number. related: in place of the stored further standards."""
    values = {name: _plain(getattr(item, name)) for name in ITEM_FIELDS if name != "related"}
    further = item.related.all() if related is None else related
    return {**values, "related": sorted(standard.number for standard in further)}


def edition_values(edition: ChecklistEdition) -> Values:
    """The values of an edition by field."""
    return {name: _plain(getattr(edition, name)) for name in ("code", "name", "name_en", "note", "effective_on")}


def item_key(item: ChecklistItem) -> str:
    """Under which key the changes of an item are kept."""
    return f"{item.edition.code}/{item.code}"


def fingerprint(values: Any) -> str:
    """A short name for these very values: whoever saves says which ones they saw."""
    return hashlib.sha256(json.dumps(values, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:32]


def changes(model: type[Model], before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    """The fields that differ, in the order of `after`, with choices in words."""
    return [
        Change(name, _label(model, name), _shown(model, name, before.get(name)), _shown(model, name, value))
        for name, value in after.items()
        if before.get(name) != value
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, Standard):
        return value.number
    return value.isoformat() if isinstance(value, date) else value


def _label(model: type[Model], name: str) -> str:
    return capfirst(str(getattr(model._meta.get_field(name), "verbose_name", name)))


def _shown(model: type[Model], name: str, value: Any) -> str:
    if value in (None, "", []):
        return "–"
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    choices = dict(getattr(model._meta.get_field(name), "flatchoices", ()))
    return str(choices.get(value, value))
