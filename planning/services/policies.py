"""Put policy rows in force."""

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import User
from accounts.policy import require
from accounts.services import record_edit
from accounts.sources import standing
from planning.models import PolicyRow
from planning.policy_checks import problems
from planning.policy_rows import STARTING_ROWS, bands_problems

TABLE = "planning.PolicyRow"


@transaction.atomic
def seed_policies() -> int:
    """Create the starting row of every key that has none yet; returns how many were created."""
    present = set(PolicyRow.objects.values_list("key", flat=True))
    # Valid from long ago: a starting row must hold for every date that a case can carry.
    start = timezone.localdate().replace(year=2020, month=1, day=1)
    rows = [
        PolicyRow(key=key, value=value, source=source, valid_from=start)
        for key, (value, source) in STARTING_ROWS.items()
        if key not in present
    ]
    PolicyRow.objects.bulk_create(rows)
    return len(rows)


@transaction.atomic
def set_policy(*, key: str, value: Any, source: str, actor: User | None = None, note: str = "") -> PolicyRow:
    """Put a new value of `key` in force from today; the old row stays as history.

    Raises KeyError for a key that the product does not read.
    """
    if key not in STARTING_ROWS:
        raise KeyError(key)
    row, _created = PolicyRow.objects.update_or_create(
        key=key,
        valid_from=timezone.localdate(),
        defaults={"value": value, "source": source, "changed_by": actor, "note": note},
    )
    return row


@transaction.atomic
def change_bands(
    *, value: dict[str, float], source: str, note: str, valid_from: date, actor: User, expected: int
) -> PolicyRow:
    """Put other screening thresholds in force from a day on; runs keep the thresholds that they were made with.

    value: shares of money and scores, 0–1 (policy_rows.bands_problems). expected: key of the row that was in force when
    the change was worked out. Returns the new row; the old one ends the day before and stays as history.
    Raises PermissionDenied, ValidationError by field ("valid_from", "source" or a threshold; none when they have been
    changed in between).
    """
    require(actor, "policies.edit")
    present = _newest("bands", expected)
    found = {**bands_problems(value), **_paper_problems(present, source, valid_from)}
    if found:
        raise ValidationError(found)
    return _put(present, value, source, note, valid_from, actor)


@transaction.atomic
def change_policy(
    *, key: str, value: Any, source: str, note: str, valid_from: date, actor: User, expected: int
) -> PolicyRow:
    """Put another value of a policy row in force from a day on; nothing applies retroactively.

    key: any key but "bands", which is changed after a trial run (change_bands). value: as policy_checks.problems takes
    it. expected: key of the newest row when the form was shown. Returns the new row; the one before ends the day before
    and stays as history. Raises KeyError for a key that the product does not read, PermissionDenied, and
    ValidationError by field ("valid_from", "source", "value-…"; none when the row was changed in between or says the
    same already).
    """
    require(actor, "policies.edit")
    if key not in STARTING_ROWS or key == "bands":
        raise KeyError(key)
    present = _newest(key, expected)
    found = {**problems(key, value), **_paper_problems(present, source, valid_from)}
    if found:
        raise ValidationError(found)
    if value == present.value:
        raise ValidationError(_("Nothing is different. To confirm a value as it is, name the document on its page."))
    return _put(present, value, source, note, valid_from, actor)


@transaction.atomic
def cancel_policy(*, pk: int, actor: User) -> PolicyRow:
    """Take back a change before it begins: the row is removed and the one before holds on, without an end.

    Returns the row that holds on. Raises PermissionDenied, and ValidationError where the row has begun, is gone or is
    not the last one.
    """
    require(actor, "policies.edit")
    row = PolicyRow.objects.select_for_update().filter(pk=pk).first()
    rows = list(PolicyRow.objects.select_for_update().filter(key=row.key).order_by("-valid_from", "-pk")) if row else []
    if row is None or row.valid_from <= timezone.localdate():
        raise ValidationError(_("This change has begun or is gone; it can no longer be cancelled."))
    if rows[0].pk != pk or len(rows) < 2:
        raise ValidationError(_("A later change rests on this one. Cancel that one first."))
    before, kept = _said(row), rows[1]
    row.delete()
    kept.valid_until = None
    kept.save(update_fields=["valid_until"])
    record_edit(table=TABLE, key=row.key, actor=actor, before=before, after=None, reason=gettext_noop("cancelled"))
    return kept


@transaction.atomic
def confirm_policy(*, pk: int, source: str, seen: str, actor: User) -> PolicyRow:
    """Confirm a value as it stands by naming the document it rests on; the value and its days stay.

    seen: the source that the form showed. Returns the row. Raises PermissionDenied, ValidationError ("source" for a
    text that names no document; none when the row was changed in between).
    """
    require(actor, "policies.edit")
    row = PolicyRow.objects.select_for_update().filter(pk=pk).first()
    if row is None or row.source != seen:
        raise ValidationError(_("Somebody has changed this rule in between. Look at it again."))
    text = source.strip()
    if not text or text == row.source or standing(text) != "document":
        raise ValidationError({"source": _("Name the document that says so, with its number or date.")})
    before = _said(row)
    row.source = text
    row.save(update_fields=["source"])
    record_edit(
        table=TABLE, key=row.key, actor=actor, before=before, after=_said(row), reason=gettext_noop("confirmed")
    )
    return row


def _newest(key: str, expected: int) -> PolicyRow:
    """The last row of a key, locked. Raises ValidationError unless it is the one that the actor saw."""
    rows = PolicyRow.objects.filter(key=key).order_by("-valid_from", "-pk")
    list(rows.select_for_update())
    # Asked again once the locks are held: a row that another change made meanwhile was not in the first answer.
    newest = rows.first()
    if newest is None or newest.pk != expected:
        raise ValidationError(_("Somebody has changed this rule in between. Look at it again."))
    return newest


def _paper_problems(present: PolicyRow, source: str, valid_from: date) -> dict[str, str]:
    found = {}
    if not source.strip():
        found["source"] = _("Say which decision or document the change rests on.")
    if valid_from < timezone.localdate():
        found["valid_from"] = _("Nothing applies retroactively: today or later.")
    elif valid_from <= present.valid_from:
        # A second row of the same day would overwrite the first, and with it the history.
        text = _("The last change holds from %(day)s; choose a later day.")
        found["valid_from"] = text % {"day": present.valid_from.isoformat()}
    return found


def _put(present: PolicyRow, value: Any, source: str, note: str, valid_from: date, actor: User) -> PolicyRow:
    before = _said(present)
    present.valid_until = valid_from - timedelta(days=1)
    present.save(update_fields=["valid_until"])
    row = PolicyRow.objects.create(
        key=present.key, value=value, source=source.strip(), note=note.strip(), valid_from=valid_from, changed_by=actor
    )
    record_edit(table=TABLE, key=row.key, actor=actor, before=before, after=_said(row), reason=row.note)
    return row


def _said(row: PolicyRow) -> dict[str, Any]:
    return {"value": row.value, "source": row.source, "valid_from": row.valid_from.isoformat()}
