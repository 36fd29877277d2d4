"""The form of one operation and maintenance contract."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from portfolio import values
from portfolio.contracts import FIELDS
from portfolio.models import MaintenanceContract
from portfolio.values import Unreadable


class ContractForm(forms.ModelForm):
    """The facts of one contract. It is never saved by itself: its values go to contracts.save_contract."""

    class Meta:
        model = MaintenanceContract
        fields = FIELDS
        widgets = {
            "starts_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            "ends_on": forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            "scope": forms.Textarea(attrs={"rows": 3}),
        }
        help_texts = {
            "scope": _("As in the contract, item by item: budget lines of proposals are compared with it."),
        }

    def clean(self) -> dict[str, Any]:
        """Texts without control characters, as everywhere in the registry; the end is not before the start."""
        cleaned = super().clean() or self.cleaned_data
        for name, limit in (("number", 60), ("vendor", 120), ("scope", 1000)):
            try:
                cleaned[name] = values.text(cleaned.get(name) or "", limit=limit, prose=name == "scope")
            except Unreadable as error:
                self.add_error(name, str(error))
        if cleaned.get("starts_on") and cleaned.get("ends_on") and cleaned["ends_on"] < cleaned["starts_on"]:
            self.add_error("ends_on", _("The end lies before the start."))
        return cleaned

    def refuse(self, error: ValidationError) -> None:
        """Show what the service found at the field that it names."""
        for name, found in error.message_dict.items():
            self.add_error(name if name in self.fields else None, found)
