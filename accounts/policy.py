"""The permission table and the two questions asked of it: may this user do it, and which rows may this user see."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.roles import ASSIGNABLE, NEVER_LENT, Role, Scope

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import Assignment, User

M = TypeVar("M", bound=Model)
Grants = dict[Role, Scope]


def _everyone(scope: Scope) -> Grants:
    return dict.fromkeys(ASSIGNABLE, scope)


def _business(scope: Scope) -> Grants:
    """Everybody but the two administrators, who see no business data (separation of the three administrators)."""
    return {role: scope for role in ASSIGNABLE if role not in (Role.SECADMIN, Role.SYSADMIN)}


def _office(*roles: Role) -> Grants:
    return dict.fromkeys(roles, Scope.ALL)


_DESK = (Role.INTAKE, Role.PLANNER, Role.REQUIREMENTS, Role.STANDARDS, Role.MANAGER, Role.APPROVER, Role.AUDITOR)

# Who handles cases: everybody of the desk who is not there to look on.
_REVIEW_DESK = (Role.INTAKE, Role.PLANNER, Role.REQUIREMENTS, Role.STANDARDS, Role.MANAGER, Role.APPROVER)

# permission → role → how far. What is not written here is refused.
PERMISSIONS: dict[str, Grants] = {
    "projects.view": {
        Role.APPLICANT: Scope.OWN,
        Role.ENDORSER: Scope.SUBTREE,
        Role.EXPERT: Scope.ASSIGNED,
        **_office(*_DESK, Role.FINANCE),
    },
    "projects.view_draft": {Role.APPLICANT: Scope.OWN, Role.ENDORSER: Scope.SUBTREE, Role.AUDITOR: Scope.ALL},
    "projects.create": {Role.APPLICANT: Scope.OWN},
    "projects.edit": {Role.APPLICANT: Scope.OWN},
    "projects.reply": {Role.APPLICANT: Scope.OWN},
    "projects.urge": {Role.APPLICANT: Scope.OWN, Role.ENDORSER: Scope.SUBTREE, **_office(Role.INTAKE, Role.MANAGER)},
    "projects.copy": _office(*_REVIEW_DESK),
    "questions.ask": _office(*_REVIEW_DESK),
    # Lines for the next correction notice: whoever reviews the case or sends the notice.
    "notices.prepare": {Role.EXPERT: Scope.ASSIGNED, **_office(*_REVIEW_DESK)},
    "invitations.send": _office(Role.PLANNER, Role.REQUIREMENTS, Role.STANDARDS, Role.MANAGER),
    "reviews.assign": _office(Role.MANAGER),
    "experts.view": _office(Role.INTAKE, Role.MANAGER, Role.APPROVER, Role.AUDITOR),
    "experts.edit": _office(Role.MANAGER),
    "meetings.view": _office(*_DESK, Role.FINANCE),
    "meetings.edit": _office(Role.MANAGER),
    "meetings.release": _office(Role.APPROVER),
    "calendar.view": _everyone(Scope.ALL),
    "calendar.import": _office(Role.PLANNER, Role.MANAGER),
    "escalations.view": _office(Role.MANAGER, Role.APPROVER, Role.AUDITOR),
    "portfolio.view": _business(Scope.ALL),
    "portfolio.edit": _office(Role.STEWARD),
    "portfolio.import": _office(Role.STEWARD),
    "standards.view": _everyone(Scope.ALL),
    "standards.edit": _office(Role.STANDARDS),
    "planning.view": _business(Scope.ALL),
    "planning.edit": _office(Role.PLANNER),
    # Late filing is an exception from the window: whoever keeps the rounds grants it, on the record.
    "planning.late_filing": _office(Role.PLANNER, Role.MANAGER),
    # The planning view names every unit's proposals, so it is for those who see them all.
    "planning.overview": _office(*_DESK, Role.FINANCE),
    "needs.view": {Role.APPLICANT: Scope.OWN, Role.ENDORSER: Scope.SUBTREE, **_office(*_DESK, Role.FINANCE)},
    "needs.file": {Role.APPLICANT: Scope.OWN},
    "needs.decide": _office(Role.PLANNER, Role.REQUIREMENTS),
    "projects.rank": {Role.ENDORSER: Scope.SUBTREE},
    "standards.waive": _office(Role.MANAGER),
    "obligations.view": {Role.APPLICANT: Scope.OWN, Role.ENDORSER: Scope.SUBTREE, **_office(*_DESK)},
    "obligations.close": _office(Role.STANDARDS, Role.REQUIREMENTS, Role.PLANNER),
    "policies.view": _everyone(Scope.ALL),
    "policies.edit": _office(Role.MANAGER),
    # Who keeps rules sees what others changed; the auditor sees it all.
    "policies.log": _office(Role.PLANNER, Role.REQUIREMENTS, Role.STANDARDS, Role.MANAGER, Role.AUDITOR),
    "duplicates.view": _office(*_DESK, Role.FINANCE),
    "duplicates.adjudicate": _office(Role.MANAGER),
    "duplicates.quality": _office(Role.MANAGER, Role.AUDITOR),
    "duplicates.export": _office(Role.MANAGER),
    "audit.view": _office(Role.AUDITOR),
    "audit.export": _office(Role.AUDITOR),
    "accounts.view": _office(Role.SYSADMIN, Role.SECADMIN, Role.AUDITOR),
    "accounts.unlock": _office(Role.SECADMIN),
    # Own leave; whoever manages the desk may arrange it for others.
    "accounts.substitute": _business(Scope.ALL),
    "accounts.substitute_others": _office(Role.MANAGER, Role.SECADMIN),
    "notifications.view": _everyone(Scope.ALL),
    "notifications.retry": _office(Role.SYSADMIN),
    "notifications.settings": _office(Role.SYSADMIN),
}

# What the page "what may I do here" calls each permission.
LABELS = {
    "projects.view": _("See proposals after submission"),
    "projects.view_draft": _("See drafts"),
    "projects.create": _("Start a proposal"),
    "projects.edit": _("Edit a proposal while it is a draft or returned"),
    "projects.reply": _("Answer duplicate findings and correction items"),
    "projects.urge": _("Remind whoever holds a case"),
    "projects.copy": _("Send somebody a copy of a case"),
    "questions.ask": _("Ask the applicant a question"),
    "notices.prepare": _("Prepare lines for a correction notice"),
    "invitations.send": _("Invite an outside expert"),
    "reviews.assign": _("Name, replace and remove reviewers"),
    "experts.view": _("See the expert pool and the draws"),
    "experts.edit": _("Keep the expert pool"),
    "meetings.view": _("See meetings, agendas and minutes"),
    "meetings.edit": _("Call meetings and enter results"),
    "meetings.release": _("Release the results of a meeting"),
    "calendar.view": _("See the working-day calendar"),
    "calendar.import": _("Import a notice of public holidays"),
    "escalations.view": _("See which deadlines were escalated"),
    "portfolio.view": _("See existing systems and lists"),
    "portfolio.edit": _("Edit existing systems and lists"),
    "portfolio.import": _("Import existing systems"),
    "standards.view": _("See the standards library"),
    "standards.edit": _("Edit the standards library"),
    "planning.view": _("See application rounds and plan items"),
    "planning.edit": _("Edit application rounds and plan items"),
    "planning.late_filing": _("Grant late filing"),
    "planning.overview": _("See the planning view of all units"),
    "needs.view": _("See needs"),
    "needs.file": _("File needs of the own unit"),
    "needs.decide": _("Group, order and decide needs"),
    "projects.rank": _("Order the department's proposals in a round"),
    "standards.waive": _("Grant and end waivers"),
    "obligations.view": _("See what projects still owe"),
    "obligations.close": _("Close what a project owed"),
    "policies.view": _("See policy rows"),
    "policies.edit": _("Edit policy rows"),
    "policies.log": _("See who changed which rule"),
    "duplicates.view": _("See the duplicate-build board"),
    "duplicates.adjudicate": _("Adjudicate duplicate findings"),
    "duplicates.quality": _("See how good the duplicate findings are"),
    "duplicates.export": _("Export decisions on findings as a labelled set"),
    "audit.view": _("Read every case and its history"),
    "audit.export": _("Export a case file"),
    "accounts.view": _("See accounts and role assignments"),
    "accounts.unlock": _("Release locked sign-ins"),
    "accounts.substitute": _("Arrange a substitute for oneself"),
    "accounts.substitute_others": _("Arrange substitutes and hand over for others"),
    "notifications.view": _("See own notifications"),
    "notifications.retry": _("Retry failed deliveries"),
    "notifications.settings": _("Set up channels and the texts of notices"),
}


def _mandates(user: "User | AnonymousUser", permission: str) -> Iterable[tuple["Assignment", Scope]]:
    grants = PERMISSIONS[permission]
    if not user.is_authenticated or not user.is_active:
        return []
    return [(mandate, grants[Role(mandate.role)]) for mandate in user.mandates if Role(mandate.role) in grants]


def has_permission(user: "User | AnonymousUser", permission: str) -> bool:
    """Whether the user holds `permission` for anything at all. Unknown permission: KeyError."""
    return bool(_mandates(user, permission))


def allows(user: "User | AnonymousUser", permission: str, obj: Model) -> bool:
    """Whether the user may do `permission` to `obj`. Unknown permission: KeyError; no role: False."""
    held = _mandates(user, permission)
    department = getattr(obj, "department", None)
    for mandate, scope in held:
        if scope is Scope.ALL:
            return True
        if scope is Scope.OWN and department and mandate.department_id == department.pk:
            return True
        if scope is Scope.SUBTREE and department and department.path.startswith(mandate.department.path):
            return True
    if any(scope is Scope.ASSIGNED for _mandate, scope in held):
        return visible(user, permission, type(obj)._default_manager.filter(pk=obj.pk)).exists()
    return False


def require(user: "User | AnonymousUser", permission: str, obj: Model | None = None) -> None:
    """Raise PermissionDenied unless the user holds `permission` (for `obj`, where one is given)."""
    if not (has_permission(user, permission) if obj is None else allows(user, permission, obj)):
        raise PermissionDenied(permission)


def visible(user: "User | AnonymousUser", permission: str, queryset: QuerySet[M]) -> QuerySet[M]:
    """The rows of `queryset` to which the user may do `permission`.

    The model names its unit `department`; where the scope is "assigned", its ASSIGNED_LOOKUPS name the user's rows.
    """
    reach = Q(pk__in=[])
    for mandate, scope in _mandates(user, permission):
        if scope is Scope.ALL:
            return queryset
        if scope is Scope.OWN:
            reach |= Q(department=mandate.department_id)
        elif scope is Scope.SUBTREE:
            reach |= Q(department__path__startswith=mandate.department.path)
        else:
            reach |= _assigned(queryset.model, user)
    return queryset.filter(reach)


def _assigned(model: Any, user: "User | AnonymousUser") -> Q:
    """Rows tied to the user in one of the ways of ASSIGNED_LOOKUPS: a lookup, and what must hold of that same tie."""
    found = Q(pk__in=[])
    for lookup, conditions in model.ASSIGNED_LOOKUPS:
        # One call of filter: all conditions are asked of one and the same related row.
        found |= Q(pk__in=model._default_manager.filter(**{lookup: user.pk, **conditions}).values("pk"))
    return found


def departments_for(user: "User | AnonymousUser", permission: str) -> list[int]:
    """Departments for which the user directly holds `permission` (for choosing the unit of a new proposal)."""
    return sorted({mandate.department_id for mandate, _scope in _mandates(user, permission)})


def holders(role: Role, *, department_id: int | None = None, own: bool = False) -> "QuerySet[User]":
    """Active users who hold `role`, for one department where given: inboxes, recipients and "who can help".

    Whoever stands in today for one of them is among them, but for rights that nobody lends; own: only those who hold
    the role themselves, as for a seat that outlasts a leave.
    """
    held = apps.get_model("accounts", "Assignment").objects.filter(role=role, is_active=True)
    if department_id is not None:
        held = held.filter(department_id=department_id)
    people = Q(pk__in=held.values("user"))
    if not own and role not in NEVER_LENT:
        away = apps.get_model("accounts", "Substitution").objects.in_force(timezone.localdate())
        away = away.filter(principal__in=held.values("user"), principal__is_active=True)
        people |= Q(pk__in=away.values("substitute"))
    users = apps.get_model("accounts", "User").objects
    return users.filter(people, is_active=True).select_related("department")
