"""Fields whose values are sane one by one: plain text, money, year and month, yes or no; and a quick select."""

import unicodedata
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from projects.limits import check_money, check_month, check_text

NOT_CHOSEN = ("", _("Not filled in"))


class PlainText(forms.CharField):
    """Text without control characters. No maxlength in the page: a browser would cut pasted text silently."""

    def to_python(self, value: Any) -> str:
        """The text with plain line ends."""
        return check_text(super().to_python(value))

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Attributes of the input, without the limit that would cut."""
        return {}


class MoneyField(forms.Field):
    """An amount in 万元; thousands marks and full-width digits are understood."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})

    def to_python(self, value: Any) -> Decimal | None:
        """The amount with two decimals, or None where nothing is typed."""
        text = unicodedata.normalize("NFKC", check_text(value or "")).replace(",", "").strip()
        return check_money(text) if text else None


class MonthField(forms.CharField):
    """A year and month such as 2026-03."""

    widget = forms.TextInput(attrs={"type": "month", "placeholder": "2026-03"})

    def to_python(self, value: Any) -> str:
        """The month as text, "" where nothing is chosen."""
        return check_month(check_text(super().to_python(value)))


class YesNoField(forms.TypedChoiceField):
    """Yes, no, or not said yet."""

    def __init__(self, **kwargs) -> None:
        choices = (("true", _("Yes")), ("false", _("No")))
        super().__init__(
            choices=choices, coerce=lambda text: text == "true", empty_value=None, widget=forms.RadioSelect, **kwargs
        )

    def prepare_value(self, value: Any) -> Any:
        """The stored value as one of the choices."""
        return {True: "true", False: "false"}.get(value, value) if isinstance(value, bool) else value


class QuickSelect(forms.Select):
    """A select drawn in one go: forty rows with a hundred choices each are too many templates."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """The element with the chosen value marked."""
        final = self.build_attrs({**self.attrs, "name": name}, attrs)
        chosen = "" if value is None else str(value)
        flat = ((key, text) for key, text in final.items() if text is not False)
        drawn = format_html_join("", ' {}="{}"', flat)
        return format_html("<select{}>{}</select>", drawn, self._options(self.choices, chosen))

    def _options(self, choices: Iterable[tuple[Any, Any]], chosen: str) -> SafeString:
        return format_html_join("", "{}", ((self._option(key, label, chosen),) for key, label in choices))

    def _option(self, key: Any, label: Any, chosen: str) -> SafeString:
        if isinstance(label, list | tuple):
            return format_html('<optgroup label="{}">{}</optgroup>', key, self._options(label, chosen))
        mark = " selected" if str(key) == chosen else ""
        return format_html('<option value="{}"{}>{}</option>', key, mark, label)
