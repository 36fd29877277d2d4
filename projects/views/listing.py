"""The list of proposals and the versions of one."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts import policy
from accounts.requests import SignedInRequest
from projects import queries
from projects.compare import Comparison, compare
from projects.forms import ProjectFilter
from projects.forms.filters import address
from projects.models import Project
from projects.signals import version_shown
from projects.states import State
from projects.views.pages import crumbs

PAGE = 50


@require_GET
def index(request: SignedInRequest) -> HttpResponse:
    """The proposals that the person may see, filtered."""
    policy.require(request.user, "projects.view")
    form = ProjectFilter(request.GET, departments=queries.departments_of(request.user), tiers=queries.tiers())
    found = queries.with_plan(queries.narrow(queries.visible_to(request.user), **form.chosen()))
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    counts = queries.counts_by_state(request.user)
    context = {"form": form, "page": page, "chips": form.chips(request.GET), "total": sum(counts.values())}
    return render(request, "projects/index.html", {**context, **_offers(request, counts)})


@require_GET
def versions(request: SignedInRequest, ref: str) -> HttpResponse:
    """What was submitted when, and what changed from one version to another."""
    project = queries.get_for(request.user, ref)
    rows = list(project.versions.select_related("submitted_by"))
    here = crumbs(project, _("Versions"))
    context = {"project": project, "versions": rows, "comparison": _comparison(request, rows), "crumbs": here}
    response = render(request, "projects/versions.html", context)
    version_shown.send(sender=Project, project=project, user=request.user)
    return response


def _offers(request: SignedInRequest, counts: dict[str, int]) -> dict[str, Any]:
    """Chips for the states that occur, and whether a new proposal may be started."""
    offered = [
        {"label": state.label, "url": address(request.GET, state=state.value), "count": counts[state]}
        for state in State
        if state in counts and request.GET.get("state") != state
    ]
    return {
        "offered": offered,
        "may_start": policy.has_permission(request.user, "projects.create"),
        "may_see_owed": policy.has_permission(request.user, "obligations.view"),
    }


def _comparison(request: SignedInRequest, rows: list[Any]) -> Comparison | None:
    """The two versions named in the address, else the newest two; a number that does not exist counts as not named."""
    if len(rows) < 2:
        return None
    by_number = {str(row.number): row for row in rows}
    new = by_number.get(request.GET.get("new", ""), rows[0])
    older = [row for row in rows if row.number < new.number]
    old = by_number.get(request.GET.get("old", ""), older[0] if older else rows[-1])
    return compare(old, new) if old != new else None
