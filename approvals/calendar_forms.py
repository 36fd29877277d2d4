"""The form that brings a notice of public holidays, and the one that confirms what the preview showed."""

import json
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from approvals.calendar_files import LONGEST_NUMBER, Paper, Read, checked
from planning.services import Notice, NoticeDay
from planning.services.calendar import stored


class NoticeForm(forms.Form):
    """A file, and what it is a copy of."""

    file = forms.FileField(
        label=_("File"), help_text=_("XLSX as in the template, or JSON as holiday-cn publishes it."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.json"}),
    )  # fmt: skip
    number = forms.CharField(
        label=_("Notice number"), max_length=LONGEST_NUMBER, required=False,
        help_text=_("As on the notice of the State Council's office. May be left empty where the file has it."),
    )  # fmt: skip
    published_on = forms.DateField(
        label=_("Published on"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    @property
    def paper(self) -> Paper:
        """Number and day of the notice."""
        return Paper(self.cleaned_data["number"].strip(), self.cleaned_data["published_on"])


class ConfirmForm(forms.Form):
    """The notice as it was shown. It is checked again: nothing rests on what a browser sends."""

    notice = forms.CharField(widget=forms.HiddenInput, max_length=100_000)
    expected = forms.IntegerField(widget=forms.HiddenInput)

    def read(self) -> Read:
        """The notice, or what is wrong with it. Raises ValueError where it is not what this product wrote."""
        told = json.loads(self.cleaned_data["notice"])
        days = [NoticeDay(date.fromisoformat(day), worked is True, str(name)) for day, worked, name in told["days"]]
        published = date.fromisoformat(told["published_on"]) if told["published_on"] else None
        rows = list(enumerate(days, start=1))
        number = str(told["number"])[:LONGEST_NUMBER]
        return checked(rows, Paper(number, published), str(told["source"]), int(told["year"]))


def carried(notice: Notice) -> dict[str, Any]:
    """A notice as the confirmation carries it."""
    return {
        "year": notice.year,
        "number": notice.number,
        "source": notice.source,
        "published_on": notice.published_on.isoformat() if notice.published_on else "",
        "days": stored(notice.days),
    }
