"""Close what a project owed."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policy import require
from accounts.roles import Role
from accounts.services import record_edit
from approvals.errors import NotOffered
from approvals.models import Obligation
from approvals.names import REVIEWER
from approvals.standing import conflict
from projects.limits import check_text


@transaction.atomic
def close_obligation(*, obligation_id: int, actor: User, evidence: str) -> Obligation:
    """Close an obligation with the evidence that it is met; kept in the change history of obligations.

    evidence: where it can be read, at most 2,000 characters. Raises PermissionDenied, NotOffered (the actor's own unit,
    or on another side of the project), ValidationError at "evidence" (nothing said, or closed meanwhile).
    Source: domain reference §8, separation of duties.
    """
    row = Obligation.objects.select_for_update(of=("self",)).select_related("project__department").get(pk=obligation_id)
    require(actor, "obligations.close", row.project)
    reason = conflict(row.project, actor, _role(actor))
    if reason:
        raise NotOffered([reason])
    text = check_text(evidence)
    if row.closed_at is not None:
        raise ValidationError({"evidence": _("It was closed meanwhile.")})
    if not text:
        raise ValidationError({"evidence": _("Name the evidence.")})
    before = _facts(row)
    row.closed_at, row.closed_by, row.evidence = timezone.now(), actor, text
    row.save(update_fields=["closed_at", "closed_by", "evidence"])
    record_edit(table="approvals.Obligation", key=str(row.pk), actor=actor, before=before, after=_facts(row))
    return row


def _role(actor: User) -> Role:
    """The capacity in which the actor closes: a reviewer's."""
    held = [role for kind, role in REVIEWER.items() if kind != "expert" and actor.holds(role)]
    if not held:
        raise PermissionDenied("obligations.close")
    return held[0]


def _facts(row: Obligation) -> dict[str, Any]:
    return {"closed": row.closed_at.isoformat() if row.closed_at else "", "evidence": row.evidence}
