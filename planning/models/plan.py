"""Plan items as a tree with their money per year, and what a unit has promised to integrate."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class PlanItem(models.Model):
    """An item of a city or departmental digital-government plan that a proposal may cite (规划条目)."""

    class Level(models.TextChoices):
        """In what kind of document an item stands."""

        CITY = "city", _("City plan")
        DEPARTMENT = "department", _("Departmental plan")
        SUPERIOR = "superior", _("Superior document")

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
    # What kind of document the item stands in.
    level = models.CharField(_("level"), max_length=12, choices=Level.choices, default=Level.CITY)
    # From this day on it can no longer be cited; proposals that cite it keep it.
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)
    summary = models.TextField(_("content"), blank=True, max_length=3000)

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


class PlanEnvelope(models.Model):
    """The money that a plan item sets aside for one year."""

    item = models.ForeignKey(PlanItem, models.CASCADE, related_name="envelopes")
    year = models.PositiveSmallIntegerField(_("year"))
    amount = models.DecimalField(_("envelope (10,000 CNY)"), max_digits=12, decimal_places=2)

    class Meta:
        ordering = ["item", "year"]
        verbose_name = _("yearly envelope")
        verbose_name_plural = _("yearly envelopes")
        constraints = [
            models.UniqueConstraint(fields=["item", "year"], name="envelope_once_a_year"),
            models.CheckConstraint(condition=models.Q(amount__gte=0), name="envelope_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.item_id} {self.year} {self.amount}"


class IntegrationCommitment(models.Model):
    """What a unit has promised to integrate or share; while overdue, it may not ask for new builds (临沂 2021)."""

    department = models.ForeignKey(
        "accounts.Department", models.PROTECT, related_name="integration_commitments", verbose_name=_("unit")
    )
    text = models.CharField(_("what is to be integrated"), max_length=300)
    due_on = models.DateField(_("due on"))
    done_on = models.DateField(_("done on"), null=True, blank=True)
    source = models.CharField(_("source document"), max_length=200)

    class Meta:
        ordering = ["department", "due_on", "pk"]
        verbose_name = _("integration commitment")
        verbose_name_plural = _("integration commitments")

    def __str__(self) -> str:
        return self.text
