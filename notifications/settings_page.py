"""What the pages of preferences, channels and texts show: choices in words, examples, where a channel leads."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from accounts.models import Department, User
from accounts.queries import edits_of
from notifications.digests import HOUR, waiting
from notifications.editing import TEXT
from notifications.messages import MESSAGES, Payload, Text
from notifications.models import Channel, Digest, MailPreference, MessageText, Notification
from notifications.names import Event, Mailing
from notifications.relay import has_mail
from notifications.rendering import Words, text_of
from notifications.variables import EXPLAINED, usual, variables_of
from planning.queries import working_calendar
from projects.models import Project

# Each language is called by its own name.
LANGUAGES = {"zh-hans": "中文", "en": "English"}


# --- preferences ----------------------------------------------------------------------------------------------------


def promise(user: User, preference: MailPreference) -> list[str]:
    """What the stored choice means, in sentences."""
    said = [_("In this product you see every notice at once, whatever you choose here.")]
    if not has_mail(user):
        return [*said, _("Your account has no e-mail address, so nothing is mailed. An administrator can enter one.")]
    said += _by_mailing(preference)
    chosen = {preference.act, preference.inform, preference.copies}
    held = waiting().filter(recipient=user).count()
    if Mailing.DIGEST in chosen or held:
        day = next_digest(user)
        text = _("The daily digest comes at %(hour)s on working days, next on %(day)s.")
        said.append(text % {"hour": HOUR.strftime("%H:%M"), "day": day.isoformat()})
    if held:
        text = ngettext("%(n)d notice waits for it now.", "%(n)d notices wait for it now.", held)
        said.append(text % {"n": held})
    if preference.quiet_from and preference.quiet_until:
        hours = {"from": preference.quiet_from.strftime("%H:%M"), "until": preference.quiet_until.strftime("%H:%M")}
        said.append(_("From %(from)s to %(until)s no mail is sent; it comes at %(until)s.") % hours)
    if preference.urgent_anyway and (Mailing.DIGEST in chosen or preference.quiet_from):
        said.append(_("Overdue and escalated cases are mailed at once all the same."))
    return said


def _by_mailing(preference: MailPreference) -> list[str]:
    """One sentence for everything that is mailed in the same way."""
    said = {
        Mailing.INSTANT: _("At once by e-mail: %(what)s."),
        Mailing.DIGEST: _("Once a day by e-mail: %(what)s."),
        Mailing.NONE: _("Not by e-mail: %(what)s."),
    }
    names = {"act": _("your tasks"), "inform": _("information"), "copies": _("copies of decisions")}
    found = []
    for mailing, sentence in said.items():
        same = [label for field, label in names.items() if getattr(preference, field) == mailing]
        if same:
            found.append(sentence % {"what": ", ".join(same)})
    return found


def next_digest(user: User) -> date:
    """The next day on which the person gets a digest, if anything waits."""
    now = timezone.localtime()
    over = now.time() >= HOUR or Digest.objects.filter(user=user, day=now.date()).exists()
    return working_calendar().first_from(now.date() + timedelta(days=int(over)))


# --- channels -------------------------------------------------------------------------------------------------------


def channel_rows() -> list[dict[str, Any]]:
    """Every channel with its host alone: the rest of the address is a key. Three queries."""
    rows = Channel.objects.prefetch_related("units")
    return [{"channel": row, "host": urlsplit(row.url).netloc, "hears": _hears(row)} for row in rows]


def _hears(channel: Channel) -> list[str]:
    known = {event.value: str(event.label) for event in Event}
    events = [known[code] for code in channel.events if code in known]
    units = [unit.label for unit in channel.units.all()]
    found = [_("all events") if not events else ", ".join(events[:3]) + (f" +{len(events) - 3}" if events[3:] else "")]
    return found + ([", ".join(units[:3]) + (f" +{len(units) - 3}" if units[3:] else "")] if units else [])


# --- texts ----------------------------------------------------------------------------------------------------------


def text_rows() -> list[dict[str, Any]]:
    """Every event with its words in each language, and which of them are the site's own. One query."""
    own = {(row.event, row.language): row for row in MessageText.objects.all()}
    rows = []
    for event in Event:
        said = []
        for language, name in LANGUAGES.items():
            row = own.get((event, language))
            subject = row.subject if row else usual(event, language).subject
            said.append({"language": language, "name": name, "subject": subject, "own": row is not None})
        rows.append({"event": event.value, "label": event.label, "role": MESSAGES[event].role.label, "said": said})
    return rows


def in_force(event: Event, language: str) -> Text:
    """The words that are used now."""
    row = MessageText.objects.filter(event=event, language=language).first()
    return Text(row.subject, row.body) if row else usual(event, language)


def text_page(event: Event, language: str, said: Text) -> dict[str, Any]:
    """Variables with examples, the preview of `said`, the product's own words, and who changed them."""
    with override(language):
        example = example_notice(event)
        words = Words({(event, language): said}, {"wangmin": User(username="wangmin", name="王敏", name_en="Wang Min")})
        preview = text_of(example, words)
        values = {name: _example(example, words, event, language, name) for name in variables_of(event)}
    variables = [{"name": f"{{{n}}}", "means": EXPLAINED[n], "example": value} for n, value in values.items()]
    return {
        "event": event, "language": language, "name": LANGUAGES[language], "role": MESSAGES[event].role.label,
        "preview": preview, "variables": variables, "usual": usual(event, language),
        "edits": edits_of(TEXT, f"{event} {language}")[:10],
        "is_own": MessageText.objects.filter(event=event, language=language).exists(),
    }  # fmt: skip


def _example(notice: Notification, words: Words, event: Event, language: str, name: str) -> str:
    alone = Words({(event, language): Text(f"{{{name}}}", "")}, words.people)
    return text_of(notice, alone).subject


def example_notice(event: Event) -> Notification:
    """A notice that was never sent, with every fact that one of this event may carry, about no real project."""
    facts = {
        "state": "review", "due_on": "2026-12-01", "until": "2026-12-11", "person": "wangmin", "item": "SE-04",
        "need": "N2027-001", "mode": "own", "target_project": "P001", "merged_project": "P002", "meeting": "2026-07",
    }  # fmt: skip
    named = {name: facts[name] for name in variables_of(event) if name in facts}
    unit = Department(code="U00", name="示例单位", name_en="Example unit")
    project = Project(ref="P000", title=_("Example project"), department=unit)
    payload = Payload(**named).stored()
    return Notification(event=event, role=MESSAGES[event].role, project=project, payload=payload)


def known_language(code: str) -> bool:
    """Whether the site speaks the language."""
    return code in dict(settings.LANGUAGES)
