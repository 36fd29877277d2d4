"""Days that may still move: those that rest on a notice of public holidays which is not published yet."""

import datetime
from typing import Any

from django import template
from django.template import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from planning.queries import published_years
from planning.working_days import unsettled_years

register = template.Library()


@register.simple_tag(takes_context=True)
def provisional(context: Context, day: Any) -> SafeString | str:
    """The mark 暂定 after a day that rests on holidays which are not published; nothing after any other.

    The published years are read once for a page.
    """
    if not isinstance(day, datetime.date):
        return ""
    request = getattr(context, "request", None)
    years = vars(request).get("published_years") if request is not None else None
    if years is None:
        years = published_years()
        if request is not None:
            request.published_years = years
    missing = unsettled_years(day, day, years)
    if not missing:
        return ""
    text = _("provisional (%(year)s holidays not published)") % {"year": missing[0]}
    return format_html(' <span class="tc-sub">{}</span>', text)
