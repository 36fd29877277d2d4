"""Which facts the texts of each event may name, and which they must not lose."""

import re
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from notifications.messages import MESSAGES, Text
from notifications.names import Event
from notifications.slots import named_in

# What every text may name, and what a text must name where the product's own does: nobody should lose a day or a name.
ALWAYS = ("project", "unit", "state")
NEEDED = frozenset({"project", "need", "item", "due_on", "until"})
EXPLAINED: dict[str, Any] = {
    "project": _("number and title of the project"),
    "unit": _("unit that applies"),
    "state": _("state after the step"),
    "due_on": _("day until which the reader may act, or since which a step is overdue"),
    "until": _("a second day: the end of a substitution, or the former deadline"),
    "person": _("who sent, asked or is on leave"),
    "target_project": _("number of the project that a merged one goes into"),
    "merged_project": _("number of the project that was merged"),
    "item": _("code of a checklist item"),
    "need": _("number of a need"),
    "mode": _("how a need is met"),
    "meeting": _("number of a meeting"),
}


def usual(event: Event, language: str) -> Text:
    """The product's own words for an event, with {placeholders}."""
    with override(language):
        message = MESSAGES[event]
        return Text(*(re.sub(r"%\((\w+)\)s", r"{\1}", str(text)) for text in (message.subject, message.body)))


def variables_of(event: Event) -> tuple[str, ...]:
    """What the texts of an event may name: what every notice carries, and what those of this event carry besides."""
    text = usual(event, "en")
    own = named_in(f"{text.subject} {text.body}")
    common = () if event in WITHOUT_PROJECT else ALWAYS
    return tuple(dict.fromkeys([*common, *own, *MORE.get(event, ())]))


def needed_in(event: Event) -> set[str]:
    """What a text of the event must name somewhere."""
    text = usual(event, "en")
    return set(named_in(f"{text.subject} {text.body}")) & NEEDED


WITHOUT_PROJECT = {Event.NEED_DECIDED, Event.SUBSTITUTE}
# Carried, though the product's own text does not say it.
MORE: dict[Event, tuple[str, ...]] = {
    Event.URGED: ("person",),
    Event.QUESTION_ANSWERED: ("person",),
    Event.COPIED: ("person",),
    Event.MEETING_CALLED: ("meeting",),
    Event.MERGED_HERE: ("target_project",),
}
