"""Pages of who keeps rules: the start page, what is to be confirmed, and the log of changes."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import queries
from accounts.models import EditRecord
from accounts.policy import require
from accounts.requests import SignedInRequest
from approvals import changes_page, confirm_page, settings_page
from approvals.policy_forms import ChangeFilter
from approvals.policy_views import crumbs
from portfolio.exporting import KINDS

PER_PAGE = 30


@require_safe
def settings(request: SignedInRequest) -> HttpResponse:
    """What there is to keep, with counts and the last changes."""
    require(request.user, "policies.log")
    edits = queries.edits_for(request.user)
    context = {"cards": settings_page.cards(request.user), "open": settings_page.open_count()}
    context |= {"latest": changes_page.entries(edits[:5]), "logged": edits.count()}
    return render(request, "approvals/settings.html", context)


@require_safe
def to_confirm(request: SignedInRequest) -> HttpResponse:
    """Every rule that is from memory or proposed, by who may confirm it."""
    require(request.user, "policies.view")
    groups = confirm_page.groups()
    context = {"groups": groups, "total": sum(len(group.rows) for group in groups)}
    here = crumbs(request, (_("To be confirmed"), ""))
    return render(request, "approvals/to_confirm.html", {**context, "crumbs": here})


@require_safe
def export_to_confirm(request: SignedInRequest) -> HttpResponse:
    """The same as a workbook, with empty cells for the answers."""
    require(request.user, "policies.view")
    kind = KINDS["xlsx"]
    response = HttpResponse(kind.write(confirm_page.table()), content_type=kind.content_type)
    name = f"rules-to-confirm-{timezone.localdate():%Y-%m-%d}.xlsx"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_safe
def changes(request: SignedInRequest) -> HttpResponse:
    """Who changed which rule, each field before and after."""
    require(request.user, "policies.log")
    tables = EditRecord.objects.order_by("table").values_list("table", flat=True).distinct()
    form = ChangeFilter(request.GET or None, tables=[(name, changes_page.table_name(name)) for name in tables])
    wanted = form.cleaned_data if form.is_bound and form.is_valid() else {}
    page = Paginator(queries.edits_for(request.user, **wanted), PER_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "entries": changes_page.entries(page.object_list)}
    here = crumbs(request, (_("Change log"), ""))
    return render(request, "approvals/changes.html", {**context, "filtered": any(wanted.values()), "crumbs": here})
