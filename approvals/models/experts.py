"""The expert pool, draws that an auditor can run again, scores, and the meeting whose results are released together."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from approvals.names import MeetingStatus, Pending

PERSON = settings.AUTH_USER_MODEL


class ExpertProfile(models.Model):
    """An expert of the pool: what for, and where from."""

    user = models.OneToOneField(PERSON, models.PROTECT, related_name="expert_profile")
    fields = models.JSONField(_("fields"), default=list)  # codes of approvals.names.ExpertField
    employer = models.CharField(_("employer"), max_length=120, blank=True)
    title = models.CharField(_("professional title"), max_length=60, blank=True)
    is_available = models.BooleanField(_("may be drawn"), default=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    # Codes of units in whose proposals the expert has declared an interest: never drawn for them.
    interests = models.JSONField(_("declared interests"), default=list)

    class Meta:
        ordering = ["user__username"]
        verbose_name = _("expert of the pool")
        verbose_name_plural = _("expert pool")

    def __str__(self) -> str:
        return f"{self.user}"


class ExpertDraw(models.Model):
    """One draw: everything that it rested on, so that anybody can run it again and find the same people."""

    project = models.ForeignKey("projects.Project", models.PROTECT, related_name="draws")
    version = models.ForeignKey("projects.Version", models.PROTECT, related_name="+")
    decision = models.OneToOneField("approvals.Decision", models.PROTECT, related_name="draw")
    number = models.PositiveSmallIntegerField(_("number"))
    seed = models.CharField(_("seed"), max_length=64)
    algorithm = models.CharField(max_length=40)
    wanted = models.PositiveSmallIntegerField(_("wanted"))
    rules = models.JSONField(default=dict)  # fields asked for, at most so many of one employer
    pool = models.JSONField(default=list)  # [{username, fields, employer}], in the order that was drawn from
    excluded = models.JSONField(default=list)  # [{username, reason}]
    drawn = models.JSONField(default=list)  # [username], in the order drawn
    replaces = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["project", "number"]
        verbose_name = _("draw of experts")
        verbose_name_plural = _("draws of experts")
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="draw_once")]

    def __str__(self) -> str:
        return f"{self.project_id} #{self.number}"

    def record(self) -> dict[str, Any]:
        """What the draw rested on and came to, for approvals.drawing."""
        names = ("seed", "algorithm", "wanted", "rules", "pool", "excluded", "drawn")
        return {name: getattr(self, name) for name in names}


class ExpertScore(models.Model):
    """The points of one expert for one criterion; criteria and weights are pinned on the review."""

    review = models.ForeignKey("approvals.Review", models.CASCADE, related_name="scores")
    criterion = models.CharField(max_length=20)
    points = models.DecimalField(_("points"), max_digits=5, decimal_places=1)
    remark = models.CharField(_("remark"), max_length=500, blank=True)

    class Meta:
        ordering = ["review", "pk"]
        verbose_name = _("expert score")
        verbose_name_plural = _("expert scores")
        constraints = [models.UniqueConstraint(fields=["review", "criterion"], name="score_once")]

    def __str__(self) -> str:
        return f"{self.review_id} {self.criterion} {self.points}"


class Meeting(models.Model):
    """A meeting that discusses several projects and releases its results together."""

    title = models.CharField(_("title"), max_length=120)
    held_on = models.DateField(_("date"))
    place = models.CharField(_("place"), max_length=120, blank=True)
    status = models.CharField(_("status"), max_length=12, choices=MeetingStatus.choices, default=MeetingStatus.PLANNED)
    ceiling = models.DecimalField(
        _("budget ceiling (10,000 CNY)"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    attendees = models.TextField(_("attendees"), blank=True, max_length=2000)
    minutes = models.TextField(_("minutes"), blank=True, max_length=20000)
    called_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    called_at = models.DateTimeField(auto_now_add=True)
    released_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    released_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-held_on", "-pk"]
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")

    def __str__(self) -> str:
        return f"{self.held_on} {self.title}"


class MeetingItem(models.Model):
    """One project on the agenda, with the result that waits for the release."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="items")
    project = models.ForeignKey("projects.Project", models.PROTECT, related_name="meeting_items")
    position = models.PositiveSmallIntegerField(default=0)
    pending = models.CharField(_("result"), max_length=24, choices=Pending.choices, blank=True)
    amount = models.DecimalField(_("amount (10,000 CNY)"), max_digits=12, decimal_places=2, null=True, blank=True)
    conditions = models.TextField(_("conditions"), blank=True, max_length=3000)
    comment = models.TextField(_("opinion"), blank=True, max_length=3000)
    lines = models.JSONField(_("items to be corrected"), default=list)  # section, problem, suggestion, clause
    entered_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    # The seq of the case that the result speaks of: a case that has moved on is looked at again.
    seen = models.PositiveIntegerField(default=0)
    # The step that the release took; empty where it was refused, with the reason.
    decision = models.OneToOneField("approvals.Decision", models.PROTECT, null=True, related_name="meeting_item")
    refusal = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["meeting", "position", "pk"]
        verbose_name = _("item of the agenda")
        verbose_name_plural = _("items of the agenda")
        constraints = [models.UniqueConstraint(fields=["meeting", "project"], name="on_the_agenda_once")]

    def __str__(self) -> str:
        return f"{self.meeting_id} {self.project_id}"
