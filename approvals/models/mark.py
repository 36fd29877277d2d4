"""CaseMark: what one person notes of one case for themselves: when they opened it, and that they follow it."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class CaseMark(models.Model):
    """One person and one case. opened_at: newer than the arrival in the present state means read."""

    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="marks")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="case_marks")
    opened_at = models.DateTimeField(_("opened at"), null=True)
    followed_at = models.DateTimeField(_("followed since"), null=True)

    class Meta:
        verbose_name = _("mark on a case")
        verbose_name_plural = _("marks on cases")
        constraints = [models.UniqueConstraint(fields=["user", "project"], name="case_mark_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.project_id}"
