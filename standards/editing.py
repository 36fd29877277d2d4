"""Change the catalogue: save a standard, mark it superseded, confirm the source of an entry. All keep a record."""

from datetime import date
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policy import require
from accounts.services import record_edit
from accounts.sources import standing
from standards.errors import StaleEdit
from standards.kinds import StandardStatus
from standards.models import ChecklistItem, Standard
from standards.snapshots import ITEMS, STANDARDS, Values, fingerprint, item_key, item_values, standard_values

Entry = TypeVar("Entry", Standard, ChecklistItem)


@transaction.atomic
def save_standard(*, actor: User, standard: Standard, expected: str = "", reason: str = "") -> Standard:
    """Save a new or changed standard with a record of what it said before.

    actor: holds standards.edit. standard: as it is to be. expected: fingerprint of the values the actor saw (nothing
    for a new one). reason: why, for the record. Returns it. Raises ValidationError by field, StaleEdit when somebody
    else was faster, PermissionDenied. Nothing is retroactive: items go on citing it, and reviews keep their sheets.
    """
    require(actor, "standards.edit")
    before = None if standard.pk is None else _seen(standard.pk, expected)
    standard.full_clean()
    standard.save()
    after = standard_values(standard)
    record_edit(table=STANDARDS, key=standard.number, actor=actor, before=before, after=after, reason=reason)
    return standard


@transaction.atomic
def supersede(
    *, actor: User, standard: Standard, successor: Standard, last_day: date | None, expected: str, reason: str = ""
) -> Standard:
    """Mark a standard as superseded by another; no item and no review moves.

    actor: holds standards.edit. last_day: the last day on which it was in force, if known. expected: fingerprint of the
    values the actor saw. Returns it. Raises ValidationError (by field) when the successor would lead back to the
    standard or is superseded itself, StaleEdit, PermissionDenied.
    """
    require(actor, "standards.edit")
    before = _seen(standard.pk, expected)
    successor = Standard.objects.select_for_update().get(pk=successor.pk)
    if successor.status == StandardStatus.SUPERSEDED:
        # A superseded successor could also close a circle; the newest one in force cannot.
        raise ValidationError({"successor": _("This one is superseded itself. Choose the one now in force.")})
    standard = Standard.objects.get(pk=standard.pk)
    standard.superseded_by, standard.status = successor, StandardStatus.SUPERSEDED
    standard.valid_until = last_day or standard.valid_until
    standard.full_clean()
    standard.save()
    after = standard_values(standard)
    record_edit(table=STANDARDS, key=standard.number, actor=actor, before=before, after=after, reason=reason)
    return standard


@transaction.atomic
def confirm(obj: Entry, actor: User, source: str, reason: str = "") -> Entry:
    """Replace a source from memory by the document in which an official looked the entry up.

    obj: a standard or an item, of a published edition too: the source says where a rule comes from and does not change
    the rule. actor: holds standards.edit. source: the document. reason: for the record. Returns it with the new source.
    Raises ValidationError at "source" when that is no document either, PermissionDenied.
    """
    require(actor, "standards.edit")
    source = source.strip()
    if not source or standing(source) != "document":
        raise ValidationError({"source": _("Name the document in which you looked it up.")})
    fresh = type(obj)._default_manager.select_for_update().get(pk=obj.pk)
    table, key, before = _record_of(fresh)
    fresh.source = source
    fresh.full_clean(validate_constraints=False)
    fresh.save(update_fields=["source"])
    after = {**before, "source": source}
    record_edit(table=table, key=key, actor=actor, before=before, after=after, reason=reason)
    return fresh


def _record_of(obj: Standard | ChecklistItem) -> tuple[str, str, Values]:
    if isinstance(obj, Standard):
        return STANDARDS, obj.number, standard_values(obj)
    return ITEMS, item_key(obj), item_values(obj)


def _seen(pk: int, expected: str) -> Values:
    """The stored values, locked, if they are the ones the actor saw."""
    stored = standard_values(Standard.objects.select_for_update().get(pk=pk))
    if fingerprint(stored) != expected:
        raise StaleEdit(fingerprint(stored))
    return stored
