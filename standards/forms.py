"""The filters of the library's two lists, read from the address."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from standards.kinds import ReviewKind, Severity, StandardStatus


class Filter(forms.Form):
    """Words to look for; the lists add their own choices."""

    q = forms.CharField(
        label=_("Search"), max_length=60, required=False, widget=forms.TextInput(attrs={"type": "search"})
    )

    def chosen(self) -> dict[str, str]:
        """The valid values by parameter; what cannot be read counts as not given and is named in the page's errors."""
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in self.fields}

    def labels(self, name: str) -> dict[str, str]:
        """What each choice of a field is called."""
        choices: Any = getattr(self.fields[name], "choices", ())
        return {value: str(label) for value, label in choices}


class ItemFilter(Filter):
    """Which checklist items to show."""

    kind = forms.ChoiceField(
        label=_("review"), required=False, choices=[("", ""), *ReviewKind.choices], widget=forms.HiddenInput
    )
    severity = forms.ChoiceField(
        label=_("severity"), required=False, choices=[("", ""), *Severity.choices], widget=forms.HiddenInput
    )


class StandardFilter(Filter):
    """Which standards to show."""

    status = forms.ChoiceField(
        label=_("status"), required=False, choices=[("", ""), *StandardStatus.choices], widget=forms.HiddenInput
    )
