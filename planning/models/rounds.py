"""Application rounds with their calendar, and recorded exceptions from the window."""

from datetime import date

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Round(models.Model):
    """One application round with its window (申报批次)."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=160, blank=True)
    year = models.PositiveSmallIntegerField(_("year"))
    opens_on = models.DateField(_("opens on"))
    closes_on = models.DateField(_("closes on"))
    # The rest of the round's calendar (常州 2016: apply, joint pre-review, experts, plan); empty: not fixed yet.
    announced_on = models.DateField(_("announced on"), null=True, blank=True)
    endorse_by = models.DateField(_("endorsed by"), null=True, blank=True)
    review_by = models.DateField(_("reviewed by"), null=True, blank=True)
    decide_by = models.DateField(_("decided by"), null=True, blank=True)
    note = models.TextField(_("guide for applicants"), blank=True, max_length=3000)

    class Meta:
        ordering = ["-opens_on"]
        verbose_name = _("application round")
        verbose_name_plural = _("application rounds")

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name in the language of the page."""
        return self.name_en if get_language() == "en" and self.name_en else self.name

    def is_open(self, on: date) -> bool:
        """Whether proposals may be filed on that day."""
        return self.opens_on <= on <= self.closes_on


class LateFiling(models.Model):
    """Leave for one unit to file after the window of a round: who granted it, why, and until when."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="late_filings", verbose_name=_("application round"))
    department = models.ForeignKey(
        "accounts.Department", models.PROTECT, related_name="late_filings", verbose_name=_("unit")
    )
    until = models.DateField(_("until"))
    reason = models.TextField(_("reason"), max_length=2000)
    basis = models.CharField(_("instruction or document"), max_length=200)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    granted_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-granted_at", "-pk"]
        verbose_name = _("late filing")
        verbose_name_plural = _("late filings")

    def __str__(self) -> str:
        return f"{self.round.code} {self.department_id} {self.until}"
