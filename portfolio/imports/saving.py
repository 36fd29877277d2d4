"""Compares checked facts with the registry and writes the difference, in bulk and all at once."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from portfolio.imports.columns import REQUIRED
from portfolio.imports.facts import CapabilityFacts, SystemFacts
from portfolio.imports.report import Change, Outcome, RowError
from portfolio.models import Capability, System

BATCH = 500
_COLUMN = {"department_id": "department"}
_REQUIRED = [name if name != "department" else "department_id" for name in REQUIRED if name != "code"]


class Difference:
    """What must be written so that the registry agrees with the facts."""

    def __init__(self) -> None:
        self.changes: list[Change] = []
        self.unchanged = 0
        self.errors: list[RowError] = []
        self.new: list[System] = []
        self.changed: list[System] = []
        self.new_capabilities: list[Capability] = []
        self.changed_capabilities: list[Capability] = []
        self.gone: list[int] = []

    def write(self) -> None:
        """Write everything; the caller holds the transaction and has seen that there are no errors."""
        now = timezone.now()
        for system in (*self.new, *self.changed):
            system.spell()
            system.updated_at = now
        System.objects.bulk_create(self.new, batch_size=BATCH)
        names = [field.name for field in System._meta.concrete_fields if not field.primary_key and field.name != "code"]
        System.objects.bulk_update(self.changed, names, batch_size=BATCH)
        for start in range(0, len(self.gone), BATCH):
            Capability.objects.filter(pk__in=self.gone[start : start + BATCH]).delete()
        for capability in self.new_capabilities:
            capability.system_id = capability.system.pk
        Capability.objects.bulk_create(self.new_capabilities, batch_size=BATCH)
        columns = ["text", "taxonomy", "domain", "service_object", "position"]
        Capability.objects.bulk_update(self.changed_capabilities, columns, batch_size=BATCH)


def compare(facts: Sequence[SystemFacts]) -> Difference:
    """The difference between the registry and what a source says. A constant number of queries per 500 systems."""
    present = _present([one.code for one in facts])
    difference = Difference()
    owners = _owners(facts)
    for one in facts:
        _compare_system(one, present.get(one.code), owners, difference)
    return difference


def _present(codes: Sequence[str]) -> dict[str, System]:
    found: dict[str, System] = {}
    for start in range(0, len(codes), BATCH):
        systems = System.objects.select_for_update().filter(code__in=codes[start : start + BATCH])
        found |= {system.code: system for system in systems.prefetch_related("capabilities")}
    return found


def _owners(facts: Iterable[SystemFacts]) -> dict[str, str]:
    """Which system each capability code named in the source belongs to today."""
    codes = [capability.code for one in facts for capability in one.capabilities or () if capability.code]
    found: dict[str, str] = {}
    for start in range(0, len(codes), BATCH):
        rows = Capability.objects.filter(code__in=codes[start : start + BATCH])
        found |= dict(rows.values_list("code", "system__code"))
    return found


def _compare_system(one: SystemFacts, present: System | None, owners: dict[str, str], difference: Difference) -> None:
    errors = _missing(one, present) + _foreign(one, owners)
    if errors:
        difference.errors += errors
        return
    system = present or System(code=one.code)
    fields = tuple(_COLUMN.get(name, name) for name, value in one.values.items() if _set(system, name, value))
    added, changed, removed = _compare_capabilities(one, system, difference)
    if present is None:
        difference.new.append(system)
        change = Change(one.code, system.name, Outcome.CREATED, (), added, changed, removed)
    elif fields or added or changed or removed:
        # A changed capability is a change of the system: its version moves on.
        difference.changed.append(system)
        change = Change(one.code, system.name, Outcome.UPDATED, fields, added, changed, removed)
    else:
        difference.unchanged += 1
        return
    difference.changes.append(change)


def _set(system: System, name: str, value: Any) -> bool:
    if getattr(system, name) == value:
        return False
    setattr(system, name, value)
    return True


def _missing(one: SystemFacts, present: System | None) -> list[RowError]:
    """A new system needs the facts that say what it is; an old one may leave them out but not empty them."""
    return [
        RowError(one.row, _COLUMN.get(name, name), "", _("This is required."))
        for name in _REQUIRED
        if name not in one.unread and one.values.get(name, None if present is None else True) in (None, "")
    ]


def _foreign(one: SystemFacts, owners: dict[str, str]) -> list[RowError]:
    message = _("This capability code belongs to system %(code)s.")
    return [
        RowError(capability.row, capability.field, capability.code, message % {"code": owners[capability.code]})
        for capability in one.capabilities or ()
        if owners.get(capability.code, one.code) != one.code
    ]


def _compare_capabilities(one: SystemFacts, system: System, difference: Difference) -> tuple[int, int, int]:
    """How many capabilities come, change and go; an unmentioned list changes nothing."""
    if one.capabilities is None:
        return 0, 0, 0
    present = {capability.code: capability for capability in system.capabilities.all()} if system.pk else {}
    added = changed = 0
    for position, wanted in enumerate(_numbered(one, list(present.values()))):
        capability = present.pop(wanted.code, None)
        new = capability is None
        capability = capability or Capability(code=wanted.code, system=system)
        if not _differs(capability, wanted, position) and not new:
            continue
        added, changed = added + new, changed + (not new)
        (difference.new_capabilities if new else difference.changed_capabilities).append(capability)
    difference.gone += [capability.pk for capability in present.values()]
    return added, changed, len(present)


def _differs(capability: Capability, wanted: CapabilityFacts, position: int) -> bool:
    """Give the capability the wanted facts; whether that changed anything."""
    facts = {
        "text": wanted.text,
        "taxonomy_id": wanted.taxonomy_id,
        "domain_id": wanted.domain_id,
        "service_object": wanted.service_object,
        "position": position,
    }
    different = [name for name, value in facts.items() if getattr(capability, name) != value]
    for name in different:
        setattr(capability, name, facts[name])
    return bool(different)


def _numbered(one: SystemFacts, present: list[Capability]) -> list[CapabilityFacts]:
    """Capabilities without a code keep the code they have under the same text, or get the next free number."""
    taken = {wanted.code for wanted in one.capabilities or () if wanted.code}
    by_text: dict[str, list[str]] = {}
    for capability in present:
        if capability.code not in taken:
            by_text.setdefault(capability.text, []).append(capability.code)
    used = taken | {capability.code for capability in present}
    number, result = 0, []
    for wanted in one.capabilities or ():
        same = by_text.get(wanted.text)
        code = wanted.code or (same.pop(0) if same else "")
        while not code:
            number += 1
            candidate = f"{one.code}-{number:02d}"
            code = "" if candidate in used else candidate
        used.add(code)
        result.append(replace(wanted, code=code))
    return result
