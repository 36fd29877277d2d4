"""The page of the requirement table or of the function list as one form with one revision, and what is pasted."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from planning.queries import policy
from portfolio.imports.report import FileRefused
from projects import services, trace_sheets
from projects.forms.pasted import KINDS
from projects.forms.tracing import EstimateForm
from projects.models import Project
from projects.pasting import MAX_CHARACTERS, text_of


class RevisionForm(forms.Form):
    """What the page was opened on."""

    revision = forms.IntegerField(
        min_value=0,
        widget=forms.HiddenInput(attrs={"data-autosave-version": ""}),
        error_messages={"required": gettext_lazy("The page was sent incompletely. Open it again.")},
    )


class TableEdit:
    """Everything that one of the two pages edits. name: trace or functions."""

    def __init__(self, project: Project, name: str, data: Any = None, *, extra: int = 0) -> None:
        self.project, self.name = project, name
        self.form = RevisionForm(data, initial={"revision": project.revision})
        self.rows = KINDS[name].table(project, data, extra=extra)
        is_counted = name == "functions"
        self.estimate = EstimateForm(data, project=project, row=policy("function_points")) if is_counted else None

    @property
    def parts(self) -> list[Any]:
        """All parts, for the summary of errors."""
        return [part for part in (self.form, self.rows, self.estimate) if part is not None]

    def is_valid(self) -> bool:
        """Whether every value is sane; all parts are checked so that all errors show at once."""
        return all([part.is_valid() for part in self.parts])

    def save(self, actor: User) -> Project:
        """One service call. Raises as services.save_trace and save_functions."""
        more: dict[str, Any] = {}
        if self.estimate is not None:
            more = {"factors": self.estimate.chosen(), "reason": self.estimate.cleaned_data["reason"]}
        return save_rows(self.project, self.name, self.rows.rows(), actor, self.form.cleaned_data["revision"], **more)

    def refuse(self, error: ValidationError) -> None:
        """Show what the service found at the top."""
        self.form.add_error(None, error.messages)


def save_rows(
    project: Project, name: str, rows: list[dict[str, Any]], actor: User, revision: int, **more: Any
) -> Project:
    """The rows of one of the two tables through its service. Raises as services.save_trace and save_functions."""
    save = services.save_trace if name == "trace" else services.save_functions
    return save(project_id=project.pk, actor=actor, rows=rows, expected_revision=revision, **more)


class PasteForm(RevisionForm):
    """Cells copied from a spreadsheet, or a workbook; the cells of the workbook become the text."""

    text = forms.CharField(
        label=gettext_lazy("Cells copied from a spreadsheet"), required=False, strip=False, max_length=MAX_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
    )  # fmt: skip
    file = forms.FileField(
        label=gettext_lazy("Or a workbook (.xlsx)"), required=False, widget=forms.FileInput(attrs={"accept": ".xlsx"})
    )

    def clean(self) -> dict[str, Any]:
        """The text, from the file where there is one."""
        values = super().clean() or self.cleaned_data
        if values.get("file"):
            try:
                values["text"] = text_of(trace_sheets.read(values["file"].read()))
            except FileRefused as refused:
                self.add_error("file", refused.error.message)
        elif not (values.get("text") or "").strip():
            self.add_error("text", _("Paste some cells, or choose a workbook."))
        return values
