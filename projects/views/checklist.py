"""The checklist before submission: the unit assesses itself, group by group."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.requests import SignedInRequest
from projects import services
from projects.checklist import Checklist, Group, checklist_of
from projects.errors import StaleEdit
from projects.forms.checklist import GroupForm
from projects.models import Project
from projects.views import pages
from projects.views.editing import editable
from projects.views.refusals import answers_refusals


@require_http_methods(["GET", "POST"])
@answers_refusals
def checklist(request: SignedInRequest, ref: str) -> HttpResponse:
    """One group of items with the unit's claims; a POST saves the group."""
    project = editable(request, ref)
    found = checklist_of(project)
    group = found.group((request.POST or request.GET).get("group", ""))
    if group is None:
        raise Http404(ref)
    if request.method != "POST":
        return render(request, "projects/checklist.html", page(project, found, group, GroupForm(project, group)))
    form = GroupForm(project, group, request.POST)
    return _save(request, project, found, form)


def page(project: Project, found: Checklist, group: Group, form: GroupForm) -> dict:
    """The groups as a task list, and the items of one."""
    context = pages.task_list(project)
    return {
        **context,
        "checklist": found,
        "group": group,
        "group_form": form,
        "share": round(100 * found.done / found.total) if found.total else 0,
        "groups": [_task(project, number, row, group) for number, row in enumerate(_shown(found), start=1)],
        "errors_of": form.forms,
        "has_errors": any(part.is_bound and part.errors for part in form.forms),
        "crumbs": pages.crumbs(project, _("Checklist before submission")),
    }


def address(project: Project, code: str) -> str:
    """Where one group is assessed."""
    return f"{reverse('projects:checklist', args=[project.ref])}?group={code}"


def _shown(found: Checklist) -> list[Group]:
    return [group for group in found.groups if group.lines]


def _task(project: Project, number: int, row: Group, current: Group) -> dict:
    total = len(row.lines)
    kind = "" if row.done == total else "doing" if row.done else "waiting"
    return {
        "no": number, "label": f"{row.kind.label} · {row.label}", "url": address(project, row.code),
        "status": f"{row.done} / {total}", "kind": kind, "current": row is current,
    }  # fmt: skip


def _save(request: SignedInRequest, project: Project, found: Checklist, form: GroupForm) -> HttpResponse:
    if form.is_valid() and form.revision is not None:
        try:
            services.save_assessment(
                project_id=project.pk, actor=request.user, claims=form.claims(), expected_revision=form.revision
            )
        except ValidationError as error:
            form.refuse(error)
        except StaleEdit as stale:
            return _stale(request, project.ref, form, stale)
        else:
            messages.success(request, _("“%(group)s” was saved.") % {"group": form.group.label})
            return redirect(_onward(project, found, form.group, "next" in request.POST))
    return render(request, "projects/checklist.html", page(project, found, form.group, form), status=422)


def _onward(project: Project, found: Checklist, group: Group, forward: bool) -> str:
    shown = _shown(found)
    place = [row.code for row in shown].index(group.code)
    if not forward:
        return address(project, group.code)
    return address(project, shown[place + 1].code) if place + 1 < len(shown) else pages.check_url(project)


def _stale(request: SignedInRequest, ref: str, typed: GroupForm, stale: StaleEdit) -> HttpResponse:
    """409: what was typed stays in the form, what is stored now stands beside it, and saving again is a choice."""
    fresh = editable(request, ref)
    found = checklist_of(fresh)
    group = found.group(typed.group.code)
    if group is None:
        raise Http404(ref)
    again = GroupForm(fresh, group, request.POST)
    again.is_valid()
    context = page(fresh, found, group, again)
    context |= {"stale": stale, "differences": again.differences()}
    return render(request, "projects/checklist.html", context, status=409)
