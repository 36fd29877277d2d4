"""What a notice says to its reader: the site's words or the product's, filled with what the notice carries."""

import logging
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, override
from django.utils.translation import gettext as _

from accounts.models import User
from notifications.messages import Payload, Text
from notifications.models import Digest, MessageText, Notification
from notifications.names import Event, MessageRole
from notifications.slots import filled
from notifications.variables import usual
from planning.models import Need
from projects.states import State

NOTHING = "—"  # stands for a fact that a notice does not carry
MAIL = gettext_lazy("%(body)s\n\nOpen: %(url)s\n\n%(site)s · sent automatically")
MOST_IN_DIGEST = 100  # notices written out in one mail
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Words:
    """What is looked up once for many notices: the site's own texts and the people whom notices name."""

    texts: dict[tuple[str, str], Text] = field(default_factory=dict)  # by event and language
    people: dict[str, User] = field(default_factory=dict)  # by user name


def words_for(notices: Iterable[Notification]) -> Words:
    """The words for a list of notices, in at most two queries."""
    names = {str(notice.payload["person"]) for notice in notices if notice.payload.get("person")}
    people = User.objects.filter(username__in=names) if names else ()
    texts = {(row.event, row.language): Text(row.subject, row.body) for row in MessageText.objects.all()}
    return Words(texts, {person.username: person for person in people})


def language_now() -> str:
    """The active language, as a code of settings.LANGUAGES."""
    return "en" if (get_language() or "").startswith("en") else "zh-hans"


def text_of(notice: Notification, words: Words | None = None) -> Text:
    """What a notice says, in the active language. Raises ValueError or TypeError for a row that no message fits."""
    words = words or Words()
    event, language = Event(notice.event), language_now()
    values = _values(notice, words)
    own = words.texts.get((event, language))
    if own is not None:
        try:
            return _filled(own, values)
        except KeyError as error:
            log.warning("text of %s in %s names %s; the product's own is used", event, language, error)
    return _filled(usual(event, language), values)


def _filled(text: Text, values: dict[str, str]) -> Text:
    # One line each: a line break in a title must not become a header of the mail.
    return Text(*(" ".join(filled(part, values).split()) for part in (text.subject, text.body)))


def _values(notice: Notification, words: Words) -> dict[str, str]:
    payload, project = Payload.read(notice.payload), notice.project
    person = words.people.get(payload.person)
    known = {
        **asdict(payload),
        "project": f"{project.ref} {project.title}" if project else "",
        "unit": project.department.label if project else "",
        "state": str(State(payload.state).label) if payload.state else "",
        "mode": str(Need.Mode(payload.mode).label) if payload.mode else "",
        "person": person.label if person else payload.person or _("the office in charge"),
    }
    return {name: str(value) or NOTHING for name, value in known.items()}


def shown(notice: Notification, words: Words | None = None) -> Text:
    """The same for a list, which one row that no message fits must not bring down."""
    try:
        return text_of(notice, words)
    except (ValueError, TypeError, KeyError):
        return Text(notice.get_event_display(), "")


def address(path: str) -> str:
    """The full address of a page."""
    return settings.SITE_URL.rstrip("/") + path


def site_name() -> str:
    """What the site is called in the active language."""
    return str(settings.SITE_CITY["en" if language_now() == "en" else "zh"])


def mail_of(notice: Notification, words: Words | None = None) -> Text:
    """Subject and body of the mail, in the language of the recipient."""
    with override(notice.recipient.language or settings.LANGUAGE_CODE):
        text = text_of(notice, words)
        url = address(reverse("notifications:open", args=[notice.pk]))
        return Text(text.subject, str(MAIL) % {"body": text.body, "url": url, "site": site_name()})


def digest_of(digest: Digest, notices: list[Notification], words: Words | None = None) -> Text:
    """The daily mail: everything that waited, what is to be done first, in the language of the recipient."""
    with override(digest.user.language or settings.LANGUAGE_CODE):
        groups = _groups(notices)
        counts = " · ".join(f"{label} {len(rows)}" for label, rows in groups)
        subject = _("Daily digest of %(day)s: %(counts)s") % {"day": digest.day.isoformat(), "counts": counts}
        parts = [f"{label} ({len(rows)})\n" + "\n".join(_line(row, words) for row in rows) for label, rows in groups]
        more = len(notices) - MOST_IN_DIGEST
        if more > 0:
            parts.append(_("%(n)d more notices are in your list.") % {"n": more})
        end = _("All notices: %(url)s") % {"url": address(reverse("notifications:index"))}
        change = _("Change what is mailed: %(url)s") % {"url": address(reverse("notifications:preferences"))}
        return Text(subject, "\n\n".join([*parts, f"{end}\n{change}", site_name()]))


def _groups(notices: list[Notification]) -> list[tuple[str, list[Notification]]]:
    kinds: list[tuple[Any, list[Notification]]] = [
        (MessageRole.ACT.label, [row for row in notices if row.role == MessageRole.ACT]),
        (MessageRole.INFORM.label, [row for row in notices if row.role != MessageRole.ACT]),
    ]
    copies = [row for row in kinds[1][1] if row.event == Event.COPIED]
    kinds[1] = (kinds[1][0], [row for row in kinds[1][1] if row.event != Event.COPIED])
    kinds.append((_("Copies"), copies))
    left, groups = MOST_IN_DIGEST, []
    for label, rows in kinds:
        if rows[:left]:
            groups.append((str(label), rows[:left]))
            left -= len(rows[:left])
    return groups


def _line(notice: Notification, words: Words | None) -> str:
    url = address(reverse("notifications:open", args=[notice.pk]))
    return f"- {shown(notice, words).subject}\n  {url}"
