"""A draft edition, a superseded standard and a condition, each with the proposals that it meets."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.policy import require
from accounts.requests import SignedInRequest
from projects import edition_preview
from standards import editing, edition_queries, editions, queries
from standards.applicability import MAX_LENGTH, ConditionError
from standards.edit_forms import STALE, PublishForm, SupersedeForm, caret_line, renew
from standards.errors import StaleEdit
from standards.models import ChecklistEdition, Standard


@require_http_methods(["GET", "HEAD", "POST"])
def preview_edition(request: SignedInRequest, pk: int) -> HttpResponse:
    """Whom a draft edition would touch, and the form that publishes it."""
    draft = edition_queries.edition_for(request.user, pk, "standards.edit")
    if not draft.is_draft:
        raise Http404(str(pk))
    form = PublishForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _published(request, draft, form):
        return redirect(draft)
    context = {**_shown(request, draft), "form": form}
    return render(request, "projects/preview_edition.html", context, status=_status(form))


def _shown(request: SignedInRequest, draft: ChecklistEdition) -> dict[str, Any]:
    changes = edition_queries.difference(draft)
    return {
        "edition": draft,
        "changes": changes,
        "base": edition_queries.base_of(draft),
        "found": edition_preview.preview(request.user, changes),
        # Always of the draft as this page shows it: after a refusal the reader decides on what stands here now.
        "expected": edition_queries.draft_fingerprint(draft),
        "crumbs": [(draft.label, draft.get_absolute_url()), (_("Whom it touches"), "")],
    }


def _published(request: SignedInRequest, draft: ChecklistEdition, form: PublishForm) -> bool:
    entered = form.cleaned_data
    try:
        editions.publish(actor=request.user, edition=draft, **entered)
    except StaleEdit:
        form.add_error(None, _("The draft was changed since this page was opened. Look again, then publish."))
    except ValidationError as refused:
        form.add_error(None, refused)
    else:
        messages.success(request, _("The edition was published. Submissions from its first day on are pinned to it."))
    return not form.errors


@require_http_methods(["GET", "HEAD", "POST"])
def supersede(request: SignedInRequest, pk: int) -> HttpResponse:
    """Mark a standard as superseded, after seeing what rests on it."""
    require(request.user, "standards.edit")
    found = queries.standard_for(request.user, pk)
    form = SupersedeForm(found, request.POST if request.method == "POST" else None)
    if form.is_valid() and _superseded(request, found, form):
        return redirect(found)
    crumbs = [(_("Catalogue"), reverse("standards:catalogue")), (found.number, found.get_absolute_url())]
    context = {
        "standard": found, "form": form, "crumbs": [*crumbs, (_("Mark as superseded"), "")],
        "items": edition_queries.citing(found), "resting": edition_preview.resting_on(request.user, found),
    }  # fmt: skip
    return render(request, "projects/supersede.html", context, status=_status(form))


def _superseded(request: SignedInRequest, standard: Standard, form: SupersedeForm) -> bool:
    try:
        editing.supersede(actor=request.user, standard=standard, **form.cleaned_data)
    except StaleEdit as stale:
        form.add_error(None, STALE)
        renew(form, stale.expected)
    except ValidationError as refused:
        known = {name if name in form.fields else None: texts for name, texts in refused.message_dict.items()}
        for name, texts in known.items():
            form.add_error(name, texts)
    else:
        messages.success(request, _("The standard is marked as superseded. No item and no review was moved."))
    return not form.errors


def _status(form: Any) -> int:
    return 422 if form.errors else 200


@require_http_methods(["GET", "HEAD", "POST"])
def try_condition(request: SignedInRequest) -> HttpResponse:
    """A condition on every open proposal the reader may see."""
    require(request.user, "standards.edit")
    condition = (request.POST or request.GET).get("condition", "")[: MAX_LENGTH + 1]
    context: dict[str, Any] = {"condition": condition, "crumbs": _crumbs()}
    try:
        context["tried"] = edition_preview.try_on_proposals(request.user, condition)
        context["meets"] = sum(row.decided.applies for row in context["tried"])
    except ConditionError as error:
        context |= {"error": str(error), "caret": caret_line(condition), "has_errors": True}
    return render(request, "projects/try_condition.html", context)


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Checklist editions"), reverse("standards:editions")), (_("Try the condition"), "")]
