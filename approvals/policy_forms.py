"""Forms that change a policy row, and that confirm one as it stands."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from approvals.adjudication_forms import readable
from planning.models import PolicyRow
from planning.policy_checks import problems
from planning.policy_values import Leaf, initial, leaves, rebuild


def _field(leaf: Leaf) -> forms.Field:
    common: dict[str, Any] = {"label": leaf.label, "help_text": leaf.unit, "required": leaf.required}
    makers: dict[str, Callable[[], forms.Field]] = {
        "integer": lambda: forms.IntegerField(**common),
        "number": lambda: forms.FloatField(widget=forms.NumberInput({"step": "any"}), **common),
        "figure": lambda: forms.DecimalField(
            max_digits=12, decimal_places=4, widget=forms.NumberInput({"step": "any"}), **common
        ),
        "flag": lambda: forms.BooleanField(**{**common, "required": False}),
        "lines": lambda: forms.CharField(
            widget=forms.Textarea({"rows": 4}), **{**common, "help_text": _("One a line.")}
        ),
        "choice": lambda: forms.ChoiceField(choices=leaf.choices, **{**common, "help_text": ""}),
    }
    plain = lambda: forms.CharField(max_length=300, validators=[readable], **common)  # noqa: E731
    return makers.get(leaf.kind, plain)()


class PolicyForm(forms.Form):
    """A value in labelled fields, from when it holds and on which document it rests."""

    valid_from = forms.DateField(label=_("In force from"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    source = forms.CharField(
        label=_("Decision or document it rests on"), max_length=200, validators=[readable],
        help_text=_("For example the minutes of a meeting, with the date."),
    )  # fmt: skip
    note = forms.CharField(
        label=_("Why it changes"), max_length=300, required=False, validators=[readable],
        widget=forms.Textarea({"rows": 2}),
    )  # fmt: skip
    expected = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, row: PolicyRow, **kwargs: Any) -> None:
        """row: the newest row of the key, from which the form starts."""
        self.row, self.leaves = row, leaves(row.key, row.value)
        start = {**initial(self.leaves, row.value), "valid_from": timezone.localdate(), "expected": row.pk}
        super().__init__(*args, initial=start, **kwargs)
        own = {leaf.name: _field(leaf) for leaf in self.leaves}
        self.fields = {**own, **self.fields}

    @property
    def value(self) -> Any:
        """The value that was typed."""
        return rebuild(self.leaves, self.row.value, self.cleaned_data)

    @property
    def value_fields(self) -> list[forms.BoundField]:
        """The fields of the value, without those about the change."""
        return [self[leaf.name] for leaf in self.leaves]

    @property
    def paper_fields(self) -> list[forms.BoundField]:
        """The fields about the change."""
        return [self[name] for name in ("valid_from", "source", "note", "expected")]

    def clean_valid_from(self) -> date:
        """Nothing applies retroactively."""
        if self.cleaned_data["valid_from"] < timezone.localdate():
            raise ValidationError(_("Nothing applies retroactively: today or later."))
        return self.cleaned_data["valid_from"]

    def clean(self) -> dict[str, Any]:
        """The numbers must make sense together, and something must be different."""
        data = super().clean() or self.cleaned_data
        if not self.errors:
            for name, text in problems(self.row.key, self.value).items():
                self.add_error(name if name in self.fields else None, text)
        return data


class ConfirmForm(forms.Form):
    """The document that confirms a value as it stands."""

    source = forms.CharField(
        label=_("Document that confirms it"), max_length=200, validators=[readable],
        help_text=_("Title, number and date. The value stays as it is."),
    )  # fmt: skip
    seen = forms.CharField(widget=forms.HiddenInput, required=False, strip=False)


class ChangeFilter(forms.Form):
    """Which changes of rules are shown."""

    table = forms.ChoiceField(label=_("What was changed"), required=False)
    key = forms.CharField(label=_("Code of the row"), required=False, max_length=60)
    who = forms.CharField(label=_("By whom"), required=False, max_length=60)
    since = forms.DateField(label=_("From day"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    until = forms.DateField(label=_("To day"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))

    def __init__(self, *args: Any, tables: list[tuple[str, str]], **kwargs: Any) -> None:
        """tables: those in which something was changed, with their names."""
        super().__init__(*args, **kwargs)
        self.fields["table"] = forms.ChoiceField(
            label=_("What was changed"), required=False, choices=[("", _("all")), *tables]
        )
