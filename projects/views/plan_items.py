"""Plan items: the tree, one item, its form with the preview, withdrawal, and the systems under it."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.policy import has_permission, require
from accounts.requests import SignedInRequest
from planning import plan_queries
from planning.models import PlanItem
from planning.round_page import tabs
from planning.services import save_item, withdraw_item
from planning.services.plan import TABLE
from planning.services.rounds import Change
from projects import plan_item_queries as queries
from projects import plan_pages
from projects.forms.planning import PlanFilter, PlanItemForm, SystemLinkForm, WithdrawalForm
from projects.plan_ranks import touched_by_item
from projects.services.ranking import link_system, unlink_system
from projects.views.plan_confirm import DONE, PREVIEW, preview, tried

FORMS = ["GET", "HEAD", "POST"]


@require_safe
def items(request: SignedInRequest) -> HttpResponse:
    """Plan items as a tree, searched and filtered."""
    require(request.user, "planning.view")
    form = PlanFilter(request.GET, years=queries.years())
    rows = queries.item_rows(request.user, plan_queries.narrowed(**form.chosen()))
    context = {
        "form": form,
        "rows": rows,
        "filtered": bool(form.chosen()),
        "may_edit": has_permission(request.user, "planning.edit"),
        "tabs": tabs(request.user, "plan:items"),
    }
    return render(request, "projects/plan/items.html", context)


@require_safe
def item(request: SignedInRequest, code: str) -> HttpResponse:
    """One item: where it stands, its money, who cites it, which systems serve it, its history."""
    require(request.user, "planning.view")
    return _shown_item(request, plan_queries.item_or_404(code), SystemLinkForm())


def _shown_item(request: SignedInRequest, item: PlanItem, form: SystemLinkForm) -> HttpResponse:
    context = {
        "item": item,
        **queries.item_parts(request.user, item),
        "history": plan_pages.history(PlanItem, TABLE, item.code),
        "may_edit": has_permission(request.user, "planning.edit"),
        "form": form,
        "crumbs": plan_pages.crumbs((_("Plan items"), reverse("plan:items")), (item.code, "")),
    }
    return render(request, "projects/plan/item.html", context)


@require_http_methods(FORMS)
def new_item(request: SignedInRequest) -> HttpResponse:
    """Create a plan item."""
    require(request.user, "planning.edit")
    return _item_form(request, PlanItemForm(request.POST or None), None)


@require_http_methods(FORMS)
def edit_item(request: SignedInRequest, code: str) -> HttpResponse:
    """Change a plan item, after a look at the open proposals that cite it."""
    require(request.user, "planning.edit")
    item = plan_queries.item_or_404(code)
    return _item_form(request, PlanItemForm(request.POST or None, present=item), item)


def _item_form(request: SignedInRequest, form: PlanItemForm, item: PlanItem | None) -> HttpResponse:
    def save(dry: bool) -> Change:
        more = {"item_id": item.pk, "reason": form.cleaned_data["reason"]} if item else {}
        facts = {"values": form.values(), "envelopes": form.envelopes(), "expected": form.cleaned_data["expected"]}
        return save_item(actor=request.user, dry_run=dry, **facts, **more)

    title = _("Change the plan item") if item else _("New plan item")
    return _answer(request, form, item, title, tried(request, form, save))


@require_http_methods(FORMS)
def withdraw(request: SignedInRequest, code: str) -> HttpResponse:
    """Withdraw a plan item from a day on."""
    require(request.user, "planning.edit")
    item = plan_queries.item_or_404(code)
    opened_on = {"expected": plan_queries.mark(plan_queries.item_facts(item)), "on": item.withdrawn_on}
    form = WithdrawalForm(request.POST or None, initial=opened_on)

    def save(dry: bool) -> Change:
        return withdraw_item(actor=request.user, item_id=item.pk, dry_run=dry, **form.cleaned_data)

    return _answer(request, form, item, _("Withdraw the plan item"), tried(request, form, save))


def _answer(
    request: SignedInRequest, form: Any, item: PlanItem | None, title: str, outcome: tuple[str, Change | None]
) -> HttpResponse:
    step, change = outcome
    listed = (_("Plan items"), reverse("plan:items"))
    page = {"title": f"{title}: {item}" if item else title, "crumbs": plan_pages.crumbs(listed, (title, ""))}
    if step == DONE and change:
        messages.success(request, _("Saved: %(name)s.") % {"name": change.after["code"]})
        return redirect("plan:item", change.after["code"])
    if step == PREVIEW and change:
        touched = touched_by_item(request.user, item) if item else None
        return preview(request, PlanItem, change, touched, **page)
    back = reverse("plan:item", args=[item.code]) if item else reverse("plan:items")
    return render(request, "projects/plan/form.html", {"form": form, "back": back, **page})


@require_POST
def link(request: SignedInRequest, code: str) -> HttpResponse:
    """Put a running system under an item."""
    require(request.user, "planning.edit")
    item, form = plan_queries.item_or_404(code), SystemLinkForm(request.POST)
    if not form.is_valid():
        return _shown_item(request, item, form)
    try:
        link_system(actor=request.user, item=item, system=form.cleaned_data["system"])
    except ValidationError as error:
        form.refuse(error)
        return _shown_item(request, item, form)
    messages.success(request, _("The system stands under this item now."))
    return redirect("plan:item", code)


@require_POST
def unlink(request: SignedInRequest, code: str, system: str) -> HttpResponse:
    """Take a system from under an item."""
    require(request.user, "planning.edit")
    unlink_system(actor=request.user, item=plan_queries.item_or_404(code), system_code=system)
    messages.success(request, _("The system no longer stands under this item."))
    return redirect("plan:item", code)
