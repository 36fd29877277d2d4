"""Meetings: the list, one meeting, its agenda, results, release and papers."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.policy import require
from accounts.requests import SignedInRequest
from approvals import meeting_pages, meeting_queries
from approvals import meeting_services as services
from approvals.forms import ItemFormSet
from approvals.meeting_forms import AgendaForm, MeetingForm, ResultForm
from approvals.models import MeetingItem
from approvals.names import Pending


@require_safe
def meetings(request: SignedInRequest) -> HttpResponse:
    """Every meeting."""
    return render(request, "approvals/meetings.html", meeting_pages.list_page(request))


@require_safe
def meeting(request: SignedInRequest, pk: int) -> HttpResponse:
    """One meeting with its agenda."""
    found = meeting_queries.meeting_for(request.user, pk)
    return render(request, "approvals/meeting.html", meeting_pages.meeting_page(found, request.user))


@require_http_methods(["GET", "HEAD", "POST"])
def new_meeting(request: SignedInRequest) -> HttpResponse:
    """Call a meeting."""
    require(request.user, "meetings.edit")
    form = MeetingForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        made = services.plan_meeting(actor=request.user, **form.cleaned_data)
        messages.success(request, _("Planned. Now put projects on the agenda."))
        return redirect("meetings:meeting", made.pk)
    return render(request, "approvals/edit_meeting.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def edit_meeting(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change the meeting, or write its minutes."""
    found = meeting_queries.meeting_for(request.user, pk, "meetings.edit")
    form = MeetingForm(request.POST if request.method == "POST" else None, meeting=found)
    if form.is_valid():
        services.change_meeting(meeting_id=pk, actor=request.user, **form.cleaned_data)
        messages.success(request, _("Saved: %(name)s.") % {"name": found.title})
        return redirect("meetings:meeting", pk)
    context = {"form": form, "meeting": found}
    return render(request, "approvals/edit_meeting.html", context, status=422 if form.errors else 200)


@require_POST
def put_on_agenda(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put the chosen projects on the agenda."""
    found = meeting_queries.meeting_for(request.user, pk, "meetings.edit")
    form = AgendaForm(request.POST, cases=meeting_queries.waiting_cases(found))
    if not form.is_valid():
        context = meeting_pages.meeting_page(found, request.user, form)
        return render(request, "approvals/meeting.html", context, status=422)
    made = services.put_on_agenda(meeting_id=pk, actor=request.user, project_ids=form.cleaned_data["projects"])
    text = ngettext("%(n)d project is on the agenda; its unit is told.", "%(n)d projects are on the agenda; their "
                    "units are told.", len(made))  # fmt: skip
    messages.success(request, text % {"n": len(made)})
    return redirect("meetings:meeting", pk)


@require_POST
def take_off_agenda(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take one project off the agenda."""
    item = meeting_queries.item_for(request.user, pk, "meetings.edit")
    services.take_off_agenda(item_id=pk, actor=request.user)
    messages.success(request, _("Taken off the agenda: %(ref)s.") % {"ref": item.project.ref})
    return redirect("meetings:meeting", item.meeting_id)


@require_http_methods(["GET", "HEAD", "POST"])
def result(request: SignedInRequest, pk: int) -> HttpResponse:
    """What the meeting decided on one project; it waits for the release."""
    item = meeting_queries.item_for(request.user, pk, "meetings.edit")
    data = request.POST if request.method == "POST" else None
    form, lines = ResultForm(data, item=item), ItemFormSet(data, prefix="items", initial=item.lines)
    # Lines belong to a return; what was typed for another result is not looked at.
    checked = form.is_valid() and (form.cleaned_data["pending"] != Pending.RETURN or lines.is_valid())
    if checked and _entered(request, item, form, lines):
        return redirect("meetings:meeting", item.meeting_id)
    context = {"item": item, "form": form, "items": lines, "in_the_way": meeting_pages.in_the_way(item)}
    wrong = bool(form.errors) or (data is not None and lines.total_error_count() > 0)
    return render(request, "approvals/result.html", context, status=422 if wrong else 200)


def _entered(request: SignedInRequest, item: MeetingItem, form: ResultForm, lines: BaseFormSet) -> bool:
    returned = form.cleaned_data["pending"] == Pending.RETURN
    typed = [line.cleaned_data for line in lines if line.cleaned_data] if returned else []
    try:
        services.enter_result(item_id=item.pk, actor=request.user, lines=typed, **form.cleaned_data)
    except ValidationError as error:
        form.add_error(None, error)
        return False
    text = _("Entered: %(ref)s. Nobody outside sees it before the release.")
    messages.success(request, text % {"ref": item.project.ref})
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def release(request: SignedInRequest, pk: int) -> HttpResponse:
    """Release what waits, each through the door; the page before it names everything."""
    found = meeting_queries.meeting_for(request.user, pk, "meetings.release")
    if request.method != "POST":
        return render(request, "approvals/release.html", meeting_pages.meeting_page(found, request.user))
    tried = services.release(meeting_id=pk, actor=request.user)
    refused = [item for item in tried if item.refusal]
    done = len(tried) - len(refused)
    messages.success(request, ngettext("%(n)d result released.", "%(n)d results released.", done) % {"n": done})
    for item in refused:
        messages.error(request, f"{item.project.ref}: {item.refusal}")
    return redirect("meetings:meeting", pk)


@require_POST
def cancel_meeting(request: SignedInRequest, pk: int) -> HttpResponse:
    """Call the meeting off."""
    meeting_queries.meeting_for(request.user, pk, "meetings.edit")
    services.cancel_meeting(meeting_id=pk, actor=request.user)
    messages.success(request, _("Called off."))
    return redirect("meetings:meetings")


# --- on paper ---------------------------------------------------------------------------------------------------------


@require_safe
def agenda(request: SignedInRequest, pk: int) -> HttpResponse:
    """The agenda for print."""
    found = meeting_queries.meeting_for(request.user, pk)
    return render(request, "approvals/agenda.html", meeting_pages.paper_page(found, request.user))


@require_safe
def minutes(request: SignedInRequest, pk: int) -> HttpResponse:
    """The minutes for print."""
    found = meeting_queries.meeting_for(request.user, pk)
    return render(request, "approvals/minutes.html", meeting_pages.paper_page(found, request.user))


@require_safe
def letter(request: SignedInRequest, pk: int) -> HttpResponse:
    """The letter to the unit about a released result."""
    item = meeting_queries.letter_for(request.user, pk)
    return render(request, "approvals/letter.html", {"item": item, "project": item.project, "decision": item.decision})
