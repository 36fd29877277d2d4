"""What a screening found: the run record and its findings."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from projects.models.proposal import MONEY, Project, Version
from projects.states import SETTLED_AS_IS, TO_CORRECT, Adjudication, Band, ReasonCode, Relation, Reply, RunStatus


class ScreeningRun(models.Model):
    """One comparison of one version with the inventory and the round: what ran, on what, with which outcome."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="runs")
    version = models.ForeignKey(Version, models.PROTECT, related_name="runs")
    # The newest version for which it was carried forward, because nothing that a comparison reads had changed.
    carried_to = models.ForeignKey(Version, models.PROTECT, null=True, related_name="carried_runs")
    status = models.CharField(max_length=12, choices=RunStatus.choices, default=RunStatus.QUEUED)
    requested_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    # Engine version, encoder and why it is degraded, thresholds, inventory fingerprint, counts.
    record = models.JSONField(default=dict)
    band = models.CharField(max_length=12, choices=Band.choices, blank=True)
    verdict = models.CharField(max_length=12, blank=True)
    coverage = models.FloatField(null=True)
    mapped_share = models.FloatField(null=True)
    # Per system: coverage, money, band; the union; what was left out and why.
    systems = models.JSONField(default=list)
    union = models.JSONField(default=dict)
    excluded = models.JSONField(default=list)

    class Meta:
        ordering = ["project", "-pk"]
        verbose_name = _("screening run")
        verbose_name_plural = _("screening runs")

    def __str__(self) -> str:
        return f"{self.version} {self.status}"

    def stands_for(self, version: Version) -> bool:
        """Whether it speaks of that version: made on it, or carried forward to it."""
        return version.pk in {self.version_id, self.carried_to_id}


class Finding(models.Model):
    """One suspected duplicate: a proposed capability and what it meets, with the evidence and the money."""

    project = models.ForeignKey(Project, models.PROTECT, related_name="findings")
    run = models.ForeignKey(ScreeningRun, models.PROTECT, related_name="findings")
    capability_code = models.CharField(max_length=30)
    capability_text = models.CharField(max_length=500)
    relation = models.CharField(max_length=12, choices=Relation.choices)
    band = models.CharField(max_length=12, choices=Band.choices)
    system = models.ForeignKey(
        "portfolio.System", models.PROTECT, null=True, blank=True, related_name="findings", verbose_name=_("system")
    )
    other_project = models.ForeignKey(
        Project,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="mirrored_findings",
        verbose_name=_("other project"),
    )
    rule = models.ForeignKey("portfolio.NegativeRule", models.PROTECT, null=True, blank=True, related_name="findings")
    matched_code = models.CharField(max_length=30, blank=True)
    matched_text = models.CharField(max_length=500, blank=True)
    score = models.FloatField()
    money = models.DecimalField(_("money at stake (10,000 CNY)"), **MONEY)
    evidence = models.JSONField(default=list)
    explanation_zh = models.TextField(blank=True)
    explanation_en = models.TextField(blank=True)
    is_current = models.BooleanField(default=True)
    # The right of reply runs from here: a finding mirrored from a later project arrives later than the run it hangs on.
    found_at = models.DateTimeField(default=timezone.now)

    reply = models.CharField(_("answer"), max_length=10, choices=Reply.choices, blank=True)
    reply_text = models.TextField(_("statement of difference"), blank=True, max_length=3000)
    replied_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    replied_at = models.DateTimeField(null=True)

    decision = models.CharField(_("decision"), max_length=14, choices=Adjudication.choices, blank=True)
    reason_code = models.CharField(_("reason code"), max_length=40, choices=ReasonCode.choices, blank=True)
    reason = models.TextField(_("opinion"), blank=True, max_length=3000)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    expires_on = models.DateField(_("exception until"), null=True, blank=True)
    # What was decided on the same pair in an earlier version, and how much money it touched then.
    prior_decision = models.CharField(max_length=14, choices=Adjudication.choices, blank=True)
    prior_money = models.DecimalField(**MONEY, null=True)

    class Meta:
        ordering = ["project", "-money", "-score", "pk"]
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        indexes = [models.Index(fields=["project", "is_current"], name="finding_current")]

    def __str__(self) -> str:
        return f"{self.capability_code} {self.relation} {self.target_code}"

    @property
    def target_code(self) -> str:
        """Code of the system, project or rule that was met."""
        target = self.system or self.other_project or self.rule
        return str(getattr(target, "code", None) or getattr(target, "ref", ""))

    @property
    def blocks(self) -> bool:
        """Whether nobody may approve while this finding is open (promise 2)."""
        return self.is_current and self.relation != Relation.RELATED and self.band in {Band.RED, Band.AMBER}

    @property
    def has_lapsed(self) -> bool:
        """Whether it is an exception whose last day has passed; the pair is open again from the day after."""
        ended = self.expires_on is not None and self.expires_on < timezone.localdate()
        return self.decision == Adjudication.EXCEPTION and ended

    @property
    def awaits_decision(self) -> bool:
        """Whether the manager has not decided, or has decided on an exception that has lapsed."""
        return not self.decision or self.has_lapsed

    @property
    def is_settled(self) -> bool:
        """Decided as it stands, or decided as a cut or reuse that the department has since carried out.

        approvals.adjudication_board.open_findings says the same in SQL.
        """
        if self.decision in SETTLED_AS_IS:
            return not self.has_lapsed
        less = self.prior_money is not None and self.money < self.prior_money
        return self.decision in TO_CORRECT and self.prior_decision in TO_CORRECT and less


class TextVector(models.Model):
    """The vector of one text under one encoder, in half precision; derived data that may be thrown away at any time."""

    encoder = models.CharField(max_length=60)
    key = models.CharField(max_length=64)
    vector = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["encoder", "key"], name="text_vector_once")]

    def __str__(self) -> str:
        return f"{self.encoder} {self.key[:12]}"
