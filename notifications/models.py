"""The outbox (notices, digests, webhook deliveries), and what decides how they go out: channels, preferences, texts."""

from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from notifications.names import ChannelKind, Event, Mailing, MessageRole

UNDELIVERED = Q(delivered_at=None, is_dead=False)
UNMAILED = UNDELIVERED & Q(in_digest=False)


class OutgoingQuerySet(models.QuerySet):
    """Rows of one outbox."""

    waiting = UNDELIVERED

    def due(self) -> "OutgoingQuerySet":
        """Rows to be sent now, by the database's clock: machines whose clocks differ must agree on a lease."""
        return self.filter(self.waiting, available_at__lte=Now())


class NotificationQuerySet(OutgoingQuerySet):
    """Notices; those that wait for the daily digest are not sent one by one."""

    waiting = UNMAILED


class Outgoing(models.Model):
    """Something that leaves the product at least once: taken under a lease, tried again after pauses."""

    delivered_at = models.DateTimeField(_("delivered at"), null=True)
    # Nobody takes the row before this moment: the end of a lease, of a pause after a failure, of quiet hours.
    available_at = models.DateTimeField(db_default=Now())
    # Counted when the row is taken, so that a relay that dies while sending counts too.
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    last_error = models.CharField(_("last error"), max_length=500, blank=True)
    is_dead = models.BooleanField(_("given up"), default=False)

    class Meta:
        abstract = True


class Digest(Outgoing):
    """One mail a day to one person, with every notice that waited for it."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("recipient"))
    day = models.DateField(_("day"))
    created_at = models.DateTimeField(_("sent at"), auto_now_add=True)

    objects = OutgoingQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("daily digest")
        verbose_name_plural = _("daily digests")
        # However many schedulers run.
        constraints = [models.UniqueConstraint(fields=["user", "day"], name="digest_once_a_day")]
        indexes = [
            models.Index(fields=["available_at"], condition=UNDELIVERED, name="digest_undelivered"),
            models.Index(fields=["-id"], condition=Q(is_dead=True), name="digest_dead"),
        ]

    def __str__(self) -> str:
        return f"{self.day} → {self.user_id}"


class Notification(Outgoing):
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
    # Its reader wanted a daily digest when the relay took it up; it stays with the digest whatever they choose later.
    in_digest = models.BooleanField(default=False)
    digest = models.ForeignKey(Digest, models.SET_NULL, null=True, related_name="notices")

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
            models.Index(fields=["recipient"], condition=Q(read_at=None), name="notice_unread"),
            # What the relay asks every few seconds: a handful of rows, however long the table grows.
            models.Index(fields=["available_at"], condition=UNMAILED, name="notice_unmailed"),
            models.Index(
                fields=["recipient"], condition=Q(delivered_at=None, in_digest=True, digest=None),
                name="notice_for_digest",
            ),
            models.Index(fields=["-id"], condition=Q(is_dead=True), name="notice_dead"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.event} → {self.recipient_id}"


class Channel(models.Model):
    """A group robot or another address outside that hears of events; the base address differs from site to site."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=ChannelKind.choices)
    url = models.CharField(_("address"), max_length=500)
    secret = models.CharField(_("secret"), max_length=200, blank=True)
    # JSON with {placeholders}; empty: what the kind understands (webhooks.BODIES).
    body = models.TextField(_("body"), blank=True)
    # Empty: all of them.
    events = models.JSONField(_("events"), default=list, blank=True)
    roles = models.JSONField(_("roles"), default=list, blank=True)
    units = models.ManyToManyField(Department, related_name="+", blank=True, verbose_name=_("units"))
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="zh-hans")
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        ordering = ["name"]
        verbose_name = _("webhook channel")
        verbose_name_plural = _("webhook channels")

    def __str__(self) -> str:
        return self.name


class Delivery(Outgoing):
    """What one channel is told: once for an event of a decision, however many people hear of it."""

    channel = models.ForeignKey(Channel, models.PROTECT, related_name="deliveries", verbose_name=_("webhook channel"))
    notice = models.ForeignKey(Notification, models.CASCADE, related_name="deliveries")
    key = models.CharField(max_length=60)
    created_at = models.DateTimeField(_("sent at"), auto_now_add=True)

    objects = OutgoingQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        constraints = [models.UniqueConstraint(fields=["channel", "key"], name="delivery_once_per_channel")]
        indexes = [
            models.Index(fields=["available_at"], condition=UNDELIVERED, name="delivery_undelivered"),
            models.Index(fields=["-id"], condition=Q(is_dead=True), name="delivery_dead"),
        ]

    def __str__(self) -> str:
        return f"{self.channel_id} {self.key}"


class MailPreference(models.Model):
    """What a person wants by mail; the list in the product always shows everything. No row: everything at once."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mail_preference")
    act = models.CharField(
        _("For action"), max_length=8, choices=[(m.value, m.label) for m in Mailing if m != Mailing.NONE],
        default=Mailing.INSTANT.value,
    )  # fmt: skip
    inform = models.CharField(
        _("For information"), max_length=8, choices=Mailing.choices, default=Mailing.INSTANT.value
    )  # fmt: skip
    copies = models.CharField(_("Copies"), max_length=8, choices=Mailing.choices, default=Mailing.INSTANT.value)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)
    urgent_anyway = models.BooleanField(_("overdue cases at once"), default=True)

    class Meta:
        verbose_name = _("mail preference")
        verbose_name_plural = _("mail preferences")
        constraints = [
            models.CheckConstraint(condition=~Q(act=Mailing.NONE.value), name="preference_duties_are_mailed"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.act}, {self.inform}, {self.copies}"

    def mailing(self, notice: Notification) -> Mailing:
        """How one notice goes out."""
        if self.is_urgent(notice):
            return Mailing.INSTANT
        return Mailing(self.copies if notice.event == Event.COPIED else getattr(self, notice.role))

    def is_urgent(self, notice: Notification) -> bool:
        """Whether it goes out at once whatever else was chosen."""
        return self.urgent_anyway and notice.event in URGENT

    def quiet_end(self, moment: datetime) -> datetime | None:
        """When the quiet hours end in which `moment` falls; None outside them. They may run over midnight."""
        first, last = self.quiet_from, self.quiet_until
        if first is None or last is None or first == last:
            return None
        local = timezone.localtime(moment)
        if not within(local.time(), first, last):
            return None
        day = local.date() if local.time() < last else local.date() + timedelta(days=1)
        return timezone.make_aware(datetime.combine(day, last))


URGENT = {Event.ESCALATED, Event.DEADLINE_PASSED}


def within(moment: time, first: time, last: time) -> bool:
    """Whether a time of day lies in [first, last), which may run over midnight."""
    return first <= moment < last if first < last else moment >= first or moment < last


class MessageText(models.Model):
    """The words of an event in one language, where the site does not want those of the product (messages.MESSAGES)."""

    event = models.CharField(_("event"), max_length=20, choices=Event.choices)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.CharField(_("text"), max_length=1000)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["event", "language"]
        verbose_name = _("text of a notice")
        verbose_name_plural = _("texts of notices")
        constraints = [models.UniqueConstraint(fields=["event", "language"], name="text_once_per_language")]

    def __str__(self) -> str:
        return f"{self.event} {self.language}"
