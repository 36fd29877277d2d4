"""Pages of rounds and plan items."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.policy import has_permission, require
from accounts.requests import SignedInRequest
from planning import round_page
from planning.models import Round


@require_safe
def index(request: SignedInRequest) -> HttpResponse:
    """Rounds with their calendar, the newest first."""
    require(request.user, "planning.view")
    context = {
        "rounds": round_page.strips(Round.objects.all()),
        "tabs": round_page.tabs(request.user, "planning:index"),
        "may_edit": has_permission(request.user, "planning.edit"),
    }
    return render(request, "planning/index.html", context)
