"""Facts that people write between steps: verdicts on a review's sheet, answers to a correction notice."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policy import require
from approvals.errors import Blocked, NotOffered
from approvals.models import NoticeItem, Review, ReviewItem
from approvals.names import ReviewStatus
from projects.models import Project
from projects.states import State

FIELDS = ("verdict", "problem", "suggestion", "clause")


@transaction.atomic
def save_verdicts(*, review_id: int, actor: User, verdicts: Mapping[str, Mapping[str, str]]) -> int:
    """Store verdicts of the reviewer who holds the review, while it is in progress; returns how many items changed.

    `verdicts`: checklist code → verdict, problem, suggestion, clause (domain reference §3.4). Only applicable items
    are written. Raises NotOffered for another person, Blocked when the review is not in progress.
    """
    review = Review.objects.select_for_update().get(pk=review_id)
    if review.reviewer_id != actor.pk:
        raise NotOffered([_("This review is held by another person.")])
    if review.status != ReviewStatus.IN_PROGRESS:
        raise Blocked([_("Verdicts are written while the review is in progress.")])
    changed = 0
    for item in ReviewItem.objects.filter(review=review, applies=True, code__in=verdicts):
        values = {name: verdicts[item.code].get(name, "").strip() for name in FIELDS}
        if any(getattr(item, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(item, name, value)
            item.save(update_fields=list(FIELDS))
            changed += 1
    return changed


@transaction.atomic
def answer_item(*, item_id: int, actor: User, answer: str, text: str) -> NoticeItem:
    """Store the applicant's answer to one item of the open notice (row 6).

    Raises PermissionDenied for people who may not answer for the unit, Blocked once the notice is closed or the case
    has left correction.
    """
    item = NoticeItem.objects.select_related("notice").get(pk=item_id)
    projects = Project.objects.select_for_update(of=("self",)).select_related("department")
    project = projects.get(pk=item.notice.project_id)
    require(actor, "projects.reply", project)
    if project.state != State.CORRECTION or item.notice.closed_at is not None:
        raise Blocked([_("This notice no longer waits for answers.")])
    item.answer, item.answer_text = answer, text.strip()
    item.answered_by, item.answered_at = (actor, timezone.now()) if answer else (None, None)
    item.save(update_fields=["answer", "answer_text", "answered_by", "answered_at"])
    return item
