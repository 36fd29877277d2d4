"""Forms of the personal pages."""

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import ASSIGNABLE

# Each language is called by its own name, so that everybody finds theirs.
LANGUAGES = [("zh-hans", "中文（简体）"), ("en", "English")]
PHONE = RegexValidator(r"^[0-9+()（） -]*\Z", _("Use digits, spaces, +, - and brackets only."))


class LanguageForm(forms.Form):
    """The language switch on every page."""

    language = forms.ChoiceField(choices=LANGUAGES)


class ProfileForm(forms.ModelForm):
    """What a person may change about themselves."""

    language = forms.ChoiceField(
        label=_("Language"), required=False, choices=[("", _("Default language of the site")), *LANGUAGES]
    )
    phone = forms.CharField(label=_("Phone"), required=False, max_length=40, validators=[PHONE])

    class Meta:
        model = User
        fields = ["language", "phone"]


class PeopleFilter(forms.Form):
    """Search and filters of the list of accounts; what does not fit is ignored."""

    q = forms.CharField(label=_("Name, user name or unit"), required=False, max_length=100)
    role = forms.ChoiceField(
        label=_("Role"),
        required=False,
        choices=[("", _("All roles")), *((role.value, role.label) for role in ASSIGNABLE)],
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All states")), ("active", _("Active")), ("inactive", _("Inactive")), ("locked", _("Locked"))],
    )

    def chosen(self) -> dict[str, str]:
        """The filters as `queries.people_for` takes them."""
        self.is_valid()
        data = self.cleaned_data
        return {"search": data.get("q", ""), "role": data.get("role", ""), "state": data.get("state", "")}
