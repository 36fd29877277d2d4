"""The answers to errors Django finds: 400, 403, 404, 500 and a failed form token."""

from django.http import HttpRequest, HttpResponse, HttpResponseServerError, JsonResponse
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext as _
from django.views.decorators.csrf import requires_csrf_token

from accounts import policy
from accounts.roles import Role
from config.context import words
from config.errors import back_address, kept_text, wants_json


def _answer(request: HttpRequest, status: int, template: str, **context: object) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"message": _("The request was refused (%(status)s).") % {"status": status}}, status=status)
    return render(request, template, {"back": back_address(request), **context}, status=status)


@requires_csrf_token
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the request itself is broken (too many fields, a bad host, a cut upload)."""
    return _answer(request, 400, "400.html")


@requires_csrf_token
def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: names the permission that is missing and the roles that hold it, where the policy raised it."""
    name = str(exception)
    if name not in policy.PERMISSIONS:
        return _answer(request, 403, "403.html", reasons=[name] if name else [])
    roles = [Role(role).label for role in policy.PERMISSIONS[name]]
    return _answer(request, 403, "403.html", permission=policy.LABELS.get(name, name), roles=roles)


@requires_csrf_token
def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: also the answer for what the user may not know of, so it says nothing about the object."""
    return _answer(request, 404, "404.html")


@requires_csrf_token
def server_error(request: HttpRequest) -> HttpResponse:
    """500: rendered without the request, because session or database may be what failed."""
    context = {**words(), "bare": True, "request_id": getattr(request, "id", "")}
    try:
        return HttpResponseServerError(loader.get_template("500.html").render(context))
    except Exception:  # noqa: BLE001 - the page that reports errors must not raise one
        return HttpResponseServerError(
            f"<h1>500</h1><p>系统出错，请稍后再试。 Please try again later. {context['request_id']}</p>"
        )


@requires_csrf_token
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form whose token is missing or old; what was typed is shown, nothing was saved."""
    return _answer(request, 403, "403_csrf.html", kept=kept_text(request.POST))
