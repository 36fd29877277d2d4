"""The proposal: sections, capabilities, budget, documents, submitted versions."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField

from portfolio.models import BuildMode, ServiceObject
from projects.states import BADGE, INITIAL, Category, DocumentKind, FundSource, Kind, State

MONEY: dict[str, Any] = {"max_digits": 12, "decimal_places": 2}


class ProjectQuerySet(models.QuerySet):
    """Rows of projects; state moves only through the door."""

    def update(self, **kwargs) -> int:
        """Refuse to write the state here: approvals.services.perform is the only door."""
        if {"state", "seq"} & kwargs.keys():
            raise AttributeError("State moves only through approvals.services.perform.")
        return super().update(**kwargs)


class Project(models.Model):
    """A proposal and the project it becomes. Section columns are named in projects.sections."""

    # Who is tied to a proposal without belonging to its unit: a seat that was not given to another, and an invitation
    # as long as it is neither answered nor declined nor revoked.
    ASSIGNED_LOOKUPS = (
        ("reviews__reviewer", {"reviews__released_at": None}),
        ("invitations__expert", {
            "invitations__answered_at": None, "invitations__declined_at": None, "invitations__revoked_at": None,
        }),
    )  # fmt: skip

    ref = models.CharField(_("reference"), max_length=20, unique=True)
    department = models.ForeignKey(
        "accounts.Department", models.PROTECT, related_name="projects", verbose_name=_("applicant unit")
    )
    round = models.ForeignKey(
        "planning.Round", models.PROTECT, related_name="projects", verbose_name=_("application round")
    )
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="projects_created")
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    # 非涉密声明: a classified project cannot be stored at all (穗政数〔2022〕56号; district rules S3, S4).
    declared_unclassified = models.BooleanField(_("declared to contain no state secrets"))

    state = FSMField(_("state"), default=INITIAL, choices=State.choices, protected=True, editable=False, db_index=True)
    seq = models.PositiveIntegerField(default=0, editable=False)
    # Counts saved edits; a form that was opened on an older one may not overwrite.
    revision = models.PositiveIntegerField(default=0, editable=False)
    edited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+")
    edited_at = models.DateTimeField(null=True, editable=False)
    state_since = models.DateTimeField(auto_now_add=True, editable=False)

    # 1 overview
    title = models.CharField(_("title"), max_length=120)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices, default=Kind.NEW)
    build_mode = models.CharField(_("build mode"), max_length=20, choices=BuildMode.choices, blank=True)
    predecessor = models.ForeignKey(
        "portfolio.System",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="successors",
        verbose_name=_("predecessor"),
    )
    starts_on = models.CharField(_("starts (year-month)"), max_length=7, blank=True)
    ends_on = models.CharField(_("ends (year-month)"), max_length=7, blank=True)
    summary = models.TextField(_("goals and content"), blank=True, max_length=5000)
    service_objects = models.TextField(_("served users"), blank=True, max_length=1000)
    plan_items = models.ManyToManyField(
        "planning.PlanItem", blank=True, related_name="projects", verbose_name=_("plan items")
    )
    out_of_plan_reason = models.TextField(_("reason for being outside the plan"), blank=True, max_length=2000)
    # Needs of the demand pool that the proposal came from.
    needs = models.ManyToManyField("planning.Need", blank=True, related_name="projects", verbose_name=_("pool needs"))
    # Answers to the test of Article 3, question code → true or false; empty: not answered.
    article3 = models.JSONField(_("build mode test"), default=dict, blank=True)
    # 2 unit
    unit_duties = models.TextField(_("duties of the unit"), blank=True, max_length=5000)
    unit_systems = models.TextField(
        _("existing systems of the unit and their integration plan"), blank=True, max_length=5000
    )
    contact_name = models.CharField(_("contact"), max_length=60, blank=True)
    contact_phone = models.CharField(_("contact phone"), max_length=40, blank=True)
    # 3 needs
    background = models.TextField(_("current state"), blank=True, max_length=10000)
    necessity = models.TextField(_("necessity"), blank=True, max_length=10000)
    duty_items = models.TextField(_("statutory duties and service items"), blank=True, max_length=5000)
    users_estimate = models.TextField(_("users and volumes"), blank=True, max_length=3000)
    # 4 solution (with the capabilities)
    solution = models.TextField(_("overall design"), blank=True, max_length=20000)
    reuse_statement = models.TextField(_("common components to be reused"), blank=True, max_length=5000)
    # 5 information resources (with the sharing requests)
    # Said instead of a list of requests, so that an empty list is never taken for an answer.
    no_data_needed = models.BooleanField(_("needs no data of others"), default=False)
    data_needs = models.TextField(_("data needed from others"), blank=True, max_length=5000)
    data_catalogue = models.TextField(_("information resources and sharing"), blank=True, max_length=5000)
    # 6 security
    mlps_level = models.PositiveSmallIntegerField(_("proposed MLPS level"), null=True, blank=True)
    public_facing = models.BooleanField(_("serves the public"), null=True, blank=True)
    mobile = models.BooleanField(_("has a mobile front end"), null=True, blank=True)
    personal_data = models.BooleanField(_("handles personal data"), null=True, blank=True)
    internet_facing = models.BooleanField(_("reachable from the internet"), null=True, blank=True)
    important_data = models.BooleanField(_("handles important data"), null=True, blank=True)
    cii = models.BooleanField(_("critical information infrastructure"), null=True, blank=True)
    external_cloud = models.BooleanField(_("runs on a cloud other than the government's"), null=True, blank=True)
    security_plan = models.TextField(_("security and cryptography design"), blank=True, max_length=10000)
    # 7 management
    management = models.TextField(_("organisation and schedule"), blank=True, max_length=10000)
    performance_goals = models.TextField(_("performance goals"), blank=True, max_length=5000)
    om_plan = models.TextField(_("operation and maintenance plan"), blank=True, max_length=5000)
    # 8 budget: lines, with the function-point estimate; 9 attachments: documents
    # Chosen factors, factor code → option code (policy row "function_points").
    estimate_factors = models.JSONField(_("factors of the estimate"), default=dict, blank=True)
    estimate_reason = models.TextField(_("why the amount deviates from the estimate"), blank=True, max_length=2000)
    higher_approval = models.CharField(_("approval number of a higher level"), max_length=120, blank=True)

    objects = ProjectQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        indexes = [models.Index(fields=["state", "state_since"], name="project_state_since")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="project_state_known"),
            models.CheckConstraint(condition=Q(declared_unclassified=True), name="project_unclassified"),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.title}"

    def refresh_from_db(self, *args: Any, **kwargs) -> None:
        """Read the state again too; a protected field refuses to be assigned twice, so it is dropped first."""
        self.__dict__.pop("state", None)
        super().refresh_from_db(*args, **kwargs)

    @property
    def badge(self) -> str:
        """Which of the five groups of the look the state belongs to."""
        return BADGE[self.state]

    @property
    def was_never_submitted(self) -> bool:
        """A draft without any decision: the only thing that may be deleted."""
        return self.state == INITIAL and self.seq == 0

    @property
    def total(self) -> Decimal:
        """Sum of the budget lines in 万元, from the annotation of queries where there is one."""
        annotated = self.__dict__.get("amount")
        if annotated is not None:
            return annotated
        return sum((line.amount for line in self.budget_lines.all()), Decimal(0))


class ProposedCapability(models.Model):
    """One capability that the proposal asks for: the unit of comparison."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="capabilities")
    code = models.CharField(_("code"), max_length=30)
    position = models.PositiveSmallIntegerField(default=0)
    text = models.CharField(_("capability"), max_length=500)
    taxonomy = models.ForeignKey(
        "portfolio.CapabilityNode", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("taxonomy")
    )
    domain = models.ForeignKey(
        "portfolio.Domain", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("business domain")
    )
    service_object = models.CharField(_("service object"), max_length=10, choices=ServiceObject.choices, blank=True)

    class Meta:
        ordering = ["project", "position", "pk"]
        verbose_name = _("proposed capability")
        verbose_name_plural = _("proposed capabilities")
        constraints = [models.UniqueConstraint(fields=["project", "code"], name="capability_code_once")]

    def __str__(self) -> str:
        return f"{self.code} {self.text}"


class BudgetLine(models.Model):
    """One line of the estimate, mapped to a capability or to a non-functional category."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="budget_lines")
    position = models.PositiveSmallIntegerField(default=0)
    name = models.CharField(_("item"), max_length=120)
    amount = models.DecimalField(_("amount (10,000 CNY)"), **MONEY)
    category = models.CharField(_("category"), max_length=12, choices=Category.choices, default=Category.SOFTWARE)
    capability = models.ForeignKey(
        ProposedCapability, models.SET_NULL, null=True, blank=True, related_name="lines", verbose_name=_("capability")
    )
    fund_source = models.CharField(_("source of funds"), max_length=12, choices=FundSource.choices, blank=True)
    # Where they are known: what shows that one cost is asked for twice (domain reference §6.4, 10).
    vendor = models.CharField(_("intended vendor"), max_length=120, blank=True)
    site = models.CharField(_("site"), max_length=120, blank=True)
    period_from = models.CharField(_("paid from (year-month)"), max_length=7, blank=True)
    period_to = models.CharField(_("paid until (year-month)"), max_length=7, blank=True)

    class Meta:
        ordering = ["project", "position", "pk"]
        verbose_name = _("budget line")
        verbose_name_plural = _("budget lines")
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="budget_line_positive")]

    def __str__(self) -> str:
        return f"{self.name} {self.amount}"


class Document(models.Model):
    """An attachment: random name on disk, its own name only in the download header."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="documents")
    kind = models.CharField(_("kind"), max_length=20, choices=DocumentKind.choices)
    name = models.CharField(_("file name"), max_length=200)
    file = models.FileField(upload_to="%Y/%m/", max_length=200)
    size = models.PositiveBigIntegerField(_("size (bytes)"))
    content_type = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["project", "kind", "pk"]
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    def __str__(self) -> str:
        return self.name


class Version(models.Model):
    """What was submitted, frozen: the canonical snapshot with its hash and a hash of each section."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("version"))
    snapshot = models.JSONField()
    digest = models.CharField(max_length=64)
    sections = models.JSONField(default=dict)
    amount = models.DecimalField(_("amount (10,000 CNY)"), **MONEY)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()
    # The checklists that this version is reviewed by, whatever is published later.
    edition = models.ForeignKey("standards.ChecklistEdition", models.PROTECT, null=True, related_name="versions")

    class Meta:
        ordering = ["project", "-number"]
        verbose_name = _("version")
        verbose_name_plural = _("versions")
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="version_once")]

    def __str__(self) -> str:
        return f"{self.project.ref} v{self.number}"
