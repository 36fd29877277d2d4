"""The workbench, the case page and the page of one step."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.requests import SignedInRequest
from approvals import case_page, queries
from approvals import workbench as desk
from approvals.desk_services import mark_copies_read
from approvals.interruption_page import INTERRUPTED
from approvals.interruption_views import submit
from approvals.personal_services import note_opened
from approvals.services import perform
from approvals.step_page import StepPage, offered


@require_safe
def workbench(request: SignedInRequest) -> HttpResponse:
    """待办, 已办, 我发起的, 抄送我的 and drafts of the signed-in person."""
    return render(request, "approvals/workbench.html", desk.page(request))


@require_safe
def case(request: SignedInRequest, ref: str) -> HttpResponse:
    """One case: where it is, who holds it, how long, and what this person may do."""
    found = queries.get_case(request.user, ref)
    note_opened(case=found, actor=request.user)
    mark_copies_read(found, request.user)
    return render(request, "approvals/case.html", case_page.page(found, request.user, request.GET.get("kind", "")))


@require_http_methods(["GET", "HEAD", "POST"])
def step(request: SignedInRequest, ref: str, action: str) -> HttpResponse:
    """Ask for what the step needs; take it through the door when it is sent."""
    found = queries.get_case(request.user, ref)
    page = StepPage(request, found, offered(found, request.user, action, request.POST))
    if request.method != "POST" or page.wants_more or not page.is_valid():
        return render(request, "approvals/step.html", page.context())
    data = page.form.cleaned_data
    if action in INTERRUPTED:
        return submit(request, found, page.offer, data["comment"], page.entry)
    perform(
        case_id=found.pk, action=action, actor=request.user, comment=data["comment"],
        expected_version=data["expected_version"], entry=page.entry,
    )  # fmt: skip
    messages.success(request, _("Done: %(step)s.") % {"step": page.offer.step.label})
    return redirect("approvals:case", ref)
