"""How people sign in: accounts are given, never taken, and some may not sign in at all."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from accounts.models import User


class NoSignUpAdapter(DefaultAccountAdapter):
    """Closes sign-up; refuses the system account and superusers; ends the life of one-time passwords."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: accounts are created by administrators."""
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """One spelling of a name for every way in, so that axes counts the failures of one account together."""
        if credentials.get("username"):
            credentials["username"] = User.normalize_username(credentials["username"])
        user = super().authenticate(request, **credentials)
        # The same answer as for a wrong password: whoever guesses learns nothing.
        return user if user is None or user.may_sign_in else None

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Whatever the way (password, code, reset link): these accounts get no session."""
        if not user.may_sign_in:
            raise PermissionDenied(_("This account cannot sign in."))
        return super().pre_login(request, user, **kwargs)

    def set_password(self, user: User, password: str) -> None:
        """A password chosen by its owner lifts the duty to choose one."""
        user.must_change_password = False
        super().set_password(user, password)
