"""Checklist editions: start a draft, change its items, publish it. What was published is never changed."""

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policy import require
from accounts.services import record_edit
from standards import edition_queries
from standards.errors import StaleEdit
from standards.models import ChecklistEdition, ChecklistItem, PublishedEdition, Standard
from standards.snapshots import EDITIONS, ITEMS, edition_values, fingerprint, item_key, item_values


@transaction.atomic
def start_draft(*, actor: User, edition: ChecklistEdition) -> ChecklistEdition:
    """Begin the next edition as a copy of the newest published one.

    actor: holds standards.edit. edition: new, with its code and names. Returns it with its items. Raises
    ValidationError by field; also when there is a draft already: publishing one of two drafts would silently drop what
    the other changed. PermissionDenied.
    """
    require(actor, "standards.edit")
    if ChecklistEdition.objects.filter(published_at=None).exists():
        raise ValidationError(_("There is a draft already. Publish or discard it first."))
    edition.published_at = edition.published_by = edition.effective_on = None
    edition.full_clean()
    base = edition_queries.newest_published()
    edition.save()
    if base is not None:
        _copy_items(base, edition)
    record_edit(table=EDITIONS, key=edition.code, actor=actor, before=None, after=edition_values(edition))
    return edition


def _copy_items(base: ChecklistEdition, edition: ChecklistEdition) -> None:
    further = {item.code: list(item.related.all()) for item in base.items.prefetch_related("related")}
    copies = [_copy(item, edition) for item in base.items.all()]
    ChecklistItem.objects.bulk_create(copies)
    link = ChecklistItem.related.through
    link._default_manager.bulk_create(
        link(checklistitem_id=copy.pk, standard_id=standard.pk) for copy in copies for standard in further[copy.code]
    )


def _copy(item: ChecklistItem, edition: ChecklistEdition) -> ChecklistItem:
    names = [field.attname for field in ChecklistItem._meta.concrete_fields if field.name not in ("id", "edition")]
    return ChecklistItem(edition=edition, **{name: getattr(item, name) for name in names})


@transaction.atomic
def save_draft_item(
    *, actor: User, item: ChecklistItem, related: Iterable[Standard], expected: str = "", reason: str = ""
) -> ChecklistItem:
    """Add an item to a draft edition or change one.

    actor: holds standards.edit. item: as it is to be, with its edition. related: further standards. expected:
    fingerprint of the values the actor saw (nothing for a new one). reason: for the record. Returns it. Raises
    ValidationError by field (a malformed condition names the character), PublishedEdition, StaleEdit, PermissionDenied.
    """
    require(actor, "standards.edit")
    _locked_draft(item.edition_id)
    before = None
    if item.pk is not None:
        before = item_values(ChecklistItem.objects.select_related("standard").get(pk=item.pk))
        if fingerprint(before) != expected:
            raise StaleEdit(fingerprint(before))
    item.full_clean()
    item.save()
    item.related.set(related)
    record_edit(
        table=ITEMS, key=item_key(item), actor=actor, before=before, after=item_values(item), reason=reason
    )  # fmt: skip
    return item


@transaction.atomic
def retire_item(*, actor: User, item: ChecklistItem, reason: str = "") -> None:
    """Leave an item out of a draft edition; the published ones keep it. Raises PublishedEdition, PermissionDenied."""
    require(actor, "standards.edit")
    _locked_draft(item.edition_id)
    record_edit(
        table=ITEMS, key=item_key(item), actor=actor, before=item_values(item), after=None, reason=reason
    )  # fmt: skip
    item.delete()


@transaction.atomic
def restore_item(*, actor: User, edition: ChecklistEdition, code: str) -> ChecklistItem:
    """Put an item back into a draft as the edition before says it, in place of what the draft made of it.

    Returns it. Raises PublishedEdition, PermissionDenied, ChecklistItem.DoesNotExist where the one before has no such.
    """
    require(actor, "standards.edit")
    _locked_draft(edition.pk)
    base = edition_queries.base_of(edition)
    earlier = ChecklistItem.objects.get(edition=base, code=code)
    present = edition.items.filter(code=code).first()
    before = item_values(present) if present else None
    copy = _copy(earlier, edition)
    copy.pk = present.pk if present else None
    copy.save()
    copy.related.set(earlier.related.all())
    record_edit(table=ITEMS, key=item_key(copy), actor=actor, before=before, after=item_values(copy))
    return copy


@transaction.atomic
def publish(
    *, actor: User, edition: ChecklistEdition, effective_on: date, expected: str, reason: str = ""
) -> ChecklistEdition:
    """Publish a draft: from `effective_on` on, submissions are pinned to it; what was submitted before keeps its own.

    actor: holds standards.edit. effective_on: today or later (nothing is retroactive), and not before the edition it
    follows. expected: fingerprint of the whole draft as it was previewed. reason: for the record. Returns it. Raises
    ValidationError at "effective_on", StaleEdit, PublishedEdition, PermissionDenied.
    """
    require(actor, "standards.edit")
    draft = _locked_draft(edition.pk)
    if (now := edition_queries.draft_fingerprint(draft)) != expected:
        raise StaleEdit(now)
    _check_day(draft, effective_on)
    if not edition_queries.difference(draft):
        raise ValidationError(_("The draft says the same as the edition before it."))
    before = edition_values(draft)
    draft.effective_on, draft.published_at, draft.published_by = effective_on, timezone.now(), actor
    draft.save()
    record_edit(
        table=EDITIONS, key=draft.code, actor=actor, before=before, after=edition_values(draft), reason=reason
    )  # fmt: skip
    return draft


def _check_day(draft: ChecklistEdition, effective_on: date) -> None:
    if effective_on < timezone.localdate():
        raise ValidationError({"effective_on": _("Nothing applies backwards: choose today or a later day.")})
    base = edition_queries.base_of(draft)
    if base is not None and base.effective_on is not None and effective_on < base.effective_on:
        raise ValidationError({"effective_on": _("The edition before it takes effect later than that.")})


@transaction.atomic
def discard_draft(*, actor: User, edition: ChecklistEdition) -> None:
    """Drop a draft with its items; only the records of what was changed remain. Raises PublishedEdition."""
    require(actor, "standards.edit")
    draft = _locked_draft(edition.pk)
    record_edit(table=EDITIONS, key=draft.code, actor=actor, before=edition_values(draft), after=None)
    draft.items.all().delete()
    draft.delete()


def _locked_draft(pk: int) -> ChecklistEdition:
    """The edition, locked against being published meanwhile. Raises PublishedEdition."""
    edition = ChecklistEdition.objects.select_for_update().get(pk=pk)
    if not edition.is_draft:
        raise PublishedEdition(edition.code)
    return edition
