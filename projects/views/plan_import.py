"""Plan items as a workbook: the download, and the import in three pages: choose, see what it would do, confirm."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.policy import require
from accounts.requests import SignedInRequest
from planning.round_page import tabs
from portfolio import uploads
from portfolio.exporting import KINDS, write_sheets
from projects import plan_pages
from projects.forms.planning import WorkbookForm
from projects.plan_item_queries import items_to_export
from projects.plan_sheets import rows_of
from projects.services.plan_import import import_items as store

KEY = "plan_items_upload"
SHOWN = 200


@require_safe
def export(request: SignedInRequest) -> HttpResponse:
    """Every plan item with its envelopes, as the import reads it back."""
    require(request.user, "planning.view")
    return workbook(write_sheets({"plan": rows_of(items_to_export())}), "plan-items")


def workbook(data: bytes, name: str) -> HttpResponse:
    """A download of today."""
    response = HttpResponse(data, content_type=KINDS["xlsx"].content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}-{timezone.localdate():%Y-%m-%d}.xlsx"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def import_items(request: SignedInRequest) -> HttpResponse:
    """Choose a workbook."""
    require(request.user, "planning.edit")
    form = WorkbookForm(request.POST, request.FILES) if request.method == "POST" else WorkbookForm()
    if form.is_valid():
        uploads.keep(request.session, form.cleaned_data["file"].name, form.cleaned_data["file"].read(), KEY)
        return redirect("plan:import_check")
    context = {"form": form, "crumbs": _crumbs(), "tabs": tabs(request.user, "plan:items")}
    return render(request, "projects/plan/import_items.html", context)


@require_safe
def import_check(request: SignedInRequest) -> HttpResponse:
    """The dry run: what would change, or every error with row and column."""
    require(request.user, "planning.edit")
    upload = uploads.kept(request.session, KEY)
    if upload is None:
        return _choose_again(request)
    report = store(actor=request.user, data=upload.read(), filename=upload.filename, dry_run=True)
    context = {"upload": upload, "report": report, "shown": SHOWN, "has_errors": bool(report.errors)}
    return render(request, "projects/plan/import_check.html", {**context, "crumbs": _crumbs()})


@require_POST
def import_confirm(request: SignedInRequest) -> HttpResponse:
    """Do what the dry run showed; with errors (the plan may have moved on) nothing."""
    require(request.user, "planning.edit")
    upload = uploads.kept(request.session, KEY)
    if upload is None or upload.digest != request.POST.get("digest"):
        return _choose_again(request)
    report = store(actor=request.user, data=upload.read(), filename=upload.filename)
    if report.errors:
        return redirect("plan:import_check")
    uploads.forget(request.session, KEY)
    counts = {"new": report.created, "changed": report.updated, "same": report.unchanged}
    messages.success(request, _("Imported: %(new)s new, %(changed)s changed, %(same)s as they were.") % counts)
    return redirect("plan:items")


@require_POST
def import_cancel(request: SignedInRequest) -> HttpResponse:
    """Forget the file."""
    require(request.user, "planning.edit")
    uploads.forget(request.session, KEY)
    messages.info(request, _("The file was discarded. Nothing was written."))
    return redirect("plan:import_items")


def _choose_again(request: SignedInRequest) -> HttpResponse:
    messages.warning(request, _("There is no checked file any more. Choose it again; nothing was written."))
    return redirect("plan:import_items")


def _crumbs() -> list[tuple[str, str]]:
    return plan_pages.crumbs((_("Plan items"), reverse("plan:items")), (_("Import"), ""))
