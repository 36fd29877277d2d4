"""The import in four pages: choose a file, see what it would do, confirm, see what it did."""

import csv
from dataclasses import asdict

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.policy import require
from accounts.requests import SignedInRequest
from portfolio import blank, services, uploads
from portfolio.exporting import KINDS
from portfolio.forms import UploadForm
from portfolio.imports.delimited import defuse
from portfolio.imports.report import ImportReport
from portfolio.views.lists import tabs

SHOWN = 200
RESULT = "portfolio_import_result"


@require_http_methods(["GET", "HEAD", "POST"])
def import_systems(request: SignedInRequest) -> HttpResponse:
    """Choose a file, or fetch a blank form first."""
    require(request.user, "portfolio.import")
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_valid():
        uploads.keep(request.session, form.cleaned_data["file"].name, form.cleaned_data["file"].read())
        return redirect("portfolio:import_check")
    context = {"form": form, "columns": blank.explanations(), "tabs": tabs(request, "import_systems")}
    return render(request, "portfolio/import_systems.html", context)


@require_safe
def import_check(request: SignedInRequest) -> HttpResponse:
    """The dry run: what would change, or every error with row and field."""
    require(request.user, "portfolio.import")
    upload = uploads.kept(request.session)
    if upload is None:
        return _choose_again(request)
    report = services.import_systems(upload.read(), filename=upload.filename, dry_run=True)
    context = {"upload": upload, "report": report, "shown": SHOWN, "has_errors": bool(report.errors)}
    return render(request, "portfolio/import_check.html", context)


@require_safe
def import_errors(request: SignedInRequest) -> HttpResponse:
    """All errors of the dry run as CSV, to work through beside the file."""
    require(request.user, "portfolio.import")
    upload = uploads.kept(request.session)
    if upload is None:
        return _choose_again(request)
    report = services.import_systems(upload.read(), filename=upload.filename, dry_run=True)
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="import-errors.csv"'
    _write_errors(response, report)
    return response


@require_POST
def import_confirm(request: SignedInRequest) -> HttpResponse:
    """Do what the dry run showed; with errors (the registry may have moved on) nothing."""
    require(request.user, "portfolio.import")
    upload = uploads.kept(request.session)
    if upload is None:
        return _choose_again(request)
    if upload.digest != request.POST.get("digest"):
        messages.warning(
            request, _("Another file was chosen meanwhile. This is what it would do; nothing was written.")
        )
        return redirect("portfolio:import_check")
    report = services.import_systems(upload.read(), filename=upload.filename)
    if report.errors:
        return redirect("portfolio:import_check")
    _note_result(request, report, upload.filename)
    return redirect("portfolio:import_result")


@require_POST
def import_cancel(request: SignedInRequest) -> HttpResponse:
    """Forget the file."""
    require(request.user, "portfolio.import")
    uploads.forget(request.session)
    messages.info(request, _("The file was discarded. Nothing was written."))
    return redirect("portfolio:import_systems")


@require_safe
def import_result(request: SignedInRequest) -> HttpResponse:
    """What the last import of this session did."""
    require(request.user, "portfolio.import")
    if RESULT not in request.session:
        return redirect("portfolio:import_systems")
    return render(request, "portfolio/import_result.html", {"result": request.session[RESULT]})


@require_safe
def import_template(request: SignedInRequest, kind: str) -> HttpResponse:
    """The blank form."""
    require(request.user, "portfolio.import")
    if kind not in KINDS:
        raise Http404(kind)
    data = blank.blank_xlsx() if kind == "xlsx" else blank.blank_csv()
    response = HttpResponse(data, content_type=KINDS[kind].content_type)
    response["Content-Disposition"] = f'attachment; filename="systems-template.{kind}"'
    return response


def _choose_again(request: SignedInRequest) -> HttpResponse:
    messages.warning(request, _("There is no checked file any more. Choose it again; nothing was written."))
    return redirect("portfolio:import_systems")


def _note_result(request: SignedInRequest, report: ImportReport, filename: str) -> None:
    uploads.forget(request.session)
    request.session[RESULT] = {
        "filename": filename,
        "created": report.created,
        "updated": report.updated,
        "unchanged": report.unchanged,
        "removed_capabilities": report.removed_capabilities,
        "changes": [asdict(change) for change in report.changes[:SHOWN]],
    }


def _write_errors(response: HttpResponse, report: ImportReport) -> None:
    writer = csv.writer(response)
    writer.writerow([_("Row"), _("Column"), _("Value"), _("What to correct")])
    for error in report.errors:
        writer.writerow([error.row or "", *map(defuse, (error.field, error.value, error.message))])
