"""Start a proposal, edit its sections, check it before submission, delete a draft."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from accounts import policy
from accounts.requests import SignedInRequest
from projects import queries, sections, services
from projects.errors import NotEditable, StaleEdit
from projects.forms import SectionEdit, StartForm
from projects.models import Project
from projects.need_queries import origins_of
from projects.states import EDITABLE
from projects.views import pages, previewing
from projects.views.refusals import answers_refusals, is_silent


@require_http_methods(["GET", "POST"])
def new(request: SignedInRequest) -> HttpResponse:
    """The declaration and the first facts; a draft is stored only with the declaration."""
    policy.require(request.user, "projects.create")
    form = StartForm(request.POST if request.method == "POST" else None, user=request.user)
    if form.is_valid():
        try:
            project = services.create_project(actor=request.user, **form.cleaned_data)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return redirect("projects:edit", project.ref)
    return render(request, "projects/new.html", {"form": form}, status=422 if form.errors else 200)


@require_GET
@answers_refusals
def edit(request: SignedInRequest, ref: str) -> HttpResponse:
    """The nine sections as a task list, with what is missing."""
    project = editable(request, ref)
    context = pages.task_list(project) | {"origins": origins_of(project, request.user)}
    return render(request, "projects/edit.html", context)


@require_http_methods(["GET", "POST"])
@answers_refusals
def section(request: SignedInRequest, ref: str, code: str) -> HttpResponse:
    """One section: its form, saved on request or silently."""
    project = editable(request, ref)
    known = _known(code)
    extra = 1 if "add" in request.GET else 0
    changes = SectionEdit(project, known, request.POST if request.method == "POST" else None, extra=extra)
    if request.method == "POST" and "look" in request.POST and known.page == "capabilities":
        return previewing.whole_page(request, project, changes)
    if request.method == "POST":
        return _save(request, project, changes)
    return render(request, "projects/section.html", pages.section_page(project, changes))


@require_GET
@answers_refusals
def check(request: SignedInRequest, ref: str) -> HttpResponse:
    """Every answer on one page, with the gaps above the button that submits."""
    project = editable(request, ref)
    return render(request, "projects/check.html", pages.check_page(project))


@require_http_methods(["GET", "POST"])
@answers_refusals
def delete(request: SignedInRequest, ref: str) -> HttpResponse:
    """Delete a draft that was never submitted, after asking."""
    project = editable(request, ref)
    if request.method == "POST":
        services.delete_draft(project_id=project.pk, actor=request.user)
        messages.success(request, _("The draft %(ref)s was deleted.") % {"ref": ref})
        return redirect("projects:index")
    if not project.was_never_submitted:
        raise NotEditable(project.get_state_display(), _("Only a draft that was never submitted can be deleted."))
    return render(request, "projects/delete.html", {"project": project})


def editable(request: SignedInRequest, ref: str) -> Project:
    """The proposal with its parts, for a person who may edit it, in a state in which it can be edited."""
    project = queries.get_for(request.user, ref, "projects.edit")
    if project.state not in EDITABLE:
        raise NotEditable(project.get_state_display())
    return queries.load_parts(project)


def _known(code: str) -> sections.Section:
    if code not in sections.CODES:
        raise Http404(code)
    return sections.section_of(code)


def _save(request: SignedInRequest, project: Project, changes: SectionEdit) -> HttpResponse:
    """One service call, then on to the next page."""
    if not changes.is_valid():
        return _unsaved(request, project, changes)
    try:
        saved = services.save_section(project_id=project.pk, actor=request.user, **changes.edit())
    except ValidationError as error:
        changes.refuse(error)
        return _unsaved(request, project, changes)
    except StaleEdit as stale:
        return _stale(request, project.ref, changes, stale)
    return _saved(request, saved, changes.section)


def _unsaved(request: SignedInRequest, project: Project, changes: SectionEdit) -> HttpResponse:
    """The same page with what is wrong; nothing typed is lost."""
    if is_silent(request):
        message = _("Not saved: %(reason)s") % {"reason": changes.first_error()}
        return JsonResponse({"message": message}, status=422)
    return render(request, "projects/section.html", pages.section_page(project, changes), status=422)


def _saved(request: SignedInRequest, project: Project, known: sections.Section) -> HttpResponse:
    if is_silent(request):
        message = _("Saved automatically %(at)s") % {"at": f"{timezone.localtime():%H:%M}"}
        return JsonResponse({"message": message, "version": project.revision})
    messages.success(request, _("Section %(number)s was saved.") % {"number": known.number})
    if "add" in request.POST:
        return redirect(f"{pages.section_url(project, known.code)}?add=1#new-row")
    onward = "next" in request.POST
    return redirect(pages.next_url(project, known) if onward else pages.section_url(project, known.code))


def _stale(request: SignedInRequest, ref: str, changes: SectionEdit, stale: StaleEdit) -> HttpResponse:
    """409: what was typed stays in the form, what is stored now stands beside it, and saving again is a choice."""
    if is_silent(request):
        return JsonResponse({"message": stale.reason, "version": stale.revision}, status=409)
    fresh = editable(request, ref)
    data: Any = request.POST.copy()
    data["revision"] = str(fresh.revision)
    again = SectionEdit(fresh, changes.section, data)
    again.is_valid()
    context = {**pages.section_page(fresh, again), "stale": stale, "differences": pages.differences(fresh, changes)}
    return render(request, "projects/section.html", context, status=409)
