"""Trial: what other thresholds or synonyms would change on the last rounds; nothing else is touched by it."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# A trial that has been going for longer was left by a worker that died.
ABANDONED = timedelta(minutes=10)


class Trial(models.Model):
    """One question of the kind "what if", and its answer."""

    class Kind(models.TextChoices):
        """What is tried."""

        THRESHOLDS = "thresholds", _("Thresholds")
        SYNONYMS = "synonyms", _("Synonyms")

    class Status(models.TextChoices):
        """How far it is."""

        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Running")
        DONE = "done", _("Done")
        FAILED = "failed", _("Trial failed")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    # Thresholds: limits by name, as in force (before) and as tried (after). Synonyms: rows of kind, words, source.
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    # Synonyms: the city's group that would be switched on or off.
    group = models.ForeignKey("portfolio.SynonymGroup", models.PROTECT, null=True, related_name="+")
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    result = models.JSONField(default=dict)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    adopted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    adopted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("trial")
        verbose_name_plural = _("trials")

    def __str__(self) -> str:
        return f"{self.kind} {self.pk} {self.status}"

    @property
    def is_over(self) -> bool:
        """Whether there is nothing left to wait for: done, failed, or its worker has died."""
        if self.status in {self.Status.DONE, self.Status.FAILED}:
            return True
        return timezone.now() - (self.started_at or self.requested_at) > ABANDONED
