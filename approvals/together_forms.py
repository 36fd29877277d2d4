"""What a person says once for several cases."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from approvals.desk_forms import PersonField
from approvals.together import TRANSFER, URGE, Act, successors


class TogetherForm(forms.Form):
    """One text for all, and whoever takes over."""

    person = PersonField(label=_("Takes over"), queryset=User.objects.none())
    comment = forms.CharField(label=_("Opinion"), max_length=3000, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, data: Any, *, act: Act, user: User) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        if act.code == TRANSFER:
            fields["person"].queryset = successors(user)
            fields["comment"].label = _("Reason")
        else:
            del fields["person"]
        if act.code == URGE:
            fields["comment"].label, fields["comment"].required = _("What you say with it"), False
            fields["comment"].max_length = 300
            fields["comment"].widget.attrs["maxlength"] = 300
