"""A request id that the error pages and the log share."""

import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class RequestIdMiddleware:
    """Give each request an id so that a person can quote it when asking for help."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        ident = uuid.uuid4().hex[:12]
        request.id = ident  # type: ignore[attr-defined] # the error pages read it
        response = self.get_response(request)
        response["X-Request-ID"] = ident
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated:
            response.setdefault("Cache-Control", "no-store")
        return response


class ChineseFirstMiddleware:
    """A first visit is in the default language whatever the browser asks for; English is a switch, and is kept."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.META.pop("HTTP_ACCEPT_LANGUAGE", None)
        return self.get_response(request)
