"""The first page of a proposal: the declaration, then the unit, the round, the title and the kind."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import policy
from accounts.models import Department, User
from planning.models import Round
from planning.plan_queries import rounds_with_leave
from planning.queries import open_rounds
from projects.forms.fields import PlainText
from projects.states import Kind


class StartForm(forms.Form):
    """What is needed to store a draft. The declaration comes first: without it nothing is stored."""

    declared_unclassified = forms.BooleanField(
        label=_("I declare that this project and everything entered for it contains no state secrets."),
        error_messages={
            "required": _("Without this declaration nothing is stored: classified projects must not be entered here.")
        },
    )
    department = forms.ModelChoiceField(Department.objects.none(), label=_("Applicant unit"), empty_label=None)
    round = forms.ModelChoiceField(Round.objects.none(), label=_("Application round"), empty_label=None)
    title = PlainText(label=_("Title"), max_length=120, help_text=_("What is built, in at most 120 characters."))
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices, widget=forms.RadioSelect)

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data)
        own = policy.departments_for(user, "projects.create")
        unit: Any = self.fields["department"]
        window: Any = self.fields["round"]
        unit.queryset = Department.objects.filter(pk__in=own, is_active=True)
        today = timezone.localdate()
        window.queryset = open_rounds(today) | rounds_with_leave(unit.queryset, today)
