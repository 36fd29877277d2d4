"""WaivedItems: what a case knows of its judged items and of the waivers of those that failed."""

from functools import cached_property
from typing import TYPE_CHECKING, Any

from accounts.models import User
from approvals.models.obligation import Waiver
from approvals.models.review import Review, ReviewItem
from approvals.names import UNIFIED_KINDS

if TYPE_CHECKING:
    from approvals.models.case import Case


class WaivedItems:
    """The part of a case that the guards of waivers ask; mixed into Case."""

    actor: User | None = None  # who takes the step or is offered it; set by the door and by offers

    @cached_property
    def judged_items(self: Any) -> list[ReviewItem]:
        """The items that apply on the sheets of the three reviews in force, in the order of the sheets."""
        reviews = {review.pk: review for kind in UNIFIED_KINDS if (review := self.review_of(kind))}
        rows = ReviewItem.objects.filter(review__in=reviews, applies=True).select_related("item")
        found = sorted(rows, key=lambda row: (list(reviews).index(row.review_id), row.position))
        for row in found:
            row.review = reviews[row.review_id]
        return found

    @cached_property
    def open_waivers(self: Any) -> list[Waiver]:
        """Waivers that nobody has ended, those whose last day has passed too."""
        return list(self.waivers.filter(ended_at=None).select_related("item", "granted_by").order_by("code"))

    def judged_item(self, code: str) -> ReviewItem | None:
        """The item of that code on a sheet in force."""
        return next((row for row in self.judged_items if row.code == code), None)

    def resume_review(self: "Case", review: Review) -> Review:
        """A new seat for the same reviewer, with the verdicts of `review`: what it waited for has come."""
        again = Review.objects.create(
            project_id=self.pk, kind=review.kind, version=self.current_version, basis=review.basis,
            reviewer=review.reviewer,
        )  # fmt: skip
        rows = list(review.items.all())
        for row in rows:
            row.pk, row.review, row._state.adding = None, again, True
        ReviewItem.objects.bulk_create(rows)
        self.forget()
        return again
