"""RegistryCheck: which changes of the registry a screening run has been looked at for, and what they led to."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RegistryCheck(models.Model):
    """Beside a run: the registry moves on after it, and some changes concern it."""

    run = models.OneToOneField("projects.ScreeningRun", models.CASCADE, related_name="registry_check")
    # portfolio.store.changes() at the last look: later changes have not been considered yet.
    seen = models.BigIntegerField(default=0)
    # Codes of the changed systems because of which this run was asked for; empty for a run that a step asked for.
    because = models.JSONField(default=list)
    # Codes of systems that changed when no new run was due any more (experts, decision): shown to whoever decides.
    since = models.JSONField(default=list)
    looked_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("registry check")
        verbose_name_plural = _("registry checks")

    def __str__(self) -> str:
        return f"{self.run_id} ≤ {self.seen}"
