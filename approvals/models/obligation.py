"""Waivers of failed items, and what a project still owes: each with a date, a holder and an end."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from approvals.models.decision import Decision


class Waiver(models.Model):
    """Leave to be approved with one failed major item: who granted it, why, what makes up for it, until when."""

    project = models.ForeignKey("projects.Project", models.PROTECT, related_name="waivers")
    code = models.CharField(_("item code"), max_length=20)
    item = models.ForeignKey("standards.ChecklistItem", models.PROTECT, related_name="+")
    reason = models.TextField(_("reason"), max_length=2000)
    measure = models.TextField(_("compensating measure"), max_length=2000)
    expires_on = models.DateField(_("until"))
    # The day on which somebody looks whether it is cured, before the waiver ends.
    recheck_on = models.DateField(_("to be checked again on"))
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()
    decision = models.ForeignKey("approvals.Decision", models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField(
        _("outcome"), max_length=12, blank=True,
        choices=[("cured", _("Cured")), ("expired", _("Expired, not cured")), ("renewed", _("Renewed"))],
    )  # fmt: skip
    note = models.TextField(_("note"), blank=True, max_length=2000)

    class Meta:
        ordering = ["project", "code", "-granted_at"]
        verbose_name = _("waiver")
        verbose_name_plural = _("waivers")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "code"], condition=models.Q(ended_at=None), name="waiver_once_in_force"
            ),
            models.CheckConstraint(
                condition=models.Q(recheck_on__lte=models.F("expires_on")), name="waiver_checked_before_its_end"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.code}"

    @property
    def is_over(self) -> bool:
        """Whether its last day has passed."""
        return self.expires_on < timezone.localdate()

    @property
    def is_due(self) -> bool:
        """Whether it is to be looked at again: in force, and the day for that has come."""
        return self.ended_at is None and self.recheck_on <= timezone.localdate() <= self.expires_on

    def end(self, outcome: str, decision: "Decision", note: str = "") -> None:
        """Close it with the step that ends it."""
        self.outcome, self.ended_at, self.ended_by = outcome, decision.taken_at, decision.actor
        self.note = "\n".join(text for text in (decision.comment, note) if text) if outcome == "cured" else note
        self.save(update_fields=["outcome", "ended_at", "ended_by", "note"])


class Obligation(models.Model):
    """Something that an approved project must show later: an acceptance-time item, or a waived one that came back."""

    class Origin(models.TextChoices):
        """Where it comes from."""

        ACCEPTANCE = "acceptance", _("Checked at acceptance")
        WAIVER = "waiver", _("Waiver that ran out")
        CONDITION = "condition", _("Condition of a review")

    project = models.ForeignKey("projects.Project", models.PROTECT, related_name="obligations")
    code = models.CharField(_("item code"), max_length=20)
    item = models.ForeignKey("standards.ChecklistItem", models.PROTECT, related_name="+")
    origin = models.CharField(_("origin"), max_length=12, choices=Origin.choices)
    severity = models.CharField(_("severity"), max_length=12)
    text = models.TextField(_("what is owed"), max_length=2000, blank=True)
    due_on = models.DateField(_("due on"), null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    evidence = models.TextField(_("evidence"), blank=True, max_length=2000)

    class Meta:
        ordering = ["project", "due_on", "code"]
        verbose_name = _("obligation")
        verbose_name_plural = _("obligations")
        constraints = [
            models.UniqueConstraint(fields=["project", "code", "origin"], name="obligation_once"),
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.code} {self.origin}"

    @property
    def is_overdue(self) -> bool:
        """Whether it should have been met by now."""
        return self.closed_at is None and self.due_on is not None and self.due_on < timezone.localdate()
