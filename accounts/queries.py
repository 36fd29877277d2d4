"""Read accounts and sign-in locks, for those who may."""

from collections.abc import Iterable
from datetime import date, datetime

from axes.helpers import get_cool_off
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import Max, Prefetch, Q, QuerySet, Sum
from django.http import Http404
from django.utils import timezone

from accounts.models import Assignment, EditRecord, User
from accounts.policy import require


def people_for(user: User, *, search: str = "", role: str = "", state: str = "") -> QuerySet[User]:
    """Accounts with unit and roles in force; PermissionDenied unless the user may see accounts.

    search: words looked for in names and unit; role: a role's code; state: "active", "inactive" or "locked".
    """
    require(user, "accounts.view")
    people = User.objects.select_related("department").prefetch_related(
        Prefetch("assignments", Assignment.objects.filter(is_active=True).select_related("department"), "in_force")
    )
    for word in search.split():
        people = people.filter(_mentions(word))
    if role:
        people = people.filter(pk__in=Assignment.objects.filter(role=role, is_active=True).values("user"))
    if state == "locked":
        return people.filter(username__in=locks())
    return people.filter(is_active=state == "active") if state else people


def person_for(user: User, pk: int, permission: str) -> User:
    """One account; PermissionDenied without `permission`, Http404 where there is none."""
    require(user, permission)
    person = User.objects.filter(pk=pk).first()
    if person is None:
        raise Http404(str(pk))
    return person


def locks() -> dict[str, datetime]:
    """Locked user names and when each lock ends: the rule axes applies, per name and address, for all at once."""
    wait = get_cool_off()
    attempts = AccessAttempt.objects.filter(attempt_time__gt=timezone.now() - wait)
    counted = attempts.order_by().values("username", "ip_address")
    full = counted.annotate(failures=Sum("failures_since_start"), last=Max("attempt_time"))
    ends: dict[str, datetime] = {}
    for row in full.filter(failures__gte=settings.AXES_FAILURE_LIMIT, username__isnull=False):
        ends[row["username"]] = max(row["last"] + wait, ends.get(row["username"], row["last"]))
    return ends


def mark_locks(people: Iterable[User]) -> int:
    """Write on each of `people` until when it is locked (None: it is not); returns how many names are locked in all."""
    ends = locks()
    for person in people:
        person.locked_until = ends.get(person.username)
    return len(ends)


def _mentions(word: str) -> Q:
    query = Q()
    for field in ("username", "name", "name_en", "department__code", "department__name", "department__name_en"):
        query |= Q(**{f"{field}__icontains": word})
    return query


def edits_for(
    user: User, *, table: str = "", key: str = "", who: str = "", since: date | None = None, until: date | None = None
) -> QuerySet[EditRecord]:
    """The changes of all rows that rules rest on, the newest first; PermissionDenied without "policies.log".

    table: name of the model; key: code of the row; who: words of a person's name; since, until: days, both included.
    """
    require(user, "policies.log")
    rows = EditRecord.objects.select_related("actor__department").order_by("-at", "-pk")
    exact = {"table": table, "key": key, "at__date__gte": since, "at__date__lte": until}
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    for word in who.split()[:5]:
        rows = rows.filter(Q(actor__name__icontains=word) | Q(actor__name_en__icontains=word))
    return rows


def last_edits() -> dict[str, datetime]:
    """When a row of each table was changed last; one query."""
    rows = EditRecord.objects.order_by().values("table").annotate(last=Max("at"))
    return {row["table"]: row["last"] for row in rows}


def edits_of(table: str, key: str) -> QuerySet[EditRecord]:
    """The changes of one row that rules rest on, the newest first."""
    return EditRecord.objects.filter(table=table, key=key).select_related("actor")
