"""The two steps of a change: the form, then what it alters and which open proposals it touches, then the writing."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpResponse
from django.shortcuts import render

from accounts.requests import SignedInRequest
from planning.services.rounds import Change
from projects.plan_pages import alterations
from projects.plan_ranks import Touched

FORM, PREVIEW, DONE = "form", "preview", "done"
STEPS = frozenset({"csrfmiddlewaretoken", "confirm", "back"})


def tried(request: SignedInRequest, form: Any, save: Callable[[bool], Change]) -> tuple[str, Change | None]:
    """What a request leads to: the form (again), the preview of a valid change, or the change done.

    save: writes, or with True only checks. Whoever goes back finds the form as it was filled in.
    """
    if request.method != "POST" or "back" in request.POST or not form.is_valid():
        return FORM, None
    dry = "confirm" not in request.POST
    try:
        change = save(dry)
    except ValidationError as error:
        form.refuse(error)
        return FORM, None
    return (PREVIEW if dry else DONE), change


def preview(
    request: SignedInRequest, model: type[Model], change: Change, touched: Touched | None, **page: Any
) -> HttpResponse:
    """The page before a change is written; the answers travel along as hidden fields."""
    context = {
        "changes": alterations(model, change.before, change.after),
        "typed": [(name, value) for name, value in request.POST.items() if name not in STEPS],
        "touched": touched,
        **page,
    }
    return render(request, "projects/plan/preview.html", context)
