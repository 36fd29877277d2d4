"""Read notices: one person's own, those whose delivery was given up, and how far the outbox lags behind."""

from typing import Any

from django.db.models import Count, Min, QuerySet
from django.db.models.functions import Now
from django.http import Http404
from django.urls import reverse

from accounts.models import User
from accounts.policy import require
from notifications.models import Delivery, Digest, MailPreference, Notification
from planning.need_queries import visible_to
from projects.queries import reachable

# What goes out: mails of one notice, daily digests, and posts to channels.
OUTBOXES: dict[str, Any] = {"mail": Notification, "digest": Digest, "webhook": Delivery}
RELATED = {
    "mail": ("recipient__department",),
    "digest": ("user__department",),
    "webhook": ("channel", "notice"),
}


def notices_for(user: User, *, unread: bool = False) -> QuerySet[Notification]:
    """The user's own notices, newest first; only those not read yet where asked. Raises PermissionDenied."""
    require(user, "notifications.view")
    rows = Notification.objects.filter(recipient=user).select_related("project__department").order_by("-pk")
    return rows.filter(read_at=None) if unread else rows


def notice_for(user: User, pk: int) -> Notification:
    """One of the user's own notices. Raises Http404 for anybody else's, PermissionDenied."""
    notice = notices_for(user).filter(pk=pk).first()
    if notice is None:
        raise Http404(str(pk))
    return notice


def address_of(notice: Notification) -> str:
    """The case page, or that of a need, that a notice leads to; "" where there is none or its reader may not see it."""
    if need := notice.payload.get("need"):
        return reverse("needs:need", args=[need]) if visible_to(notice.recipient).filter(code=need).exists() else ""
    if notice.project is None or not reachable(notice.recipient).filter(pk=notice.project_id).exists():
        return ""
    return reverse("approvals:case", args=[notice.project.ref])


def unread_count(user: User) -> int:
    """How many notices the user has not read."""
    return Notification.objects.filter(recipient=user, read_at=None).count()


def preference_of(user: User) -> MailPreference:
    """What a person has chosen, or what holds for those who have not."""
    return MailPreference.objects.filter(user=user).first() or MailPreference(user=user)


def failed_for(user: User, kind: str) -> QuerySet:
    """Rows of one outbox that were given up, newest first, without the business they tell of.

    kind: a key of OUTBOXES. Raises PermissionDenied; Http404 for an unknown kind.
    """
    require(user, "notifications.retry")
    if kind not in OUTBOXES:
        raise Http404(kind)
    rows = OUTBOXES[kind].objects.filter(is_dead=True, delivered_at=None)
    return rows.select_related(*RELATED[kind]).order_by("-pk")


def failed_row_for(user: User, kind: str, pk: int) -> Any:
    """One of them. Raises PermissionDenied, Http404 where it was not given up (any more)."""
    row = failed_for(user, kind).filter(pk=pk).first()
    if row is None:
        raise Http404(str(pk))
    return row


def failed_counts(user: User) -> dict[str, int]:
    """How many rows of each outbox were given up. Raises PermissionDenied."""
    return {kind: failed_for(user, kind).count() for kind in OUTBOXES}


def failed_errors(user: User, kind: str) -> list[dict[str, Any]]:
    """The errors with which rows were given up, the most frequent first: last_error, number, oldest. At most ten."""
    rows = failed_for(user, kind).order_by().values("last_error")
    return list(rows.annotate(number=Count("pk"), oldest=Min("created_at")).order_by("-number", "last_error")[:10])


def outbox_age() -> float | None:
    """For how many seconds the most overdue row of any outbox has been due, by the database's clock; None when none is.

    A row that pauses after a failure is not due, so that a dead address does not look like a dead relay.
    """
    ages = [age for outbox in OUTBOXES.values() if (age := _age(outbox)) is not None]
    return max(ages, default=None)


def _age(outbox: Any) -> float | None:
    row = outbox.objects.due().order_by("available_at").values_list("available_at", Now()).first()
    return (row[1] - row[0]).total_seconds() if row else None


def given_up() -> int:
    """How many rows of all outboxes were given up and wait for an administrator."""
    return sum(outbox.objects.filter(is_dead=True).count() for outbox in OUTBOXES.values())
