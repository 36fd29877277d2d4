"""What people do around a case without deciding it: urge, ask, invite, note what they have seen, keep their phrases."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

PERSON = settings.AUTH_USER_MODEL


class Urge(models.Model):
    """A reminder to whoever holds the case (催办), once a working day; `day` is the working day that it counts for."""

    project = models.ForeignKey("projects.Project", models.PROTECT, related_name="urges")
    by = models.ForeignKey(PERSON, models.PROTECT, related_name="urges")
    day = models.DateField(_("working day"))
    at = models.DateTimeField(_("sent at"))
    text = models.CharField(_("text"), max_length=300, blank=True)
    people: models.ManyToManyField = models.ManyToManyField(PERSON, related_name="urged", verbose_name=_("reminded"))

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [models.UniqueConstraint(fields=["project", "day"], name="urge_once_a_working_day")]

    def __str__(self) -> str:
        return f"{self.project_id} {self.day}"


class Question(models.Model):
    """A question to the applicant that does not return the proposal: asked, answered or taken back."""

    project = models.ForeignKey("projects.Project", models.PROTECT, related_name="questions")
    review = models.ForeignKey("approvals.Review", models.PROTECT, null=True, related_name="questions")
    section = models.CharField(_("section"), max_length=20, blank=True)
    text = models.TextField(_("question"), max_length=2000)
    asked_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked at"))
    # Who goes on with it where whoever asked has handed it over; the one who asked stays on record.
    handed_to = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    due_on = models.DateField(_("due on"), null=True)
    answer = models.TextField(_("answer"), blank=True, max_length=4000)
    answered_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(_("answered at"), null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["project", "-asked_at", "-pk"]
        verbose_name = _("question to the applicant")
        verbose_name_plural = _("questions to the applicant")

    def __str__(self) -> str:
        return f"{self.project_id} {self.asked_at:%Y-%m-%d}"

    @property
    def is_open(self) -> bool:
        """Whether it still waits for an answer."""
        return self.answered_at is None and self.withdrawn_at is None

    @property
    def keeper(self) -> Any:
        """Who waits for the answer."""
        return self.handed_to or self.asked_by


class Invitation(models.Model):
    """An outside expert is asked one question in confidence; it can be revoked until it is answered."""

    project = models.ForeignKey("projects.Project", models.PROTECT, related_name="invitations")
    review = models.ForeignKey("approvals.Review", models.PROTECT, null=True, related_name="invitations")
    version = models.ForeignKey("projects.Version", models.PROTECT, related_name="+")
    expert = models.ForeignKey(PERSON, models.PROTECT, related_name="invitations")
    question = models.TextField(_("question"), max_length=2000)
    wants_yes_no = models.BooleanField(_("asks for yes or no"), default=False)
    invited_by = models.ForeignKey(PERSON, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField(_("invited at"))
    due_on = models.DateField(_("due on"), null=True)
    says_yes = models.BooleanField(null=True)
    answer = models.TextField(_("answer"), blank=True, max_length=6000)
    answered_at = models.DateTimeField(_("answered at"), null=True)
    declined_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(PERSON, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=300, blank=True)  # of declining or revoking

    class Meta:
        ordering = ["project", "-invited_at", "-pk"]
        verbose_name = _("invitation of an outside expert")
        verbose_name_plural = _("invitations of outside experts")

    def __str__(self) -> str:
        return f"{self.project_id} → {self.expert_id}"

    @property
    def is_open(self) -> bool:
        """Whether it still waits for an answer."""
        return self.answered_at is None and self.declined_at is None and self.revoked_at is None


class Seen(models.Model):
    """The newest version of a project that a person has looked at: the first comparison shown starts there."""

    project = models.ForeignKey("projects.Project", models.CASCADE, related_name="+")
    user = models.ForeignKey(PERSON, models.CASCADE, related_name="+")
    version = models.ForeignKey("projects.Version", models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "user", "version"], name="seen_once")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.version_id}"


class Phrase(models.Model):
    """A text that a person often writes in opinions (常用语)."""

    user = models.ForeignKey(PERSON, models.CASCADE, related_name="phrases")
    text = models.CharField(_("phrase"), max_length=200)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["user", "position", "pk"]
        verbose_name = _("phrase")
        verbose_name_plural = _("phrases")
        constraints = [models.UniqueConstraint(fields=["user", "text"], name="phrase_once")]

    def __str__(self) -> str:
        return self.text


class SavedFilter(models.Model):
    """A filter of a list that a person has kept under a name."""

    user = models.ForeignKey(PERSON, models.CASCADE, related_name="saved_filters")
    page = models.CharField(max_length=20)  # the list that it belongs to
    name = models.CharField(_("name"), max_length=40)
    query = models.CharField(max_length=500)

    class Meta:
        ordering = ["user", "page", "name"]
        verbose_name = _("saved filter")
        verbose_name_plural = _("saved filters")
        constraints = [models.UniqueConstraint(fields=["user", "page", "name"], name="saved_filter_once")]

    def __str__(self) -> str:
        return self.name
