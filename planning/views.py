"""Pages of rounds, plan items and policy rows."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.policy import require
from planning import queries
from planning.models import PolicyRow, Round


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Rounds with their windows, and the plan items that a proposal may cite."""
    require(request.user, "planning.view")
    today = timezone.localdate()
    rounds = [(item, item.is_open(today)) for item in Round.objects.all()]
    return render(request, "planning/index.html", {"rounds": rounds, "plan_items": queries.plan_items()})


@require_safe
def policies(request: HttpRequest) -> HttpResponse:
    """Every policy row in force or past, with its source."""
    require(request.user, "policies.view")
    return render(request, "planning/policies.html", {"rows": PolicyRow.objects.select_related("changed_by")})
