"""The rows of the requirement table and of the function list, and the factors of the estimate."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from planning.queries import policy
from projects.forms.fields import NOT_CHOSEN, PlainText, QuickSelect
from projects.forms.rows import GrowingFormSet
from projects.models import FunctionItem, Project
from projects.sections.ledger import words_of
from projects.services.tracing import MAX_COUNT, MAX_ROWS

NO_CAPABILITY = ("", gettext_lazy("No capability"))
NO_POOL_NEED = ("", gettext_lazy("None"))
Choices = list[tuple[Any, Any]]


class WordChoice(forms.ChoiceField):
    """A choice whose refusal names what was given: it may have been pasted."""

    default_error_messages = {"invalid_choice": gettext_lazy("“%(value)s” is not one of the choices.")}
    widget = QuickSelect


class TraceForm(forms.Form):
    """One line: need, duty, capability, criterion."""

    need = WordChoice(label=gettext_lazy("Need of the pool"), required=False)
    need_text = PlainText(
        label=gettext_lazy("Need"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    duty_item = PlainText(
        label=gettext_lazy("Statutory duty or service item"), required=False, max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    capability = WordChoice(label=gettext_lazy("Capability"), required=False)
    criterion = PlainText(
        label=gettext_lazy("Acceptance criterion"), required=False, max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    filled_by = ("need", "need_text", "duty_item", "capability", "criterion")

    def __init__(self, *args: Any, choices: Mapping[str, Choices], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, choices)
        if len(choices.get("need", ())) < 2:  # noqa: PLR2004 - only “none”: the proposal came from no need of the pool
            del self.fields["need"]

    def row(self) -> dict[str, Any]:
        """The row as the service takes it."""
        values = {"need": "", **self.cleaned_data}
        values["remove"] = values.pop("DELETE", False)
        return values


class FunctionForm(forms.Form):
    """One counted function."""

    capability = WordChoice(label=gettext_lazy("Capability"), required=False)
    name = PlainText(label=gettext_lazy("Function"), max_length=200)
    type = WordChoice(label=gettext_lazy("Type"), choices=[NOT_CHOSEN, *FunctionItem.Type.choices])
    count = forms.IntegerField(
        label=gettext_lazy("Count"), min_value=1, max_value=MAX_COUNT, initial=1,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "size": 4}),
    )  # fmt: skip
    reuse = WordChoice(label=gettext_lazy("Degree of reuse"), required=False)

    filled_by = ("name",)

    def __init__(self, *args: Any, choices: Mapping[str, Choices], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        _offer(self, choices)

    def row(self) -> dict[str, Any]:
        """The row as the service takes it."""
        values = dict(self.cleaned_data)
        values["remove"] = values.pop("DELETE", False)
        return values


class EstimateForm(forms.Form):
    """The factors of the estimate, as the policy row offers them, and why the amount deviates."""

    reason = PlainText(
        label=gettext_lazy("Why the amount deviates from the estimate"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, project: Project, row: Mapping[str, Any]) -> None:
        super().__init__(data, initial={"reason": project.estimate_reason})
        for factor in row["factors"]:
            options = [(option["code"], _with_coefficient(option)) for option in factor["options"]]
            stored = project.estimate_factors.get(factor["code"])
            known = stored if stored in dict(options) else factor["usual"]
            self.fields[f"factor-{factor['code']}"] = WordChoice(
                label=words_of(factor), choices=options, initial=known, required=False
            )

    @property
    def factors(self) -> list[forms.BoundField]:
        """The factors alone, in the order of the policy row."""
        return [self[name] for name in self.fields if name.startswith("factor-")]

    def chosen(self) -> dict[str, str]:
        """Factor code → option code."""
        found = {name: value for name, value in self.cleaned_data.items() if name.startswith("factor-") and value}
        return {name.removeprefix("factor-"): value for name, value in found.items()}


class TableFormSet(GrowingFormSet):
    """Rows with a box to remove each; a row that was removed or left blank is not checked."""

    def rows(self) -> list[dict[str, Any]]:
        """The filled-in rows as the service takes them, in order."""
        forms_: list[Any] = [form for form in self.forms if form not in self.deleted_forms]
        return [form.row() for form in forms_ if any(form.cleaned_data.get(name) for name in form.filled_by)]


def trace_table(project: Project, data: Any = None, *, extra: int = 0) -> TableFormSet:
    """The requirement table of a project, bound to `data` where it is given."""
    initial = [
        {
            "need": row.need.code if row.need else "",
            "need_text": row.need_text,
            "duty_item": row.duty_item,
            "capability": row.capability.code if row.capability else "",
            "criterion": row.criterion,
        }
        for row in project.trace_rows.all()
    ]
    return _table(TraceForm, "trace", initial, trace_choices(project), data, extra)


def function_table(project: Project, data: Any = None, *, extra: int = 0) -> TableFormSet:
    """The function list of a project, bound to `data` where it is given."""
    initial = [
        {
            "capability": row.capability.code if row.capability else "",
            "name": row.name,
            "type": row.type,
            "count": row.count,
            "reuse": row.reuse,
        }
        for row in project.functions.all()
    ]
    return _table(FunctionForm, "functions", initial, function_choices(project), data, extra)


def trace_choices(project: Project) -> dict[str, Choices]:
    """What the selects of the requirement table offer."""
    needs = [(need.code, f"{need.code} {_short(need.title)}") for need in project.needs.all()]
    known = {code for code, _label in needs}
    used = {row.need.code: row.need for row in project.trace_rows.all() if row.need and row.need.code not in known}
    needs += [(need.code, f"{need.code} {_short(need.title)}") for need in used.values()]
    return {"need": [NO_POOL_NEED, *needs], "capability": _capabilities(project)}


def function_choices(project: Project) -> dict[str, Choices]:
    """What the selects of the function list offer."""
    reuse = [(option["code"], _with_coefficient(option)) for option in policy("function_points")["reuse"]]
    return {"capability": _capabilities(project), "reuse": [("", _("New")), *reuse]}


def _with_coefficient(option: Mapping[str, Any]) -> str:
    return f"{words_of(option)} × {option['coefficient']}"


def _offer(form: forms.Form, choices: Mapping[str, Choices]) -> None:
    for name, offered in choices.items():
        field: Any = form.fields[name]
        field.choices = offered


def _capabilities(project: Project) -> Choices:
    return [NO_CAPABILITY, *((row.code, f"{row.code} {_short(row.text)}") for row in project.capabilities.all())]


def _table(
    form: type[forms.Form],
    prefix: str,
    initial: list[dict[str, Any]],
    choices: dict[str, Choices],
    data: Any,
    extra: int,
) -> TableFormSet:
    made: Any = forms.formset_factory(
        form, TableFormSet, extra=extra if initial else 1, can_delete=True, max_num=MAX_ROWS,
        absolute_max=MAX_ROWS + 1, validate_max=True,
    )  # fmt: skip
    return made(data, initial=initial, prefix=prefix, form_kwargs={"choices": choices})


def _short(text: str) -> str:
    return text if len(text) <= 30 else f"{text[:29]}…"
