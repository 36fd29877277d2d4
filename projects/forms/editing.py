"""The form of one section: its columns, and its rows where it has any."""

import copy
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Q
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from planning.models import PlanItem
from planning.queries import plan_items
from portfolio.models import BuildMode, System
from projects.forms.article3 import Article3Field
from projects.forms.fields import NOT_CHOSEN, MonthField, PlainText, YesNoField
from projects.forms.parts import goal_rows, partner_rows, request_rows, reuse_rows, scope_rows
from projects.forms.rows import RowFormSet, budget_rows, capability_rows
from projects.models import Project
from projects.sections import Section, asked_of
from projects.sections.requirements import wording
from projects.states import Kind, State

# Lists of a section, by the name under which the service takes them; the first of solution and budget is the page.
LISTS: dict[str, dict[str, Callable[..., RowFormSet]]] = {
    "overview": {"partners": partner_rows},
    "solution": {"capabilities": capability_rows, "reuse": reuse_rows},
    "resources": {"data_requests": request_rows},
    "management": {"goals": goal_rows},
    "budget": {"lines": budget_rows, "fund_scopes": scope_rows},
}
MAIN = frozenset({"capabilities", "lines"})
LEVELS: tuple[tuple[Any, Any], ...] = (
    NOT_CHOSEN,
    (0, _("Not graded")),
    (1, _("Level 1")),
    (2, _("Level 2")),
    (3, _("Level 3")),
    (4, _("Level 4")),
)
HELP = {
    "article3": _(
        "What is basic, city-wide or reused by others is built once, centrally (穗政数〔2020〕6号, Article 3)."
    ),
    "no_data_needed": _("Tick this only where the project works without data of any other unit."),
    "internet_facing": _("Reachable from outside the government networks, by anybody or after signing in."),
    "important_data": _("Data on the list of important data of the unit or of the sector."),
    "cii": _("Determined as critical information infrastructure, or part of such."),
    "predecessor": _("The system of your unit that is upgraded, operated or replaced."),
    "summary": _("Aims, what is built and what comes out of it."),
    "service_objects": _("Who uses it, one group a line."),
    "out_of_plan_reason": _("Only where no plan item covers the project: who decided it, when, and why now."),
    "unit_systems": _("Each system the unit has, and whether it stays, is merged or is switched off."),
    "necessity": _("Facts and figures: volumes, durations, complaints, legal duties."),
    "duty_items": _("Items of the list of powers and duties or of government services that it supports."),
    "reuse_statement": _("Shared platforms and infrastructure that will be used; what is still built, and why."),
    "data_needs": _("One item a line: what data, from whom, how often."),
    "performance_goals": _("Goals with indicators that can be measured."),
    "higher_approval": _("Where a national, provincial or city authority has already approved it: the number."),
}


def _formfield(column: Any, **kwargs) -> forms.Field | None:
    label: dict[str, Any] = {"label": capfirst(column.verbose_name), "required": False}
    label["help_text"] = HELP.get(column.name, "")
    limit = getattr(column, "max_length", None)
    if column.name in {"starts_on", "ends_on"}:
        return MonthField(**label)
    if column.name == "mlps_level":
        return forms.TypedChoiceField(choices=LEVELS, coerce=int, empty_value=None, **label)
    if column.name == "article3":
        return Article3Field(**label)
    if column.get_internal_type() == "BooleanField":
        return YesNoField(**label) if column.null else forms.BooleanField(**label)
    if column.get_internal_type() == "TextField":
        rows = 3 if limit and limit <= 1000 else 6 if limit and limit <= 5000 else 10
        return PlainText(max_length=limit, widget=forms.Textarea(attrs={"rows": rows}), **label)
    if column.get_internal_type() == "CharField" and not column.choices:
        return PlainText(max_length=limit, **label)
    return column.formfield(**{**kwargs, "required": False, "help_text": HELP.get(column.name, "")})


class SectionForm(forms.ModelForm):
    """Columns of one section; nothing is required of a draft but a title and a kind."""

    revision = forms.IntegerField(
        min_value=0,
        widget=forms.HiddenInput(attrs={"data-autosave-version": ""}),
        error_messages={"required": _("The page was sent incompletely. Open it again.")},
    )

    def __init__(self, *args: Any, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.initial["revision"] = self.instance.revision
        for row in asked_of(self.instance, State.APPROVED):
            if row.fact in self.fields:
                self.fields[row.fact].wanted = wording(row)  # type: ignore[attr-defined]
        if "title" in self.fields:
            self._prepare_overview(dict[str, Any](self.fields))

    def _prepare_overview(self, fields: dict[str, Any]) -> None:
        fields["title"].required = fields["kind"].required = True
        fields["kind"].choices = Kind.choices
        fields["build_mode"].choices = [NOT_CHOSEN, *BuildMode.choices]
        fields["predecessor"].empty_label = NOT_CHOSEN[1]
        own = Q(department=self.instance.department_id) | Q(pk=self.instance.predecessor_id)
        fields["predecessor"].queryset = System.objects.filter(own)
        cited = Q(pk__in=[item.pk for item in self.instance.plan_items.all()])
        fields["plan_items"].widget = forms.CheckboxSelectMultiple()
        first, last = self._years()
        # What is cited already stays on offer, also after its withdrawal: nothing applies retroactively.
        fields["plan_items"].queryset = plan_items(first, last) | PlanItem.objects.filter(cited).select_related(
            "department"
        )

    def _years(self) -> tuple[int, int]:
        """The years in which a cited plan item must run: of the round, and of the months as they are stored."""
        months = (self.instance.starts_on, self.instance.ends_on)
        years = [self.instance.round.year, *(int(month[:4]) for month in months if month[:4].isdecimal())]
        return min(years), max(years)

    def clean(self) -> dict[str, Any]:
        """The end is not before the start."""
        values = super().clean() or self.cleaned_data
        if values.get("starts_on") and values.get("ends_on") and values["ends_on"] < values["starts_on"]:
            self.add_error("ends_on", _("The end lies before the start."))
        return values


class SectionEdit:
    """Everything that the page of one section edits, as one form with one revision."""

    def __init__(self, project: Project, section: Section, data: Any = None, *, extra: int = 0) -> None:
        self.project = project
        self.section = section
        form_class = forms.modelform_factory(
            Project, form=SectionForm, fields=section.fields, formfield_callback=_formfield
        )
        self.form = form_class(data, instance=copy.copy(project))
        builders = LISTS.get(section.code, {})
        # A list that the page did not send stays as it is; the main one of a section is always sent.
        sent = {name: data if name in MAIN or f"{name}-TOTAL_FORMS" in (data or ()) else None for name in builders}
        self.lists = {name: build(project, sent[name], extra=extra) for name, build in builders.items()}
        self.rows = next((rows for name, rows in self.lists.items() if name in MAIN), None)
        self.part_rows = {name: rows for name, rows in self.lists.items() if name not in MAIN}

    @property
    def parts(self) -> list[Any]:
        """Form and rows, for the summary of errors."""
        return [self.form, *self.lists.values()]

    def is_valid(self) -> bool:
        """Whether every value is sane; all parts are checked so that all errors show at once."""
        bound = [part for part in self.parts if part is self.form or part.is_bound]
        return all([part.is_valid() for part in bound])

    def edit(self) -> dict[str, Any]:
        """What services.save_section takes besides the project and the person."""
        values = {name: self.form.cleaned_data[name] for name in self.section.fields}
        values |= {name: rows.rows() for name, rows in self.lists.items() if rows.is_bound}
        return {"section": self.section.code, "data": values, "expected_revision": self.form.cleaned_data["revision"]}

    def refuse(self, error: ValidationError) -> None:
        """Show what the service found at the field that it names, else at the top."""
        named: dict[str, list[str]] = getattr(error, "message_dict", {NON_FIELD_ERRORS: error.messages})
        for name, found in named.items():
            self.form.add_error(name if name in self.form.fields else None, found)

    def first_error(self) -> str:
        """One message, for the line that says why nothing was saved."""
        for texts in self.form.errors.values():
            return str(texts[0])
        for part in self.lists.values():
            rows: list[Any] = part.errors
            for number, errors in enumerate(rows, start=1):
                for row_texts in errors.values():
                    return _("Row %(number)s: %(message)s") % {"number": number, "message": row_texts[0]}
            for text in part.non_form_errors():
                return str(text)
        return ""
