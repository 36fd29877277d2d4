"""A manager's note on a sign of a split project or a double budget: seen, and what explains it."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import policy
from accounts.models import User
from projects.limits import check_text
from projects.models import CostHint

NOTE = 1000  # characters


@transaction.atomic
def note_hint(*, hint_id: int, actor: User, text: str = "") -> CostHint:
    """Record that a hint was seen, with what explains it; a second note replaces the first.

    text: at most 1,000 characters, may be empty. Returns the hint. Raises PermissionDenied, CostHint.DoesNotExist,
    ValidationError {"note"}.
    """
    hint = CostHint.objects.select_for_update(of=("self",)).select_related("project__department").get(pk=hint_id)
    policy.require(actor, "duplicates.adjudicate", hint.project)
    note = check_text(text or "")
    if len(note) > NOTE:
        raise ValidationError({"note": _("At most %(limit)s characters.") % {"limit": NOTE}})
    hint.note, hint.noted_by, hint.noted_at = note, actor, timezone.now()
    hint.save(update_fields=["note", "noted_by", "noted_at"])
    return hint
