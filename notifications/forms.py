"""What a person or the administrator may type: mail preferences, channels, texts of notices."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from accounts.roles import ASSIGNABLE
from notifications.messages import MESSAGES
from notifications.models import Channel, MailPreference
from notifications.names import Event, MessageRole
from notifications.routing import CONFIDENTIAL

TIME = {"type": "time", "step": "60"}


class PreferencesForm(forms.ModelForm):
    """When mails come. What has to be acted on cannot be switched off, nor can the list in the product."""

    class Meta:
        model = MailPreference
        fields = ["act", "inform", "copies", "urgent_anyway", "quiet_from", "quiet_until"]
        labels = {
            "act": _("What you have to act on"),
            "inform": _("What you are only told"),
            "copies": _("Copies of decisions (cc)"),
            "urgent_anyway": _("Mail overdue and escalated cases at once, even in quiet hours"),
            "quiet_from": _("No mails from"),
            "quiet_until": _("No mails until"),
        }
        widgets = {
            **dict.fromkeys(("act", "inform", "copies"), forms.RadioSelect),
            **dict.fromkeys(("quiet_from", "quiet_until"), forms.TimeInput(attrs=TIME, format="%H:%M")),
        }

    def _post_clean(self) -> None:
        """The service decides what fits together, once for everybody."""


class ChannelForm(forms.ModelForm):
    """One channel. The secret is never shown again: an empty field keeps it."""

    secret = forms.CharField(
        label=_("Secret for signing"), required=False, max_length=200, strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Only DingTalk and Feishu robots that ask for a signature have one. Empty: it stays as it is."),
    )  # fmt: skip
    drop_secret = forms.BooleanField(label=_("Remove the stored secret"), required=False)
    events = forms.MultipleChoiceField(
        label=_("Events"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: all of them. Invitations of outside experts are confidential and never sent."),
    )  # fmt: skip
    roles = forms.MultipleChoiceField(
        label=_("Roles"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(role.value, role.label) for role in ASSIGNABLE],
        help_text=_("Only what is told to somebody who holds one of these. None chosen: what is told to anybody."),
    )  # fmt: skip
    units = forms.ModelMultipleChoiceField(
        Department.objects.filter(is_active=True), label=_("Units"), required=False,
        widget=forms.SelectMultiple(attrs={"size": 8}),
        help_text=_("Only projects of these units and of those below them. None chosen: of all units."),
    )  # fmt: skip

    class Meta:
        model = Channel
        fields = [
            "name", "kind", "url", "secret", "drop_secret", "language", "is_active", "events", "roles", "units", "body",
        ]  # fmt: skip
        labels = {"body": _("Own body (JSON)"), "is_active": _("In use"), "url": _("Address of the robot")}
        help_texts = {
            "url": _("As the robot gives it, key and all. Its host must be named in the setting WEBHOOK_HOSTS."),
            "body": _("Empty: the usual text message of the kind. Variables stand in braces, such as {subject}."),
        }
        widgets = {
            "url": forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off", "spellcheck": "false"}),
            "body": forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "class": "tc-mono"}),
            "language": forms.RadioSelect,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Events by what they want of their reader; no box to remove a secret that there is not."""
        super().__init__(*args, **kwargs)
        self.fields["events"].choices = [  # type: ignore[attr-defined]
            (role.label, [(e.value, e.label) for e in Event if MESSAGES[e].role == role and e not in CONFIDENTIAL])
            for role in MessageRole
        ]
        self.fields["language"].choices = settings.LANGUAGES  # type: ignore[attr-defined]
        self.kept = self.instance.secret
        if not self.kept:
            del self.fields["drop_secret"]
        if self.instance.pk:
            self.initial["units"] = self.instance.units.all()

    def clean(self) -> dict[str, Any]:
        """An empty secret keeps the stored one."""
        data = super().clean() or self.cleaned_data
        if not data.get("secret") and not data.get("drop_secret"):
            data["secret"] = self.kept
        return data


class TextForm(forms.Form):
    """The words of one event in one language."""

    subject = forms.CharField(label=_("Subject"), max_length=200)
    body = forms.CharField(label=_("Text"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}))


def take_errors(form: forms.BaseForm, error: ValidationError) -> None:
    """Show what a service refused at the fields that it names."""
    for name, texts in error.message_dict.items():
        form.add_error(name if name in form.fields else None, texts)
