"""Change what the site says and where: channels, the texts of notices, and a person's own mail preferences."""

from datetime import time
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Department, User
from accounts.policy import require
from accounts.services import record_edit
from notifications.models import Channel, MailPreference, MessageText
from notifications.names import Event, Mailing
from notifications.slots import named_in, problems
from notifications.variables import needed_in, usual, variables_of
from notifications.webhooks import Answer, body_problems, example_values, post, refusal

CHANNEL, TEXT = "notifications.Channel", "notifications.MessageText"
SETTINGS = "notifications.settings"


# --- preferences ----------------------------------------------------------------------------------------------------


def save_preferences(
    user: User, *, act: str, inform: str, copies: str, quiet_from: time | None, quiet_until: time | None,
    urgent_anyway: bool,
) -> MailPreference:  # fmt: skip
    """Keep what a person wants by mail; it holds for what goes out from now on, and for nothing that is in a digest.

    act: instant or digest, since a duty is never kept from somebody. inform, copies: instant, digest or none.
    quiet_from, quiet_until: times of day in the site's zone; both or neither. Raises ValidationError.
    """
    if act == Mailing.NONE:
        raise ValidationError({"act": _("What you have to act on is always mailed.")})
    if (quiet_from is None) != (quiet_until is None):
        missing = "quiet_until" if quiet_until is None else "quiet_from"
        raise ValidationError({missing: _("Give both times, or neither.")})
    facts = {"act": act, "inform": inform, "copies": copies, "urgent_anyway": urgent_anyway}
    facts |= {"quiet_from": quiet_from, "quiet_until": quiet_until}
    return MailPreference.objects.update_or_create(user=user, defaults=facts)[0]


# --- texts ----------------------------------------------------------------------------------------------------------


def text_problems(event: Event, *, subject: str, body: str) -> dict[str, list[str]]:
    """Why the words of an event cannot be kept, by field; empty where they can.

    Every variable must be one that notices of this event carry, and none may be lost that tells which project or until
    when. Source: the issue, "typed payload so that a missing variable fails at save".
    """
    allowed = variables_of(event)
    found = {name: problems(text, allowed) for name, text in (("subject", subject), ("body", body))}
    if subject != " ".join(subject.split()):
        found["subject"].append(_("The subject is one line."))
    lost = needed_in(event) - set(named_in(f"{subject} {body}"))
    if lost:
        names = " ".join(f"{{{name}}}" for name in sorted(lost))
        found["body"].append(_("The reader needs %(names)s: name it in the subject or in the text.") % {"names": names})
    return {name: texts for name, texts in found.items() if texts}


@transaction.atomic
def save_text(actor: User, event: Event, language: str, *, subject: str, body: str) -> MessageText | None:
    """Put the site's own words in force for one event and language; None where they are the product's own anyway.

    Raises PermissionDenied without notifications.settings, ValidationError with the problems by field.
    """
    require(actor, SETTINGS)
    if wrong := text_problems(event, subject=subject, body=body):
        raise ValidationError(wrong)
    own = usual(event, language)
    if (subject, body) == (own.subject, own.body):
        restore_text(actor, event, language)
        return None
    before = _said(MessageText.objects.filter(event=event, language=language).first())
    facts = {"subject": subject, "body": body, "changed_by": actor}
    row, _made = MessageText.objects.update_or_create(event=event, language=language, defaults=facts)
    record_edit(table=TEXT, key=f"{event} {language}", actor=actor, before=before, after=_said(row))
    return row


@transaction.atomic
def restore_text(actor: User, event: Event, language: str) -> bool:
    """Back to the product's own words; returns whether others were in force. Raises PermissionDenied."""
    require(actor, SETTINGS)
    row = MessageText.objects.filter(event=event, language=language).first()
    if row is None:
        return False
    before = _said(row)
    row.delete()
    record_edit(table=TEXT, key=f"{event} {language}", actor=actor, before=before, after=None)
    return True


def _said(row: MessageText | None) -> dict[str, str] | None:
    return {"subject": row.subject, "body": row.body} if row else None


# --- channels -------------------------------------------------------------------------------------------------------


@transaction.atomic
def save_channel(actor: User, channel: Channel, units: list[Department]) -> Channel:
    """Keep a new or changed channel with the units it hears of (none: all).

    Raises PermissionDenied without notifications.settings, ValidationError for an address that may not be posted to
    (setting WEBHOOK_HOSTS) and for a body that is no JSON or names what there is not.
    """
    require(actor, SETTINGS)
    wrong = {"url": [refusal(channel.url)] if refusal(channel.url) else []}
    wrong["body"] = body_problems(channel.body) if channel.body.strip() else []
    if any(wrong.values()):
        raise ValidationError({name: texts for name, texts in wrong.items() if texts})
    stored = Channel.objects.select_for_update().filter(pk=channel.pk).first() if channel.pk else None
    before = _facts(stored) if stored else None
    channel.save()
    channel.units.set(units)
    record_edit(table=CHANNEL, key=channel.name[:60], actor=actor, before=before, after=_facts(channel))
    return channel


def _facts(channel: Channel) -> dict[str, Any]:
    """What the log of changes keeps: neither the secret nor the address, which holds a key."""
    return {
        "name": channel.name, "kind": channel.kind, "host": urlsplit(channel.url).netloc,
        "secret": bool(channel.secret),
        "body": channel.body, "events": channel.events, "roles": channel.roles, "language": channel.language,
        "units": sorted(channel.units.values_list("code", flat=True)), "is_active": channel.is_active,
    }  # fmt: skip


def test_channel(actor: User, channel: Channel) -> Answer:
    """Send a test message now, outside the outbox; returns the answer. Raises PermissionDenied, WebhookError."""
    require(actor, SETTINGS)
    return post(channel, example_values(channel.language))
