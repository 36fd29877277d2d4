"""Existing systems with their capabilities, the two-axis taxonomy and the negative list."""

from typing import Any

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from portfolio import index_models  # noqa: F401 - Django finds the tables of the search index through here
from portfolio.pinyin import spell


class ServiceObject(models.TextChoices):
    """Whom a capability serves (axis 3); the values are those of the exchange files."""

    PUBLIC = "公众", _("The public")
    ENTERPRISE = "企业", _("Enterprises")
    OWN = "本部门", _("Own department")
    CROSS = "跨部门", _("Staff across departments")
    GRASSROOTS = "基层", _("Grassroots")
    LEADERS = "领导", _("Leaders")
    SYSTEMS = "系统间", _("Between systems")


class BuildMode(models.TextChoices):
    """Who builds it (穗政数〔2020〕6号, Art. 3)."""

    UNIFIED = "unified", _("Unified build")
    DEPARTMENTAL = "departmental", _("Departmental build")


class CapabilityNode(models.Model):
    """A node of the functional capability tree (axis 1)."""

    code = models.CharField(_("code"), max_length=10, unique=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)
    reuse_mandatory = models.BooleanField(_("reuse mandatory"), default=False)
    definition = models.CharField(_("definition"), max_length=300, blank=True)

    class Meta:
        ordering = ["code"]
        verbose_name = _("capability node")
        verbose_name_plural = _("capability nodes")

    def __str__(self) -> str:
        return f"{self.code} {self.label}"

    @property
    def label(self) -> str:
        """The name in the language of the page."""
        return self.name_en if get_language() == "en" and self.name_en else self.name


class Domain(models.Model):
    """A business domain (axis 2)."""

    code = models.CharField(_("code"), max_length=10, unique=True)
    name = models.CharField(_("name"), max_length=60)
    name_en = models.CharField(_("English name"), max_length=120, blank=True)

    class Meta:
        ordering = ["code"]
        verbose_name = _("business domain")
        verbose_name_plural = _("business domains")

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The name in the language of the page."""
        return self.name_en if get_language() == "en" and self.name_en else self.name


_BADGES = {"in_operation": "passed", "approved_not_built": "waiting", "maintenance": "doing", "retired": "stopped"}


class System(models.Model):
    """An existing system in the registry (系统台账), or a platform of the unified-build list."""

    class Status(models.TextChoices):
        """Where the system is in its life."""

        IN_OPERATION = "in_operation", _("In operation")
        APPROVED_NOT_BUILT = "approved_not_built", _("Approved, not built")
        MAINTENANCE = "maintenance", _("Under maintenance")
        RETIRED = "retired", _("Retired")

    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=120)
    aliases = models.JSONField(_("aliases"), default=list, blank=True)
    department = models.ForeignKey(
        "accounts.Department", models.PROTECT, related_name="systems", verbose_name=_("department")
    )
    status = models.CharField(_("status"), max_length=20, choices=Status.choices)
    build_mode = models.CharField(_("build mode"), max_length=20, choices=BuildMode.choices)
    built_on = models.DateField(_("built or approved on"), null=True, blank=True)
    build_cost = models.DecimalField(
        _("build cost (10,000 CNY)"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    annual_om_cost = models.DecimalField(
        _("yearly O&M cost (10,000 CNY)"), max_digits=12, decimal_places=2, null=True, blank=True
    )
    users = models.PositiveIntegerField(_("users"), null=True, blank=True)
    mlps_level = models.PositiveSmallIntegerField(_("MLPS level"), null=True, blank=True)
    on_gov_cloud = models.BooleanField(_("on the government cloud"), null=True, blank=True)
    description = models.TextField(_("description"), blank=True)
    provides = models.TextField(_("what it provides"), blank=True)
    department_keeps = models.TextField(_("what the department still does"), blank=True)
    contact_name = models.CharField(_("contact"), max_length=60, blank=True)
    contact_phone = models.CharField(_("contact phone"), max_length=40, blank=True)
    # The last effectiveness evaluation (0–100): a low one weighs against the next application (domain reference §2.3).
    evaluation_score = models.PositiveSmallIntegerField(_("last evaluation score"), null=True, blank=True)
    evaluated_on = models.DateField(_("evaluated on"), null=True, blank=True)
    # Name and aliases, each also spelled in full pinyin and as initials: what the search reads (重庆 chongqing cq).
    pinyin = models.TextField(editable=False, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["code"]
        verbose_name = _("system")
        verbose_name_plural = _("systems")
        indexes = [
            models.Index(fields=["build_mode", "status"], name="system_mode_status"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(mlps_level=None) | models.Q(mlps_level__lte=5), name="system_mlps_level"
            )
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keep the spelling in step with the names; whoever writes in bulk calls spell() himself."""
        self.spell()
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "pinyin"}
        super().save(*args, **kwargs)

    @property
    def badge(self) -> str:
        """The kind of badge its status is shown with."""
        return _BADGES[self.status]

    @property
    def version(self) -> str:
        """Changes with every edit: an edit form carries it, so that two people cannot overwrite each other."""
        return self.updated_at.isoformat()

    def spell(self) -> None:
        """Fill the search column from name and aliases."""
        self.pinyin = spell([self.name, *self.aliases])


class Capability(models.Model):
    """One capability that an existing system provides: the unit of comparison."""

    system = models.ForeignKey(System, models.CASCADE, related_name="capabilities", verbose_name=_("system"))
    code = models.CharField(_("code"), max_length=30, unique=True)
    position = models.PositiveSmallIntegerField(default=0)
    text = models.CharField(_("text"), max_length=500)
    taxonomy = models.ForeignKey(
        CapabilityNode, models.PROTECT, null=True, blank=True, related_name="capabilities", verbose_name=_("taxonomy")
    )
    domain = models.ForeignKey(
        Domain, models.PROTECT, null=True, blank=True, related_name="capabilities", verbose_name=_("business domain")
    )
    service_object = models.CharField(_("service object"), max_length=10, choices=ServiceObject.choices, blank=True)

    class Meta:
        ordering = ["system", "position", "code"]
        verbose_name = _("capability")
        verbose_name_plural = _("capabilities")

    def __str__(self) -> str:
        return f"{self.code} {self.text}"


class MaintenanceContract(models.Model):
    """A contract that pays for operating and maintaining a system, so that nobody asks for the same money again."""

    system = models.ForeignKey(System, models.CASCADE, related_name="contracts", verbose_name=_("system"))
    number = models.CharField(_("contract number"), max_length=60, unique=True)
    vendor = models.CharField(_("vendor"), max_length=120)
    starts_on = models.DateField(_("runs from"))
    ends_on = models.DateField(_("runs until"))
    yearly_amount = models.DecimalField(_("yearly amount (10,000 CNY)"), max_digits=12, decimal_places=2)
    scope = models.TextField(_("what it pays for"), max_length=1000)

    class Meta:
        ordering = ["system", "-ends_on", "number"]
        verbose_name = _("maintenance contract")
        verbose_name_plural = _("maintenance contracts")
        constraints = [
            models.CheckConstraint(condition=models.Q(ends_on__gte=models.F("starts_on")), name="contract_dates"),
            models.CheckConstraint(condition=models.Q(yearly_amount__gte=0), name="contract_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.vendor}"


class NegativeRule(models.Model):
    """Something IT money may not buy (负面清单)."""

    code = models.CharField(_("code"), max_length=20, unique=True)
    title = models.CharField(_("title"), max_length=120)
    title_en = models.CharField(_("English title"), max_length=200, blank=True)
    text = models.TextField(_("rule"), blank=True)
    keywords = models.JSONField(_("keywords"), default=list)
    ban = models.BooleanField(_("ban (not only a warning)"), default=True)
    source = models.CharField(_("source"), max_length=200)

    class Meta:
        ordering = ["code"]
        verbose_name = _("negative-list rule")
        verbose_name_plural = _("negative-list rules")

    def __str__(self) -> str:
        return f"{self.code} {self.label}"

    @property
    def label(self) -> str:
        """The title in the language of the page."""
        return self.title_en if get_language() == "en" and self.title_en else self.title


class SynonymGroup(models.Model):
    """Words of this city that mean the same, beside the shipped ones; the engine compares with the active groups."""

    class Kind(models.TextChoices):
        """What the words name; the values are those of the engine's own table."""

        PLATFORM = "platform", _("Common platform")
        FUNCTION = "function", _("Function")
        OBJECT = "object", _("Business object")
        DOMAIN = "domain", _("Field of work")

    kind = models.CharField(_("what the words name"), max_length=10, choices=Kind.choices)
    members = models.JSONField(_("words"))
    source = models.CharField(_("source"), max_length=200)
    is_active = models.BooleanField(_("in use"), default=False)
    added_by = models.ForeignKey("accounts.User", models.PROTECT, related_name="+", verbose_name=_("added by"))
    added_at = models.DateTimeField(_("added"), auto_now_add=True)
    # Who switched it on or off last; who did so before stands in the trials.
    switched_by = models.ForeignKey("accounts.User", models.PROTECT, null=True, blank=True, related_name="+")
    switched_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["kind", "pk"]
        verbose_name = _("synonym group")
        verbose_name_plural = _("synonym groups")

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """The words, one after the other."""
        return " = ".join(self.members)

    @property
    def row(self) -> tuple[str, tuple[str, ...], str]:
        """Kind, words and source as the engine takes them (duplicates.lexicon.adopt)."""
        return self.kind, tuple(self.members), self.source
