"""Review: one opinion on one version, with its checklist; its status moves only through the door."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from approvals.machine import verbs
from approvals.models.clock import Pause
from approvals.names import ReviewKind, ReviewStatus, Verdict
from approvals.reviews import REVIEW_STEPS

if TYPE_CHECKING:
    from accounts.models import Assignment, User
    from approvals.models.case import Case
    from approvals.seating import Panel

review_verb = verbs(REVIEW_STEPS, "status")


class Review(models.Model):
    """One review of one kind. `basis` is the hash of what it rests on: while that stays, the review stands."""

    project = models.ForeignKey("projects.Project", models.PROTECT, related_name="reviews")
    kind = models.CharField(_("kind"), max_length=16, choices=ReviewKind.choices)
    version = models.ForeignKey("projects.Version", models.PROTECT, related_name="reviews")
    # The newest version for which it was carried forward because its basis had not changed.
    carried_to = models.ForeignKey("projects.Version", models.PROTECT, null=True, related_name="carried_reviews")
    basis = models.CharField(max_length=64)
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="reviews")
    status = FSMField(
        _("status"), default=ReviewStatus.NOT_STARTED, choices=ReviewStatus.choices, protected=True, editable=False
    )
    seq = models.PositiveIntegerField(default=0, editable=False)
    opinion = models.TextField(_("opinion"), blank=True)
    # How its seats count together (policy row "signing"), or an expert's criteria, as they were when it was opened.
    signing = models.JSONField(default=dict)
    created_at = models.DateTimeField(auto_now_add=True)
    concluded_at = models.DateTimeField(null=True)
    # An expert has declared to have no interest in the project (回避承诺); before that the sheet stays closed.
    declared_at = models.DateTimeField(_("declared at"), null=True)
    # An expert who had not answered was replaced: the seat counts no more.
    released_at = models.DateTimeField(_("replaced at"), null=True)

    # the project as a case; set by approvals.queries when it loads a review
    case: Case = None  # type: ignore[assignment]
    entry: dict | None = None  # what the actor enters with the step; None while it is only offered
    comment: str = ""
    actor: User | None = None  # who takes the step, and the right that is used; set by the door and by pages
    held: Assignment | None = None
    panel: Panel | None = None  # its seats as plain values; approvals.seat_panel reads and writes them

    class Meta:
        ordering = ["project", "kind", "pk"]
        verbose_name = _("review")
        verbose_name_plural = _("reviews")

    def __str__(self) -> str:
        return f"{self.project.ref} {self.kind} {self.status}"

    @property
    def attached_kinds(self) -> frozenset:
        """Steps of reviews need no documents."""
        return frozenset()

    def why_suspended(self) -> str | None:
        """Why the case stands still, and its reviews with it; None while it goes on."""
        if self.case is not None:
            return self.case.why_suspended()
        pause = Pause.suspending(self.project_id)
        return pause.why if pause else None

    def sheet_items(self) -> list[ReviewItem]:
        """The items that need a verdict now: the applicable ones, without those of the acceptance."""
        return [item for item in self.items.all() if item.applies]

    @review_verb
    def review_open(self) -> None:
        """Start."""

    @review_verb
    def review_pass(self) -> None:
        """Conclude in favour."""

    @review_verb
    def review_pass_with_conditions(self) -> None:
        """Conclude in favour with conditions."""

    @review_verb
    def review_ask(self) -> None:
        """Ask for correction."""

    @review_verb
    def review_fail(self) -> None:
        """Conclude against."""

    @review_verb
    def review_recuse(self) -> None:
        """Step back."""

    # --- seats of a review that several sign ---
    @review_verb
    def seat_take(self) -> None:
        """Take a free seat."""

    @review_verb
    def seat_sign(self) -> None:
        """Sign one's seat."""

    @review_verb
    def seat_take_back(self) -> None:
        """Take a signature or a question back."""

    @review_verb
    def seat_add(self) -> None:
        """Seat somebody before or after a seat."""

    @review_verb
    def seat_remove(self) -> None:
        """Remove a seat that nobody has opened."""

    @review_verb
    def seat_transfer(self) -> None:
        """Hand a seat on for good."""

    @review_verb
    def seat_delegate(self) -> None:
        """Ask somebody for a view."""

    @review_verb
    def seat_give_back(self) -> None:
        """Give the view, and the seat, back."""

    @review_verb
    def seat_recuse(self) -> None:
        """Step back from one seat."""

    @review_verb
    def seat_release(self) -> None:
        """Free the seats of people who have left."""

    @review_verb
    def review_vacate(self) -> None:
        """An expert has left."""

    @review_verb
    def seats_pass(self) -> None:
        """The signatures say: pass."""

    @review_verb
    def seats_pass_with_conditions(self) -> None:
        """The signatures say: pass with conditions."""

    @review_verb
    def seats_ask(self) -> None:
        """The signatures say: ask for correction."""

    @review_verb
    def seats_fail(self) -> None:
        """The signatures say: do not pass."""


class ReviewItem(models.Model):
    """One checklist item on one review's sheet, pinned to what the item said when the review began."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="items")
    item = models.ForeignKey("standards.ChecklistItem", models.PROTECT, related_name="+")
    code = models.CharField(max_length=20)
    position = models.PositiveSmallIntegerField(default=0)
    severity = models.CharField(max_length=12)
    applies = models.BooleanField(default=True)
    verdict = models.CharField(_("verdict"), max_length=16, choices=Verdict.choices, blank=True)
    problem = models.TextField(_("problem"), blank=True, max_length=2000)
    suggestion = models.TextField(_("suggestion"), blank=True, max_length=2000)
    clause = models.CharField(_("clause"), max_length=300, blank=True)
    # The verdict was taken over from an earlier version, whose sections it rests on are unchanged.
    carried_from = models.ForeignKey("self", models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["review", "position", "code"]
        verbose_name = _("review item")
        verbose_name_plural = _("review items")
        constraints = [models.UniqueConstraint(fields=["review", "code"], name="review_item_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.verdict}"

    @property
    def is_reasoned(self) -> bool:
        """Whether problem, suggestion and clause are all there."""
        return all(text.strip() for text in (self.problem, self.suggestion, self.clause))
