"""The page of the differences between two versions."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.requests import SignedInRequest
from approvals import difference_page, queries
from approvals.seeing import note_seen


@require_safe
def differences(request: SignedInRequest, ref: str) -> HttpResponse:
    """Two versions side by side, by default since what this reader last saw."""
    case = queries.get_case(request.user, ref)
    response = render(request, "approvals/differences.html", difference_page.page(case, request.user, request.GET))
    note_seen(case, request.user, case.current_version)
    return response
