"""Pages of the system administrator: channels with a test message, and the texts of notices with a preview."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.policy import require
from accounts.requests import SignedInRequest
from notifications import editing, settings_page
from notifications.editing import SETTINGS
from notifications.forms import ChannelForm, TextForm, take_errors
from notifications.messages import Text
from notifications.models import Channel
from notifications.names import Event
from notifications.webhooks import BODIES, VARIABLES, WebhookError

read_or_write = require_http_methods(["GET", "HEAD", "POST"])


@require_GET
def channels(request: SignedInRequest) -> HttpResponse:
    """Every channel, and what it hears of."""
    require(request.user, SETTINGS)
    context = {"rows": settings_page.channel_rows(), "crumbs": _crumbs((_("Channels"), ""))}
    return render(request, "notifications/channels.html", context)


@read_or_write
def new_channel(request: SignedInRequest) -> HttpResponse:
    """Enter a channel."""
    return _edited(request, Channel())


@read_or_write
def channel(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change a channel, or send a test message."""
    require(request.user, SETTINGS)
    return _edited(request, get_object_or_404(Channel, pk=pk))


def _edited(request: SignedInRequest, row: Channel) -> HttpResponse:
    require(request.user, SETTINGS)
    name = row.name
    form = ChannelForm(request.POST or None, instance=row)
    if request.method == "POST" and form.is_valid() and _saved(request, form):
        messages.success(request, _("The channel %(name)s is saved.") % {"name": row.name})
        return redirect("notifications:channel", row.pk)
    crumb = (name or _("New channel"), "")
    context = {
        "form": form, "channel": row, "title": crumb[0], "bodies": BODIES, "variables": VARIABLES,
        "crumbs": _crumbs((_("Channels"), reverse("notifications:channels")), crumb),
    }  # fmt: skip
    return render(request, "notifications/channel.html", context, status=422 if form.errors else 200)


def _saved(request: SignedInRequest, form: ChannelForm) -> bool:
    try:
        editing.save_channel(request.user, form.instance, list(form.cleaned_data["units"]))
    except ValidationError as error:
        take_errors(form, error)
    return not form.errors


@require_POST
def try_channel(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send a test message and show what the other end said."""
    require(request.user, SETTINGS)
    row = get_object_or_404(Channel, pk=pk)
    try:
        answer = editing.test_channel(request.user, row)
    except WebhookError as error:
        messages.error(request, _("The test message was not taken. %(error)s") % {"error": error})
    else:
        said = {"status": answer.status, "answer": answer.text[:300] or "–"}
        messages.success(request, _("The test message was taken. Answer: HTTP %(status)s %(answer)s") % said)
    return redirect("notifications:channel", row.pk)


@require_GET
def texts(request: SignedInRequest) -> HttpResponse:
    """The words of every event in both languages."""
    require(request.user, SETTINGS)
    context = {"rows": settings_page.text_rows(), "crumbs": _crumbs((_("Texts of notices"), ""))}
    return render(request, "notifications/texts.html", context)


@read_or_write
def text(request: SignedInRequest, event: str, language: str) -> HttpResponse:
    """Change the words of one event in one language, see them filled, or go back to the product's own."""
    require(request.user, SETTINGS)
    if event not in Event.values or not settings_page.known_language(language):
        raise Http404(event)
    about, said = Event(event), settings_page.in_force(Event(event), language)
    form = TextForm(request.POST or None, initial={"subject": said.subject, "body": said.body})
    if request.method == "POST" and _text_kept(request, form, about, language):
        return redirect("notifications:text", event, language)
    context = settings_page.text_page(about, language, _typed(form) or said)
    crumbs = _crumbs((_("Texts of notices"), reverse("notifications:texts")), (str(about.label), ""))
    context |= {"form": form, "previewed": "preview" in request.POST, "crumbs": crumbs}
    return render(request, "notifications/text.html", context, status=422 if form.errors else 200)


def _typed(form: TextForm) -> Text | None:
    """What was typed, where it can be shown."""
    if not form.is_bound or not form.is_valid():
        return None
    return Text(form.cleaned_data["subject"], form.cleaned_data["body"])


def _text_kept(request: SignedInRequest, form: TextForm, event: Event, language: str) -> bool:
    """Whether the words were stored or taken back; False for a preview and for what is refused."""
    if "restore" in request.POST:
        editing.restore_text(request.user, event, language)
        messages.success(request, _("The product's own words are used again."))
        return True
    if not form.is_valid():
        return False
    wrong = editing.text_problems(event, **form.cleaned_data)
    for name, problems in wrong.items():
        form.add_error(name, problems)
    if wrong or "preview" in request.POST:
        return False
    editing.save_text(request.user, event, language, **form.cleaned_data)
    messages.success(request, _("The text is saved. It is used from the next mail on, and in the lists at once."))
    return True


def _crumbs(*more: tuple[str, str]) -> list[tuple[Any, str]]:
    return [(_("Notifications"), reverse("notifications:index")), *more]
