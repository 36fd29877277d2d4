"""The stored facts that deadlines are computed from, and what was done about them."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from approvals.names import PauseKind

PERSON = settings.AUTH_USER_MODEL


class Pause(models.Model):
    """A time in which the clock of a case stands: why, since when and by whom, until when and by whom."""

    project = models.ForeignKey("projects.Project", models.PROTECT, related_name="pauses")
    kind = models.CharField(_("kind"), max_length=12, choices=PauseKind.choices)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    started_at = models.DateTimeField(_("since"))
    started_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(_("until"), null=True)
    ended_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["project", "started_at", "pk"]
        verbose_name = _("pause of the clock")
        verbose_name_plural = _("pauses of the clock")
        constraints = [
            models.UniqueConstraint(
                fields=["project", "kind"], condition=models.Q(ended_at=None), name="one_running_pause_of_a_kind"
            )
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.kind} {self.started_at:%Y-%m-%d}"

    @classmethod
    def suspending(cls, project_id: int) -> "Pause | None":
        """The suspension of a project that runs now, with who ordered it."""
        running = cls.objects.filter(project_id=project_id, kind=PauseKind.SUSPENDED, ended_at=None)
        return running.select_related("started_by").first()

    @property
    def why(self) -> str:
        """Who suspended the case, since when and why: said wherever a step is refused because of it."""
        day = timezone.localtime(self.started_at).strftime("%Y-%m-%d")
        values = {"who": self.started_by.label, "day": day, "reason": self.reason}
        return _("Suspended by %(who)s since %(day)s: %(reason)s") % values


class Extension(models.Model):
    """More working days for the state that a case is in, once for each stay in it."""

    project = models.ForeignKey("projects.Project", models.PROTECT, related_name="extensions")
    decision = models.OneToOneField("approvals.Decision", models.PROTECT, related_name="extension")
    stage = models.CharField(max_length=20)  # the state that it is about
    state_since = models.DateTimeField()
    days = models.PositiveSmallIntegerField(_("working days"))
    reason = models.CharField(_("reason"), max_length=500)

    class Meta:
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        constraints = [
            models.UniqueConstraint(fields=["project", "stage", "state_since"], name="extended_once_per_stay")
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.stage} +{self.days}"


class Rung(models.Model):
    """A rung of the escalation ladder that was reached: written once, however many schedulers run."""

    project = models.ForeignKey("projects.Project", models.PROTECT, related_name="rungs")
    stage = models.CharField(max_length=20)  # the state that it is about
    state_since = models.DateTimeField()
    percent = models.PositiveSmallIntegerField()  # of the limit that had passed
    due_on = models.DateField(_("due on"))
    reached_at = models.DateTimeField()
    people: models.ManyToManyField = models.ManyToManyField(PERSON, related_name="+", verbose_name=_("told"))

    class Meta:
        ordering = ["-reached_at", "-pk"]
        verbose_name = _("escalation")
        verbose_name_plural = _("escalations")
        constraints = [
            models.UniqueConstraint(fields=["project", "stage", "state_since", "percent"], name="rung_once_per_stay")
        ]

    def __str__(self) -> str:
        return f"{self.project_id} {self.percent} %"


class DeadlineMove(models.Model):
    """An open deadline that a new calendar has moved."""

    imported = models.ForeignKey("planning.CalendarImport", models.PROTECT, related_name="moves")
    project = models.ForeignKey("projects.Project", models.PROTECT, related_name="deadline_moves")
    stage = models.CharField(max_length=20)  # the state that it is about
    before = models.DateField(_("before"))
    after = models.DateField(_("after"))

    class Meta:
        ordering = ["-imported", "project"]
        verbose_name = _("moved deadline")
        verbose_name_plural = _("moved deadlines")
        constraints = [models.UniqueConstraint(fields=["imported", "project"], name="moved_once_per_import")]

    def __str__(self) -> str:
        return f"{self.project_id} {self.before} → {self.after}"
