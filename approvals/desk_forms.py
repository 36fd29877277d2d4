"""What a person types to urge, to send a copy, to ask and answer a question, to arrange a substitute, to hand over."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from projects.sections import SECTIONS

DAY = {"type": "date"}


class PeopleField(forms.ModelMultipleChoiceField):
    """Several people, listed by unit."""

    def label_from_instance(self, obj: Any) -> str:
        """Name and unit."""
        return named(obj)


class PersonField(forms.ModelChoiceField):
    """One person."""

    def label_from_instance(self, obj: Any) -> str:
        """Name and unit."""
        return named(obj)


def named(person: User) -> str:
    """A person as a list offers them."""
    unit = person.department.label if person.department else ""
    return f"{person.label} · {unit}" if unit else person.label


class UrgeForm(forms.Form):
    """What is said with a reminder."""

    text = forms.CharField(
        label=_("What you say with it"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )


class CopyForm(forms.Form):
    """Who gets a copy, and what is said with it."""

    people = PeopleField(
        label=_("Copy to"), queryset=User.objects.none(), widget=forms.SelectMultiple(attrs={"size": 8}),
        help_text=_("Only people who may see this case and have no copy yet. Hold Ctrl to choose several."),
    )  # fmt: skip
    note = forms.CharField(
        label=_("What you say with it"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["people"]
        field.queryset = people


class AskForm(forms.Form):
    """A question to the applicant."""

    section = forms.ChoiceField(
        label=_("About the section"), required=False,
        choices=[("", _("The whole proposal")), *((section.code, section.label) for section in SECTIONS)],
    )  # fmt: skip
    text = forms.CharField(label=_("Question"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))


class ReplyForm(forms.Form):
    """The answer of the unit."""

    text = forms.CharField(label=_("Answer"), max_length=4000, widget=forms.Textarea(attrs={"rows": 5}))


class SubstitutionForm(forms.Form):
    """Who stands in, and for how long."""

    substitute = PersonField(label=_("Substitute"), queryset=User.objects.none(), empty_label="—")
    first_day = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))
    last_day = forms.DateField(label=_("Last day"), widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["substitute"].queryset = people
        fields["first_day"].initial = timezone.localdate().isoformat()


class HandoverForm(forms.Form):
    """Which work goes to whom."""

    rows = forms.MultipleChoiceField(label=_("Work"), choices=[])
    to = PersonField(label=_("Hand over to"), queryset=User.objects.none(), empty_label="—")

    def __init__(self, *args: Any, keys: list[str], people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["rows"].choices = [(key, key) for key in keys]
        fields["to"].queryset = people


class PersonSearch(forms.Form):
    """Whose work it is."""

    q = forms.CharField(label=_("Name, user name or unit"), required=False, max_length=100)
