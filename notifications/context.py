"""Counts that the navigation shows."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from approvals.queries import inbox_count
from notifications.queries import unread_count


def counts(request: HttpRequest) -> dict[str, Any]:
    """Unread notices and open to-dos of the signed-in user; a page that does not show them does not ask for them."""
    user: Any = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"unread_count": 0, "todo_count": 0}
    return {
        "unread_count": SimpleLazyObject(lambda: unread_count(user)),
        "todo_count": SimpleLazyObject(lambda: inbox_count(user)),
    }
