"""The log of changes of rules in words: which row, by whom, and each field before and after."""

import json
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext as _

from accounts.models import EditRecord
from accounts.sources import readable_source
from planning.policy_schema import rule_of
from planning.policy_values import compare

POLICY = "planning.PolicyRow"
LONG = 160  # characters of a text that are shown


def entries(records: Iterable[EditRecord]) -> list[dict[str, Any]]:
    """Each record with the name of its table, what happened, and the fields that differ."""
    return [
        {
            "record": record,
            "table": table_name(record.table),
            "row": str(rule_of(record.key).label) if record.table == POLICY else record.key,
            "verb": _verb(record),
            "reason": _(record.reason) if record.reason else "",
            "changes": _changes(record),
        }
        for record in records
    ]


def _verb(record: EditRecord) -> str:
    if record.before is None:
        return _("made")
    return _("removed") if record.after is None else _("changed")


def table_name(table: str) -> str:
    """What the rows of a table are called in the language of the page; the code of a table that is gone."""
    try:
        return str(apps.get_model(table)._meta.verbose_name)
    except (LookupError, ValueError):
        return table


def _changes(record: EditRecord) -> list[dict[str, str]]:
    before, after = record.before or {}, record.after or {}
    found = []
    if record.table == POLICY and "value" in before and "value" in after:
        found = compare(record.key, before["value"], after["value"])
        before, after = ({k: v for k, v in side.items() if k != "value"} for side in (before, after))
    for name in dict.fromkeys([*before, *after]):
        if before.get(name) != after.get(name):
            label = _label(record.table, name)
            said = [_said(record.table, name, side) for side in (before, after)]
            found.append({"label": label, "before": said[0], "after": said[1]})
    return found


def _field(table: str, name: str) -> Any:
    """The column of a table, or None: a key of the record may be something else, such as a number."""
    try:
        return apps.get_model(table)._meta.get_field(name)
    except (LookupError, ValueError, FieldDoesNotExist):
        return None


def _label(table: str, name: str) -> str:
    return str(getattr(_field(table, name), "verbose_name", name.replace("_", " ")))


def _said(table: str, name: str, side: dict[str, Any]) -> str:
    value = side.get(name)
    if value is None or value in ("", [], {}):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    choices = {str(code): label for code, label in getattr(_field(table, name), "flatchoices", None) or ()}
    if str(value) in choices:
        return str(choices[str(value)])
    if name == "source":
        return readable_source(str(value))
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else str(value)
    return text if len(text) <= LONG else f"{text[:LONG]}…"
