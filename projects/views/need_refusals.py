"""Answer what cannot be done with a need now: 409 with the reason, the way back, and what was typed."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from planning.services.need_errors import NeedRefused, NeedStale

View = Callable[..., HttpResponseBase]
UNTYPED = ("csrfmiddlewaretoken", "revision", "expected", "digest")


def answers_need_refusals(view: View) -> View:
    """Turn a NeedRefused of the view into the page 409."""

    @wraps(view)
    def answered(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
        try:
            return view(request, **kwargs)
        except NeedRefused as refusal:
            code = kwargs.get("code")
            context = {
                "reasons": [refusal.reason],
                "kept": _typed(request),
                "back": reverse("needs:need", args=[code]) if code else reverse("needs:needs"),
                "stale": isinstance(refusal, NeedStale),
            }
            return render(request, "errors/409.html", context, status=409)

    return answered


def _typed(request: HttpRequest) -> list[dict[str, str]]:
    return [
        {"name": name, "label": name, "value": str(value)}
        for name, value in request.POST.items()
        if str(value).strip() and not name.startswith((*UNTYPED, "was-"))
    ]
