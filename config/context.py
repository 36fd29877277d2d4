"""What every page needs: the site's name, the navigation the user may use, and the demo notice."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.policy import has_permission

# URL name, label, permission (None: everyone who is signed in), which count stands beside it.
NAVIGATION = (
    ("approvals:workbench", _("Workbench"), None, "todo"),
    ("needs:needs", _("Needs"), "needs.view", ""),
    ("projects:index", _("Projects"), "projects.view", ""),
    ("planning:index", _("Planning"), "planning.view", ""),
    ("meetings:meetings", _("Meetings"), "meetings.view", ""),
    ("portfolio:index", _("Existing systems"), "portfolio.view", ""),
    ("approvals:duplicates", _("Duplicates"), "duplicates.view", ""),
    ("standards:index", _("Standards"), "standards.view", ""),
    ("policies:settings", _("Rules"), "policies.log", ""),
    ("notifications:index", _("Notifications"), "notifications.view", "unread"),
)
OWNER = {"zh": "云海市政务服务和数据管理局", "en": "Yunhai Government Services and Data Administration"}
SUPPORT = "020-5555 0110"
# In the order in which a case meets them.
DEMO_USERNAMES = (
    *("applicant", "applicant2", "endorser", "intake", "planner", "requirements", "standards", "manager"),
    *("expert1", "expert2", "expert3", "expert4", "expert5", "expert9"),
    *("approver", "finance", "steward", "auditor", "secadmin", "sysadmin"),
)


def words() -> dict[str, Any]:
    """Names and contacts of this installation, without touching the database (the 500 page uses them too)."""
    key = "en" if get_language() == "en" else "zh"
    return {
        "site_name": settings.SITE_CITY[key],
        "site_owner": getattr(settings, "SITE_OWNER", OWNER)[key],
        "support": getattr(settings, "SUPPORT_CONTACT", SUPPORT),
        "demo": settings.DEMO,
    }


def site(request: HttpRequest) -> dict[str, Any]:
    """Context processor: names, navigation and, on the sign-in page of a demonstration, the demo accounts."""
    return {**words(), "navigation": _navigation(request), "demo_accounts": _demo_accounts(request)}


def _navigation(request: HttpRequest) -> list[dict[str, Any]]:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    items = []
    for name, label, permission, count in NAVIGATION:
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue
        if permission is None or has_permission(user, permission):
            items.append({"name": name, "label": label, "url": url, "count": count, "current": False})
    _mark_current(items, request.path)
    return items


def _mark_current(items: list[dict[str, Any]], path: str) -> None:
    """The longest address that begins the path is where the reader is; "/" only when nothing else fits exactly."""
    fitting = [item for item in items if path == item["url"] or (item["url"] != "/" and path.startswith(item["url"]))]
    if fitting:
        max(fitting, key=lambda item: len(item["url"]))["current"] = True


def _demo_accounts(request: HttpRequest) -> list[dict[str, Any]]:
    match = request.resolver_match
    if not settings.DEMO or match is None or match.url_name != "account_login":
        return []
    people = User.objects.filter(is_active=True, username__in=DEMO_USERNAMES)
    people = people.select_related("department").prefetch_related("assignments")
    return [
        {
            "username": person.username,
            "name": person.label,
            "unit": person.department.label if person.department else "",
            "roles": [mandate.get_role_display() for mandate in person.assignments.all()],
            "password": settings.DEMO_PASSWORD,
        }
        for person in sorted(people, key=lambda person: DEMO_USERNAMES.index(person.username))
    ]
