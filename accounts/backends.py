"""Django's permission questions answered from the permission table."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model
from django.http import HttpRequest

from accounts import policy
from accounts.models import User


class PolicyBackend:
    """Lets `user.has_perm`, `@permission_required` and `{{ perms }}` read accounts.policy.

    Not a BaseBackend on purpose: with a `get_user` that knows nobody it would be taken for the backend of a session.
    """

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> None:
        """Signs nobody in."""

    def has_perm(self, user_obj: User | AnonymousUser, perm: str, obj: Model | None = None) -> bool:
        """The table's answer is final; names it does not list belong to Django itself.

        Raises PermissionDenied for a no, which Django takes as the end of the question.
        """
        if perm not in policy.PERMISSIONS:
            return False
        policy.require(user_obj, perm, obj)
        return True

    def has_module_perms(self, user_obj: User | AnonymousUser, app_label: str) -> bool:
        """Any permission of the app."""
        return any(
            name.startswith(f"{app_label}.") and policy.has_permission(user_obj, name) for name in policy.PERMISSIONS
        )
