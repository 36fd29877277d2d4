"""What a single value may be: readable text, a sane amount, a year and month."""

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MONEY_MAX = Decimal("10000000.00")  # 万元
MONTH = re.compile(r"(19[5-9]\d|20\d\d)-(0[1-9]|1[0-2])")
# Signs that turn the direction of writing can make a text read otherwise than it is compared.
DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def check_text(value: Any) -> str:
    """The text with plain line ends, blank ends cut. Raises ValidationError for what cannot be shown or stored."""
    text = str(value).replace("\r\n", "\n").replace("\r", "\n")
    bad = sorted({char for char in text if _is_bad(char)})
    if bad:
        codes = ", ".join(f"U+{ord(char):04X}" for char in bad[:5])
        raise ValidationError(
            _("The text has invisible control characters (%(codes)s). Remove them."), "control", {"codes": codes}
        )
    return text.strip()


def _is_bad(char: str) -> bool:
    return char in DIRECTION or (char not in "\n\t" and unicodedata.category(char) in {"Cc", "Cs"})


def check_money(value: Any) -> Decimal:
    """An amount in 万元, above 0, at most 10,000,000.00, two decimals. Raises ValidationError."""
    try:
        amount = Decimal(str(value).strip())
    except InvalidOperation:
        amount = Decimal("NaN")
    if not amount.is_finite():
        raise ValidationError(_("Enter an amount such as 128.50."), "invalid")
    if not 0 < amount <= MONEY_MAX:
        raise ValidationError(
            _("The amount must be above 0 and at most %(limit)s."), "range", {"limit": f"{MONEY_MAX:,}"}
        )
    cents = amount.quantize(Decimal("0.01"))
    if cents != amount:
        raise ValidationError(_("At most two decimals."), "decimals")
    return cents


def check_month(value: str) -> str:
    """A year and month such as 2026-03, or nothing. Raises ValidationError."""
    if value and not MONTH.fullmatch(value):
        raise ValidationError(_("Enter a year and month such as 2026-03."), "invalid")
    return value
