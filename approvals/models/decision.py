"""Decision: the append-only record of every step; Edge: the arrows that the database lets pass."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Edge(models.Model):
    """One legal arrow, derived from the workflow tables after each migration; the triggers read it."""

    source = models.CharField(max_length=20)
    action = models.CharField(max_length=40)
    target = models.CharField(max_length=20)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "action", "target"], name="edge_once")]

    def __str__(self) -> str:
        return f"{self.source} --{self.action}--> {self.target}"


class Decision(models.Model):
    """One step of one project: who took it under which mandate, before and after, and the hash of the row before."""

    project = models.ForeignKey("projects.Project", models.PROTECT, related_name="decisions")
    seq = models.PositiveIntegerField()
    action = models.CharField(_("action"), max_length=40)
    source = models.CharField(_("from"), max_length=20)
    target = models.CharField(_("to"), max_length=20)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="decisions")
    mandate = models.CharField(_("mandate"), max_length=60)
    # Whose mandate it was, where the actor stands in for somebody (代理): "B for A".
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("on behalf of")
    )
    comment = models.TextField(_("comment"), blank=True)
    # What the actor entered besides the comment, codes and numbers only.
    payload = models.JSONField(default=dict)
    # The guards that were asked, by name.
    checks = models.JSONField(default=list)
    version = models.ForeignKey("projects.Version", models.PROTECT, null=True, related_name="decisions")
    review = models.ForeignKey("approvals.Review", models.PROTECT, null=True, related_name="decisions")
    review_source = models.CharField(max_length=24, blank=True)
    review_target = models.CharField(max_length=24, blank=True)
    taken_at = models.DateTimeField(_("taken at"))
    algorithm = models.CharField(max_length=10)
    previous = models.CharField(max_length=64, blank=True)
    digest = models.CharField(max_length=64)

    # For the effects of the step that is being taken; not stored.
    entry: dict = {}
    collected: list[dict] = []

    class Meta:
        ordering = ["project", "seq"]
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        constraints = [models.UniqueConstraint(fields=["project", "seq"], name="decision_seq_once")]
        indexes = [models.Index(fields=["actor", "-taken_at"], name="decision_by_actor")]

    def __str__(self) -> str:
        return f"{self.project_id} #{self.seq} {self.action}"

    def create_approval(self, **granted) -> "Approval":
        """The approval that this decision grants, on the version it was taken on."""
        return Approval.objects.create(project_id=self.project_id, decision=self, version=self.version, **granted)

    def as_row(self) -> dict:
        """The plain values that are hashed and exported (approvals.verify_case_file)."""
        row = {
            "project": self.project.ref,
            "seq": self.seq,
            "action": self.action,
            "source": self.source,
            "target": self.target,
            "actor": self.actor.username,
            "mandate": self.mandate,
            "comment": self.comment,
            "payload": self.payload,
            "checks": self.checks,
            "version": self.version.number if self.version else None,
            "version_digest": self.version.digest if self.version else "",
            "review": self.review_id,
            "review_source": self.review_source,
            "review_target": self.review_target,
            "taken_at": self.taken_at.isoformat(),
            "algorithm": self.algorithm,
        }
        # Only where it says something: rows written before the column was there keep their hash.
        return row if self.on_behalf_of is None else {**row, "on_behalf_of": self.on_behalf_of.username}


class Approval(models.Model):
    """What an approval granted: amount, conditions, validity."""

    project = models.OneToOneField("projects.Project", models.PROTECT, related_name="approval")
    decision = models.OneToOneField(Decision, models.PROTECT, related_name="approval")
    version = models.ForeignKey("projects.Version", models.PROTECT, related_name="+")
    amount = models.DecimalField(_("approved amount (10,000 CNY)"), max_digits=12, decimal_places=2)
    conditions = models.TextField(_("conditions"), blank=True)
    valid_until = models.DateField(_("valid until"))

    def __str__(self) -> str:
        return f"{self.project.ref} {self.amount}"


class CarbonCopy(models.Model):
    """A copy of a decision sent to somebody who need not act (抄送), with its read receipt."""

    decision = models.ForeignKey(Decision, models.PROTECT, related_name="copies")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="copies")
    read_at = models.DateTimeField(null=True)
    # Empty for a copy that the workflow table sends.
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField(_("sent at"), null=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["decision", "user"], name="copy_once")]

    def __str__(self) -> str:
        return f"{self.decision} → {self.user}"
