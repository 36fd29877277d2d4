"""CorrectionNotice: one merged list of what the applicant has to correct, and the answers."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from approvals.names import Answer, LineState


class CorrectionNotice(models.Model):
    """All items of one return, sent once (一次性告知)."""

    project = models.ForeignKey("projects.Project", models.PROTECT, related_name="notices")
    number = models.PositiveSmallIntegerField(_("number"))
    decision = models.OneToOneField("approvals.Decision", models.PROTECT, related_name="notice")
    issued_at = models.DateTimeField()
    due_on = models.DateField(_("due on"), null=True)
    lapses_on = models.DateField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["project", "-number"]
        verbose_name = _("correction notice")
        verbose_name_plural = _("correction notices")
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="notice_once")]

    def __str__(self) -> str:
        return f"{self.project_id} #{self.number}"


class NoticeItem(models.Model):
    """One thing to correct: where, what is wrong, what to supply, by which clause."""

    notice = models.ForeignKey(CorrectionNotice, models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField(default=0)
    section = models.CharField(_("section"), max_length=20, blank=True)
    code = models.CharField(_("checklist item"), max_length=20, blank=True)
    finding = models.ForeignKey("projects.Finding", models.PROTECT, null=True, related_name="+")
    problem = models.TextField(_("problem"), max_length=2000)
    suggestion = models.TextField(_("what to supply"), blank=True, max_length=2000)
    clause = models.CharField(_("clause"), max_length=300, blank=True)
    origin = models.CharField(_("raised by"), max_length=20)
    field = models.CharField(_("field"), max_length=40, blank=True)
    # The reviews and people who asked for it: equal lines of several are merged into one.
    raised_by = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+", verbose_name=_("raised by"))
    reviews = models.ManyToManyField("approvals.Review", related_name="notice_items")
    # The line of an earlier notice that was not cured, for a second notice.
    earlier = models.ForeignKey("self", models.PROTECT, null=True, related_name="later")
    answer = models.CharField(_("answer"), max_length=12, choices=Answer.choices, blank=True)
    answer_text = models.TextField(_("explanation"), blank=True, max_length=3000)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    closure = models.CharField(_("state"), max_length=10, choices=LineState.choices, default=LineState.OPEN)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    closing_note = models.CharField(_("note"), max_length=500, blank=True)
    # Leave to raise in a second notice what could have been raised in the first.
    allowed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    allowed_because = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        ordering = ["notice", "position", "pk"]
        verbose_name = _("notice item")
        verbose_name_plural = _("notice items")

    def __str__(self) -> str:
        return f"{self.notice} {self.position}"

    @property
    def is_pending(self) -> bool:
        """Whether it is not closed and no later notice has repeated it. Where many are asked, prefetch `later`."""
        return self.closure != LineState.CLOSED and not self.later.all()


class NoticeLine(models.Model):
    """A line that somebody prepares for the next notice; it is merged with the others when the notice is sent."""

    project = models.ForeignKey("projects.Project", models.PROTECT, related_name="notice_lines")
    review = models.ForeignKey("approvals.Review", models.PROTECT, null=True, related_name="notice_lines")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    section = models.CharField(_("section"), max_length=20, blank=True)
    field = models.CharField(_("field"), max_length=40, blank=True)
    code = models.CharField(_("checklist item"), max_length=20, blank=True)
    clause = models.CharField(_("clause"), max_length=300, blank=True)
    problem = models.TextField(_("what is wrong"), max_length=2000)
    suggestion = models.TextField(_("what to supply"), blank=True, max_length=2000)
    earlier = models.ForeignKey(NoticeItem, models.PROTECT, null=True, related_name="+")
    # Leave to raise in a second notice what could have been raised in the first.
    allowed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    allowed_because = models.CharField(_("reason"), max_length=300, blank=True)
    written_at = models.DateTimeField(auto_now=True)
    sent_as = models.ForeignKey(NoticeItem, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["project", "pk"]
        verbose_name = _("prepared line of a notice")
        verbose_name_plural = _("prepared lines of a notice")

    def __str__(self) -> str:
        return f"{self.project_id} {self.problem[:40]}"
