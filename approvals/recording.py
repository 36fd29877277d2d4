"""Write one decision row: the next seq, the guards that were asked, and the hash of the row before."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import Model

from approvals.models import Decision
from approvals.verify_case_file import GENESIS, digest


def plain(value: Any) -> Any:
    """`value` as JSON can carry it: amounts as text, days in ISO form, rows by their key."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Model):
        return value.pk
    return value


def write(decision: Decision) -> Decision:
    """Chain `decision` to the newest row of its project and save it. The caller holds the project's lock."""
    last = Decision.objects.filter(project_id=decision.project_id).order_by("-seq").values("digest").first()
    decision.previous = last["digest"] if last else GENESIS
    decision.algorithm = settings.AUDIT_DIGEST
    decision.digest = digest(decision.as_row(), decision.previous)
    decision.save(force_insert=True)
    return decision
