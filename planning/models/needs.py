"""The demand pool: a call for needs, one row per need, and how the office decides to meet it (domain reference §0)."""

from django.conf import settings
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class NeedCall(models.Model):
    """A call for needs with its window (需求征报). It is no application."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=100)
    name_en = models.CharField(_("English name"), max_length=160, blank=True)
    year = models.PositiveSmallIntegerField(_("year of building"))
    opens_on = models.DateField(_("opens on"))
    closes_on = models.DateField(_("closes on"))
    round = models.ForeignKey(
        "planning.Round", models.PROTECT, null=True, blank=True, related_name="calls", verbose_name=_("feeds the round")
    )
    note = models.TextField(_("guide for applicants"), blank=True, max_length=3000)

    class Meta:
        ordering = ["-opens_on", "-pk"]
        verbose_name = _("call for needs")
        verbose_name_plural = _("calls for needs")

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name in the language of the page."""
        return self.name_en if get_language() == "en" and self.name_en else self.name


class NeedGroup(models.Model):
    """Needs that the office treats together, in the order in which they are to be met."""

    call = models.ForeignKey(NeedCall, models.PROTECT, related_name="groups")
    title = models.CharField(_("title"), max_length=120)
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    note = models.TextField(_("note"), blank=True, max_length=2000)

    class Meta:
        ordering = ["call", "position", "pk"]
        verbose_name = _("group of needs")
        verbose_name_plural = _("groups of needs")

    def __str__(self) -> str:
        return self.title


class Need(models.Model):
    """One need of one unit, on one form; the office decides how it is met."""

    class Status(models.TextChoices):
        """Where a need is."""

        DRAFT = "draft", _("Draft")
        FILED = "filed", _("Handed in")
        DECIDED = "decided", _("Decided")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Mode(models.TextChoices):
        """How a need is met (checklist item RQ-11)."""

        UNIFIED = "unified", _("Unified build")
        OWN = "own", _("Own build")
        UPGRADE = "upgrade", _("Upgrade of an existing system")
        REUSE = "reuse", _("Connect and reuse")
        SERVICE = "service", _("Service purchase")
        LATER = "later", _("Put off")
        REFUSED = "refused", _("Not supported")

    class Urgency(models.TextChoices):
        """How pressing the unit calls it."""

        MANDATED = "mandated", _("Mandated, with a deadline")
        HIGH = "high", _("Pressing")
        NORMAL = "normal", _("Normal")

    code = models.CharField(_("number"), max_length=20, unique=True)
    call = models.ForeignKey(NeedCall, models.PROTECT, related_name="needs", verbose_name=_("call for needs"))
    department = models.ForeignKey("accounts.Department", models.PROTECT, related_name="needs", verbose_name=_("unit"))
    title = models.CharField(_("need in one line"), max_length=120)
    problem = models.TextField(_("what is wrong today"), max_length=3000, blank=True)
    wanted = models.TextField(_("what must become possible"), max_length=3000, blank=True)
    duty_item = models.CharField(_("statutory duty or service item"), max_length=300, blank=True)
    users = models.CharField(_("who uses it, and how many"), max_length=300, blank=True)
    data_needed = models.CharField(_("data needed from others"), max_length=500, blank=True)
    urgency = models.CharField(_("urgency"), max_length=12, choices=Urgency.choices, default=Urgency.NORMAL)
    estimate = models.DecimalField(_("rough cost (10,000 CNY)"), max_digits=12, decimal_places=2, null=True, blank=True)
    contact_name = models.CharField(_("contact"), max_length=60, blank=True)
    contact_phone = models.CharField(_("contact phone"), max_length=40, blank=True)
    status = models.CharField(_("status"), max_length=12, choices=Status.choices, default=Status.DRAFT)
    revision = models.PositiveIntegerField(default=0, editable=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    filed_at = models.DateTimeField(null=True, blank=True)
    # What the office does with it.
    group = models.ForeignKey(
        NeedGroup, models.SET_NULL, null=True, blank=True, related_name="needs", verbose_name=_("group")
    )
    position = models.PositiveSmallIntegerField(_("order"), null=True, blank=True)
    mode = models.CharField(_("build mode decided"), max_length=12, choices=Mode.choices, blank=True)
    # The code of the system to upgrade or to connect to: the registry is not below this app.
    target_system = models.CharField(_("system to upgrade or reuse"), max_length=20, blank=True)
    lead = models.ForeignKey(
        "accounts.Department", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("who builds")
    )
    same_as = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="same_needs", verbose_name=_("same need as")
    )
    # A need that was put off comes back once, under a new number.
    carried_from = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="carried_to", verbose_name=_("carried over from")
    )
    reason = models.TextField(_("reason of the decision"), max_length=2000, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["call", "code"]
        verbose_name = _("need")
        verbose_name_plural = _("needs")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(status="decided") | ~models.Q(mode=""), name="need_decided_with_mode"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.title}"
