"""Turns the workflow's refusals into pages that say why, who can help, and keep what was typed."""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.errors import NotOffered, Stale, WorkflowError

# Posted values nobody typed; showing them back would only confuse.
UNTYPED = {"csrfmiddlewaretoken", "expected_version", "version", "seq", "next", "action", "submit"}
KEPT_LABELS = {
    "comment": gettext_lazy("Opinion"),
    "opinion": gettext_lazy("Opinion"),
    "text": gettext_lazy("Text"),
    "reason": gettext_lazy("Reason"),
    "problem": gettext_lazy("Problem"),
    "suggestion": gettext_lazy("Suggestion"),
    "reply": gettext_lazy("Reply"),
}


class RefusalMiddleware:
    """Blocked and stale steps become 409, steps that are not offered 403, an empty 405 a page with a way back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == 405 and not response.content and not wants_json(request):
            page = render(request, "errors/405.html", {"back": back_address(request)}, status=405)
            page["Allow"] = response.get("Allow", "")
            return page
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a WorkflowError; everything else goes its usual way."""
        return refusal(request, exception) if isinstance(exception, WorkflowError) else None


def refusal(request: HttpRequest, exception: WorkflowError) -> HttpResponse:
    """The page (or JSON for scripts, a fragment for htmx) for a refused step, with its reasons and who can help."""
    status = 403 if isinstance(exception, NotOffered) else 409
    context: dict[str, Any] = {
        "reasons": _listed(getattr(exception, "reasons", ())) or [text for text in [str(exception)] if text],
        "who": _listed(getattr(exception, "who", ())),
        "stale": isinstance(exception, Stale),
        "kept": kept_text(getattr(exception, "kept", None) or request.POST),
        "back": back_address(request),
        "case": case_address(request),
    }
    if wants_json(request):
        message = " ".join(str(reason) for reason in context["reasons"]) or _("This step was refused.")
        data = {"message": message, "reasons": context["reasons"], "who": context["who"]}
        return JsonResponse(data, status=status)
    fragment = bool(getattr(request, "htmx", False))
    template = "errors/_refusal.html" if fragment else f"errors/{'not_offered' if status == 403 else '409'}.html"
    response = render(request, template, context, status=status)
    if fragment:
        response["X-Refusal"] = "1"
    return response


def wants_json(request: HttpRequest) -> bool:
    """Whether a script asked, as the autosave does."""
    return "application/json" in request.headers.get("Accept", "")


def kept_text(posted: Any) -> list[dict[str, str]]:
    """What the person typed, as label and value, so that a refusal loses nothing; never a password."""
    kept = []
    for name, value in posted.items():
        text = str(value).strip()
        if not text or name in UNTYPED or "password" in name or name.endswith(("_FORMS", "-id")):
            continue
        kept.append({"name": name, "label": str(KEPT_LABELS.get(name, name)), "value": text})
    return kept


def back_address(request: HttpRequest) -> str:
    """The page the person came from when it is one of ours and not this address, else the workbench."""
    came_from = request.headers.get("Referer", "")
    if came_from and url_has_allowed_host_and_scheme(came_from, {request.get_host()}):
        parts = urlsplit(came_from)
        if parts.path != request.path or request.method == "POST":
            return parts.path + (f"?{parts.query}" if parts.query else "")
    return "/"


def case_address(request: HttpRequest) -> str:
    """The page of the case the refused step belongs to; empty when the address names none."""
    ref = request.resolver_match.kwargs.get("ref") if request.resolver_match else None
    if not ref:
        return ""
    try:
        return reverse("approvals:case", kwargs={"ref": ref})
    except NoReverseMatch:
        return ""


def _listed(value: str | Iterable[Any]) -> list[str]:
    return [str(value)] if isinstance(value, str) else [str(item) for item in value]
