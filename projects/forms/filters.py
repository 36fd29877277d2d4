"""The filter of the project list, and the chips that show it."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from planning.models import Round
from projects.queries import Tier
from projects.states import Kind, State


class ProjectFilter(forms.Form):
    """What to list. A value that makes no sense is left out instead of being refused."""

    q = forms.CharField(
        label=_("Search by number, title or unit"),
        required=False,
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "data-search": ""}),
    )
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All states")), *State.choices])
    department = forms.ModelChoiceField(
        Department.objects.none(), label=_("Unit"), required=False, empty_label=_("All units"), to_field_name="code"
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All kinds")), *Kind.choices])
    amount = forms.ChoiceField(label=_("Amount"), required=False)
    round = forms.ModelChoiceField(
        Round.objects.all(), label=_("Round"), required=False, empty_label=_("All rounds"), to_field_name="code"
    )

    def __init__(self, data: Any, *, departments: QuerySet[Department], tiers: Iterable[Tier]) -> None:
        super().__init__(data)
        unit: Any = self.fields["department"]
        amount: Any = self.fields["amount"]
        unit.queryset = departments
        amount.choices = [("", _("All amounts")), *((tier.code, _band(tier)) for tier in tiers)]

    def chosen(self) -> dict[str, Any]:
        """The criteria that make sense."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def chips(self, query: QueryDict) -> list[dict[str, str]]:
        """A chip for each criterion, with the address of the list without it."""
        return [
            {"label": f"{self.fields[name].label} {self._label(name, value)}", "url": address(query, drop=(name,))}
            for name, value in self.chosen().items()
        ]

    def _label(self, name: str, value: Any) -> str:
        choices = dict(getattr(self.fields[name], "choices", ())) if name in {"state", "kind", "amount"} else {}
        return str(choices.get(value) or getattr(value, "label", value))


def _band(tier: Tier) -> str:
    if tier.high is None:
        return gettext("from %(low)s") % {"low": tier.low}
    return gettext("%(low)s up to %(high)s") % {"low": tier.low, "high": tier.high}


def address(query: QueryDict, *, drop: Iterable[str] = (), **put: str) -> str:
    """The same list without some parameters and with others; the page number never survives."""
    changed = query.copy()
    for name in (*drop, "page"):
        changed.pop(name, None)
    for name, value in put.items():
        changed[name] = value
    return f"?{changed.urlencode()}"
