"""Read notices: one person's own, those whose delivery was given up, and how far the outbox lags behind."""

from django.db.models import QuerySet
from django.db.models.functions import Now
from django.http import Http404
from django.urls import reverse

from accounts.models import User
from accounts.policy import require
from notifications.models import Notification
from planning.need_queries import visible_to
from projects.queries import reachable


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


def failed_for(user: User) -> QuerySet[Notification]:
    """Notices whose delivery was given up, newest first, without the business they tell of. Raises PermissionDenied."""
    require(user, "notifications.retry")
    return Notification.objects.filter(is_dead=True).select_related("recipient__department").order_by("-pk")


def failed_notice_for(user: User, pk: int) -> Notification:
    """One of them. Raises PermissionDenied, Http404 where it was not given up (any more)."""
    notice = failed_for(user).filter(pk=pk).first()
    if notice is None:
        raise Http404(str(pk))
    return notice


def outbox_age() -> float | None:
    """For how many seconds the most overdue notice has been due, by the database's clock; None when none is.

    A notice that pauses after a failure is not due, so that a dead address does not look like a dead relay.
    """
    due = Notification.objects.due().order_by("available_at")
    row = due.values_list("available_at", Now()).first()
    return (row[1] - row[0]).total_seconds() if row else None
