"""The form with which a manager says that two systems are no duplicates."""

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.forms.fields import PlainText


class DismissalForm(forms.Form):
    """Why the two systems do not duplicate each other."""

    reason = PlainText(
        label=_("Why they are no duplicates"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Kept with your name. The pair stays away until a text of either system changes."),
    )
