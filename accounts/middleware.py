"""What a signed-in person brings to every request: a language, and the duty to replace a one-time password."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation
from django.utils.translation import gettext as _

# What stays open while a one-time password waits to be replaced.
OPEN_TO_ALL = {"account_change_password", "account_logout", "set_language"}


class UserLanguageMiddleware:
    """Speaks the language stored on the user where the browser carries no choice of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        known = dict(settings.LANGUAGES)
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) in known
        if not chosen and request.user.is_authenticated and request.user.language in known:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = translation.get_language()
        return self.get_response(request)


class OneTimePasswordMiddleware:
    """Leads whoever signed in with a one-time password to the page where it is replaced, and nowhere else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable, args: Any, kwargs: Any) -> HttpResponse | None:
        """Redirect, unless the page is one of the open ones."""
        match = request.resolver_match
        if match and match.url_name in OPEN_TO_ALL or not getattr(request.user, "must_change_password", False):
            return None
        messages.warning(request, _("Your password was given to you. Please choose your own before you go on."))
        return redirect("account_change_password")
