"""Own notices, what is mailed of them, and the deliveries that were given up."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.policy import has_permission, require
from accounts.requests import SignedInRequest
from notifications import editing, queries, services, settings_page
from notifications.forms import PreferencesForm, take_errors
from notifications.models import Notification
from notifications.rendering import shown, words_for
from projects.states import BADGE

PAGE = 50


@require_GET
def index(request: SignedInRequest) -> HttpResponse:
    """The person's own notices, newest first."""
    unread = request.GET.get("unread") == "1"
    page = Paginator(queries.notices_for(request.user, unread=unread), PAGE).get_page(request.GET.get("page"))
    words = words_for(page.object_list)
    context = {
        "page": page,
        "rows": [{"notice": notice, "text": shown(notice, words), "badge": _badge(notice)} for notice in page],
        "tabs": _tabs(unread, queries.unread_count(request.user)),
        "only_unread": unread,
        "may_retry": has_permission(request.user, "notifications.retry"),
        "may_set": has_permission(request.user, "notifications.settings"),
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


@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: SignedInRequest) -> HttpResponse:
    """What comes by mail, when, and what that means in words."""
    require(request.user, "notifications.view")
    stored = queries.preference_of(request.user)
    form = PreferencesForm(request.POST or None, instance=stored)
    if request.method == "POST" and form.is_valid() and _preferred(request, form):
        messages.success(request, _("Your preferences are saved. They hold for every mail from now on."))
        return redirect("notifications:preferences")
    crumbs = [(_("Notifications"), reverse("notifications:index")), (_("E-mail preferences"), "")]
    context = {"form": form, "promise": settings_page.promise(request.user, stored), "crumbs": crumbs}
    return render(request, "notifications/preferences.html", context, status=422 if form.errors else 200)


def _preferred(request: SignedInRequest, form: PreferencesForm) -> bool:
    try:
        editing.save_preferences(request.user, **form.cleaned_data)
    except ValidationError as error:
        take_errors(form, error)
    return not form.errors


@require_GET
def failed(request: SignedInRequest) -> HttpResponse:
    """Deliveries that were given up, for the administrator."""
    kind = request.GET.get("kind", "mail")
    page = Paginator(queries.failed_for(request.user, kind), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page, "kind": kind, "tabs": _failed_tabs(kind, queries.failed_counts(request.user)),
        "errors": queries.failed_errors(request.user, kind),
    }  # fmt: skip
    return render(request, "notifications/failed.html", context)


def _failed_tabs(kind: str, counts: dict[str, int]) -> list[dict[str, Any]]:
    labels = {"mail": _("Mails"), "digest": _("Daily digests"), "webhook": _("Channels")}
    return [
        {"label": labels[each], "url": f"?kind={each}", "count": count, "current": each == kind}
        for each, count in counts.items()
    ]


@require_POST
def retry(request: SignedInRequest, pk: int) -> HttpResponse:
    """Put one back into its outbox."""
    kind = request.POST.get("kind", "mail")
    row = queries.failed_row_for(request.user, kind, pk)
    services.retry(kind, row.pk, request.user)
    if kind == "webhook":
        messages.success(request, _("The message to the channel %(name)s is sent again.") % {"name": row.channel.name})
    else:
        person = row.recipient if kind == "mail" else row.user
        messages.success(request, _("The notice to %(name)s is sent again.") % {"name": person.label})
    return redirect(f"{reverse('notifications:failed')}?kind={kind}")


@require_POST
def retry_all(request: SignedInRequest) -> HttpResponse:
    """Put all that failed for the same reason back into their outbox."""
    kind = request.POST.get("kind", "mail")
    queries.failed_for(request.user, kind)
    count = services.retry_all(kind, request.POST.get("error", ""), request.user)
    text = ngettext("%(n)d delivery is tried again.", "%(n)d deliveries are tried again.", count)
    messages.success(request, text % {"n": count})
    return redirect(f"{reverse('notifications:failed')}?kind={kind}")
