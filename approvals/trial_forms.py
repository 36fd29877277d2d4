"""Forms of trials: thresholds, a group of synonyms, and what putting thresholds in force needs."""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from approvals.adjudication_forms import readable
from planning.policy_rows import SCORES, SHARES, bands_problems
from portfolio.models import SynonymGroup

ONE = Decimal(1)
BETWEEN_WORDS = re.compile(r"[|｜、，,;；\n\t]+")


def _share(label: Any, help_text: Any) -> forms.DecimalField:
    numbers = forms.NumberInput({"step": "0.01", "min": "0", "max": "1"})
    return forms.DecimalField(
        label=label, help_text=help_text, min_value=Decimal(0), max_value=ONE, decimal_places=3, widget=numbers
    )


class ThresholdForm(forms.Form):
    """The thresholds of the screening, as they would be."""

    red = _share(_("Red from"), _("Share of the money that is covered, 0–1."))
    amber = _share(_("Amber from"), _("Share of the money that is covered, 0–1; below red."))
    mapped = _share(_("Sufficient data from"), _("Share of the software money that is mapped to capabilities, 0–1."))
    finding = _share(_("The same function from"), _("Score of a pair, 0–1: from here it counts."))
    untagged = _share(_("The same, without tags"), _("Score of a pair of which one side has no taxonomy tag, 0–1."))
    related = _share(_("Similar from"), _("Score of a pair, 0–1: from here it is shown without counting."))

    def __init__(self, *args: Any, in_force: dict[str, float], fitted: dict[str, float], **kwargs: Any) -> None:
        """in_force: the policy row; fitted: the engine's own limits, for what the row does not say."""
        self.in_force, self.fitted = in_force, fitted
        super().__init__(*args, initial={**fitted, **in_force}, **kwargs)

    def clean(self) -> dict[str, Any]:
        """The limits must make sense together."""
        data = super().clean() or self.cleaned_data
        if not self.errors:
            for name, problem in bands_problems(self._numbers(data)).items():
                self.add_error(name if name in self.fields else None, problem)
        return data

    @property
    def value(self) -> dict[str, float]:
        """What the policy row would say: a score that is as the engine was fitted stays the engine's affair."""
        numbers = self._numbers(self.cleaned_data)
        own = [name for name in SCORES if name in self.in_force or numbers[name] != self.fitted[name]]
        return {name: numbers[name] for name in (*SHARES, *own)}

    def _numbers(self, data: dict[str, Any]) -> dict[str, float]:
        return {name: float(data[name]) for name in (*SHARES, *SCORES)}


class SynonymForm(forms.Form):
    """A group of words of the city."""

    kind = forms.ChoiceField(label=_("What the words name"), choices=[("", "–"), *SynonymGroup.Kind.choices])
    members = forms.CharField(
        label=_("Words that mean the same"), max_length=900, validators=[readable],
        widget=forms.Textarea({"rows": 3}), help_text=_("One a line, or separated by commas. The first is printed."),
    )  # fmt: skip
    source = forms.CharField(
        label=_("Where the words come from"), max_length=200, validators=[readable],
        help_text=_("A document with its number, a department, or current usage."),
    )  # fmt: skip

    def clean_members(self) -> list[str]:
        """The words, each once."""
        words = (word.strip() for word in BETWEEN_WORDS.split(self.cleaned_data["members"]))
        return list(dict.fromkeys(word for word in words if word))


class AdoptForm(forms.Form):
    """On what a change of thresholds rests, and from when it holds."""

    source = forms.CharField(
        label=_("Decision or document it rests on"), max_length=200, validators=[readable],
        help_text=_("For example the minutes of a meeting, with the date."),
    )  # fmt: skip
    note = forms.CharField(
        label=_("Why the thresholds change"),
        max_length=300,
        validators=[readable],
        widget=forms.Textarea({"rows": 3}),
    )
    valid_from = forms.DateField(label=_("In force from"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["valid_from"].initial = timezone.localdate()

    def clean_valid_from(self) -> date:
        """Nothing applies retroactively."""
        if self.cleaned_data["valid_from"] < timezone.localdate():
            raise ValidationError(_("Nothing applies retroactively: today or later."))
        return self.cleaned_data["valid_from"]


def take_errors(form: forms.Form, error: ValidationError) -> None:
    """Put what a service refused at the fields it names, or above the form."""
    problems = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    for name, messages in problems.items():
        for message in messages:
            form.add_error(name if name in form.fields else None, message)
