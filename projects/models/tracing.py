"""Why each function is asked for and how it is checked: need, duty, capability, function points, goals, data, reuse."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from projects.models.proposal import MONEY, Project, ProposedCapability


class TraceRow(models.Model):
    """One line from a need to its proof: need → statutory duty → capability → acceptance criterion (peers N14)."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="trace_rows")
    position = models.PositiveSmallIntegerField(default=0)
    # The need of the demand pool, where the line comes from one; its words stay editable beside it.
    need = models.ForeignKey(
        "planning.Need", models.PROTECT, null=True, blank=True, related_name="trace_rows", verbose_name=_("pool need")
    )
    need_text = models.CharField(_("need"), max_length=500, blank=True)
    duty_item = models.CharField(_("statutory duty or service item"), max_length=300, blank=True)
    capability = models.ForeignKey(
        ProposedCapability, models.SET_NULL, null=True, blank=True, related_name="trace_rows",
        verbose_name=_("capability"),
    )  # fmt: skip
    criterion = models.CharField(_("acceptance criterion"), max_length=500, blank=True)

    class Meta:
        ordering = ["project", "position", "pk"]
        verbose_name = _("line of the requirement table")
        verbose_name_plural = _("lines of the requirement table")

    def __str__(self) -> str:
        return f"{self.need_text} {self.criterion}"


class FunctionItem(models.Model):
    """One counted function of a capability (GB/T 36964: the method; the weights are a policy row)."""

    class Type(models.TextChoices):
        """The five kinds of function that the methods count."""

        ILF = "ILF", _("Internal logical file")
        EIF = "EIF", _("External interface file")
        EI = "EI", _("External input")
        EO = "EO", _("External output")
        EQ = "EQ", _("External inquiry")

    project = models.ForeignKey(Project, models.CASCADE, related_name="functions")
    position = models.PositiveSmallIntegerField(default=0)
    capability = models.ForeignKey(
        ProposedCapability, models.SET_NULL, null=True, blank=True, related_name="functions",
        verbose_name=_("capability"),
    )  # fmt: skip
    name = models.CharField(_("function"), max_length=200)
    type = models.CharField(_("type"), max_length=4, choices=Type.choices)
    count = models.PositiveSmallIntegerField(_("count"), default=1)
    # How much of it exists already and is only adapted: a code of the policy row "function_points".
    reuse = models.CharField(_("degree of reuse"), max_length=8, blank=True)

    class Meta:
        ordering = ["project", "position", "pk"]
        verbose_name = _("counted function")
        verbose_name_plural = _("counted functions")
        constraints = [models.CheckConstraint(condition=Q(count__gt=0), name="function_counted")]

    def __str__(self) -> str:
        return f"{self.type} {self.name}"


class PerformanceGoal(models.Model):
    """A goal that can be measured: from where, to where, by when, and how it is measured (RQ-07)."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="goals")
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(_("indicator"), max_length=120)
    base = models.CharField(_("base value"), max_length=60, blank=True)
    target = models.CharField(_("target value"), max_length=60, blank=True)
    due = models.CharField(_("by (year-month)"), max_length=7, blank=True)
    method = models.CharField(_("how it is measured"), max_length=300, blank=True)

    class Meta:
        ordering = ["project", "position", "pk"]
        verbose_name = _("performance goal")
        verbose_name_plural = _("performance goals")

    def __str__(self) -> str:
        return self.name


class DataRequest(models.Model):
    """Data that the project needs from others, and how it will get them (RQ-08; 政务数据共享条例)."""

    class Channel(models.TextChoices):
        """How the data come."""

        SHARED = "shared", _("Requested through the sharing platform")
        COLLECTED = "collected", _("Collected anew")
        PRIVATE = "private", _("Private interface")

    project = models.ForeignKey(Project, models.CASCADE, related_name="data_requests")
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(_("data"), max_length=200)
    provider = models.CharField(_("unit that has them"), max_length=120, blank=True)
    purpose = models.CharField(_("what for"), max_length=300, blank=True)
    legal_basis = models.CharField(_("legal basis"), max_length=200, blank=True)
    channel = models.CharField(_("channel"), max_length=12, choices=Channel.choices, default=Channel.SHARED)
    reason = models.CharField(_("why not through the platform"), max_length=300, blank=True)

    class Meta:
        ordering = ["project", "position", "pk"]
        verbose_name = _("sharing request")
        verbose_name_plural = _("sharing requests")

    def __str__(self) -> str:
        return self.name


class ReuseDeclaration(models.Model):
    """Whether the project uses a mandatory common component, or why it must not (RQ-06)."""

    class Choice(models.TextChoices):
        """What the unit declares."""

        REUSE = "reuse", _("Will be used")
        NOT_NEEDED = "not_needed", _("Function not present")
        EXEMPT = "exempt", _("Exemption asked for")

    project = models.ForeignKey(Project, models.CASCADE, related_name="reuse_declarations")
    component = models.ForeignKey(
        "portfolio.System", models.PROTECT, related_name="reuse_declarations", verbose_name=_("common component")
    )
    choice = models.CharField(_("declaration"), max_length=12, choices=Choice.choices, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    class Meta:
        ordering = ["project", "component__code"]
        verbose_name = _("reuse declaration")
        verbose_name_plural = _("reuse declarations")
        constraints = [models.UniqueConstraint(fields=["project", "component"], name="reuse_declared_once")]

    def __str__(self) -> str:
        return f"{self.component_id} {self.choice}"


class JointPartner(models.Model):
    """A unit that builds the project with the applicant, and its own part of the scope (57号: no overlap)."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="partners")
    department = models.ForeignKey("accounts.Department", models.PROTECT, related_name="+", verbose_name=_("partner"))
    scope = models.CharField(_("its part"), max_length=500, blank=True)
    capabilities = models.ManyToManyField(
        ProposedCapability, blank=True, related_name="partners", verbose_name=_("capabilities it builds")
    )
    amount = models.DecimalField(_("its money (10,000 CNY)"), null=True, blank=True, **MONEY)

    class Meta:
        ordering = ["project", "department__code"]
        verbose_name = _("partner")
        verbose_name_plural = _("partners")
        constraints = [models.UniqueConstraint(fields=["project", "department"], name="partner_once")]

    def __str__(self) -> str:
        return f"{self.project_id} {self.department_id}"


class FundScope(models.Model):
    """What the money of one source pays for, where a project has several sources (增城区 2022)."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="fund_scopes")
    fund_source = models.CharField(_("source of funds"), max_length=12)
    scope = models.CharField(_("what it pays for"), max_length=500, blank=True)
    document = models.CharField(_("document that grants it"), max_length=200, blank=True)

    class Meta:
        ordering = ["project", "fund_source"]
        verbose_name = _("scope of a source of funds")
        verbose_name_plural = _("scopes of sources of funds")
        constraints = [models.UniqueConstraint(fields=["project", "fund_source"], name="fund_scope_once")]

    def __str__(self) -> str:
        return self.fund_source
