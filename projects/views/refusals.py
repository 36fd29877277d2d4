"""Answer an edit that was refused: 409 with the reason, and with what was typed."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from projects.errors import ProjectRefusal

View = Callable[..., HttpResponseBase]
UNTYPED = ("csrfmiddlewaretoken", "revision", "add", "next")


def answers_refusals(view: View) -> View:
    """Turn a ProjectRefusal of the view into the page 409 (JSON for the autosave)."""

    @wraps(view)
    def answered(request: HttpRequest, ref: str, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, ref, **kwargs)
        except ProjectRefusal as refusal:
            return _refused(request, ref, refusal)

    return answered


def is_silent(request: HttpRequest) -> bool:
    """Whether a script saves in the background and wants JSON instead of a page."""
    accepts = "application/json" in request.headers.get("Accept", "")
    return accepts or "X-Autosave" in request.headers or bool(getattr(request, "htmx", False))


def _refused(request: HttpRequest, ref: str, refusal: ProjectRefusal) -> HttpResponse:
    if is_silent(request):
        return JsonResponse({"message": refusal.reason, "reasons": [refusal.reason]}, status=409)
    context = {
        "reasons": [refusal.reason],
        "kept": _typed(request),
        "back": reverse("approvals:case", args=[ref]),
    }
    return render(request, "errors/409.html", context, status=409)


def _typed(request: HttpRequest) -> list[dict[str, str]]:
    """What the person typed, so that a refusal loses nothing."""
    return [
        {"name": name, "label": name, "value": str(value)}
        for name, value in request.POST.items()
        if str(value).strip() and name not in UNTYPED and not name.endswith(("_FORMS", "-code", "-DELETE"))
    ]
