"""The edit form of one system, for the registry's stewards."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.policy import require
from accounts.requests import SignedInRequest
from portfolio import queries, services
from portfolio.forms import SystemForm, capability_forms


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """Register one system by hand."""
    require(request.user, "portfolio.edit")
    posted = request.POST if request.method == "POST" else None
    form, rows = SystemForm(posted), capability_forms(posted)
    if form.is_valid() & rows.is_valid() and _save(form, rows):
        return _saved(request, form.cleaned_data["code"])
    crumbs = [(_("Existing systems"), reverse("portfolio:index")), (_("Register a system"), "")]
    return render(request, "portfolio/new.html", _context(form, rows, crumbs), status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: SignedInRequest, code: str) -> HttpResponse:
    """Change one system and its capabilities."""
    system = queries.get_for(request.user, code, "portfolio.edit")
    address = reverse("portfolio:system", args=[code])
    crumbs = [(_("Existing systems"), reverse("portfolio:index")), (system.name, address), (_("Edit the system"), "")]
    posted = request.POST if request.method == "POST" else None
    form, rows = SystemForm(posted, instance=system), capability_forms(posted, system=system)
    if form.is_valid() & rows.is_valid() and _save(form, rows):
        return _saved(request, code)
    return render(request, "portfolio/edit.html", _context(form, rows, crumbs), status=form.status)


def _save(form: SystemForm, rows: Any) -> bool:
    """Whether it was written; if not, the form says why and keeps everything typed."""
    try:
        services.save_system(facts=form.facts(rows), version=form.cleaned_data["version"] or None)
    except services.StaleEdit as stale:
        form.refuse_as_stale(stale.version)
    except services.EditRefused as refused:
        for error in refused.errors:
            form.add_error(None, f"{error.value} {error.message}")
    return not form.errors


def _saved(request: SignedInRequest, code: str) -> HttpResponse:
    messages.success(request, _("The system was saved."))
    if "again" in request.POST:
        return redirect("portfolio:edit", code=code)
    return redirect("portfolio:system", code=code)


def _context(form: SystemForm, rows: Any, crumbs: list[tuple[str, str]]) -> dict[str, Any]:
    return {"form": form, "formset": rows, "sources": [form, rows], "crumbs": crumbs}
