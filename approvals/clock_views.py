"""Why a deadline is on that day, and which overdue steps were escalated."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.policy import require
from accounts.requests import SignedInRequest
from approvals import deadline_page, escalation_page, queries


@require_safe
def deadline(request: SignedInRequest, ref: str) -> HttpResponse:
    """The clock of one case: the present state step by step, and the whole procedure net and gross."""
    case = queries.get_case(request.user, ref)
    return render(request, "approvals/deadline.html", deadline_page.page(case, request.user))


@require_safe
def escalations(request: SignedInRequest) -> HttpResponse:
    """Overdue cases, and who was told of them when."""
    require(request.user, "escalations.view")
    return render(request, "approvals/escalations.html", escalation_page.page(request))
