"""The structured lists in the forms of the sections: partners, reuse, sharing requests, goals, sources of funds."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from portfolio.models import System
from projects.forms.fields import NOT_CHOSEN, MoneyField, MonthField, PlainText, QuickSelect
from projects.forms.rows import RowFormSet, row_factory, shortened
from projects.models import DataRequest, Project, ReuseDeclaration
from projects.sections import fund_amounts, mandatory_components
from projects.sections.rows import GOAL, REQUEST
from projects.services.parts import MAX_GOALS, MAX_PARTNERS, MAX_REQUESTS
from projects.states import FundSource

AREA = forms.Textarea(attrs={"rows": 2})


class PartForm(forms.Form):
    """One row; `keys` are the inputs of which one has to be filled in for the row to count."""

    keys: tuple[str, ...] = ("name",)

    @property
    def cells(self) -> list[forms.BoundField]:
        """The inputs that are shown, one a column."""
        return [field for field in self.visible_fields() if field.name != "DELETE"]

    @property
    def remove_box(self) -> forms.BoundField | None:
        """The box that removes the row, where it has one."""
        return self["DELETE"] if "DELETE" in self.fields else None

    @property
    def heading(self) -> str:
        """What a fixed row is about; "" for a row that the unit adds."""
        return ""

    @property
    def is_fresh(self) -> bool:
        """Whether it is an empty row that was asked for, so that the page can jump to it."""
        return not self.initial and not self.heading

    def row(self) -> dict[str, Any]:
        """The row as the service takes it."""
        values = dict(self.cleaned_data)
        values["remove"] = values.pop("DELETE", False)
        return values


class GoalForm(PartForm):
    """One performance goal."""

    name = PlainText(label=_("Indicator"), max_length=120)
    base = PlainText(label=_("Base value"), max_length=60, required=False)
    target = PlainText(label=_("Target value"), max_length=60, required=False)
    due = MonthField(label=_("Due (year-month)"), required=False)
    method = PlainText(label=_("How it is measured"), max_length=300, required=False, widget=AREA)


class RequestForm(PartForm):
    """One request for data of another unit."""

    name = PlainText(label=_("Data"), max_length=200, widget=AREA)
    provider = PlainText(label=_("Unit that has them"), max_length=120, required=False)
    purpose = PlainText(label=_("What for"), max_length=300, required=False, widget=AREA)
    legal_basis = PlainText(label=_("Legal basis"), max_length=200, required=False, widget=AREA)
    channel = forms.ChoiceField(
        label=_("Channel"), choices=DataRequest.Channel.choices, initial="shared", widget=QuickSelect
    )
    reason = PlainText(label=_("Why not through the platform"), max_length=300, required=False, widget=AREA)


class PartnerForm(PartForm):
    """One unit that builds it, too."""

    keys = ("department",)
    department = forms.ChoiceField(label=_("Partner"), widget=QuickSelect)
    scope = PlainText(label=_("Its part"), max_length=500, required=False, widget=AREA)
    capabilities = forms.MultipleChoiceField(
        label=_("Capabilities it builds"), required=False, widget=forms.CheckboxSelectMultiple
    )
    amount = MoneyField(label=_("Its money (10,000 CNY)"), required=False)

    def __init__(
        self, *args: Any, units: Mapping[str, Department], capabilities: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.units = units
        fields = dict[str, Any](self.fields)
        fields["department"].choices = [NOT_CHOSEN, *((code, unit.label) for code, unit in units.items())]
        fields["capabilities"].choices = capabilities

    def row(self) -> dict[str, Any]:
        """The row as the service takes it."""
        values = super().row()
        return {**values, "department": self.units[values["department"]]}


class ReuseForm(PartForm):
    """The declaration on one component, which the system chooses."""

    keys = ("component",)
    component = forms.CharField(max_length=20, widget=forms.HiddenInput)
    choice = forms.ChoiceField(
        label=_("Declaration"), required=False, choices=[NOT_CHOSEN, *ReuseDeclaration.Choice.choices],
        widget=QuickSelect,
    )  # fmt: skip
    reason = PlainText(label=_("Reason, where it is not used"), max_length=500, required=False, widget=AREA)

    def __init__(self, *args: Any, components: Mapping[str, System], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.components = components

    @property
    def heading(self) -> str:
        """Code and name of the component."""
        code = self["component"].value() or ""
        return str(self.components.get(code, code))


class ScopeForm(PartForm):
    """What the money of one source buys."""

    keys = ("fund_source",)
    fund_source = forms.ChoiceField(choices=FundSource.choices, widget=forms.HiddenInput)
    scope = PlainText(label=_("What this money pays for"), max_length=500, required=False, widget=AREA)
    document = PlainText(label=_("Document that grants it"), max_length=200, required=False, widget=AREA)

    def __init__(self, *args: Any, amounts: Mapping[str, Decimal], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.amounts = amounts

    @property
    def heading(self) -> str:
        """Name of the source and what it pays in 万元, as saved."""
        source = self["fund_source"].value() or ""
        name = dict(FundSource.choices).get(source, source)
        return _("%(name)s: %(amount)s × 10,000 CNY") % {
            "name": name,
            "amount": f"{self.amounts.get(source, Decimal(0)):,.2f}",
        }


def _lists(project: Project, related: str, names: tuple[str, ...]) -> list[dict[str, Any]]:
    return [{name: getattr(row, name) for name in names} for row in getattr(project, related).all()]


def goal_rows(project: Project, data: Any = None, *, extra: int = 0) -> RowFormSet:
    """The editor of the performance goals; an empty row where there is none."""
    present = _lists(project, "goals", GOAL)
    factory = row_factory(GoalForm, MAX_GOALS, extra if present else 1)
    return factory(data, initial=present, prefix="goals")


def request_rows(project: Project, data: Any = None, *, extra: int = 0) -> RowFormSet:
    """The editor of the sharing requests; an empty row where there is none and none is excluded."""
    present = _lists(project, "data_requests", REQUEST)
    factory = row_factory(RequestForm, MAX_REQUESTS, extra if present or project.no_data_needed else 1)
    return factory(data, initial=present, prefix="data_requests")


def partner_rows(project: Project, data: Any = None, *, extra: int = 0) -> RowFormSet:
    """The editor of the partners; no row where there is none, since most proposals have none."""
    units = {row.code: row for row in Department.objects.exclude(pk=project.department_id).order_by("code")}
    choices = [(row.code, f"{row.code} {shortened(row.text)}") for row in project.capabilities.all()]
    initial = [
        {
            "department": row.department.code,
            "scope": row.scope,
            "capabilities": [capability.code for capability in row.capabilities.all()],
            "amount": row.amount,
        }
        for row in project.partners.all()
    ]
    keys = {"units": units, "capabilities": choices}
    return row_factory(PartnerForm, MAX_PARTNERS, extra)(data, initial=initial, prefix="partners", form_kwargs=keys)


def reuse_rows(project: Project, data: Any = None, *, extra: int = 0) -> RowFormSet:
    """One row for each component that the proposal, as saved, has to declare on."""
    components = {row.code: row for row in mandatory_components(project)}
    said = {row.component.code: row for row in project.reuse_declarations.all()}
    initial = [
        {
            "component": code,
            "choice": said[code].choice if code in said else "",
            "reason": said[code].reason if code in said else "",
        }
        for code in components
    ]
    keys = {"components": components}
    return row_factory(ReuseForm, None, 0)(data, initial=initial, prefix="reuse", form_kwargs=keys)


def scope_rows(project: Project, data: Any = None, *, extra: int = 0) -> RowFormSet:
    """One row for each source of funds, where the lines, as saved, name more than one."""
    amounts = fund_amounts(project)
    said = {row.fund_source: row for row in project.fund_scopes.all()}
    initial = [
        {
            "fund_source": source,
            "scope": said[source].scope if source in said else "",
            "document": said[source].document if source in said else "",
        }
        for source in (amounts if len(amounts) > 1 else ())
    ]
    keys = {"amounts": amounts}
    return row_factory(ScopeForm, None, 0)(data, initial=initial, prefix="fund_scopes", form_kwargs=keys)
