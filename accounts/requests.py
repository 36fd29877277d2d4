"""The type of a request behind the sign-in: LoginRequiredMiddleware lets nobody else reach a view."""

from django.http import HttpRequest

from accounts.models import User


class SignedInRequest(HttpRequest):
    """For annotations of views that are not marked `login_not_required`."""

    user: User
