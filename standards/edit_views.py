"""Pages that change the catalogue: a new standard, one that is edited, the confirmation of a source."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.policy import require
from accounts.requests import SignedInRequest
from standards import editing, edition_queries, queries
from standards.edit_forms import ConfirmForm, StandardForm
from standards.errors import StaleEdit
from standards.models import ChecklistItem, Standard


@require_http_methods(["GET", "HEAD", "POST"])
def new_standard(request: SignedInRequest) -> HttpResponse:
    """Enter a standard in the catalogue."""
    require(request.user, "standards.edit")
    form = StandardForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _saved(request, form):
        return redirect(form.instance)
    return _form_page(request, form, _("Add a standard"), reverse("standards:catalogue"))


@require_http_methods(["GET", "HEAD", "POST"])
def edit_standard(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change a standard."""
    require(request.user, "standards.edit")
    found = queries.standard_for(request.user, pk)
    form = StandardForm(request.POST if request.method == "POST" else None, instance=found)
    if form.is_valid() and _saved(request, form):
        return redirect(found)
    return _form_page(request, form, _("Edit the standard"), found.get_absolute_url())


def _saved(request: SignedInRequest, form: StandardForm) -> bool:
    entered = form.cleaned_data
    try:
        editing.save_standard(
            actor=request.user, standard=form.instance, expected=entered["expected"], reason=entered["reason"]
        )
    except StaleEdit as stale:
        form.refuse_as_stale(stale.expected)
    except ValidationError as refused:
        form.refuse(refused)
    if not form.errors:
        messages.success(request, _("The standard was saved."))
    return not form.errors


def _form_page(request: SignedInRequest, form: StandardForm, title: str, back: str) -> HttpResponse:
    crumbs = [(_("Standards library"), reverse("standards:index")), (_("Catalogue"), reverse("standards:catalogue"))]
    context = {"form": form, "title": title, "back": back, "crumbs": [*crumbs, (title, "")]}
    return render(request, "standards/edit_standard.html", context, status=form.status)


@require_POST
def confirm_standard(request: SignedInRequest, pk: int) -> HttpResponse:
    """Replace the source of a standard by the document in which it was looked up."""
    require(request.user, "standards.edit")
    return _confirm(request, queries.standard_for(request.user, pk))


@require_POST
def confirm_item(request: SignedInRequest, pk: int, code: str) -> HttpResponse:
    """Replace the source of an item by the document in which it was looked up; of a published edition too."""
    return _confirm(request, edition_queries.edition_item_for(request.user, pk, code, "standards.edit"))


def _confirm(request: SignedInRequest, entry: Any) -> HttpResponse:
    form = ConfirmForm(request.POST)
    if form.is_valid():
        try:
            editing.confirm(entry, request.user, form.cleaned_data["source"])
        except ValidationError as refused:
            form.add_error("source", refused.message_dict["source"])
        else:
            messages.success(request, _("The source was confirmed."))
            return redirect(entry)
    return _with_error(request, entry, form)


def _with_error(request: SignedInRequest, entry: Standard | ChecklistItem, form: ConfirmForm) -> HttpResponse:
    title = _("Confirm the source")
    back = entry.get_absolute_url()
    name = entry.number if isinstance(entry, Standard) else entry.code
    crumbs = [(_("Standards library"), reverse("standards:index")), (name, back), (title, "")]
    context = {"form": form, "title": title, "back": back, "crumbs": crumbs, "entry": entry, "url": request.path}
    return render(request, "standards/confirm.html", context, status=422)
