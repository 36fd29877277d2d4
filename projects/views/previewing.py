"""The preview of duplicates while capabilities are typed: a fragment for the script, a whole page without it."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from accounts.requests import SignedInRequest
from projects import queries
from projects.errors import NotEditable
from projects.forms import SectionEdit
from projects.forms.rows import CapabilityForm, Catalogue
from projects.models import Project
from projects.states import EDITABLE
from projects.views import pages
from projects.views.looks import Typed, looks_at
from projects.views.refusals import answers_refusals


@require_POST
@answers_refusals
def preview(request: SignedInRequest, ref: str) -> HttpResponse:
    """What the capability that is being typed meets; nothing is stored."""
    project = queries.get_for(request.user, ref, "projects.edit")
    if project.state not in EDITABLE:
        raise NotEditable(project.get_state_display())
    form = CapabilityForm(request.POST, catalogue=Catalogue.load(), money={})
    number = request.POST.get("number", "")
    typed = _typed(form, number if number.isdecimal() and len(number) < 4 else "")
    typed = replace(typed, money=_money(project, form.cleaned_data.get("code") or ""))
    return render(request, "projects/_look.html", {"look": looks_at(project, [typed])[0]})


def whole_page(request: SignedInRequest, project: Project, changes: SectionEdit) -> HttpResponse:
    """The page as it was typed, with what every row meets; nothing is stored and nothing typed is lost."""
    changes.is_valid()
    rows: Any = changes.rows
    forms = [form for form in rows if form not in rows.deleted_forms and (form.has_changed() or not form.is_new)]
    numbers = {id(form): number for number, form in enumerate(rows, start=1)}
    typed = [replace(_typed(form, numbers[id(form)]), money=form.money) for form in forms]
    for form, look in zip(forms, looks_at(project, typed), strict=True):
        form.look = look
    context = pages.section_page(project, changes)
    return render(request, "projects/section.html", {**context, "looked": True})


def _typed(form: Any, number: int | str) -> Typed:
    form.is_valid()
    values, errors = form.cleaned_data, form.errors.get("text", [])
    blank = not str(form["text"].value() or "").strip()
    return Typed(
        number=number,
        text=values.get("text", ""),
        node=form.catalogue.nodes.get(values.get("taxonomy", "")),
        domain=values.get("domain") or None,
        service_object=values.get("service_object") or None,
        problem="" if blank or not errors else str(errors[0]),
    )


def _money(project: Project, code: str) -> Decimal:
    """What the estimate maps to a capability, in 万元."""
    lines = project.budget_lines.filter(capability__code=code) if code else project.budget_lines.none()
    return sum((line.amount for line in lines), Decimal(0))
