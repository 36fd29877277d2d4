"""Workbooks of the library: export, and import in two steps (dry run, then confirm)."""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.policy import require
from accounts.requests import SignedInRequest
from standards import edition_queries, importing, queries, workbooks
from standards.edit_forms import UploadForm
from standards.importing import Report
from standards.snapshots import ITEM_FIELDS, STANDARD_FIELDS

SALT = "standards.import"
DAY_S = 24 * 3600
SHOWN = 200
Run = Callable[[list[Any], bool], Report]


@require_safe
def export_standards(request: SignedInRequest) -> HttpResponse:
    """The whole catalogue as a workbook."""
    rows = queries.standards_for(request.user)
    return _download(workbooks.write_standards(rows), "standards.xlsx")


@require_safe
def export_items(request: SignedInRequest, pk: int) -> HttpResponse:
    """All items of an edition as a workbook."""
    edition = edition_queries.edition_for(request.user, pk)
    items = edition.items.select_related("standard").prefetch_related("related")
    return _download(workbooks.write_items(items), f"checklist-{edition.code}.xlsx")


@require_http_methods(["GET", "HEAD", "POST"])
def import_standards(request: SignedInRequest) -> HttpResponse:
    """Standards from a workbook."""
    require(request.user, "standards.edit")

    def run(rows: list[Any], dry_run: bool) -> Report:
        return importing.import_standards(actor=request.user, rows=rows, dry_run=dry_run)

    page = {"title": _("Import standards"), "back": reverse("standards:catalogue")}
    page |= {"example": reverse("standards:export_standards"), "about": _("standards by number")}
    return _import(request, STANDARD_FIELDS, run, page)


@require_http_methods(["GET", "HEAD", "POST"])
def import_items(request: SignedInRequest, pk: int) -> HttpResponse:
    """Items of a draft edition from a workbook."""
    edition = edition_queries.edition_for(request.user, pk, "standards.edit")
    if not edition.is_draft:
        raise Http404(str(pk))

    def run(rows: list[Any], dry_run: bool) -> Report:
        return importing.import_items(actor=request.user, edition=edition, rows=rows, dry_run=dry_run)

    page = {"title": _("Import items into the draft"), "back": edition.get_absolute_url()}
    page |= {"example": reverse("standards:export_items", args=[pk]), "about": _("items by code")}
    return _import(request, ITEM_FIELDS, run, page)


def _import(request: SignedInRequest, columns: Sequence[str], run: Run, page: dict[str, Any]) -> HttpResponse:
    if "rows" in request.POST:
        return _confirmed(request, run, page)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    report, sealed = None, ""
    if form.is_valid():
        try:
            rows = workbooks.read(form.cleaned_data["file"].read(), columns)
        except ValidationError as refused:
            form.add_error("file", refused)
        else:
            report = run(rows, True)
            # What is confirmed is what was looked at: the rows travel with the page, signed for this address.
            sealed = "" if report.errors else signing.dumps([request.path, rows], salt=SALT, compress=True)
    return _page(request, page, form=form, report=report, sealed=sealed)


def _confirmed(request: SignedInRequest, run: Run, page: dict[str, Any]) -> HttpResponse:
    try:
        path, rows = signing.loads(request.POST["rows"], salt=SALT, max_age=DAY_S)
    except signing.BadSignature:
        path, rows = "", []
    if path != request.path:
        messages.warning(request, _("There is no checked file any more. Choose it again; nothing was written."))
        return redirect(request.path)
    report = run([(number, cells) for number, cells in rows], False)
    if report.errors:  # the library moved on since the dry run
        return _page(request, page, form=UploadForm(), report=report, sealed="")
    done = _("The import was carried out: %(number)s rows changed.") % {"number": len(report.changes)}
    messages.success(request, done)
    return redirect(page["back"])


def _page(request: SignedInRequest, page: dict[str, Any], **more: Any) -> HttpResponse:
    report = more["report"]
    crumbs = [(_("Standards library"), reverse("standards:index")), (page["title"], "")]
    figures = None
    if report is not None:
        figures = {"created": report.count("created"), "updated": report.count("updated"), "same": report.unchanged}
    has_errors = bool(report and report.errors)
    context = {**page, **more, "crumbs": crumbs, "figures": figures, "shown": SHOWN, "has_errors": has_errors}
    return render(request, "standards/import.html", context, status=422 if has_errors else 200)


def _download(data: bytes, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=workbooks.TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
