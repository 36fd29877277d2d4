"""The daily digest: at 08:30 of a working day, one per person for whom something waits."""

from datetime import datetime, time

from django.db import IntegrityError, transaction
from django.utils import timezone

from notifications.models import Digest, Notification
from planning.queries import working_calendar

HOUR = time(8, 30)


def waiting():  # noqa: ANN201 - a queryset
    """Notices that wait for a digest that is not made yet."""
    return Notification.objects.filter(delivered_at=None, in_digest=True, digest=None)


def begins(now: datetime) -> datetime | None:
    """When today's digests were due, or None: not yet, or no working day.

    What came before that moment goes into it. A run that was missed is made up later the same day, else on the next
    working day.
    """
    local = timezone.localtime(now)
    if local.time() < HOUR or not working_calendar().is_workday(local.date()):
        return None
    return timezone.make_aware(datetime.combine(local.date(), HOUR))


def make_due(now: datetime | None = None) -> int:
    """Make today's digests that are due; returns how many. Safe to run twice and at the same time.

    now: the moment; by default the present one. Source: the issue, "digest at 08:30 of working days".
    """
    now = now or timezone.now()
    people = list(waiting().order_by().values_list("recipient", "created_at"))
    since = begins(now) if people else None
    if since is None:
        return 0
    due = {person for person, created in people if created < since}
    return sum(_make(person, since) for person in sorted(due))


def _make(person: int, since: datetime) -> int:
    """One person's digest of the day with everything that came before it; 0 where another scheduler has made it."""
    day = timezone.localdate(since)
    try:
        with transaction.atomic():
            if Digest.objects.filter(user=person, day=day).exists():
                return 0
            digest = Digest.objects.create(user_id=person, day=day)
            waiting().filter(recipient=person, created_at__lt=since).update(digest=digest)
    except IntegrityError:
        return 0
    return 1
