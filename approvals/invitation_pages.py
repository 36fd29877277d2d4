"""The panel of invitations on the case and the review page, for whoever asks and for whoever is asked."""

from typing import Any

from accounts.models import User
from accounts.policy import has_permission
from approvals.invitation_queries import INVITABLE, invitations_for, why_not
from approvals.models import Case, Review


def panel(case: Case, user: User) -> dict[str, Any] | None:
    """What was asked and answered, and the way to ask; the asked expert finds the question here."""
    rows = invitations_for(case, user)
    may_ask = has_permission(user, "invitations.send") and case.state in INVITABLE
    may_ask = may_ask and user.department_id != case.department_id and why_not(case, user) is None
    mine = case.invitations.filter(expert=user, answered_at=None, declined_at=None, revoked_at=None).first()
    if not rows and not may_ask and mine is None:
        return None
    return {"case": case, "rows": rows, "may_ask": may_ask, "mine": mine}


def review_panel(case: Case, review: Review, user: User) -> dict[str, Any] | None:
    """The same beside a review."""
    return panel(case, user)
