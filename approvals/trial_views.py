"""Changing thresholds and synonyms: what would change is shown before anything does."""

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import policy
from accounts.requests import SignedInRequest
from approvals import trial_page
from approvals.trial_forms import AdoptForm, SynonymForm, ThresholdForm, take_errors
from duplicates import Thresholds
from planning import queries as planning
from portfolio.models import SynonymGroup
from portfolio.synonyms import shipped
from projects.models import Trial
from projects.services import trials

RECENT = 10
read_or_write = require_http_methods(["GET", "HEAD", "POST"])


@read_or_write
def thresholds(request: SignedInRequest) -> HttpResponse:
    """The thresholds in force and before; a form that tries others."""
    policy.require(request.user, "policies.edit")
    fitted = {name: float(number) for name, number in asdict(Thresholds()).items() if name in trial_page.LIMITS}
    form = ThresholdForm(request.POST or None, in_force=planning.policy("bands"), fitted=fitted)
    if request.method == "POST" and form.is_valid():
        try:
            return _to(trials.try_thresholds(actor=request.user, value=form.value))
        except ValidationError as error:
            take_errors(form, error)
    context = {"form": form, "history": planning.history("bands"), **_recent(Trial.Kind.THRESHOLDS)}
    return render(request, "approvals/thresholds.html", {**context, "crumbs": _crumbs(_("Thresholds"))})


@read_or_write
def synonyms(request: SignedInRequest) -> HttpResponse:
    """The city's own groups of words, the shipped ones, and a form that tries another."""
    policy.require(request.user, "policies.edit")
    form = SynonymForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            return _to(trials.try_group(actor=request.user, **form.cleaned_data))
        except ValidationError as error:
            take_errors(form, error)
    own = SynonymGroup.objects.select_related("added_by", "switched_by")
    context = {"form": form, "own": own, **_shipped(request), **_recent(Trial.Kind.SYNONYMS)}
    return render(request, "approvals/synonyms.html", {**context, "crumbs": _crumbs(_("Synonyms"))})


def _shipped(request: SignedInRequest) -> dict[str, Any]:
    """The shipped groups that hold the wanted words, as the page shows them."""
    wanted, labels = request.GET.get("q", "").strip().lower()[:60], dict(SynonymGroup.Kind.choices)
    groups = [
        {"kind": labels.get(kind, kind), "words": words, "source": source}
        for kind, words, source in shipped()
        if not wanted or any(wanted in word.lower() for word in words)
    ]
    return {"shipped": groups, "q": request.GET.get("q", "")[:60]}


@require_POST
def switch_synonyms(request: SignedInRequest, pk: int) -> HttpResponse:
    """Try to switch one of the city's groups on or off."""
    policy.require(request.user, "policies.edit")
    group = get_object_or_404(SynonymGroup, pk=pk)
    try:
        return _to(trials.try_switch(actor=request.user, group_id=group.pk))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("approvals:synonyms")


@read_or_write
def trial(request: SignedInRequest, pk: int) -> HttpResponse:
    """What a trial found; posting puts in force what was tried."""
    policy.require(request.user, "policies.edit")
    found = get_object_or_404(Trial.objects.select_related("group", "requested_by", "adopted_by"), pk=pk)
    form = AdoptForm(request.POST or None) if found.kind == Trial.Kind.THRESHOLDS else None
    if request.method == "POST" and (form is None or form.is_valid()) and _adopt(request, found, form):
        return redirect(f"approvals:{found.kind}")
    status = 422 if request.method == "POST" else 200
    return render(request, "approvals/trial.html", _trial(found, form), status=status)


def _trial(found: Trial, form: AdoptForm | None) -> dict[str, Any]:
    done = found.status == Trial.Status.DONE
    where = {Trial.Kind.THRESHOLDS: _("Thresholds"), Trial.Kind.SYNONYMS: _("Synonyms")}[Trial.Kind(found.kind)]
    return {
        "trial": found,
        "form": form,
        "error": _(found.error) if found.error else "",
        "progress": [{"value": found.done, "kind": "full"}],
        "asked": trial_page.asked(found),
        "answer": trial_page.answer(found) if done else None,
        "back": reverse(f"approvals:{found.kind}"),
        "crumbs": _crumbs(_("Trial"), (where, reverse(f"approvals:{found.kind}"))),
    }


def _adopt(request: SignedInRequest, found: Trial, form: AdoptForm | None) -> bool:
    try:
        if form is None:
            trials.adopt_synonyms(trial_id=found.pk, actor=request.user)
        else:
            trials.adopt_thresholds(trial_id=found.pk, actor=request.user, **form.cleaned_data)
    except ValidationError as error:
        if form is None:
            messages.error(request, " ".join(error.messages))
        else:
            take_errors(form, error)
        return False
    messages.success(request, _("Put in force. Screenings from now on use it; earlier ones stay as they are."))
    return True


def _to(asked: Trial) -> HttpResponse:
    return redirect("approvals:trial", pk=asked.pk)


def _recent(kind: str) -> dict[str, Any]:
    found = Trial.objects.filter(kind=kind).select_related("requested_by", "adopted_by", "group")
    return {"trials": found.defer("result")[:RECENT]}


def _crumbs(last: str, *between: tuple[str, str]) -> list[tuple[str, str]]:
    start = [(_("Duplicate building"), reverse("approvals:duplicates")), (_("Quality"), reverse("approvals:quality"))]
    return [*start, *between, (last, "")]
