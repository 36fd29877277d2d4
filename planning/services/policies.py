"""Put policy rows in force."""

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policy import require
from planning.models import PolicyRow
from planning.policy_rows import STARTING_ROWS, bands_problems


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
    present = PolicyRow.objects.select_for_update().filter(key="bands").order_by("-valid_from", "-pk").first()
    if present is None or present.pk != expected:
        raise ValidationError(_("The thresholds have been changed in between. Try yours again."))
    problems: dict[str, str] = dict(bands_problems(value))
    if not source.strip():
        problems["source"] = _("Say which decision or document the change rests on.")
    if valid_from < timezone.localdate():
        problems["valid_from"] = _("Nothing applies retroactively: today or later.")
    elif valid_from <= present.valid_from:
        # A second row of the same day would overwrite the first, and with it the history.
        problems["valid_from"] = _("The thresholds last changed on %(day)s; choose a later day.") % {
            "day": present.valid_from.isoformat()
        }
    if problems:
        raise ValidationError(problems)
    present.valid_until = valid_from - timedelta(days=1)
    present.save(update_fields=["valid_until"])
    return PolicyRow.objects.create(
        key="bands", value=value, source=source.strip(), note=note.strip(), valid_from=valid_from, changed_by=actor
    )
