"""Application rounds, plan items and policy rows: what the city has decided beforehand."""

from datetime import date

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


class PlanItem(models.Model):
    """An item of a city or departmental digital-government plan that a proposal may cite (规划条目)."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    title = models.CharField(_("title"), max_length=200)
    title_en = models.CharField(_("English title"), max_length=200, blank=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    department = models.ForeignKey(
        "accounts.Department", models.PROTECT, null=True, blank=True, related_name="plan_items", verbose_name=_("owner")
    )
    year_from = models.PositiveSmallIntegerField(_("from year"))
    year_to = models.PositiveSmallIntegerField(_("to year"))
    envelope = models.DecimalField(_("envelope (10,000 CNY)"), max_digits=12, decimal_places=2, null=True, blank=True)
    source = models.CharField(_("source document"), max_length=200)

    class Meta:
        ordering = ["code"]
        verbose_name = _("plan item")
        verbose_name_plural = _("plan items")

    def __str__(self) -> str:
        return f"{self.code} {self.label}"

    @property
    def label(self) -> str:
        """The title in the language of the page."""
        return self.title_en if get_language() == "en" and self.title_en else self.title


class PolicyRow(models.Model):
    """One number or rule that the office may change without a programmer, with its source and validity."""

    key = models.CharField(_("key"), max_length=60)
    value = models.JSONField(_("value"))
    source = models.CharField(_("source"), max_length=200)
    note = models.CharField(_("note"), max_length=300, blank=True)
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    changed_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    changed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["key", "-valid_from", "-pk"]
        verbose_name = _("policy row")
        verbose_name_plural = _("policy rows")
        constraints = [models.UniqueConstraint(fields=["key", "valid_from"], name="policy_row_once_a_day")]

    def __str__(self) -> str:
        return f"{self.key} = {self.value}"


class CalendarDay(models.Model):
    """A day whose kind differs from the plain week: public holiday or make-up working day (调休)."""

    day = models.DateField(_("date"), unique=True)
    is_workday = models.BooleanField(_("working day"))
    name = models.CharField(_("name"), max_length=60, blank=True)
    notice = models.CharField(_("notice number"), max_length=60, blank=True)
    source = models.CharField(_("source"), max_length=120)

    class Meta:
        ordering = ["day"]
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")

    def __str__(self) -> str:
        return f"{self.day} {self.name}"
