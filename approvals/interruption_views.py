"""Interrupt a submission that meets what exists until each question is answered; then let it go through the door."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from approvals import interruption_page as pages
from approvals import queries
from approvals.interruption_forms import LONGEST, sent
from approvals.models import Case
from approvals.offers import Offer
from approvals.services import perform
from approvals.step_page import offered
from projects.models import DuplicateStatement
from projects.screening_rehearsal import Rehearsal, rehearsal_of
from projects.services import state_on_duplicates
from projects.states import Reply


@require_http_methods(["GET", "HEAD", "POST"])
def interruption(request: SignedInRequest, ref: str, action: str) -> HttpResponse:
    """The questions of a submission; their answers; and on."""
    case = queries.get_case(request.user, ref)
    if action not in pages.INTERRUPTED:
        raise Http404(action)
    offer = offered(case, request.user, action, _as_step(request))
    if request.method != "POST":
        return _ask(request, case, offer, rehearsal_of(case))
    forms = sent(case.pk, request.POST)
    if not forms.is_valid() or not _record(request, case, forms):
        return _ask(request, case, offer, rehearsal_of(case), forms)
    if any(form.goes_back for form in forms):
        return _back_to_editing(request, case, forms)
    return submit(request, case, offer, request.POST.get("comment", "")[:LONGEST])


def submit(
    request: SignedInRequest, case: Case, offer: Offer, comment: str = "", entry: dict | None = None
) -> HttpResponse:
    """Through the door, unless something red or unified is unanswered; then the page that asks.

    This interrupts people and nobody else: what is submitted without it meets the same findings at adjudication.
    """
    asked = offer.step.action in pages.INTERRUPTED and offer.is_open
    outlook = rehearsal_of(case) if asked else Rehearsal()
    if outlook.unanswered:
        return _ask(request, case, offer, outlook)
    perform(
        case_id=case.pk, action=offer.step.action, actor=request.user, comment=comment,
        expected_version=case.seq, entry=entry or {},
    )  # fmt: skip
    if outlook.problem:
        text = _("Duplicates could not be checked beforehand: %(reason)s The check after acceptance decides.")
        messages.warning(request, text % {"reason": outlook.problem})
    messages.success(request, _("Done: %(step)s.") % {"step": offer.step.label})
    return redirect("approvals:case", case.ref)


def _ask(
    request: SignedInRequest, case: Case, offer: Offer, outlook: Rehearsal, forms: BaseFormSet | None = None
) -> HttpResponse:
    kept = {"comment": request.POST.get("comment", "")[:LONGEST]}
    context = pages.page(case, offer, outlook, kept, forms)
    return render(request, "approvals/interruption.html", context, status=422 if forms is not None else 200)


def _as_step(request: SignedInRequest) -> dict[str, str]:
    """What the door would be given; whatever was written is kept on the page of a refusal."""
    texts = [request.POST.get("comment", "")]
    texts += [value for name, value in request.POST.items() if name.endswith("-text")]
    version = request.POST.get("expected_version", "")
    return {"expected_version": version, "comment": "\n".join(filter(None, texts))}


def _record(request: SignedInRequest, case: Case, forms: BaseFormSet) -> bool:
    """Store the statements; False, with the reason among the messages, when one of them cannot stand."""
    try:
        stated = [form.statement(pages.thing_named(form.about)) for form in forms if not form.goes_back]
        rows = state_on_duplicates(project_id=case.pk, actor=request.user, statements=stated)
    except ValidationError as error:
        for text in error.messages:
            messages.error(request, text)
        return False
    _say_what_remains(request, rows)
    return True


def _say_what_remains(request: SignedInRequest, rows: Sequence[DuplicateStatement]) -> None:
    for system in {row.system for row in rows if row.kind == Reply.REUSE and row.system}:
        values: dict[str, Any] = {
            "name": system.name,
            "keeps": system.department_keeps or _("connect to it, and keep only that in the estimate"),
            "contact": f"{system.department.label} {system.contact_name} {system.contact_phone}".strip(),
        }
        messages.info(request, _("Reuse of “%(name)s”. Still to be done: %(keeps)s. Ask: %(contact)s") % values)


def _back_to_editing(request: SignedInRequest, case: Case, forms: BaseFormSet) -> HttpResponse:
    codes = sorted({form.about["code"] for form in forms if form.goes_back})
    text = _("Not submitted. Your other answers are kept. To be changed: %(codes)s")
    messages.info(request, text % {"codes": _(", ").join(codes)})
    return redirect(reverse("projects:section", args=[case.ref, "solution"]))
