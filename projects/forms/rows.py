"""The rows of the capability editor and of the budget editor."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portfolio.models import CapabilityNode, Domain, ServiceObject
from projects.forms.fields import NOT_CHOSEN, MoneyField, MonthField, PlainText, QuickSelect
from projects.models import Project
from projects.sections.snapshot import LINE_DETAILS
from projects.services.rows import MAX_CAPABILITIES, MAX_LINES
from projects.states import Category, FundSource

NO_NODE = ("", _("None fits"))
UNMAPPED = ("", _("No capability"))
FIXED_ROWS = 100  # more unified systems, or sources of funds, than any city has


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Taxonomy and domains, read once for all rows of a page."""

    nodes: Mapping[str, CapabilityNode]
    domains: Mapping[str, Domain]

    @classmethod
    def load(cls) -> "Catalogue":
        """Read both tables; a capability carries a leaf of the tree."""
        leaves = CapabilityNode.objects.exclude(parent=None).select_related("parent")
        return cls({node.code: node for node in leaves}, {domain.code: domain for domain in Domain.objects.all()})

    def node_choices(self) -> list[tuple[Any, Any]]:
        """Leaves under the name of their parent."""
        groups: dict[str, list[tuple[str, str]]] = {}
        for node in self.nodes.values():
            groups.setdefault(str(node.parent), []).append((node.code, str(node)))
        return [NO_NODE, *groups.items()]

    def domain_choices(self) -> list[tuple[str, Any]]:
        """Domains by their code."""
        return [NOT_CHOSEN, *((domain.code, domain.label) for domain in self.domains.values())]


class CapabilityForm(forms.Form):
    """One capability."""

    code = forms.CharField(required=False, max_length=30, widget=forms.HiddenInput)
    text = PlainText(label=_("Capability"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    taxonomy = forms.ChoiceField(label=_("Taxonomy"), required=False, widget=QuickSelect)
    domain = forms.ChoiceField(label=_("Business domain"), required=False, widget=QuickSelect)
    service_object = forms.ChoiceField(
        label=_("Service object"), required=False, choices=[NOT_CHOSEN, *ServiceObject.choices], widget=QuickSelect
    )

    def __init__(self, *args: Any, catalogue: Catalogue, money: Mapping[str, Decimal], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.catalogue = catalogue
        self.money = money.get(self.initial.get("code") or "", Decimal(0))
        taxonomy: Any = self.fields["taxonomy"]
        domain: Any = self.fields["domain"]
        taxonomy.choices, domain.choices = catalogue.node_choices(), catalogue.domain_choices()

    @property
    def is_new(self) -> bool:
        """Whether it is not stored yet, so that its inputs are shown open."""
        return not self.initial.get("code")

    def row(self) -> dict[str, Any]:
        """The row as the service takes it."""
        values = dict(self.cleaned_data)
        values["remove"] = values.pop("DELETE", False)
        values["taxonomy"] = self.catalogue.nodes.get(values["taxonomy"])
        values["domain"] = self.catalogue.domains.get(values["domain"])
        return values


class LineForm(forms.Form):
    """One line of the estimate."""

    name = PlainText(label=_("Budget item"), max_length=120)
    amount = MoneyField(label=_("Amount (10,000 CNY)"))
    category = forms.ChoiceField(
        label=_("Category"), choices=Category.choices, initial=Category.SOFTWARE.value, widget=QuickSelect
    )
    capability = forms.ChoiceField(label=_("Capability"), required=False, widget=QuickSelect)
    fund_source = forms.ChoiceField(
        label=_("Source of funds"), required=False, choices=[NOT_CHOSEN, *FundSource.choices], widget=QuickSelect
    )

    vendor = PlainText(label=_("Intended vendor"), required=False, max_length=120)
    site = PlainText(label=_("Site"), required=False, max_length=120)
    period_from = MonthField(label=_("Paid from"), required=False)
    period_to = MonthField(label=_("Paid until"), required=False)

    def __init__(self, *args: Any, capabilities: list[tuple[str, Any]], **kwargs) -> None:
        super().__init__(*args, **kwargs)
        capability: Any = self.fields["capability"]
        capability.choices = capabilities

    @property
    def is_new(self) -> bool:
        """Whether it is not stored yet."""
        return not self.initial.get("name")

    @property
    def details(self) -> list[forms.BoundField]:
        """What is known of vendor, site and months."""
        return [self[name] for name in LINE_DETAILS]

    @property
    def has_details(self) -> bool:
        """Whether anything of that is filled in or wrong, so that it is shown open."""
        return any(field.value() or field.errors for field in self.details)

    def clean(self) -> dict[str, Any]:
        """The end is not before the start."""
        values = super().clean() or self.cleaned_data
        if values.get("period_from") and values.get("period_to") and values["period_to"] < values["period_from"]:
            self.add_error("period_to", _("The end lies before the start."))
        return values

    def row(self) -> dict[str, Any]:
        """The row as the service takes it."""
        values = dict(self.cleaned_data)
        values["remove"] = values.pop("DELETE", False)
        return values


class GrowingFormSet(forms.BaseFormSet):
    """Rows that may be stored while the page is open, by autosave."""

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        """A row that the page did not know when it was opened is compared with nothing.

        What autosave has stored meanwhile is read from the database as its start; sent once more, the row would count
        as unchanged, so as blank, and be lost.
        """
        if self.is_bound and i >= self.initial_form_count():
            kwargs.setdefault("initial", {})
        return super()._construct_form(i, **kwargs)  # type: ignore[misc]


class RowFormSet(GrowingFormSet):
    """Rows with a box to remove each; a row that was removed or left blank is not checked."""

    def rows(self) -> list[dict[str, Any]]:
        """The filled-in rows as the service takes them, in order."""
        return [row for form in self.forms if (row := self._row(form))]

    def _row(self, form: Any) -> dict[str, Any] | None:
        if form in self.deleted_forms:
            return {"code": form.cleaned_data.get("code", ""), "remove": True}
        keys = getattr(form, "keys", ("text", "name"))
        return form.row() if any(form.cleaned_data.get(key) for key in keys) else None


def capability_rows(project: Project, data: Any = None, *, extra: int = 0) -> RowFormSet:
    """The editor of the capabilities of a project, bound to `data` where it is given."""
    present = list(project.capabilities.all())
    money: dict[str, Decimal] = {}
    for line in project.budget_lines.all():
        if line.capability:
            money[line.capability.code] = money.get(line.capability.code, Decimal(0)) + line.amount
    initial = [
        {
            "code": row.code,
            "text": row.text,
            "taxonomy": row.taxonomy.code if row.taxonomy else "",
            "domain": row.domain.code if row.domain else "",
            "service_object": row.service_object,
        }
        for row in present
    ]
    factory = row_factory(CapabilityForm, MAX_CAPABILITIES, extra if present else 1)
    keys = {"catalogue": Catalogue.load(), "money": money}
    return factory(data, initial=initial, prefix="capabilities", form_kwargs=keys)


def budget_rows(project: Project, data: Any = None, *, extra: int = 0) -> RowFormSet:
    """The editor of the budget lines of a project, bound to `data` where it is given."""
    present = list(project.budget_lines.all())
    initial = [
        {
            "name": line.name,
            "amount": f"{line.amount:.2f}",
            "category": line.category,
            "capability": line.capability.code if line.capability else "",
            "fund_source": line.fund_source,
            **{name: getattr(line, name) for name in LINE_DETAILS},
        }
        for line in present
    ]
    choices = [UNMAPPED, *((row.code, f"{row.code} {shortened(row.text)}") for row in project.capabilities.all())]
    factory = row_factory(LineForm, MAX_LINES, extra if present else 1)
    return factory(data, initial=initial, prefix="lines", form_kwargs={"capabilities": choices})


def row_factory(form: type[forms.Form], limit: int | None, extra: int) -> type[RowFormSet]:
    """A class of rows: at most `limit` of them with a box to remove each; None: the rows are fixed by the system."""
    most = limit or FIXED_ROWS
    made: Any = forms.formset_factory(
        form,
        RowFormSet,
        extra=extra,
        can_delete=limit is not None,
        max_num=most,
        absolute_max=most + 1,
        validate_max=True,
    )
    return made


def shortened(text: str) -> str:
    """At most thirty characters of a text."""
    return text if len(text) <= 30 else f"{text[:29]}…"
