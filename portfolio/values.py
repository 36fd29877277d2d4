"""Turns what a cell or a form field holds into a value of the registry, or says why it is not one."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from difflib import get_close_matches
from typing import Any

from django.utils.translation import gettext as _

MAX_MONEY = Decimal("9999999999.99")
MAX_WHOLE = 2_147_483_647
MAX_ALIASES = 20
MAX_ALIAS = 60
MAX_PROSE = 4000
EXACT_FLOAT = 10**15
YEARS = range(1980, 2101)
EXCEL_EPOCH, MAC_EPOCH = date(1899, 12, 30), date(1904, 1, 1)

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\Z")
_NUMBER = re.compile(r"-?(\d{1,3}(,\d{3})+|\d+)(\.\d*)?\Z")
_DATE = re.compile(r"(\d{4})(?:-|/|\.|年)(\d{1,2})(?:-|/|\.|月)(\d{1,2})日?\Z")
# What no field may hold: control characters, lone surrogates, overrides of the writing direction (they make a name look
# like another one), the replacement character, code points that are no characters. Prose may break lines.
_ENDS = "".join(f"{chr(plane * 0x10000 + 0xFFFE)}{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(17))
_NEVER = f"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufffd\ufdd0-\ufdef{_ENDS}"
_BAD_PROSE, _BAD_LINE = re.compile(f"[{_NEVER}]"), re.compile(f"[{_NEVER}\n\r\t]")
_TRUE, _FALSE = frozenset({"true", "yes", "1", "是", "y"}), frozenset({"false", "no", "0", "否", "n"})
_LEVELS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5}


class Unreadable(ValueError):
    """The value cannot be taken as it is; the text says why and what would do."""


def blank(value: Any) -> bool:
    """Whether a cell holds nothing."""
    return value is None or (isinstance(value, str) and not value.strip())


def text(value: Any, *, limit: int, prose: bool = False) -> str:
    """A text of at most `limit` characters, without control characters; line breaks only in prose."""
    written = _as_written(value)
    bad = (_BAD_PROSE if prose else _BAD_LINE).search(written)
    if bad:
        raise Unreadable(_complaint(bad[0]))
    written = written.replace("\r\n", "\n").replace("\r", "\n").strip().strip("\ufeff\u200b").strip()
    if len(written) > limit:
        raise Unreadable(_("%(length)s characters; at most %(limit)s fit.") % {"length": len(written), "limit": limit})
    if garbled(written):
        raise Unreadable(_("The characters look wrongly decoded. Save the file again as UTF-8 from the original."))
    return written


def _as_written(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        if isinstance(value, date | timedelta):
            raise Unreadable(_("The spreadsheet turned this text into a date. Format the column as text."))
        raise Unreadable(_("Expected a text."))
    if isinstance(value, float) and (value != value or abs(value) >= EXACT_FLOAT):
        raise Unreadable(_("The spreadsheet keeps only 15 digits of a number. Format the column as text."))
    if isinstance(value, Decimal):
        return format(value, "f") if abs(value.adjusted()) < 40 else str(value)  # noqa: PLR2004 - 1e999999 as digits
    return str(int(value)) if value == int(value) else repr(value)


def _complaint(char: str) -> str:
    number = ord(char)
    if 0xDC80 <= number <= 0xDCFF:
        return _(
            "Holds a byte (%(byte)s) that is not readable in the encoding of the file. Save it again as UTF-8."
        ) % {"byte": f"0x{number - 0xDC00:02X}"}
    if char == "\ufffd":
        return _("Holds the replacement character: the text was damaged before it came here.")
    if char in "\n\r\t":
        return _("A line break or tab is not allowed here.")
    return _("Holds a character that cannot be stored (%(code)s).") % {"code": f"U+{number:04X}"}


def garbled(written: str) -> bool:
    """Whether the text is UTF-8 that somebody read as GBK or Latin-1 (缁熶竴, ç»Ÿä¸€) and saved so."""
    if written.isascii():
        return False
    for encoding in ("gb18030", "cp1252", "latin-1"):
        try:
            original = written.encode(encoding).decode("utf-8", "replace")
        except UnicodeEncodeError:
            continue
        wide = sum("\u2e7f" < char < "\ufffd" for char in original)
        # Genuine Chinese taken so apart gives one in five at most (measured on the demo city); lost bytes cost some.
        if wide > 1 and wide >= 0.5 * sum(not char.isascii() for char in original):
            return True
    return False


def code(value: Any, *, limit: int) -> str:
    """A code of letters, digits, dot, hyphen and underline."""
    written = text(value, limit=limit)
    if written and not _CODE.match(written):
        raise Unreadable(_("A code has only letters, digits, dots, hyphens and underlines."))
    return written


def number(value: Any) -> Decimal | None:
    """A finite number that is not negative; thousands marks and full-width digits are read."""
    if blank(value):
        return None
    if isinstance(value, bool):
        raise Unreadable(_("Expected a number."))
    if isinstance(value, int | float | Decimal):
        try:
            read = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        except InvalidOperation:
            raise Unreadable(_("Expected a number.")) from None
    else:
        written = unicodedata.normalize("NFKC", text(value, limit=40)).replace(" ", "")
        if not _NUMBER.match(written):
            raise Unreadable(_("Expected a number, without a unit."))
        read = Decimal(written.replace(",", ""))
    if not read.is_finite():
        raise Unreadable(_("Expected a number."))
    if read < 0:
        raise Unreadable(_("A negative number is not possible here."))
    return read


def money(value: Any) -> Decimal | None:
    """An amount in 万元 with at most two decimals."""
    read = number(value)
    if read is None:
        return None
    if read > MAX_MONEY:
        raise Unreadable(_("Too large: at most %(limit)s.") % {"limit": MAX_MONEY})
    rounded = read.quantize(Decimal("0.01"))
    # A spreadsheet's sum carries binary dust (168.10000000000002); anything more is a third decimal.
    if abs(read - rounded) > (Decimal("1e-6") if isinstance(value, float) else 0):
        raise Unreadable(_("At most two decimals (the unit is 10,000 CNY)."))
    return rounded


def whole(value: Any, *, low: int = 0, high: int = MAX_WHOLE) -> int | None:
    """A whole number between `low` and `high`."""
    read = number(value)
    if read is None:
        return None
    if read > MAX_WHOLE or read != read.to_integral_value():
        raise Unreadable(_("Expected a whole number of at most %(limit)s.") % {"limit": high})
    if not low <= read <= high:
        raise Unreadable(_("Expected a whole number from %(low)s to %(high)s.") % {"low": low, "high": high})
    return int(read)


def level(value: Any) -> int | None:
    """A protection level 1–5; 三级 and 第三级 are read too."""
    if isinstance(value, str):
        bare = unicodedata.normalize("NFKC", value).strip().removeprefix("第").removesuffix("级")
        value = _LEVELS.get(bare, bare)
    return whole(value, low=1, high=5)


def yes_no(value: Any) -> bool | None:
    """Yes or no in the words of the files."""
    if blank(value):
        return None
    if isinstance(value, bool):
        return value
    written = text(value, limit=40).lower()
    if written in _TRUE | _FALSE:
        return written in _TRUE
    raise Unreadable(_("Expected yes or no."))


def day(value: Any, *, epoch: date = EXCEL_EPOCH, serial: bool = False) -> date | None:
    """A date; `serial` allows the day number of a spreadsheet, counted from `epoch`."""
    if blank(value):
        return None
    if isinstance(value, datetime):
        read = value.date()
    elif isinstance(value, date):
        read = value
    elif serial and isinstance(value, int | float) and not isinstance(value, bool):
        read = _from_serial(value, epoch)
    else:
        read = _from_written(value)
    if read.year not in YEARS:
        raise Unreadable(_("The year must be between %(low)s and %(high)s.") % {"low": YEARS[0], "high": YEARS[-1]})
    return read


def _from_serial(value: float, epoch: date) -> date:
    # A bare year (2019) would silently become a day in 1905.
    if value != value or not 10_000 <= value <= 100_000:  # noqa: PLR2004 - about 1927 to 2173
        raise Unreadable(_("Expected a date such as 2019-03-15."))
    return epoch + timedelta(days=int(value))


def _from_written(value: Any) -> date:
    if not isinstance(value, str):
        raise Unreadable(_("Expected a date such as 2019-03-15."))
    match = _DATE.match(unicodedata.normalize("NFKC", text(value, limit=40)))
    if not match:
        raise Unreadable(_("Expected a date such as 2019-03-15."))
    try:
        return date(*map(int, match.groups()))
    except ValueError:
        raise Unreadable(_("There is no such day in the calendar.")) from None


def choice(value: Any, words: Mapping[str, str]) -> str:
    """One of the codes in `words`' values; its keys are what people write, in lower case."""
    written = text(value, limit=60)
    if not written:
        return ""
    found = words.get(written.lower())
    if found is None:
        allowed = ", ".join(dict.fromkeys(words.values()))
        raise Unreadable(_("Not one of the allowed values: %(allowed)s.") % {"allowed": allowed})
    return found


def aliases(value: Any) -> list[str]:
    """Other names: a list, or a text with semicolons between them; repeated ones are named once."""
    if isinstance(value, list | tuple):
        parts: Iterable[Any] = value
        if any(not isinstance(part, str) for part in value):
            raise Unreadable(_("Expected a list of texts."))
    else:
        parts = re.split(r"[;；\n]", text(value, limit=MAX_PROSE, prose=True))
    names = [name for part in parts if (name := text(part, limit=MAX_ALIAS))]
    if any(mark in name for name in names for mark in ";；"):
        raise Unreadable(_("A name cannot hold a semicolon: it separates names."))
    if len(names) > MAX_ALIASES:
        raise Unreadable(_("At most %(limit)s other names.") % {"limit": MAX_ALIASES})
    return list(dict.fromkeys(names))


def suggestion(written: str, known: Iterable[str]) -> str:
    """What was probably meant, as a sentence to append; empty when nothing is near."""
    near = get_close_matches(written, list(known), n=1, cutoff=0.6)
    return _(" Did you mean “%(name)s”?") % {"name": near[0]} if near else ""
