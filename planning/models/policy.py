"""Policy rows and the calendar: numbers that the office may change without a programmer."""

from django.db import models
from django.utils.translation import gettext_lazy as _


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
    # The notice for a year also moves days at the end of the year before: 29 December 2018 stood in that for 2019.
    year = models.PositiveSmallIntegerField(_("year of the notice"), null=True)
    source = models.CharField(_("source"), max_length=120)

    class Meta:
        ordering = ["day"]
        verbose_name = _("calendar day")
        verbose_name_plural = _("calendar days")

    def __str__(self) -> str:
        return f"{self.day} {self.name}"


class CalendarImport(models.Model):
    """One notice of public holidays in the calendar: a year with one is published, others are computed."""

    year = models.PositiveSmallIntegerField(_("year"))
    notice = models.CharField(_("notice number"), max_length=60, blank=True)
    source = models.CharField(_("source"), max_length=120)
    published_on = models.DateField(_("published on"), null=True)
    imported_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, related_name="+")
    imported_at = models.DateTimeField(auto_now_add=True)
    days = models.JSONField(default=list)  # what the calendar says of the year since then: [[day, is_workday, name]]
    before = models.JSONField(default=list)  # what it said before

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("imported calendar")
        verbose_name_plural = _("imported calendars")

    def __str__(self) -> str:
        return f"{self.year} {self.notice}"
