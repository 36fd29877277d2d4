"""Own notices, and the deliveries that were given up."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from accounts.policy import has_permission, require
from accounts.requests import SignedInRequest
from notifications import queries, services
from notifications.messages import shown
from notifications.models import Notification
from projects.states import BADGE

PAGE = 50


@require_GET
def index(request: SignedInRequest) -> HttpResponse:
    """The person's own notices, newest first."""
    unread = request.GET.get("unread") == "1"
    page = Paginator(queries.notices_for(request.user, unread=unread), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [{"notice": notice, "text": shown(notice), "badge": _badge(notice)} for notice in page],
        "tabs": _tabs(unread, queries.unread_count(request.user)),
        "only_unread": unread,
        "may_retry": has_permission(request.user, "notifications.retry"),
    }
    return render(request, "notifications/index.html", context)


def _badge(notice: Notification) -> str:
    return BADGE[notice.project.state] if notice.project else ""


def _tabs(unread: bool, count: int) -> list[dict]:
    return [
        {"label": _("All notices"), "url": "?", "current": not unread},
        {"label": _("Unread"), "url": "?unread=1", "count": count, "current": unread},
    ]


@require_GET
def open(request: SignedInRequest, pk: int) -> HttpResponse:
    """Mark a notice as read and go on to its case."""
    notice = queries.notice_for(request.user, pk)
    services.mark_read(notice)
    address = queries.address_of(notice)
    if not address:
        messages.info(request, _("The notice is marked as read. Your roles do not include its case page."))
    return redirect(address or "notifications:index")


@require_POST
def mark_all_read(request: SignedInRequest) -> HttpResponse:
    """Nothing left to read."""
    require(request.user, "notifications.view")
    count = services.mark_all_read(request.user)
    text = ngettext("%(n)d notice is marked as read.", "%(n)d notices are marked as read.", count)
    messages.success(request, text % {"n": count})
    return redirect("notifications:index")


@require_GET
def failed(request: SignedInRequest) -> HttpResponse:
    """Deliveries that were given up, for the administrator."""
    page = Paginator(queries.failed_for(request.user), PAGE).get_page(request.GET.get("page"))
    return render(request, "notifications/failed.html", {"page": page})


@require_POST
def retry(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put one back into the outbox."""
    notice = queries.failed_notice_for(request.user, pk)
    services.retry(notice.pk, request.user)
    messages.success(request, _("The notice to %(name)s is sent again.") % {"name": notice.recipient.label})
    return redirect("notifications:failed")
