"""Signs of a split project or of a cost that is asked for twice: they stop nobody, and a manager looks at them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from projects.models.proposal import MONEY, Project
from projects.models.screening import ScreeningRun
from projects.states import HintKind


class CostHint(models.Model):
    """One sign found by a screening, with both sides and the money; what a manager noted on it holds while it stays."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="hints")
    run = models.ForeignKey(ScreeningRun, models.PROTECT, related_name="hints")
    kind = models.CharField(max_length=20, choices=HintKind.choices)
    other_project = models.ForeignKey(Project, models.PROTECT, null=True, related_name="+")
    # A running contract as it was: number, system and its name, vendor.
    contract = models.JSONField(default=dict)
    money = models.DecimalField(**MONEY)
    limit = models.DecimalField(**MONEY, null=True)
    # {mine, theirs, amount, other_amount, ground}
    pairs = models.JSONField(default=list)
    # Of kind, counterpart and pairs: an equal hint of a later run is the same one.
    digest = models.CharField(max_length=64)
    is_current = models.BooleanField(default=True)

    note = models.TextField(_("note"), max_length=1000, blank=True)
    noted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    noted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["project", "-money", "kind", "pk"]
        verbose_name = _("cost hint")
        verbose_name_plural = _("cost hints")
        indexes = [models.Index(fields=["project", "is_current"], name="hint_current")]

    def __str__(self) -> str:
        return f"{self.project_id} {self.kind}"
