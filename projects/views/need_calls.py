"""Calls for needs: the guide for everybody, the window and its history for whoever keeps them."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.policy import require
from accounts.queries import edits_of
from accounts.requests import SignedInRequest
from planning import need_queries as pool
from planning.models import NeedCall
from planning.services import need_calls as services
from projects.forms.needs import CallForm
from projects.views.need_pages import crumbs, edit_rows
from projects.views.need_refusals import answers_need_refusals


@require_http_methods(["GET", "HEAD", "POST"])
@answers_need_refusals
def new_call(request: SignedInRequest) -> HttpResponse:
    """Announce a call."""
    require(request.user, "planning.edit")
    form = CallForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        if _saved(request, form, values.pop("code"), values, None):
            return redirect("needs:needs")
    return render(request, "projects/call.html", {"form": form, "crumbs": crumbs(_("New call for needs"))})


@require_http_methods(["GET", "HEAD", "POST"])
@answers_need_refusals
def call(request: SignedInRequest, code: str) -> HttpResponse:
    """Change a call; what it said before stays readable."""
    require(request.user, "planning.edit")
    found = pool.call_or_404(code)
    initial = {name: getattr(found, name) for name in services.FIELDS}
    form = CallForm(request.POST or None, initial=initial, is_new=False)
    if request.method == "POST" and form.is_valid():
        typed = request.POST.get("expected", "")
        expected = int(typed) if typed.isdecimal() and len(typed) < 6 else -1
        if _saved(request, form, code, form.cleaned_data, expected):
            return redirect("needs:needs")
    context = {"form": form, "call": found, "expected": services.call_revision(code), "crumbs": crumbs(found.label)}
    context["edits"] = edit_rows(edits_of(services.TABLE, code)[:20], NeedCall)
    return render(request, "projects/call.html", context)


def _saved(
    request: SignedInRequest, form: CallForm, code: str, data: dict[str, Any], expected: int | None
) -> bool:  # fmt: skip
    """Save as typed; False with every error at its field."""
    try:
        saved = services.save_call(actor=request.user, code=code, data=data, expected=expected)
    except ValidationError as error:
        for name, texts in error.message_dict.items():
            for text in texts:
                form.add_error(name if name in form.fields else None, text)
        return False
    messages.success(request, _("The call “%(call)s” is saved.") % {"call": saved.label})
    return True
