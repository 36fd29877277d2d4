"""Upload of one document."""

from typing import Any

from django import forms
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.documents import ALLOWED
from projects.forms.fields import NOT_CHOSEN
from projects.states import DocumentKind


def _limits() -> str:
    facts = {"allowed": ", ".join(ALLOWED), "limit": filesizeformat(settings.DOCUMENT_MAX_BYTES)}
    return _("Accepted: %(allowed)s; at most %(limit)s; no macros.") % facts


class UploadForm(forms.Form):
    """What the document is, and the file. Its content is looked at by the service."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind of document"), choices=[NOT_CHOSEN, *DocumentKind.choices])
    file = forms.FileField(label=gettext_lazy("File to attach"))

    def __init__(self, *args: Any, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = _limits()
        self.fields["file"].widget.attrs["accept"] = ",".join(f".{extension}" for extension in ALLOWED)
