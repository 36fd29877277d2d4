"""The working-day calendar, and the import of a notice of public holidays: choose, look at what it does, confirm."""

import json

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.policy import require
from accounts.requests import SignedInRequest
from approvals import calendar_page
from approvals.calendar_files import Read, read, template_rows
from approvals.calendar_forms import ConfirmForm, NoticeForm, carried
from approvals.calendar_outlook import outlook
from approvals.calendar_services import import_calendar as store
from planning.queries import working_calendar
from portfolio.exporting import KINDS, write_sheets

PAGE = "approvals/import_calendar.html"


@require_safe
def calendar(request: SignedInRequest) -> HttpResponse:
    """One year: its months, its notice, and which deadlines that moved."""
    require(request.user, "calendar.view")
    return render(request, "approvals/calendar.html", calendar_page.page(request.user, request.GET.get("year", "")))


@require_safe
def calendar_template(request: SignedInRequest) -> HttpResponse:
    """The table to fill in, with the days off that the law fixes for the next year."""
    require(request.user, "calendar.import")
    year = timezone.localdate().year + 1
    data = write_sheets({"calendar": template_rows(year)}, freeze="A2", widths=(14, 12, 16, 28))
    response = HttpResponse(data, content_type=KINDS["xlsx"].content_type)
    response["Content-Disposition"] = f'attachment; filename="calendar-{year}.xlsx"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def import_calendar(request: SignedInRequest) -> HttpResponse:
    """Choose a file; see what it would change; confirm."""
    require(request.user, "calendar.import")
    if "notice" in request.POST:
        return _confirmed(request)
    form = NoticeForm(request.POST, request.FILES) if request.method == "POST" else NoticeForm()
    if not form.is_valid():
        return render(request, PAGE, {"form": form}, status=422 if form.is_bound else 200)
    file = form.cleaned_data["file"]
    return _checked(request, form, read(file.read(), file.name, form.paper))


def _checked(request: SignedInRequest, form: NoticeForm, found: Read) -> HttpResponse:
    if found.notice is None:
        context = {"form": form, "errors": found.errors, "has_errors": True}
        return render(request, PAGE, context, status=422)
    preview = calendar_page.previewed(request.user, outlook(found.notice))
    start = {"notice": json.dumps(carried(found.notice), ensure_ascii=False), "expected": working_calendar().version}
    return render(request, PAGE, {"notice": found.notice, "preview": preview, "confirm": ConfirmForm(initial=start)})


def _confirmed(request: SignedInRequest) -> HttpResponse:
    form = ConfirmForm(request.POST)
    try:
        found = form.read() if form.is_valid() else Read()
        if found.notice is None:
            raise ValidationError(_("This is not what the preview showed. Choose the file again; nothing was written."))
        imported = store(notice=found.notice, actor=request.user, expected=form.cleaned_data["expected"])
    except (ValidationError, ValueError, KeyError, TypeError) as error:
        lost = [_("This is not what the preview showed. Choose the file again; nothing was written.")]
        for text in error.messages if isinstance(error, ValidationError) else lost:
            messages.error(request, text)
        return redirect("clocks:import_calendar")
    text = _("The calendar of %(year)s is in force. %(n)s open deadlines moved; everybody concerned was told.")
    messages.success(request, text % {"year": imported.year, "n": imported.moves.count()})
    return redirect(f"{reverse('clocks:calendar')}?year={imported.year}")
