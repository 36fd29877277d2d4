"""Own leave, the leave of others, and the handover of what lies with a person."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import substitutions as leave
from accounts.models import User
from accounts.policy import require
from accounts.requests import SignedInRequest
from approvals import handover as work
from approvals import leave_page
from approvals.desk_forms import HandoverForm, PersonSearch, SubstitutionForm

METHODS = ["GET", "HEAD", "POST"]


@require_http_methods(METHODS)
def substitution(request: SignedInRequest) -> HttpResponse:
    """My substitute: arrange, end early, and for whom I stand in."""
    require(request.user, "accounts.substitute")
    return _arrange(request, request.user, "approvals:substitution")


@require_http_methods(METHODS)
def substitution_of(request: SignedInRequest, pk: int) -> HttpResponse:
    """The same for somebody else, by whoever manages the desk."""
    require(request.user, "accounts.substitute_others")
    return _arrange(request, leave.principal_for(request.user, pk), "approvals:substitution_of", pk)


def _arrange(request: SignedInRequest, principal: User, back: str, *keys: int) -> HttpResponse:
    form = SubstitutionForm(request.POST or None, people=leave.substitutes_for(principal))
    context = {**leave_page.page(request.user, principal), "form": form, "asked": False}
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        plan = {"principal": principal, **{name: values[name] for name in ("substitute", "first_day", "last_day")}}
        found = leave.problems(**plan, longest=context["longest"])
        for name, texts in found.items():
            form.add_error(None if name == "__all__" else name, texts)
        if not found and "confirmed" in request.POST:
            leave.arrange(actor=request.user, **plan, longest=context["longest"], reason=values["reason"])
            messages.success(request, _("Arranged: %(name)s stands in.") % {"name": values["substitute"].label})
            return redirect(back, *keys)
        if not found:
            context |= {"asked": True, "foreseen": leave_page.foreseen(principal, values["substitute"]), **plan}
    return render(request, "approvals/substitution.html", context, status=422 if form.errors else 200)


@require_POST
def end_substitution(request: SignedInRequest, pk: int) -> HttpResponse:
    """End a substitution before its last day."""
    try:
        row = leave.end(actor=request.user, pk=pk)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("approvals:substitution")
    messages.success(request, _("%(name)s no longer stands in.") % {"name": row.substitute.label})
    if row.principal_id == request.user.pk:
        return redirect("approvals:substitution")
    return redirect("approvals:substitutions")


@require_safe
def substitutions(request: SignedInRequest) -> HttpResponse:
    """Who is or will be away, and a search for the person whose leave is to be arranged."""
    require(request.user, "accounts.substitute_others")
    form = PersonSearch(request.GET)
    words = form.cleaned_data["q"].split() if form.is_valid() else []
    people = leave.named(words) if words else []
    context = {"form": form, "people": people, "rows": leave.running_and_planned(), "searched": bool(words)}
    return render(request, "approvals/substitutions.html", context)


@require_http_methods(METHODS)
def handover(request: SignedInRequest) -> HttpResponse:
    """Everything that lies with me."""
    require(request.user, "accounts.substitute")
    return _handover(request, request.user, "approvals:handover")


@require_http_methods(METHODS)
def handover_of(request: SignedInRequest, pk: int) -> HttpResponse:
    """Everything that lies with somebody else, also with somebody who has left."""
    require(request.user, "accounts.substitute_others")
    return _handover(request, leave.colleague(pk), "approvals:handover_of", pk)


def _handover(request: SignedInRequest, person: User, back: str, *keys: int) -> HttpResponse:
    context = leave_page.handover_page(request.user, person)
    data = request.POST.copy() if request.method == "POST" else None
    if data is not None and "everything" in data:
        data.setlist("rows", context["keys"])
    form = HandoverForm(data, keys=context["keys"], people=work.receivers_for(request.user, person))
    if data is not None and form.is_valid():
        chosen = {"keys": form.cleaned_data["rows"], "to": form.cleaned_data["to"], "comment": _("Handed over")}
        results = work.hand_over(actor=request.user, person=person, **chosen)
        _say(request, results, form.cleaned_data["to"])
        return redirect(back, *keys)
    return render(request, "approvals/handover.html", {**context, "form": form}, status=422 if form.errors else 200)


def _say(request: SignedInRequest, results: list[work.Result], to: User) -> None:
    """One line for what went, one for each refusal."""
    gone = [result for result in results if not result.refusal]
    if gone:
        words = {"n": len(gone), "name": to.label}
        messages.success(request, _("Handed over to %(name)s: %(n)s.") % words)
    for result in results:
        if result.refusal:
            ref = result.row.project.ref if result.row.project else ""
            messages.error(request, f"{ref} {result.row.text}: {result.refusal}")
