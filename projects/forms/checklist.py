"""The form of one group of the checklist before submission: one small form an item."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.checklist import Group, Line
from projects.forms.fields import NOT_CHOSEN, PlainText
from projects.models import Project, SelfAssessment
from projects.sections import SECTIONS

Claim = SelfAssessment.Claim
NAMES = ("claim", "note", "document", "page", "field")


class ClaimForm(forms.Form):
    """What the unit says of one item, and where the evidence is."""

    claim = forms.ChoiceField(
        label=gettext_lazy("Self-assessment"), choices=[NOT_CHOSEN, *Claim.choices], required=False
    )
    note = PlainText(
        label=gettext_lazy("Explanation"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    document = forms.ChoiceField(label=gettext_lazy("Evidence: document"), required=False)
    page = PlainText(label=gettext_lazy("Page"), max_length=20, required=False)
    field = forms.ChoiceField(label=gettext_lazy("or a field of the form"), required=False)

    def __init__(self, *args: Any, line: Line, papers: list, columns: list, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.line = line
        choices: dict[str, Any] = {"document": papers, "field": columns}
        for name, found in choices.items():
            self.fields[name].choices = [NOT_CHOSEN, *found]  # type: ignore[attr-defined] # both are choice fields

    def clean(self) -> dict[str, Any]:
        """A page belongs to a document; what does not apply is said why."""
        data = super().clean() or self.cleaned_data
        if data.get("page") and not data.get("document"):
            self.add_error("page", _("Choose the document that the page is of."))
        if data.get("claim") == Claim.NOT_APPLICABLE and not data.get("note"):
            self.add_error("note", _("Say why the item does not apply."))
        return data


class GroupForm:
    """The forms of one group, saved together on one revision."""

    def __init__(self, project: Project, group: Group, data: Any = None) -> None:
        self.group, self.data = group, data
        papers = [(str(paper.pk), f"{paper.get_kind_display()} · {paper.name}") for paper in project.documents.all()]
        columns = _columns()
        self.forms = [
            ClaimForm(
                data, prefix=line.item.code, initial=_initial(line), line=line, papers=papers, columns=columns
            )
            for line in group.lines
        ]  # fmt: skip

    @property
    def revision(self) -> int | None:
        """The revision that the form was opened on. A form without one is refused."""
        text = str((self.data or {}).get("revision", ""))
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None

    def is_valid(self) -> bool:
        """Whether every item is in order; all are looked at, so that all errors show at once."""
        return all([form.is_valid() for form in self.forms])

    def claims(self) -> dict[str, dict[str, Any]]:
        """What services.save_assessment takes."""
        return {form.line.item.code: {name: form.cleaned_data[name] for name in NAMES} for form in self.forms}

    def refuse(self, error: ValidationError) -> None:
        """Show what the service found at the item that it names."""
        named: dict[str, list[str]] = getattr(error, "message_dict", {})
        for form in self.forms:
            for text in named.get(form.line.item.code, []):
                form.add_error(None, text)

    def differences(self) -> list[dict[str, str]]:
        """Items that are stored otherwise than they were typed, for the page after a conflict."""
        found = []
        for form in self.forms:
            typed = {name: str(form[name].value() or "") for name in NAMES}
            stored = {name: str(value or "") for name, value in _initial(form.line).items()}
            if typed != stored:
                said = form.line.said
                text = " · ".join(part for part in (said.get_claim_display(), said.note) if part) if said else ""
                found.append({"label": form.line.item.code, "stored": text})
        return found


def _initial(line: Line) -> dict[str, Any]:
    said = line.said
    if said is None:
        return dict.fromkeys(NAMES, "")
    return {
        "claim": said.claim, "note": said.note, "document": str(said.document_id or ""), "page": said.page,
        "field": said.field,
    }  # fmt: skip


def _columns() -> list[tuple[str, list[tuple[str, str]]]]:
    """The fields of the form by section."""
    found = []
    for section in SECTIONS:
        rows = []
        for name in section.fields:
            column: Any = Project._meta.get_field(name)
            rows.append((name, capfirst(str(column.verbose_name))))
        if rows:
            found.append((f"{section.number} {section.label}", rows))
    return found
