"""Pages of policy rows: the list, one row with its history, changing it after a preview, confirming, cancelling."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.policy import has_permission, require
from accounts.requests import SignedInRequest
from approvals import policy_page
from approvals.policy_forms import ConfirmForm, PolicyForm
from approvals.policy_preview import preview, reach
from approvals.trial_forms import take_errors
from planning import services
from planning.models import PolicyRow
from planning.policy_schema import rule_of
from planning.policy_values import compare

read_or_write = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def policies(request: SignedInRequest) -> HttpResponse:
    """Every policy row in force, by topic, in words."""
    require(request.user, "policies.view")
    context = {"groups": policy_page.by_topic(), "crumbs": crumbs(request, (_("Policy rows"), ""))}
    return render(request, "approvals/policies.html", {**context, **_rights(request)})


@require_safe
def policy(request: SignedInRequest, key: str) -> HttpResponse:
    """One policy row: what holds, what is to come, and what each change said before and after."""
    require(request.user, "policies.view")
    context = {**policy_page.page(key), "reach": reach(key), "crumbs": _crumbs(request, key)}
    return render(request, "approvals/policy.html", {**context, **_rights(request)})


@read_or_write
def change_policy(request: SignedInRequest, key: str) -> HttpResponse:
    """A form for the value; then which open proposals it would touch; then it is put in force."""
    require(request.user, "policies.edit")
    row = policy_page.newest(key)
    if key == "bands":
        return redirect("approvals:thresholds")
    form = PolicyForm(request.POST or None, row=row)
    if request.method == "POST" and "back" not in request.POST and form.is_valid():
        if "confirm" not in request.POST:
            return render(request, "approvals/change_policy.html", _previewed(request, form))
        if _put_in_force(request, form):
            return redirect("policies:policy", key)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "approvals/change_policy.html", _asked(request, form), status=status)


def _asked(request: SignedInRequest, form: PolicyForm) -> dict[str, Any]:
    key = form.row.key
    return {"form": form, "key": key, "rule": rule_of(key), "crumbs": _crumbs(request, key, _("Change"))}


def _previewed(request: SignedInRequest, form: PolicyForm) -> dict[str, Any]:
    data, row = form.cleaned_data, form.row
    return {
        **_asked(request, form),
        "preview": preview(request.user, row.key, row.value, form.value, data["valid_from"]),
        "differences": compare(row.key, row.value, form.value),
        "typed": [(name, request.POST[name]) for name in form.fields if name in request.POST],
        "is_stale": data["expected"] != row.pk,
    }


def _put_in_force(request: SignedInRequest, form: PolicyForm) -> bool:
    data = form.cleaned_data
    paper = {name: data[name] for name in ("source", "note", "valid_from", "expected")}
    try:
        services.change_policy(key=form.row.key, value=form.value, actor=request.user, **paper)
    except ValidationError as error:
        take_errors(form, error)
        return False
    text = _("In force from %(day)s. Nothing applies retroactively.")
    messages.success(request, text % {"day": data["valid_from"].isoformat()})
    return True


@read_or_write
def confirm_policy(request: SignedInRequest, key: str) -> HttpResponse:
    """Name the document that confirms a value as it stands."""
    require(request.user, "policies.edit")
    context = policy_page.page(key)
    row = context["shown"].row
    form = ConfirmForm(request.POST or None, initial={"seen": row.source})
    if request.method == "POST" and form.is_valid() and _confirmed(request, form, row):
        return redirect("policies:policy", key)
    context |= {"form": form, "crumbs": _crumbs(request, key, _("Confirm"))}
    return render(request, "approvals/confirm_policy.html", context, status=422 if form.errors else 200)


def _confirmed(request: SignedInRequest, form: ConfirmForm, row: PolicyRow) -> bool:
    try:
        services.confirm_policy(pk=row.pk, actor=request.user, **form.cleaned_data)
    except ValidationError as error:
        take_errors(form, error)
        return False
    messages.success(request, _("Confirmed. The value and its days stay as they are."))
    return True


@read_or_write
def cancel_policy(request: SignedInRequest, key: str, pk: int) -> HttpResponse:
    """Take back a change that has not begun."""
    require(request.user, "policies.edit")
    row = get_object_or_404(PolicyRow, pk=pk, key=key)
    if request.method == "POST":
        try:
            services.cancel_policy(pk=pk, actor=request.user)
            messages.success(request, _("Cancelled. What holds today goes on without an end."))
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
        return redirect("policies:policy", key)
    context = {"row": row, "rule": rule_of(key), "crumbs": _crumbs(request, key, _("Cancel"))}
    return render(request, "approvals/cancel_policy.html", {**context, "back": reverse("policies:policy", args=[key])})


def _rights(request: SignedInRequest) -> dict[str, bool]:
    return {"may_edit": has_permission(request.user, "policies.edit")}


def crumbs(request: SignedInRequest, *more: tuple[str, str]) -> list[tuple[str, str]]:
    """The way to a page of rules; those who keep none begin at the policy rows."""
    start = [(_("Rules"), reverse("policies:settings"))] if has_permission(request.user, "policies.log") else []
    return [*start, *more]


def _crumbs(request: SignedInRequest, key: str, last: str = "") -> list[tuple[str, str]]:
    label, here = str(rule_of(key).label), reverse("policies:policy", args=[key])
    middle = [(label, here), (last, "")] if last else [(label, "")]
    return crumbs(request, (_("Policy rows"), reverse("policies:policies")), *middle)
