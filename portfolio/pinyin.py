"""Spells Chinese names in pinyin, so that a name can be found by typing Latin letters."""

import unicodedata
from collections.abc import Iterable

from pypinyin import Style, lazy_pinyin

HAN_START = "㐀"


def spell(names: Iterable[str]) -> str:
    """Each name as written, in full pinyin and as initials, one name per line (重庆 → "重庆 chongqing cq").

    The name itself is kept beside its spelling so that a search has one column for aliases too.
    """
    return "\n".join(_spell_one(name) for name in names if name)


def _spell_one(name: str) -> str:
    plain = fold(name)
    full = "".join(lazy_pinyin(plain))
    # Runs of Latin letters and digits stay whole in both: 12345热线 → 12345rexian, 12345rx.
    initials = "".join(lazy_pinyin(plain, style=Style.FIRST_LETTER))
    return " ".join(dict.fromkeys((plain, full, initials)))


def fold(text: str) -> str:
    """Half-width, lower case, without blanks: the form in which names and queries are compared."""
    return "".join(unicodedata.normalize("NFKC", text).lower().split())
