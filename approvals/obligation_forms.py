"""What is typed to close an obligation."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ClosingForm(forms.Form):
    """The evidence that it is met."""

    evidence = forms.CharField(
        label=_("Evidence"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Document and page, report number, or where else it can be read."),
    )  # fmt: skip
