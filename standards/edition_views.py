"""Pages of the checklist editions: the list, one edition with what it changes, and the items of a draft."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.policy import has_permission, require
from accounts.requests import SignedInRequest
from standards import applicability, edition_queries, queries
from standards import editions as keeping
from standards.edit_forms import EditionForm, ItemForm, TryForm
from standards.errors import StaleEdit
from standards.facts import FACTS
from standards.library_pages import item_page, tabs
from standards.models import ChecklistEdition, ChecklistItem
from standards.snapshots import EDITIONS


@require_safe
def editions(request: SignedInRequest) -> HttpResponse:
    """Every edition with where it stands."""
    rows = list(edition_queries.editions_for(request.user))
    current = queries.edition_in_force()
    context = {
        "tabs": tabs(request.user, "editions"),
        "rows": [(row, *edition_queries.standing_of(row, current)) for row in rows],
        "can_edit": has_permission(request.user, "standards.edit"),
        "draft": next((row for row in rows if row.is_draft), None),
    }
    return render(request, "standards/editions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_edition(request: SignedInRequest) -> HttpResponse:
    """Start a draft as a copy of the newest published edition."""
    require(request.user, "standards.edit")
    form = EditionForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            return redirect(keeping.start_draft(actor=request.user, edition=form.instance))
        except ValidationError as refused:
            form.add_error(None, refused)
    title = _("Start a draft edition")
    context = {"form": form, "title": title, "base": edition_queries.newest_published(), "crumbs": _crumbs((title, ""))}
    return render(request, "standards/new_edition.html", context)


@require_safe
def edition(request: SignedInRequest, pk: int) -> HttpResponse:
    """One edition: what it changes against the one before, its items, its history."""
    found = edition_queries.edition_for(request.user, pk)
    label, badge = edition_queries.standing_of(found, queries.edition_in_force())
    context = {
        "edition": found, "label": label, "badge": badge, "crumbs": _crumbs((found.label, "")),
        "base": edition_queries.base_of(found), "changes": edition_queries.difference(found),
        "items": found.items.select_related("standard").order_by("kind", "position", "code"),
        "can_edit": found.is_draft and has_permission(request.user, "standards.edit"),
        "history": edition_queries.history(EDITIONS, found.code),
    }  # fmt: skip
    return render(request, "standards/edition.html", context)


@require_safe
def edition_item(request: SignedInRequest, pk: int, code: str) -> HttpResponse:
    """One item as its edition says it."""
    found = edition_queries.edition_item_for(request.user, pk, code)
    return render(request, "standards/item.html", item_page(request.user, found))


@require_http_methods(["GET", "HEAD", "POST"])
def edit_item(request: SignedInRequest, pk: int, code: str) -> HttpResponse:
    """Change an item of a draft, or try its condition on facts."""
    _draft(request, pk)
    return _item_form(request, edition_queries.edition_item_for(request.user, pk, code, "standards.edit"))


@require_http_methods(["GET", "HEAD", "POST"])
def new_item(request: SignedInRequest, pk: int) -> HttpResponse:
    """Add an item to a draft."""
    return _item_form(request, ChecklistItem(edition=_draft(request, pk)))


@require_http_methods(["GET", "HEAD", "POST"])
def retire_item(request: SignedInRequest, pk: int, code: str) -> HttpResponse:
    """Leave an item out of a draft, after a question."""
    draft = _draft(request, pk)
    found = edition_queries.edition_item_for(request.user, pk, code, "standards.edit")
    if request.method == "POST":
        keeping.retire_item(actor=request.user, item=found)
        messages.success(request, _("%(code)s is not part of the draft any more.") % {"code": code})
        return redirect(draft)
    return render(request, "standards/retire_item.html", {"item": found, "edition": draft})


@require_POST
def restore_item(request: SignedInRequest, pk: int, code: str) -> HttpResponse:
    """Take an item into the draft again as the edition before says it."""
    draft = _draft(request, pk)
    try:
        keeping.restore_item(actor=request.user, edition=draft, code=code)
    except ChecklistItem.DoesNotExist:
        raise Http404(code) from None
    messages.success(request, _("%(code)s stands in the draft as before.") % {"code": code})
    return redirect(draft)


@require_http_methods(["GET", "HEAD", "POST"])
def discard_draft(request: SignedInRequest, pk: int) -> HttpResponse:
    """Drop a draft, after a question."""
    draft = _draft(request, pk)
    if request.method == "POST":
        keeping.discard_draft(actor=request.user, edition=draft)
        messages.success(request, _("The draft was discarded."))
        return redirect("standards:editions")
    return render(request, "standards/discard_draft.html", {"edition": draft})


def _draft(request: SignedInRequest, pk: int) -> ChecklistEdition:
    """The draft; a published edition has no such page."""
    found = edition_queries.edition_for(request.user, pk, "standards.edit")
    if not found.is_draft:
        raise Http404(str(pk))
    return found


def _item_form(request: SignedInRequest, item: ChecklistItem) -> HttpResponse:
    posted = request.POST if request.method == "POST" else None
    form, trial = ItemForm(posted, instance=item), TryForm(posted)
    tried = posted is not None and "try" in posted
    if posted is not None and not tried and form.is_valid() and _saved(request, form):
        return redirect(item.edition)
    title = _("Edit the item") if item.pk else _("Add an item")
    crumbs = _crumbs((item.edition.label, item.edition.get_absolute_url()), (title, ""))
    context = {"form": form, "trial": trial, "title": title, "edition": item.edition, "crumbs": crumbs, "facts": FACTS}
    context["result"] = _tried(form, trial) if tried else None
    return render(request, "standards/edit_item.html", context, status=form.status)


def _saved(request: SignedInRequest, form: ItemForm) -> bool:
    entered = form.cleaned_data
    try:
        keeping.save_draft_item(
            actor=request.user, item=form.instance, related=entered["related"], expected=entered["expected"],
            reason=entered["reason"],
        )  # fmt: skip
    except StaleEdit as stale:
        form.refuse_as_stale(stale.expected)
    except ValidationError as refused:
        form.refuse(refused)
    if not form.errors:
        messages.success(request, _("The item was saved."))
    return not form.errors


def _tried(form: ItemForm, trial: TryForm) -> dict[str, Any]:
    """What the typed condition says of the chosen facts, or where it cannot be read."""
    condition = str(form["condition"].value() or "")
    try:
        return {"decided": applicability.applies(condition, trial.facts())}
    except applicability.ConditionError as error:
        return {"error": str(error), "condition": condition, "caret": form.caret}


def _crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    library = (_("Standards library"), reverse("standards:index"))
    return [library, (_("Checklist editions"), reverse("standards:editions")), *more]
