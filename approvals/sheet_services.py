"""Facts that people write between steps: verdicts on a review's sheet, answers to a correction notice."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policy import require
from approvals.errors import Blocked, NotOffered
from approvals.models import Case, NoticeItem, Review, ReviewItem
from approvals.names import REVIEWER, ReviewStatus, SeatState
from approvals.seat_panel import due_now, people
from approvals.signals import signature_due
from approvals.standing import stands_for
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
    if review.reviewer_id not in stands_for(actor, REVIEWER[review.kind]):
        raise NotOffered([_("This review is held by another person.")])
    if review.status != ReviewStatus.IN_PROGRESS:
        raise Blocked([_("Verdicts are written while the review is in progress.")])
    seats = list(review.seats.values_list("state", flat=True))
    if SeatState.SIGNED in seats:
        raise Blocked([_("Somebody has signed on this sheet: it changes only after that signature is taken back.")])
    waited = due_now(review) if len(seats) > 1 else None
    changed = 0
    for item in ReviewItem.objects.filter(review=review, applies=True, code__in=verdicts):
        values = {name: verdicts[item.code].get(name, "").strip() for name in FIELDS}
        if item.carried_from_id or any(getattr(item, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(item, name, value)
            item.carried_from = None  # judged anew, even where it says the same
            item.save(update_fields=[*FIELDS, "carried_from"])
            changed += 1
    if changed and waited is not None:
        _tell_signers(review, waited | {actor.pk})
    return changed


def _tell_signers(review: Review, waited: set[int]) -> None:
    """A sheet that is filled in waits for the others' signatures."""
    if now := due_now(review) - waited:
        case = Case.objects.get(pk=review.project_id)
        signature_due.send(sender=Review, review=review, case=case, people=people(now), decision=None)


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
