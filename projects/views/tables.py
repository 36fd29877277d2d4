"""Edit the requirement table and the function list, paste into them, and fetch them as workbooks."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.requests import SignedInRequest
from portfolio.exporting import KINDS as FILES
from projects import queries
from projects.errors import StaleEdit
from projects.forms.pasted import KINDS, Pasted, pasted
from projects.forms.table_edit import PasteForm, TableEdit, save_rows
from projects.models import Project
from projects.pasting import TooLarge
from projects.trace_export import workbook
from projects.views import table_pages
from projects.views.editing import editable
from projects.views.refusals import answers_refusals


@require_http_methods(["GET", "POST"])
@answers_refusals
def trace(request: SignedInRequest, ref: str) -> HttpResponse:
    """The requirement table: need, duty, capability, criterion."""
    return _table(request, ref, "trace")


@require_http_methods(["GET", "POST"])
@answers_refusals
def functions(request: SignedInRequest, ref: str) -> HttpResponse:
    """The counted functions, the factors, and the estimate line by line."""
    return _table(request, ref, "functions")


@require_POST
@answers_refusals
def paste(request: SignedInRequest, ref: str, table: str) -> HttpResponse:
    """Show what pasted cells or a workbook would do; take them over when asked to and nothing is wrong."""
    project = editable(request, ref)
    form = PasteForm(request.POST, request.FILES)
    found = _read(project, _known(table), form)
    if found is None:
        return _again(request, project, table, form)
    if found.is_valid and request.POST.get("do") in {"replace", "append"}:
        return _take_over(request, project, table, form, found)
    context = table_pages.pasted_page(project, table, form, found)
    return render(request, "projects/paste.html", context, status=200 if found.is_valid else 422)


@require_GET
def download_table(request: SignedInRequest, ref: str, table: str) -> HttpResponse:
    """One of the tables as a workbook that the import reads back."""
    project = queries.load_parts(queries.get_for(request.user, ref))
    response = HttpResponse(workbook(project, _known(table)), content_type=FILES["xlsx"].content_type)
    response["Content-Disposition"] = f'attachment; filename="{project.ref}-{table}.xlsx"'
    return response


def _known(table: str) -> str:
    if table not in KINDS:
        raise Http404(table)
    return table


def _table(request: SignedInRequest, ref: str, name: str) -> HttpResponse:
    project = editable(request, ref)
    changes = TableEdit(project, name, request.POST if request.method == "POST" else None, extra="add" in request.GET)
    if request.method == "POST":
        return _save(request, project, changes)
    return render(request, f"projects/{name}.html", table_pages.page(project, changes))


def _save(request: SignedInRequest, project: Project, changes: TableEdit) -> HttpResponse:
    """One service call, then the page again; nothing typed is lost where it is refused."""
    if changes.is_valid():
        try:
            changes.save(request.user)
        except ValidationError as error:
            changes.refuse(error)
        except StaleEdit as stale:
            return _stale(request, project.ref, changes, stale)
        else:
            messages.success(request, _("“%(table)s” was saved.") % {"table": table_pages.title_of(changes.name)})
            added = "?add=1#new-row" if "add" in request.POST else ""
            return redirect(f"{request.path}{added}")
    context = table_pages.page(project, changes)
    return render(request, f"projects/{changes.name}.html", context, status=422)


def _stale(request: SignedInRequest, ref: str, changes: TableEdit, stale: StaleEdit) -> HttpResponse:
    """409: what was typed stays in the form, what is stored now stands beside it, and saving again is a choice."""
    fresh = editable(request, ref)
    data: Any = request.POST.copy()
    data["revision"] = str(fresh.revision)
    again = TableEdit(fresh, changes.name, data)
    again.is_valid()
    more = {"stale": stale, "differences": table_pages.differences(fresh, changes.name)}
    return render(request, f"projects/{changes.name}.html", {**table_pages.page(fresh, again), **more}, status=409)


def _read(project: Project, table: str, form: PasteForm) -> Pasted | None:
    """What was pasted, or None where there is nothing to look at; the form says why."""
    if not form.is_valid():
        return None
    try:
        return pasted(KINDS[table], project, form.cleaned_data["text"])
    except TooLarge as error:
        form.add_error(None, _("At most %(limit)s rows.") % {"limit": error.limit})
        return None


def _take_over(request: SignedInRequest, project: Project, table: str, form: PasteForm, found: Pasted) -> HttpResponse:
    """The pasted rows in place of those that are there, or after them."""
    rows = found.values()
    if request.POST["do"] == "append":
        rows = [*KINDS[table].table(project).initial, *rows]
    try:
        save_rows(project, table, rows, request.user, form.cleaned_data["revision"])
    except ValidationError as error:
        form.add_error(None, error.messages)
        return _again(request, project, table, form)
    except StaleEdit as stale:
        return _stale_paste(request, project.ref, table, form, found, stale)
    said = ngettext("%(n)s row was taken over.", "%(n)s rows were taken over.", len(found.rows))
    messages.success(request, said % {"n": len(found.rows)})
    return redirect(f"projects:{table}", project.ref)


def _again(request: SignedInRequest, project: Project, table: str, form: PasteForm) -> HttpResponse:
    """The table as it is stored, with what is wrong in the box to paste into."""
    context = table_pages.page(project, TableEdit(project, table), form)
    return render(request, f"projects/{table}.html", context, status=422)


def _stale_paste(
    request: SignedInRequest, ref: str, table: str, form: PasteForm, found: Pasted, stale: StaleEdit
) -> HttpResponse:
    """409: what was pasted is still there, what is stored now stands beside it, and taking over is a choice."""
    fresh = editable(request, ref)
    more = {"stale": stale, "differences": table_pages.differences(fresh, table)}
    context = {**table_pages.pasted_page(fresh, table, form, found), **more}
    return render(request, "projects/paste.html", context, status=409)
