"""What the nightly comparison of all systems with each other found, and what a person said it is not."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from projects.models.proposal import MONEY

SHARE: dict[str, Any] = {"max_digits": 5, "decimal_places": 4}


class OverlapReport(models.Model):
    """One comparison of the registry with itself: the newest that succeeded is shown, a later failure beside it."""

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(auto_now_add=True)
    succeeded = models.BooleanField()
    error = models.TextField(blank=True)
    # Engine version, encoder and why it is degraded, fingerprint, counts, retired systems, duration.
    record = models.JSONField(default=dict)
    # The policy row "consolidation" as it was, and its source.
    assumptions = models.JSONField(default=dict)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("overlap report")
        verbose_name_plural = _("overlap reports")

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d %H:%M} {'succeeded' if self.succeeded else 'failed'}"


class SystemOverlap(models.Model):
    """Two systems that share capabilities: `member` could be merged into `target`. Money in 万元."""

    report = models.ForeignKey(OverlapReport, models.CASCADE, related_name="overlaps")
    target = models.ForeignKey("portfolio.System", models.CASCADE, related_name="+")
    member = models.ForeignKey("portfolio.System", models.CASCADE, related_name="+")
    # Whether it belongs to the consolidation candidate of its target; else it is only listed.
    is_candidate = models.BooleanField()
    member_share = models.DecimalField(**SHARE)
    target_share = models.DecimalField(**SHARE)
    # {member, member_text, target, target_text, score, relation}, the best first.
    pairs = models.JSONField(default=list)
    # Of everything both systems say of themselves: a dismissal holds while it is the same.
    digest = models.CharField(max_length=64)
    yearly_cost = models.DecimalField(**MONEY, null=True)
    build_cost = models.DecimalField(**MONEY, null=True)
    saved_yearly = models.DecimalField(**MONEY, null=True)
    one_off = models.DecimalField(**MONEY, null=True)
    net = models.DecimalField(max_digits=14, decimal_places=2, null=True)

    class Meta:
        ordering = ["report", "-member_share", "-target_share", "pk"]
        verbose_name = _("system overlap")
        verbose_name_plural = _("system overlaps")

    def __str__(self) -> str:
        return f"{self.member_id} → {self.target_id}"


class OverlapDismissal(models.Model):
    """Two systems that a manager has judged not to duplicate each other, as long as their texts stay the same."""

    first = models.ForeignKey("portfolio.System", models.CASCADE, related_name="+")
    second = models.ForeignKey("portfolio.System", models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    reason = models.TextField(_("reason"), max_length=1000)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(auto_now_add=True)
    # Taken back: the pair counts again.
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("dismissed overlap")
        verbose_name_plural = _("dismissed overlaps")
        constraints = [
            models.UniqueConstraint(
                fields=["first", "second", "digest"],
                condition=models.Q(revoked_at=None),
                name="overlap_dismissed_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.first_id} ≠ {self.second_id}"
