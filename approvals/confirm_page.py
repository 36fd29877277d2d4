"""What an official must confirm before it is relied on: policy rows, standards, checklist items, rules in the code."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.policy import PERMISSIONS
from accounts.sources import readable_source, standing
from approvals.rules_in_code import RULES_IN_CODE
from planning import queries as planning
from planning.policy_schema import rule_of
from planning.policy_values import lines
from standards import queries as standards
from standards.models import ChecklistItem, Standard


@dataclass(frozen=True, slots=True)
class Open:
    """One thing to be confirmed. url: where that is done; empty where only a decision of the office can."""

    title: str
    says: str
    source: str
    standing: str
    what: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Things that the same people confirm."""

    code: str
    label: str
    who: str
    rows: list[Open]


def groups() -> list[Group]:
    """Everything that is from memory or proposed, by who may confirm it; three queries."""
    entries = standards.to_confirm()
    catalogue = [_entry(found) for found in entries if isinstance(found.entry, Standard)]
    items = [_entry(found) for found in entries if isinstance(found.entry, ChecklistItem)]
    keepers = _who("standards.edit")
    return [
        Group("policies", _("Policy rows"), _who("policies.edit"), list(_policies())),
        Group("standards", _("Standards in the catalogue"), keepers, catalogue),
        Group("items", _("Checklist items"), keepers, items),
        Group(
            "code", _("Rules in the product itself"), _("a decision of the office, then a new version"), list(_code())
        ),
    ]


def _who(permission: str) -> str:
    return ", ".join(str(role.label) for role in PERMISSIONS[permission])


def _policies() -> Iterator[Open]:
    why = {
        "memory": _("which document says so, and whether it says this number"),
        "proposed": _("whether the office wants this number, by which decision"),
    }
    for key, row in sorted(planning.rows_now().items()):
        kind = standing(row.source)
        if kind != "document":
            said = "; ".join(f"{label}: {text}" for label, text in lines(key, row.value)[:8])
            url = reverse("policies:confirm_policy", args=[key])
            yield Open(str(rule_of(key).label), said, readable_source(row.source), kind, why[kind], url)


def _entry(found: standards.ToConfirm) -> Open:
    source = readable_source(found.entry.source)
    return Open(found.code, found.label, source, "memory", found.uncertain, found.url)


def _code() -> Iterator[Open]:
    for rule in RULES_IN_CODE:
        source = _("from memory") if rule.standing == "memory" else _("proposed by the product")
        yield Open(str(rule.rule), str(rule.where), source, rule.standing, str(rule.why))


def table() -> Iterator[list[Any]]:
    """Heading and one row per thing, with empty cells for the answer of the official."""
    yield [
        *(_("Group"), _("Rule"), _("What it says or where it acts"), _("Source"), _("To be confirmed"), _("Who")),
        *(_("Confirmed by (document, number, date)"), _("Correct value, if different"), _("Name and date")),
    ]
    for group in groups():
        for row in group.rows:
            yield [group.label, row.title, row.says, row.source, row.what, group.who, "", "", ""]
