"""ReviewFacts: what a case knows of its reviews, and how one is opened."""

import hashlib
import json
from collections.abc import Container, Sequence
from datetime import date
from functools import cached_property
from typing import Any

from django.utils import timezone

from accounts.models import User
from approvals.carrying import carry_verdicts
from approvals.models.review import Review, ReviewItem
from approvals.models.seat import open_seats, rule_of
from approvals.names import BASIS, CONCLUDED, OPEN, ReviewKind, ReviewStatus
from projects import queries as projects
from projects.models import Version
from standards.services import sheet


class ReviewFacts:
    """The part of a case that is about its reviews; mixed into Case."""

    def basis_of(self: Any, kind: str) -> str:
        """Hash of the sections that a review of `kind` rests on, in the newest version."""
        hashes = self.current_version.sections if self.current_version else {}
        text = json.dumps([[section, hashes.get(section, "")] for section in BASIS[kind]])
        return hashlib.sha256(text.encode()).hexdigest()

    @cached_property
    def all_reviews(self: Any) -> list[Review]:
        """Every review of the project, newest first."""
        return list(Review.objects.filter(project_id=self.pk).select_related("reviewer", "version").order_by("-pk"))

    def review_in_force(self: Any, review: Review) -> bool:
        """Whether the review speaks of the newest version: made on it, or carried to it on an unchanged basis."""
        version = self.current_version
        if version is None or review.released_at is not None or review.basis != self.basis_of(review.kind):
            return False
        return version.pk in {review.version_id, review.carried_to_id}

    def review_of(self: Any, kind: str) -> Review | None:
        """The review of `kind` in force (recused ones aside)."""
        for review in self.all_reviews:
            if review.kind == kind and review.status != ReviewStatus.RECUSED and self.review_in_force(review):
                return review
        return None

    def review_stands(self: Any, kind: str, statuses: Container[str]) -> bool:
        """Whether the review of `kind` in force has one of `statuses`."""
        review = self.review_of(kind)
        return review is not None and review.status in statuses

    def expert_opinions(self: Any) -> int:
        """How many expert opinions on the newest version are in."""
        experts = [review for review in self.all_reviews if review.kind == ReviewKind.EXPERT]
        return sum(1 for review in experts if review.status in CONCLUDED and self.review_in_force(review))

    def open_review(
        self: Any,
        kind: str,
        reviewer: User | None = None,
        *,
        signing: dict | None = None,
        holders: Sequence[int | None] = (),
    ) -> Review:
        """A new review of `kind` on the newest version: sheet pinned to the version's checklist edition, and its seats.

        signing: the rule for its seats, by default that of today. holders: of the seats after the first.
        """
        review = Review.objects.create(
            project_id=self.pk, kind=kind, version=self.current_version, basis=self.basis_of(kind), reviewer=reviewer,
            signing=rule_of(kind) if signing is None else signing,
        )  # fmt: skip
        open_seats(review, holders)
        if kind != ReviewKind.EXPERT:
            self._pin_sheet(review)
        self.__dict__.pop("all_reviews", None)
        return review

    def _pin_sheet(self: Any, review: Review) -> None:
        lines = sheet(review.kind, projects.facts(self), _day_of(review.version), review.version.edition)
        rows = [
            ReviewItem(
                review=review, item=line.item, code=line.item.code, position=position, severity=line.item.severity,
                applies=line.applies and line.item.severity != "acceptance",
            )
            for position, line in enumerate(lines, start=1)
        ]  # fmt: skip
        carry_verdicts(self, review, rows)
        ReviewItem.objects.bulk_create(rows)

    def has_open_review(self: Any, kind: str) -> bool:
        """Whether a review of `kind` in force waits for its reviewer."""
        return self.review_stands(kind, OPEN)


def _day_of(version: Version) -> date:
    """The day of submission: an item that was valid then is asked, whatever ran out since."""
    return timezone.localtime(version.submitted_at).date()
