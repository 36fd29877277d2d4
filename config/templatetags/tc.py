"""Filters and tags of the shared look: money, dates, evidence marks, form fields, pages."""

import datetime
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from django import forms, template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.forms.formsets import BaseFormSet
from django.utils import dateformat, timezone, translation
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.sources import readable_source

register = template.Library()

BADGES = {"waiting", "doing", "returned", "passed", "stopped", "round"}
NOTHING = "–"
Span = tuple[int, int, str]


def _number(value: Any) -> Decimal | None:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


@register.filter
def money(value: Any) -> str:
    """An amount in 万元 with two decimals and thousands marks: 1,386.00. Nothing: an en dash."""
    number = _number(value)
    return NOTHING if number is None else f"{number.quantize(Decimal('0.01'), ROUND_HALF_UP):,}"


@register.filter
def percent(value: Any, digits: int = 1) -> str:
    """A share between 0 and 1 as 43.6%. Nothing: an en dash."""
    number = _number(value)
    if number is None:
        return NOTHING
    return f"{(number * 100).quantize(Decimal(1).scaleb(-int(digits)), ROUND_HALF_UP)}%"


# ---- dates ----
def _local(value: Any) -> Any:
    if isinstance(value, datetime.datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


def _chinese() -> bool:
    return (translation.get_language() or "").startswith("zh")


@register.filter
def zhdate(value: Any) -> str:
    """A date in prose: 2026年11月23日, in English 23 Nov 2026."""
    value = _local(value)
    if not isinstance(value, datetime.date):
        return str(value or "")
    if _chinese():
        return f"{value.year}年{value.month}月{value.day}日"
    return dateformat.format(value, "j M Y")


@register.filter
def shortdate(value: Any) -> str:
    """A near date in prose: 11月23日, in English 23 Nov."""
    value = _local(value)
    if not isinstance(value, datetime.date):
        return str(value or "")
    return f"{value.month}月{value.day}日" if _chinese() else dateformat.format(value, "j M")


@register.filter
def day(value: Any) -> str:
    """A date in a table: 2026-11-23."""
    value = _local(value)
    return value.strftime("%Y-%m-%d") if isinstance(value, datetime.date) else str(value or "")


@register.filter
def stamp(value: Any) -> str:
    """A moment: 2026-11-23 14:32; a date without time stays a date, a text stays as it is."""
    value = _local(value)
    return value.strftime("%Y-%m-%d %H:%M") if isinstance(value, datetime.datetime) else day(value)


@register.filter
def clock(value: Any) -> str:
    """The time of a moment: 14:32."""
    value = _local(value)
    return value.strftime("%H:%M") if isinstance(value, datetime.datetime) else str(value or "")


# ---- words ----
@register.filter
def badge_css(kind: Any) -> str:
    """The class of one of the badge kinds; "plain" joins with a space ("doing plain"); unknown kinds are grey."""
    wanted = str(kind or "").split()
    return " ".join(f"is-{name}" for name in wanted if name in BADGES | {"plain"})


@register.filter
def joined(value: Any) -> str:
    """A list as one text in the manner of the language; a text stays as it is."""
    if isinstance(value, str) or not isinstance(value, Iterable):
        return str(value or "")
    return ("、" if _chinese() else ", ").join(str(item) for item in value)


@register.filter
def colon(value: Any) -> str:
    """A word followed by the colon of the language: 错误： or "Error: " with its space."""
    return f"{value}：" if _chinese() else f"{value}: "


@register.filter
def magnitude(value: Any) -> int:
    """How much without the sign: overdue days."""
    return abs(int(value or 0))


@register.filter
def highlight(text: Any, spans: Iterable[Span] | None) -> SafeString:
    """`text` with <mark class=css> round each (start, end, css); css "" is the same word, "syn" a synonym.

    Spans may come in any order; what overlaps an earlier one, or lies outside the text, is cut. Everything is escaped.
    """
    text, pieces, at = str(text or ""), [], 0
    marks: list[Any] = sorted((tuple(span) + ("",))[:3] for span in spans or ())
    for start, end, css in marks:
        start, end = max(int(start), at), min(int(end), len(text))
        if start >= end:
            continue
        pieces.append(conditional_escape(text[at:start]))
        shown = text[start:end]
        pieces.append(
            format_html('<mark class="{}">{}</mark>', css, shown) if css else format_html("<mark>{}</mark>", shown)
        )
        at = end
    pieces.append(conditional_escape(text[at:]))
    return format_html_join("", "{}", ((piece,) for piece in pieces))


@register.filter
def source_text(value: Any) -> str:
    """A stored source as people read it: the documents' names in place of "S52", "from memory" in place of "M-hi"."""
    return readable_source(str(value or ""))


# ---- forms ----
@register.filter
def field_kind(field: BoundField) -> str:
    """hidden, choices (radios, check boxes), check (one box) or plain: decides the markup in _field.html."""
    widget = field.field.widget
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "choices"
    return "check" if isinstance(widget, forms.CheckboxInput) else "plain"


@register.simple_tag
def widget(field: BoundField, css: str = "", described: str = "") -> SafeString:
    """The input with Bootstrap's class and `css`; `described` is an id to add to aria-describedby."""
    kind = getattr(field.field.widget, "input_type", "")
    base = {"select": "form-select", "checkbox": "form-check-input", "radio": "form-check-input"}.get(
        kind, "form-control"
    )
    own = field.field.widget.attrs.get("class", "")
    names = [base, css, own, "is-invalid" if field.errors else ""]
    attrs: dict[str, str | bool] = {"class": " ".join(name for name in names if name)}
    if field.field.widget.attrs.get("placeholder") == field.label:
        attrs["placeholder"] = ""  # the label already says it
    if described:
        attrs["aria-describedby"] = " ".join(part for part in (field.aria_describedby, described) if part)
    return field.as_widget(attrs=attrs)


@register.filter
def form_errors(source: Any) -> list[dict[str, str]]:
    """All errors of a form, a formset or a list of them as {href, label, message}, for the summary at the top."""
    if isinstance(source, BaseForm):
        return _errors_of(source)
    if isinstance(source, BaseFormSet):
        if not source.is_bound:
            return []
        found = [{"href": "", "label": "", "message": str(message)} for message in source.non_form_errors()]
        return found + [error for form in source.forms for error in _errors_of(form)]
    return [error for part in source or () for error in form_errors(part)]


def _errors_of(form: BaseForm) -> list[dict[str, str]]:
    found = []
    for name, messages in form.errors.items():
        bound = form[name] if name in form.fields else None
        first = "_0" if bound and field_kind(bound) == "choices" else ""
        href = f"#{bound.auto_id}{first}" if bound and not bound.is_hidden else ""
        label = str(bound.label) if bound else ""
        found += [{"href": href, "label": label, "message": str(message)} for message in messages]
    return found


@register.filter
def page_numbers(page: Page) -> list[Any]:
    """The numbers to show for a page of a list, with an ellipsis where some are left out."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1))
