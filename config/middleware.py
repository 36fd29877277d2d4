"""A request id that the error pages and the log share."""

import uuid

from django.http import HttpRequest, HttpResponse


class RequestIdMiddleware:
    """Give each request an id so that a person can quote it when asking for help."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.id = uuid.uuid4().hex[:12]
        response = self.get_response(request)
        response["X-Request-ID"] = request.id
        if request.user.is_authenticated if hasattr(request, "user") else False:
            response.setdefault("Cache-Control", "no-store")
        return response
