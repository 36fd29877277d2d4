"""Needs as files: the filtered pool out, a list of needs in, with a dry run between."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import policy
from accounts.requests import SignedInRequest
from planning import need_queries as pool
from portfolio import uploads
from portfolio.exporting import KINDS
from projects import need_sheets
from projects.forms.needs import NeedFileForm
from projects.services import need_imports as services
from projects.views.need_pages import crumbs
from projects.views.need_pool import filter_of

KEY = "needs_upload"
SHOWN = 200


@require_safe
def export(request: SignedInRequest, kind: str) -> HttpResponse:
    """The filtered pool as .xlsx or .csv; it reads back unchanged."""
    policy.require(request.user, "needs.view")
    if kind not in KINDS:
        raise Http404(kind)
    rows = pool.narrow(pool.pool_for(request.user), **filter_of(request).chosen())
    return _table(need_sheets.rows_of(rows), kind, "needs")


@require_safe
def import_template(request: SignedInRequest, kind: str) -> HttpResponse:
    """The heading that an import understands."""
    _may_import(request)
    if kind not in KINDS:
        raise Http404(kind)
    return _table(need_sheets.blank_rows(), kind, "needs-template")


@require_http_methods(["GET", "HEAD", "POST"])
def import_needs(request: SignedInRequest) -> HttpResponse:
    """Choose a file."""
    _may_import(request)
    form = NeedFileForm(request.POST, request.FILES) if request.method == "POST" else NeedFileForm()
    if form.is_valid():
        uploads.keep(request.session, form.cleaned_data["file"].name, form.cleaned_data["file"].read(), KEY)
        return redirect("needs:import_check")
    return render(request, "projects/import_needs.html", {"form": form, "crumbs": crumbs(_("Import needs"))})


@require_safe
def import_check(request: SignedInRequest) -> HttpResponse:
    """The dry run: what would change, or every error with row and column."""
    _may_import(request)
    upload = uploads.kept(request.session, KEY)
    if upload is None:
        return _choose_again(request)
    report = services.import_needs(actor=request.user, data=upload.read(), filename=upload.filename, dry_run=True)
    context = {"upload": upload, "report": report, "shown": SHOWN, "has_errors": bool(report.errors)}
    return render(request, "projects/import_check.html", {**context, "crumbs": crumbs(_("Import needs"))})


@require_POST
def import_confirm(request: SignedInRequest) -> HttpResponse:
    """Do what the dry run showed; with errors (the pool may have moved on) nothing."""
    _may_import(request)
    upload = uploads.kept(request.session, KEY)
    if upload is None or upload.digest != request.POST.get("digest"):
        return _choose_again(request)
    report = services.import_needs(actor=request.user, data=upload.read(), filename=upload.filename)
    if report.errors:
        return redirect("needs:import_check")
    uploads.forget(request.session, KEY)
    words = {"new": len(report.created), "changed": len(report.updated), "same": report.unchanged}
    messages.success(request, _("Imported: %(new)s new, %(changed)s changed, %(same)s unchanged.") % words)
    return redirect("needs:needs")


def _may_import(request: SignedInRequest) -> None:
    if not any(policy.has_permission(request.user, name) for name in ("needs.file", "needs.decide")):
        raise PermissionDenied("needs.file")


def _choose_again(request: SignedInRequest) -> HttpResponse:
    messages.warning(request, _("There is no checked file any more. Choose it again; nothing was written."))
    return redirect("needs:import_needs")


def _table(rows: need_sheets.Rows, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(KINDS[kind].write(rows), content_type=KINDS[kind].content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response
