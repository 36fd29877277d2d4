"""The printed approval form and the exported case file."""

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.policy import require
from accounts.requests import SignedInRequest
from approvals import queries
from approvals.case_file import export
from approvals.print_page import page
from approvals.seeing import note_seen


@require_safe
def print_form(request: SignedInRequest, ref: str) -> HttpResponse:
    """The approval form on A4: filing data, opinions of each stage, the decision, empty boxes for wet ink."""
    found = queries.get_case(request.user, ref)
    response = render(request, "approvals/print.html", page(found, request.user))
    note_seen(found, request.user, found.current_version)
    return response


@require_safe
def case_file(request: SignedInRequest, ref: str) -> HttpResponse:
    """The case as JSON for the stand-alone verifier."""
    require(request.user, "audit.export")
    found = queries.get_case(request.user, ref)
    response = JsonResponse(export(found), json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="{found.ref}.json"'
    return response
