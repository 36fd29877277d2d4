"""Urge, send copies, and the list of cases that nobody can move."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.policy import require
from accounts.requests import SignedInRequest
from approvals import desk_queries, desk_services
from approvals.desk_forms import CopyForm, UrgeForm
from approvals.queries import get_case


@require_http_methods(["GET", "HEAD", "POST"])
def urge(request: SignedInRequest, ref: str) -> HttpResponse:
    """Remind whoever holds the case; the page says whom it reaches, or why it cannot be done now."""
    case = get_case(request.user, ref)
    require(request.user, "projects.urge", case)
    form = UrgeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        row = desk_services.urge(case_id=case.pk, actor=request.user, text=form.cleaned_data["text"])
        names = ", ".join(person.label for person in row.people.all())
        messages.success(request, _("Reminded: %(people)s.") % {"people": names})
        return redirect("approvals:case", ref)
    reasons = desk_services.urge_refusals(case, request.user)
    people = [person for person in desk_queries.who_holds(case) if person.pk != request.user.pk]
    context = {"case": case, "form": form, "reasons": reasons, "people": people, "urges": desk_queries.urges_of(case)}
    return render(request, "approvals/urge.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def copy(request: SignedInRequest, ref: str) -> HttpResponse:
    """Send a copy of the case as it stands to people who need not act; below, who got one and who has read it."""
    case = get_case(request.user, ref)
    require(request.user, "projects.copy", case)
    people = desk_queries.may_be_copied(case).exclude(pk=request.user.pk)
    form = CopyForm(request.POST if request.method == "POST" else None, people=people)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        rows = desk_services.send_copies(
            case_id=case.pk, actor=request.user, people=list(data["people"]), note=data["note"]
        )
        text = ngettext("%(n)d copy was sent.", "%(n)d copies were sent.", len(rows)) % {"n": len(rows)}
        messages.success(request, text)
        return redirect("approvals:case", ref)
    context = {"case": case, "form": form, "copies": desk_queries.copies_of(case)}
    return render(request, "approvals/copy.html", context, status=422 if form.errors else 200)


@require_safe
def stuck(request: SignedInRequest) -> HttpResponse:
    """Cases whose next step is nobody's, and who can bring somebody in."""
    return render(request, "approvals/stuck.html", {"rows": desk_queries.stuck_cases(request.user)})
