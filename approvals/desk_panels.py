"""Panels of the desk on the case page and the review page: standstill, reminders, copies, questions, nobody left."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policy import allows
from approvals import desk_queries
from approvals.desk_guards import acted_since, is_sender, sending
from approvals.desk_services import urge_refusals
from approvals.models import Case, Review
from approvals.question_queries import may_answer, may_ask, questions_for
from approvals.workflow import WORKFLOW
from projects.states import ENDINGS, State

# What a sender may take back: the step that sent it, and the step that takes it back.
TAKEN_BACK_BY = {"submit": "recall", "resubmit": "recall_correction", "endorse": "recall_endorsement"}


def standstill(case: Case, user: User) -> dict[str, Any] | None:
    """Who suspended the case, since when and why; or that nobody can act and who can change that."""
    if case.state in ENDINGS:
        return None
    nobody = desk_queries.is_stuck(case)
    if not case.suspension and not nobody:
        return None
    stuck = {"needs": desk_queries.needed_for(case), "fix": desk_queries.who_can_fix()} if nobody else None
    return {"pause": case.suspension, "stuck": stuck, "may_fix": allows(user, "reviews.assign", case)}


def questions(case: Case, user: User) -> dict[str, Any] | None:
    """The questions that the user may read, and whether one more may be asked."""
    rows = list(questions_for(case, user))
    asks = may_ask(case, user)
    if not rows and not asks:
        return None
    today = timezone.localdate()
    return {
        "rows": [{"row": row, "late": row.is_open and row.due_on and row.due_on < today} for row in rows],
        "may_ask": asks,
        "may_answer": may_answer(case, user),
    }


def review_questions(case: Case, review: Review, user: User) -> dict[str, Any] | None:
    """The same beside a review."""
    return questions(case, user)


def desk(case: Case, user: User) -> dict[str, Any] | None:
    """Reminders and copies: what was sent to whom, and what may be sent now."""
    urges, copies = desk_queries.urges_of(case), desk_queries.copies_of(case)
    may_urge = allows(user, "projects.urge", case) and case.state not in ENDINGS | {State.DRAFT, State.DEFERRED}
    may_copy = allows(user, "projects.copy", case) and case.seq > 0
    too_late = too_late_to_recall(case, user)
    if not (urges or copies or may_urge or may_copy or too_late):
        return None
    return {
        "urges": urges,
        "copies": copies if may_copy or allows(user, "audit.view", case) else _own(copies, user),
        "may_urge": may_urge,
        "refusals": urge_refusals(case, user) if may_urge else [],
        "may_copy": may_copy,
        "too_late": too_late,
        "urge_url": reverse("approvals:urge", args=[case.ref]),
        "copy_url": reverse("approvals:copy", args=[case.ref]),
    }


def _own(copies: list, user: User) -> list:
    return [copy for copy in copies if user.pk in {copy.user_id, copy.sent_by_id}]


def too_late_to_recall(case: Case, user: User) -> dict[str, str] | None:
    """The taking back that is no longer possible, with who has acted: shown until the case has moved on once more."""
    case.actor = user
    newest = None
    for action in TAKEN_BACK_BY:
        sent = sending(case, action)
        if sent is not None and is_sender(case, sent) and (newest is None or sent.seq > newest.seq):
            newest = sent
    if newest is None or case.state in ENDINGS:
        return None
    later = acted_since(case, newest)
    if later is None or later.action == TAKEN_BACK_BY[newest.action]:
        return None
    moves = case.decisions.filter(seq__gt=later.seq).exclude(mandate="system").exclude(review__isnull=False)
    if any(row.source != row.target for row in moves):
        return None
    label = next(step.label for step in WORKFLOW if step.action == TAKEN_BACK_BY[newest.action])
    day = timezone.localtime(later.taken_at).strftime("%Y-%m-%d %H:%M")
    reason = _("%(who)s has already dealt with it (%(day)s).") % {"who": later.actor.label, "day": day}
    return {"label": str(label), "reason": reason}
