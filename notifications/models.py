"""Notification: the outbox, written with the decision it tells of; delivered_at null means still to be mailed."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from notifications.names import Event, MessageRole

UNDELIVERED = models.Q(delivered_at=None, is_dead=False)


class NotificationQuerySet(models.QuerySet["Notification"]):
    """Rows of the outbox."""

    def due(self) -> "NotificationQuerySet":
        """Rows to be mailed now, by the database's clock: machines whose clocks differ must agree on a lease."""
        return self.filter(UNDELIVERED, available_at__lte=Now())


class Notification(models.Model):
    """One notice to one person: readable in the product at once, mailed by whoever drains the outbox."""

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="notifications", db_index=False,
        verbose_name=_("recipient"),
    )  # fmt: skip
    decision = models.ForeignKey("approvals.Decision", models.PROTECT, null=True, related_name="notifications")
    project = models.ForeignKey("projects.Project", models.PROTECT, null=True, related_name="notifications")
    event = models.CharField(_("event"), max_length=20, choices=Event.choices)
    role = models.CharField(_("kind of notice"), max_length=8, choices=MessageRole.choices)
    # Codes, numbers and days only (messages.Payload): the words are found in the reader's language when they are shown.
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField(_("sent at"), auto_now_add=True)
    read_at = models.DateTimeField(_("read at"), null=True)

    # --- delivery by mail ---
    delivered_at = models.DateTimeField(_("delivered at"), null=True)
    # Nobody takes the row before this moment: the end of a lease, or of a pause after a failure.
    available_at = models.DateTimeField(db_default=Now())
    # Counted when the row is taken, so that a relay that dies while sending counts too.
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    last_error = models.CharField(_("last error"), max_length=500, blank=True)
    is_dead = models.BooleanField(_("given up"), default=False)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        constraints = [
            models.UniqueConstraint(fields=["decision", "recipient", "event"], name="notice_once_per_person"),
        ]
        indexes = [
            models.Index(fields=["recipient", "-id"], name="notice_list"),
            models.Index(fields=["recipient"], condition=models.Q(read_at=None), name="notice_unread"),
            # What the relay asks every few seconds: a handful of rows, however long the table grows.
            models.Index(fields=["available_at"], condition=UNDELIVERED, name="notice_undelivered"),
            models.Index(fields=["-id"], condition=models.Q(is_dead=True), name="notice_dead"),
        ]

    def __str__(self) -> str:
        return f"{self.event} → {self.recipient_id}"
