"""What is typed about a meeting: the meeting itself, its agenda, and one result."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from approvals.models import Case, Meeting, MeetingItem
from approvals.names import Pending

LONGEST = 3000
AREA = forms.Textarea


class MeetingForm(forms.Form):
    """Title, day, place, ceiling, attendees and minutes."""

    title = forms.CharField(label=_("Title"), max_length=120)
    held_on = forms.DateField(label=_("Date"), widget=forms.DateInput(attrs={"type": "date"}))
    place = forms.CharField(label=_("Place"), max_length=120, required=False)
    ceiling = forms.DecimalField(
        label=_("Budget ceiling (10,000 CNY)"), max_digits=14, decimal_places=2, min_value=Decimal("0.01"),
        required=False, help_text=_("What the approvals of this meeting may come to; more is shown as a warning."),
    )  # fmt: skip
    attendees = forms.CharField(label=_("Attendees"), max_length=2000, required=False, widget=AREA(attrs={"rows": 3}))
    minutes = forms.CharField(
        label=_("Minutes"), max_length=20000, required=False, widget=AREA(attrs={"rows": 6}),
        help_text=_("What was discussed. The results of the projects are added by themselves."),
    )  # fmt: skip

    def __init__(self, *args: Any, meeting: Meeting | None = None, **kwargs: Any) -> None:
        if meeting is not None:
            kwargs["initial"] = {name: getattr(meeting, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)


class AgendaForm(forms.Form):
    """Which projects are put on the agenda."""

    projects = forms.TypedMultipleChoiceField(
        label=_("Projects"), coerce=int, widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one project.")},
    )  # fmt: skip

    def __init__(self, *args: Any, cases: list[Case], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["projects"]
        field.choices = [
            (case.pk, f"{case.ref} {case.title} · {case.department.label} · {case.get_state_display()}")
            for case in cases
        ]


class ResultForm(forms.Form):
    """What the meeting has decided on one project; nothing is pre-selected."""

    pending = forms.ChoiceField(
        label=_("Result"), choices=[*Pending.choices, ("", _("No result yet"))], required=False,
        widget=forms.RadioSelect,
    )  # fmt: skip
    amount = forms.DecimalField(
        label=_("Approved amount (10,000 CNY)"), max_digits=12, decimal_places=2, min_value=Decimal("0.01"),
        required=False, help_text=_("For an approval."),
    )  # fmt: skip
    conditions = forms.CharField(
        label=_("Conditions"), required=False, max_length=LONGEST, widget=AREA(attrs={"rows": 3})
    )
    comment = forms.CharField(
        label=_("Opinion of the meeting"), required=False, max_length=LONGEST, widget=AREA(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, item: MeetingItem, **kwargs: Any) -> None:
        kwargs["initial"] = {name: getattr(item, name) for name in self.base_fields}
        super().__init__(*args, **kwargs)
