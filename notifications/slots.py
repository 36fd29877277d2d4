"""Texts with {placeholders}: what they name, what is wrong with them, and how they are filled. No format language."""

import re
from collections.abc import Collection, Mapping

from django.utils.translation import gettext as _

SLOT = re.compile(r"\{(\w+)\}")


def named_in(text: str) -> list[str]:
    """The names a text mentions, each once."""
    return list(dict.fromkeys(SLOT.findall(text)))


def problems(text: str, allowed: Collection[str]) -> list[str]:
    """Why a text cannot be kept: a name that nothing stands behind, or a brace that belongs to none."""
    found = []
    shown = " ".join(f"{{{name}}}" for name in allowed)
    for name in named_in(text):
        if name not in allowed:
            found.append(_("{%(name)s} is unknown here. You can use: %(allowed)s.") % {"name": name, "allowed": shown})
    if re.search(r"[{}]", SLOT.sub("", text)):
        text = _("A brace stands alone. Write a variable as {name}. You can use: %(allowed)s.")
        found.append(text % {"allowed": shown})
    return found


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its slots filled, once: a value that looks like a slot stays as it is. Raises KeyError."""
    return SLOT.sub(lambda match: values[match[1]], text)
