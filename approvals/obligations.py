"""What approved projects still owe and which waivers run: read by people within their scope, and by the acceptance."""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404
from django.utils import timezone

from accounts.models import Department, User
from accounts.policy import allows, require, visible
from approvals.models import Obligation, Waiver
from approvals.names import REVIEWER, UNIFIED_KINDS
from approvals.workflow import WAIVABLE
from projects.models import Project
from projects.states import State
from standards.kinds import Severity

VIEW = "obligations.view"
# Where a waiver still matters: on the way to the decision and after the approval.
ALIVE = (*WAIVABLE, State.CORRECTION, State.INTAKE, State.SCREENING)
# Filters of the two lists, the first one is shown unless told.
OWED = ("open", "overdue", "closed", "all")
WAIVED = ("running", "due", "expired", "ended")


def open_obligations(project: Project) -> QuerySet[Obligation]:
    """What the project still has to show, the first due first. The acceptance asks this."""
    return project.obligations.filter(closed_at=None).select_related("item").order_by("due_on", "code")


def acceptance_blockers(project: Project) -> QuerySet[Obligation]:
    """Those without which the project is not accepted: veto items that are open (domain reference §5, severity X)."""
    return open_obligations(project).filter(severity=Severity.VETO)


def obligations_for(user: User, *, show: str = "open", unit: str = "") -> QuerySet[Obligation]:
    """Obligations the user may see, filtered; show: one of OWED; unit: code of a department. PermissionDenied."""
    rows = _in_reach(user, Obligation.objects.all(), unit)
    rows = rows.select_related("item", "project__department", "closed_by")
    return rows.filter(_owed(show)).order_by("closed_at", "due_on", "project__ref", "code")


def waivers_for(user: User, *, show: str = "running", unit: str = "") -> QuerySet[Waiver]:
    """Waivers the user may see, filtered; show: one of WAIVED; the first to end first. PermissionDenied."""
    rows = _in_reach(user, Waiver.objects.filter(project__state__in=ALIVE), unit)
    rows = rows.select_related("item", "project__department", "granted_by")
    return rows.filter(_waived(show, timezone.localdate())).order_by("expires_on", "project__ref", "code")


def counts_for(user: User, unit: str = "") -> dict[str, dict[str, int]]:
    """How many rows each filter shows."""
    owed, waived = _in_reach(user, Obligation.objects.all(), unit), Waiver.objects.filter(project__state__in=ALIVE)
    waived = _in_reach(user, waived, unit)
    today = timezone.localdate()
    return {
        "owed": {show: owed.filter(_owed(show)).count() for show in OWED},
        "waived": {show: waived.filter(_waived(show, today)).count() for show in WAIVED},
    }


def units_for(user: User) -> list[Department]:
    """Units that owe something or have a waiver, for the filter."""
    projects = visible(user, VIEW, Project.objects.all())
    ids = {*projects.filter(obligations__isnull=False).values_list("department", flat=True).distinct()}
    ids |= {*projects.filter(waivers__isnull=False).values_list("department", flat=True).distinct()}
    return list(Department.objects.filter(pk__in=ids).order_by("code"))


def obligation_for(user: User, pk: int, permission: str = VIEW) -> Obligation:
    """One obligation. Raises Http404 where the user may not know of it, PermissionDenied without `permission`."""
    require(user, VIEW)
    found = Obligation.objects.select_related("item", "project__department").filter(pk=pk).first()
    if found is None or not allows(user, VIEW, found.project):
        raise Http404(str(pk))
    require(user, permission, found.project)
    return found


def to_recheck(user: User) -> Q:
    """Projects with a waived item that this user's kind of review looks at again now; for the workbench."""
    kinds = [kind for kind in UNIFIED_KINDS if user.holds(REVIEWER[kind])]
    return Q(Exists(due_now().filter(project=OuterRef("pk"), item__kind__in=kinds)), state__in=ALIVE)


def due_now() -> QuerySet[Waiver]:
    """Waivers whose day to be looked at again has come and that still run."""
    today = timezone.localdate()
    return Waiver.objects.filter(ended_at=None, recheck_on__lte=today, expires_on__gte=today)


def _in_reach(user: User, rows: QuerySet, unit: str) -> QuerySet:
    require(user, VIEW)
    rows = rows.filter(project__in=visible(user, VIEW, Project.objects.all()).values("pk"))
    return rows.filter(project__department__code=unit) if unit else rows


def _owed(show: str) -> Q:
    return {
        "overdue": Q(closed_at=None, due_on__lt=timezone.localdate()),
        "closed": Q(closed_at__isnull=False),
        "all": Q(),
    }.get(show, Q(closed_at=None))


def _waived(show: str, today: date) -> Q:
    return {
        "due": Q(ended_at=None, recheck_on__lte=today, expires_on__gte=today),
        "expired": Q(ended_at=None, expires_on__lt=today) | Q(outcome="expired"),
        "ended": Q(outcome__in=["cured", "renewed"]),
    }.get(show, Q(ended_at=None, expires_on__gte=today))
