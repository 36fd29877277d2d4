"""How a department orders its proposals in a round, and which running systems serve which plan item."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from projects.models.proposal import Project


class ProjectRank(models.Model):
    """The place of a proposal among those of its first-level department in its round (PL-03)."""

    project = models.OneToOneField(Project, models.CASCADE, related_name="rank")
    position = models.PositiveSmallIntegerField(_("place"))
    ranked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    ranked_at = models.DateTimeField()

    class Meta:
        ordering = ["position"]
        verbose_name = _("place in the department's order")
        verbose_name_plural = _("places in the department's order")

    def __str__(self) -> str:
        return f"{self.project_id} #{self.position}"


class SystemPlanLink(models.Model):
    """A running system that serves a plan item."""

    system = models.ForeignKey("portfolio.System", models.CASCADE, related_name="plan_links")
    plan_item = models.ForeignKey("planning.PlanItem", models.CASCADE, related_name="system_links")

    class Meta:
        ordering = ["plan_item", "system"]
        verbose_name = _("system under a plan item")
        verbose_name_plural = _("systems under plan items")
        constraints = [models.UniqueConstraint(fields=["system", "plan_item"], name="system_planned_once")]

    def __str__(self) -> str:
        return f"{self.plan_item_id} {self.system_id}"
