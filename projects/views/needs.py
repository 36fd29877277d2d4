"""Needs from the unit's side: the open call, one need on one form, filing, withdrawing, starting the proposal."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import policy
from accounts.requests import SignedInRequest
from planning import need_queries as pool
from planning.models import Need
from planning.services import needs as services
from projects import need_queries
from projects.forms.needs import NeedForm, NewNeedForm, StartFromNeedsForm
from projects.services.needs import start_proposal
from projects.views.need_pages import badge_of, crumbs, need_page, word_of
from projects.views.need_refusals import answers_need_refusals


@require_safe
def needs(request: SignedInRequest) -> HttpResponse:
    """The calls, the own needs, and what was put off and may come back."""
    policy.require(request.user, "needs.view")
    own = list(pool.own_needs(request.user))
    context = {
        "calls": list(pool.calls()),
        "open_calls": list(pool.open_calls()),
        "rows": [{"need": need, "badge": badge_of(need), "word": word_of(need)} for need in own],
        "carryable": list(pool.carryable(request.user)),
        "may_file": policy.has_permission(request.user, "needs.file"),
        "may_edit_calls": policy.has_permission(request.user, "planning.edit"),
        "may_draft": pool.drafting_calls().exists(),
    }
    return render(request, "projects/needs.html", context)


@require_safe
def need(request: SignedInRequest, code: str) -> HttpResponse:
    """One need: what was asked, what it meets, what was decided, what came of it."""
    found = pool.get_for(request.user, code)
    return render(request, "projects/need.html", need_page(found, request.user))


@require_http_methods(["GET", "HEAD", "POST"])
@answers_need_refusals
def new(request: SignedInRequest) -> HttpResponse:
    """Begin a need."""
    policy.require(request.user, "needs.file")
    form = NewNeedForm(request.POST or None, user=request.user, initial=_contact(request))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            unit, call = data["department"], data["call"]
            return _saved(request, services.create_need(actor=request.user, department=unit, call=call, data=data))
        except ValidationError as error:
            _add(form, error)
    return render(request, "projects/edit_need.html", {"form": form, "crumbs": crumbs(_("New need"))})


@require_http_methods(["GET", "HEAD", "POST"])
@answers_need_refusals
def edit_need(request: SignedInRequest, code: str) -> HttpResponse:
    """Go on writing a need."""
    found = pool.get_for(request.user, code, "needs.file")
    form = NeedForm(request.POST or None, initial=pool.facts_of(found))
    if request.method == "POST" and form.is_valid():
        expected = _revision(request)
        try:
            data = form.cleaned_data
            saved = services.save_need(actor=request.user, need_id=found.pk, data=data, expected=expected)
            return _saved(request, saved)
        except ValidationError as error:
            _add(form, error)
    return _form_page(request, found, form)


@require_POST
@answers_need_refusals
def file(request: SignedInRequest, code: str) -> HttpResponse:
    """File a need; what is missing is said at the fields."""
    found = pool.get_for(request.user, code, "needs.file")
    try:
        services.file_need(actor=request.user, need_id=found.pk, expected=_revision(request))
    except ValidationError as error:
        form = NeedForm(pool.facts_of(found))
        _add(form, error)
        return _form_page(request, found, form)
    messages.success(request, _("%(need)s is filed. You will find the decision here.") % {"need": code})
    return redirect("needs:need", code=code)


@require_http_methods(["GET", "HEAD", "POST"])
@answers_need_refusals
def withdraw(request: SignedInRequest, code: str) -> HttpResponse:
    """Take a need back, after a full stop."""
    found = pool.get_for(request.user, code, "needs.file")
    if request.method != "POST":
        return render(request, "projects/withdraw.html", {"need": found, "crumbs": crumbs(code)})
    services.withdraw_need(actor=request.user, need_id=found.pk)
    messages.success(request, _("%(need)s is withdrawn.") % {"need": code})
    return redirect("needs:need", code=code)


@require_POST
@answers_need_refusals
def carry(request: SignedInRequest, code: str) -> HttpResponse:
    """File a need that was put off in the call that is open now."""
    found = pool.get_for(request.user, code, "needs.file")
    call = pool.open_calls().first()
    if call is None:
        raise Http404
    made = services.carry_over(actor=request.user, need_id=found.pk, call=call)
    messages.success(request, _("%(need)s is carried over as %(new)s.") % {"need": code, "new": made.code})
    return redirect("needs:need", code=made.code)


@require_http_methods(["GET", "HEAD", "POST"])
@answers_need_refusals
def start(request: SignedInRequest) -> HttpResponse:
    """Start the proposal that answers a need, and those treated with it."""
    first = pool.get_for(request.user, request.GET.get("need", ""))
    if not need_queries.startable(first, request.user):
        policy.require(request.user, "projects.create")
        raise Http404
    together = need_queries.together_with(first, request.user)
    title = first.group.title if first.group and len(together) > 1 else first.title
    initial = {"title": title, "need": [one.code for one in together]}
    form = StartFromNeedsForm(request.POST or None, needs=together, initial=initial)
    if request.method == "POST" and form.is_valid() and (made := _start(request, form)):
        return redirect("projects:edit", ref=made.ref)
    context = {"form": form, "need": first, "crumbs": crumbs(_("Start the proposal"))}
    return render(request, "projects/start.html", context)


def _start(request: SignedInRequest, form: StartFromNeedsForm) -> Any:
    values = dict(form.cleaned_data)
    try:
        return start_proposal(actor=request.user, codes=values.pop("need"), **values)
    except ValidationError as error:
        _add(form, error)
        return None


def _form_page(request: SignedInRequest, found: Need, form: NeedForm) -> HttpResponse:
    context = {"form": form, "need": found, "revision": _revision(request) or found.revision}
    return render(request, "projects/edit_need.html", {**context, "crumbs": crumbs(found.code)})


def _saved(request: SignedInRequest, saved: Need) -> HttpResponse:
    """To the page of the need; with the button "save and file" straight on to filing."""
    if request.POST.get("then") == "file" and saved.status == Need.Status.DRAFT:
        return _filed(request, saved)
    if saved.status == Need.Status.DRAFT:
        messages.success(request, _("Saved as a draft. It is not filed yet."))
    else:
        messages.success(request, _("Saved."))
    return redirect("needs:need", code=saved.code)


def _filed(request: SignedInRequest, saved: Need) -> HttpResponse:
    try:
        services.file_need(actor=request.user, need_id=saved.pk, expected=saved.revision)
    except ValidationError as error:
        form = NeedForm(pool.facts_of(saved))
        _add(form, error)
        context = {"form": form, "need": saved, "revision": saved.revision, "crumbs": crumbs(saved.code)}
        context["action"] = reverse("needs:edit_need", args=[saved.code])
        return render(request, "projects/edit_need.html", context)
    messages.success(request, _("%(need)s is filed. You will find the decision here.") % {"need": saved.code})
    return redirect("needs:need", code=saved.code)


def _add(form: Any, error: ValidationError) -> None:
    """Every error at its field; what the form does not ask stands above it."""
    form.is_valid()
    for name, texts in error.message_dict.items():
        for text in texts:
            form.add_error(name if name in form.fields else None, text)


def _revision(request: SignedInRequest) -> int | None:
    typed = request.POST.get("revision", "")
    return int(typed) if typed.isdecimal() and len(typed) < 10 else None


def _contact(request: SignedInRequest) -> dict[str, Any]:
    person = request.user
    return {"contact_name": person.name, "contact_phone": person.phone, "urgency": Need.Urgency.NORMAL}
