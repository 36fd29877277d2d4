"""The filter of the list of systems: one set of parameters for page, chips and export."""

from typing import Any

import django_filters as filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Department
from portfolio import queries
from portfolio.models import BuildMode, CapabilityNode, Domain, System


class SystemFilter(filters.FilterSet):
    """Search and filters; a value that cannot be read counts as not given and is named on the page."""

    q = filters.CharFilter(
        label=gettext_lazy("Search"),
        method="search",
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    status = filters.ChoiceFilter(
        label=gettext_lazy("Status"), choices=System.Status.choices, empty_label=gettext_lazy("Any status")
    )
    build_mode = filters.ChoiceFilter(
        label=gettext_lazy("Build mode"), choices=BuildMode.choices, empty_label=gettext_lazy("Any build mode")
    )
    department = filters.ModelChoiceFilter(
        label=gettext_lazy("Department"),
        queryset=Department.objects.all(),
        to_field_name="code",
        method="in_department",
        empty_label=gettext_lazy("Any department"),
    )
    taxonomy = filters.ModelChoiceFilter(
        label=gettext_lazy("Capability category"),
        queryset=CapabilityNode.objects.all(),
        to_field_name="code",
        method="with_taxonomy",
        empty_label=gettext_lazy("Any capability category"),
    )
    domain = filters.ModelChoiceFilter(
        label=gettext_lazy("Business domain"),
        queryset=Domain.objects.all(),
        to_field_name="code",
        method="with_domain",
        empty_label=gettext_lazy("Any business domain"),
    )

    class Meta:
        model = System
        fields: list[str] = []

    def search(self, systems: QuerySet[System], _name: str, text: str) -> QuerySet[System]:
        """Every word somewhere in the system."""
        return queries.search(systems, text)

    def in_department(self, systems: QuerySet[System], _name: str, unit: Department) -> QuerySet[System]:
        """Systems of a department and of the units below it."""
        return systems.filter(department__path__startswith=unit.path)

    def with_taxonomy(self, systems: QuerySet[System], _name: str, node: CapabilityNode) -> QuerySet[System]:
        """Systems with a capability under a node; the tree has two levels."""
        here = Q(capabilities__taxonomy=node) | Q(capabilities__taxonomy__parent=node)
        return systems.filter(pk__in=System.objects.filter(here).values("pk"))

    def with_domain(self, systems: QuerySet[System], _name: str, domain: Domain) -> QuerySet[System]:
        """Systems with a capability in a business domain."""
        return systems.filter(pk__in=System.objects.filter(capabilities__domain=domain).values("pk"))

    def words(self) -> str:
        """What is searched for, where it could be read."""
        self.form.is_valid()
        return self.form.cleaned_data.get("q") or ""

    def chosen(self, path: str) -> list[dict[str, str]]:
        """The filters in force as chips: what it says, and the address of the list without it."""
        self.form.is_valid()
        chips = []
        for name, value in self.form.cleaned_data.items():
            if value:
                label = _("%(filter)s: %(value)s") % {
                    "filter": self.form.fields[name].label,
                    "value": self._shown(name, value),
                }
                chips.append({"label": label, "url": self._without(path, name)})
        return chips

    def _shown(self, name: str, value: Any) -> str:
        if name in ("status", "build_mode"):
            return str(dict(self.form.fields[name].choices)[value])
        return str(value)

    def _without(self, path: str, name: str) -> str:
        query = self.data.copy()
        for gone in (name, "page"):
            query.pop(gone, None)
        return f"{path}?{query.urlencode()}" if query else path
