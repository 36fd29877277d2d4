"""Forms of the people who keep the library: a standard, an item of a draft, an edition, a confirmation, a file."""

import unicodedata
from pathlib import PurePath
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from standards import applicability
from standards.facts import FACTS, FactType
from standards.models import ChecklistEdition, ChecklistItem, Standard
from standards.snapshots import Values, fingerprint, item_values, standard_values

MAX_BYTES = 5 * 1024 * 1024
DAY = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
ROWS = {"rows": 3}
STALE = gettext_lazy("Somebody else saved this entry meanwhile. Compare, then save again to keep what you typed.")


def renew(form: Any, expected: str) -> None:
    """Let a refused form carry the fingerprint of what is stored now; what was typed stays."""
    form.data = form.data.copy()
    form.data[form.add_prefix("expected")] = expected


class EntryForm(forms.ModelForm):
    """What both kinds of entry share: the fingerprint of what the page showed, and the reason for the record."""

    expected = forms.CharField(required=False, widget=forms.HiddenInput)
    reason = forms.CharField(
        label=gettext_lazy("Reason for the change"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Stands in the history of the entry."),
    )
    # How the page answers: 200, or 409 when somebody else was faster.
    status = 200

    def values(self) -> Values:
        """The stored values of the entry, for the fingerprint."""
        raise NotImplementedError

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.fields["expected"].initial = fingerprint(self.values())

    def refuse_as_stale(self, expected: str) -> None:
        """Say that somebody was faster and take the new fingerprint, so that a second save is a decision."""
        self.status = 409
        self.add_error(None, STALE)
        renew(self, expected)

    def refuse(self, error: ValidationError) -> None:
        """Show what the service refused, at its fields where the form has them."""
        named = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        for name, messages in named.items():
            for message in messages:
                self.add_error(name if name in self.fields else None, message)


class StandardForm(EntryForm):
    """One standard of the catalogue, its summary in our own words."""

    link = forms.URLField(label=gettext_lazy("link"), max_length=300, required=False, assume_scheme="https")

    class Meta:
        model = Standard
        fields = [
            *("number", "title", "title_en", "edition", "status", "valid_from", "valid_until", "issuer", "issuer_en"),
            *("link", "summary", "summary_en", "source"),
        ]
        widgets = {
            **dict.fromkeys(("valid_from", "valid_until"), DAY),
            **dict.fromkeys(("summary", "summary_en"), forms.Textarea(attrs=ROWS)),
        }
        help_texts = {
            "summary": gettext_lazy("In your own words: the clause text of a standard is copyrighted."),
            "number": gettext_lazy("Such as GB/T 22239-2019. It stays; a new edition is entered as a new standard."),
        }

    def values(self) -> Values:
        """The stored values of the standard."""
        return standard_values(self.instance)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["number"].disabled = bool(self.instance.pk)


class ItemForm(EntryForm):
    """One item of a draft edition."""

    class Meta:
        model = ChecklistItem
        fields = [
            # Two beside each other: Chinese and English, severity now and at acceptance.
            *("code", "kind", "question", "question_en", "evidence", "evidence_en", "applies", "applies_en"),
            *("condition", "position", "severity", "acceptance_severity", "severity_note", "severity_note_en"),
            *("standard", "related", "clause", "source", "valid_from", "valid_until"),
        ]
        widgets = {
            **dict.fromkeys(("valid_from", "valid_until"), DAY),
            **dict.fromkeys(("question", "question_en"), forms.Textarea(attrs=ROWS)),
            "condition": forms.TextInput(attrs={"class": "tc-mono", "autocomplete": "off", "spellcheck": "false"}),
            "related": forms.SelectMultiple(attrs={"size": 6}),
        }

    def values(self) -> Values:
        """The stored values of the item."""
        return item_values(self.instance)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].disabled = bool(self.instance.pk)
        condition: Any = self.fields["condition"]
        condition.strip = False  # blanks in front would move the position of a mistake

    @property
    def caret(self) -> str:
        """A line to stand under a refused condition, with a caret below the character that is wrong; or nothing."""
        return caret_line(str(self["condition"].value() or ""))


def caret_line(condition: str) -> str:
    """Blanks as wide as the text before the mistake, then a caret; empty where there is no mistake."""
    try:
        applicability.check(condition)
    except applicability.ConditionError as error:
        before = condition[: error.position - 1]
        return "".join("\u3000" if unicodedata.east_asian_width(one) in "WF" else " " for one in before) + "^"
    return ""


class TryForm(forms.Form):
    """Facts of an imagined project, to see whether a condition holds; what is left open counts as not stated."""

    prefix = "try"

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        for name, fact in FACTS.items():
            self.fields[name] = _fact_field(name)
            self.fields[name].label = str(fact.label)

    def facts(self) -> dict[str, Any]:
        """The stated facts by name."""
        self.is_valid()
        stated = {name: value for name, value in self.cleaned_data.items() if value not in ("", None)}
        typed = {"yes": True, "no": False}
        return {
            name: int(value) if FACTS[name].type is FactType.LEVEL else typed.get(value, value)
            for name, value in stated.items()
        }


def _fact_field(name: str) -> forms.Field:
    fact = FACTS[name]
    if fact.type is FactType.MONEY:
        return forms.DecimalField(min_value=0, max_digits=12, decimal_places=2, required=False)
    if fact.type is FactType.FLAG:
        choices: list[tuple[Any, Any]] = [("yes", fact.phrase(True)), ("no", fact.phrase(False))]
    else:
        choices = [(str(value), words) for value, words in fact.words.items()]
    return forms.ChoiceField(choices=[("", gettext_lazy("not stated")), *choices], required=False)


class EditionForm(forms.ModelForm):
    """A new draft edition."""

    class Meta:
        model = ChecklistEdition
        fields = ["code", "name", "name_en", "note"]
        widgets = {"note": forms.Textarea(attrs=ROWS)}
        help_texts = {"code": gettext_lazy("Short and unique, such as 2027.")}


class SupersedeForm(forms.Form):
    """What replaces a standard."""

    successor = forms.ModelChoiceField(Standard.objects.none(), label=gettext_lazy("superseded by"))
    last_day = forms.DateField(label=gettext_lazy("last day in force"), required=False, widget=DAY)
    reason = forms.CharField(label=gettext_lazy("Reason for the change"), max_length=300, required=False)
    expected = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, standard: Standard, data: Any = None) -> None:
        super().__init__(data, initial={"expected": fingerprint(standard_values(standard))})
        field: Any = self.fields["successor"]
        field.queryset = Standard.objects.exclude(pk=standard.pk).exclude(status="superseded").order_by("number")


class PublishForm(forms.Form):
    """From which day on a draft is asked."""

    effective_on = forms.DateField(label=gettext_lazy("effective on"), widget=DAY)
    reason = forms.CharField(label=gettext_lazy("Reason for the change"), max_length=300, required=False)
    expected = forms.CharField(widget=forms.HiddenInput)


class ConfirmForm(forms.Form):
    """The document in which an official looked an entry up."""

    source = forms.CharField(
        label=gettext_lazy("Looked up in"),
        max_length=120,
        help_text=gettext_lazy("Name of the document, date and where it was read."),
    )


class UploadForm(forms.Form):
    """A workbook of standards or of checklist items."""

    file = forms.FileField(
        label=gettext_lazy("Workbook (.xlsx)"),
        help_text=gettext_lazy("At most 5 MB; the columns of the export."),
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
    )

    def clean_file(self) -> UploadedFile:
        """The right kind and not too large; the content is read in the dry run."""
        file = self.cleaned_data["file"]
        if PurePath(file.name).suffix.lower() != ".xlsx":
            raise forms.ValidationError(_("Only .xlsx files are accepted here."))
        if file.size > MAX_BYTES:
            limit = MAX_BYTES // 1024 // 1024
            raise forms.ValidationError(_("The file is larger than %(limit)s MB.") % {"limit": limit})
        return file
