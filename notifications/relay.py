"""Drain the outbox: mails, daily digests and webhook deliveries, each row under a lease, at least once."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import User
from notifications.digests import make_due
from notifications.messages import Text
from notifications.models import Delivery, Digest, MailPreference, Notification, Outgoing
from notifications.names import Mailing
from notifications.rendering import Words, digest_of, mail_of, words_for
from notifications.webhooks import post, values_of

LEASE = timedelta(seconds=30)  # a row that a relay took is left alone that long
RUN = 18.0  # seconds: a run begins nothing later than this, so that with EMAIL_TIMEOUT it ends within the lease
BATCH = 10  # rows taken at once
MOST_ATTEMPTS = 12
LONGEST_PAUSE = 3600  # seconds

log = logging.getLogger(__name__)


class Hopeless(Exception):
    """It makes no sense to try again by itself."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One outbox: its rows, what is read with them, and how one of them goes out (False: it was put off)."""

    model: type[Outgoing]
    related: tuple[str, ...]
    send: Callable[..., bool]
    ends: float  # share of the run after which none of these is begun, so that no kind starves another


def deliver_due(limit: int = 100) -> int:
    """Send what is due; returns how many rows were delivered. Safe to run twice and at the same time.

    `limit`: rows of each kind taken at most. A row is leased before it is sent: a relay that dies leaves it to the next
    one when the lease ends, with the same Message-ID. A row that fails pauses 2ⁿ s (at most an hour) and is given up
    after 12 attempts; it never holds up the others. Source: reliability reference §B.3, D7–D12.
    """
    started, delivered = time.monotonic(), 0
    make_due()
    for kind in KINDS:
        delivered += _drain(kind, limit, started + RUN * kind.ends)
    return delivered


def _drain(kind: Kind, limit: int, ends: float) -> int:
    delivered = 0
    for size in [BATCH] * (limit // BATCH) + [limit % BATCH]:
        taken = _take(kind, size) if size else []
        delivered += _deliver_all(kind, taken, ends)
        if len(taken) < size or time.monotonic() > ends:
            break
    return delivered


def _take(kind: Kind, size: int) -> list:
    """Lease up to `size` due rows. SQLite has no row locks: there BEGIN IMMEDIATE lets one relay in at a time."""
    rows = kind.model._default_manager
    with transaction.atomic(durable=True):
        due = rows.due().select_for_update(skip_locked=True).order_by("available_at", "pk")  # type: ignore[attr-defined]
        ids = list(due.values_list("pk", flat=True)[:size])
        if not ids:
            return []
        taken = rows.filter(pk__in=ids)
        taken.update(available_at=Now() + LEASE, attempts=F("attempts") + 1)
        return list(taken.select_related(*kind.related).order_by("pk"))


def _deliver_all(kind: Kind, taken: list, ends: float) -> int:
    delivered = 0
    words = words_for(_notices(taken)) if taken else Words()
    for position, row in enumerate(taken):
        if time.monotonic() > ends:
            left = [each.pk for each in taken[position:]]
            rows = kind.model._default_manager.filter(pk__in=left)
            rows.update(available_at=Now(), attempts=F("attempts") - 1)
            break
        delivered += _deliver(kind, row, words)
    return delivered


def _notices(taken: list) -> list[Notification]:
    return [row.notice if isinstance(row, Delivery) else row for row in taken if not isinstance(row, Digest)]


def _deliver(kind: Kind, row: Outgoing, words: Words | None = None) -> int:
    if row.attempts > MOST_ATTEMPTS:
        return _fail(row, "The relay ended each time it tried to send this.")
    try:
        if not kind.send(row, words or Words()):
            return 0
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one row, the others still go out
        return _fail(row, f"{type(error).__name__}: {error}", for_good=isinstance(error, Hopeless))
    return _done(row)


@transaction.atomic
def _done(row: Outgoing) -> int:
    done = _held(row).update(delivered_at=Now(), last_error="")
    if done and isinstance(row, Digest):
        Notification.objects.filter(digest=row.pk, delivered_at=None).update(delivered_at=Now())
    return done


def _held(row: Outgoing) -> QuerySet:
    """The row, as long as nobody else has taken it since: the number of the attempt is the proof of the lease."""
    return type(row)._default_manager.filter(pk=row.pk, attempts=row.attempts, delivered_at=None)


def _fail(row: Outgoing, error: str, *, for_good: bool = False) -> int:
    pause = timedelta(seconds=min(2**row.attempts, LONGEST_PAUSE))
    is_dead = for_good or row.attempts >= MOST_ATTEMPTS
    _held(row).update(available_at=Now() + pause, is_dead=is_dead, last_error=error[:500])
    kind = row._meta.model_name
    log.warning("%s %s not sent, attempt %s%s: %s", kind, row.pk, row.attempts, ", given up" * is_dead, error)
    return 0


# --- the three kinds ------------------------------------------------------------------------------------------------


def _send_notice(notice: Notification, words: Words) -> bool:
    """Mail one notice as its reader wants: at once, later, in the digest, or not at all."""
    preference = _preference(notice.recipient)
    mailing = preference.mailing(notice)
    if not has_mail(notice.recipient) or mailing == Mailing.NONE:
        return True
    if mailing == Mailing.DIGEST:
        _held(notice).update(in_digest=True, attempts=0)
        return False
    if not preference.is_urgent(notice) and _wait_for_quiet_end(notice, preference):
        return False
    _mail(mail_of(notice, words), f"notice-{notice.pk}", notice.recipient)
    return True


def _send_digest(digest: Digest, words: Words) -> bool:
    rows = digest.notices.filter(delivered_at=None).select_related("project__department").order_by("pk")
    notices = list(rows)
    if not notices or not has_mail(digest.user):
        return True
    if _wait_for_quiet_end(digest, _preference(digest.user)):
        return False
    _mail(digest_of(digest, notices, words_for(notices)), f"digest-{digest.pk}", digest.user)
    return True


def _send_delivery(delivery: Delivery, words: Words) -> bool:
    if not delivery.channel.is_active:
        raise Hopeless("The channel is switched off.")
    post(delivery.channel, values_of(delivery, words))
    return True


def _preference(person: User) -> MailPreference:
    return getattr(person, "mail_preference", None) or MailPreference(user=person)


def _wait_for_quiet_end(row: Notification | Digest, preference: MailPreference) -> bool:
    """Put a mail off until the quiet hours of its reader end; returns whether it was."""
    until = preference.quiet_end(timezone.now())
    if until is None:
        return False
    _held(row).update(available_at=until, attempts=F("attempts") - 1)
    return True


def _mail(text: Text, name: str, person: User) -> None:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2] or "localhost"
    headers = {"Message-ID": f"<{name}@{domain}>", "Auto-Submitted": "auto-generated"}
    EmailMessage(text.subject, text.body, to=[person.email], headers=headers).send()


def has_mail(person: User) -> bool:
    """Whether mails reach the person."""
    return bool(person.email) and person.is_active


MAILS = Kind(Notification, ("recipient__mail_preference", "project__department"), _send_notice, 1.0)
DIGESTS = Kind(Digest, ("user__mail_preference",), _send_digest, 1 / 3)
POSTS = Kind(Delivery, ("channel", "notice__project__department"), _send_delivery, 2 / 3)
KINDS = (DIGESTS, POSTS, MAILS)
