"""Pages of what a person keeps for themselves: phrases and filters."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.requests import SignedInRequest
from approvals import personal_services as services
from approvals.personal_phrases import suggestions
from approvals.queries import get_case

Act = Callable[[SignedInRequest, int, QueryDict], Any]


@require_http_methods(["GET", "HEAD", "POST"])
def phrases(request: SignedInRequest) -> HttpResponse:
    """The person's phrases for opinions (常用语): add, reword, order, remove."""
    refused = _do(request, PHRASE_ACTS)
    if request.method == "POST" and not refused:
        return redirect("approvals:phrases")
    rows = list(request.user.phrases.all())
    context = {"rows": rows, "refused": refused, "typed": request.POST, "has_errors": bool(refused)}
    context["suggestions"] = suggestions({row.text for row in rows})
    return render(request, "approvals/phrases.html", context, status=422 if refused else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def filters(request: SignedInRequest) -> HttpResponse:
    """The person's kept filters: keep one, rename, remove."""
    refused = _do(request, FILTER_ACTS)
    if request.method == "POST" and not refused:
        return redirect(_back(request))
    rows = list(request.user.saved_filters.all())
    context = {"rows": rows, "refused": refused, "typed": request.POST, "has_errors": bool(refused)}
    return render(request, "approvals/filters.html", context, status=422 if refused else 200)


@require_POST
def follow(request: SignedInRequest, ref: str) -> HttpResponse:
    """Follow a case, or stop following it."""
    services.follow(case=get_case(request.user, ref), actor=request.user, on=request.POST.get("on") == "1")
    return redirect("approvals:case", ref)


def _do(request: SignedInRequest, acts: dict[str, Act]) -> str:
    """Do what the pressed button says; the reason where it cannot be done. A wrong key belongs to nobody's rows."""
    if request.method != "POST":
        return ""
    act, key = acts.get(request.POST.get("do", "")), request.POST.get("key", "")
    if act is None:
        return _("Choose what to do.")
    try:
        done = act(request, int(key) if key.isascii() and key.isdecimal() and len(key) < 16 else 0, request.POST)
    except ValidationError as error:
        return " ".join(error.messages)
    if done is not None:
        messages.success(request, _("Kept."))
    return ""


def _back(request: SignedInRequest) -> str:
    target = request.POST.get("next", "")
    fits = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if fits and target.startswith("/") else reverse("approvals:filters")


PHRASE_ACTS: dict[str, Act] = {
    "add": lambda request, key, data: services.add_phrase(actor=request.user, text=data.get("text", "")),
    "save": lambda request, key, data: services.change_phrase(
        actor=request.user, phrase_id=key, text=data.get("text", "")
    ),
    "up": lambda request, key, data: services.move_phrase(actor=request.user, phrase_id=key, by=-1),
    "down": lambda request, key, data: services.move_phrase(actor=request.user, phrase_id=key, by=1),
    "remove": lambda request, key, data: services.remove_phrase(actor=request.user, phrase_id=key),
}
FILTER_ACTS: dict[str, Act] = {
    "keep": lambda request, key, data: services.save_filter(
        actor=request.user, page=data.get("page", ""), name=data.get("name", ""), query=data.get("query", "")
    ),
    "rename": lambda request, key, data: services.rename_filter(
        actor=request.user, filter_id=key, name=data.get("name", "")
    ),
    "remove": lambda request, key, data: services.remove_filter(actor=request.user, filter_id=key),
}
