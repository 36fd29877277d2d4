"""The filter of the workbench: what the project list asks, how much time is left, and which kind of work it is."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from approvals.inbox import Work
from projects.forms.filters import ProjectFilter
from projects.queries import Tier

DUE = {
    "overdue": _("Overdue"),
    "soon": _("At most 2 working days left"),
    "week": _("Due this week"),
    "paused": _("Paused"),
}
IN_SQL = frozenset({"q", "state", "department", "amount", "round"})  # the criteria that projects.queries.narrow reads


class WorkbenchFilter(ProjectFilter):
    """What to list. A value that makes no sense is left out instead of being refused."""

    due = forms.ChoiceField(label=_("Time left"), required=False, choices=[("", _("Any time left")), *DUE.items()])
    work = forms.ChoiceField(label=_("Kind of work"), required=False)
    kind = None  # type: ignore[assignment] # the list is about work, not about what is built

    field_order = ("q", "due", "work", "state", "department", "amount", "round")

    def __init__(
        self, data: Any, *, departments: QuerySet[Department], tiers: Iterable[Tier], works: Iterable[Work]
    ) -> None:
        super().__init__(data, departments=departments, tiers=tiers)
        kinds: Any = self.fields["work"]
        kinds.choices = [("", _("All kinds of work")), *((work.code, work.label) for work in works)]
        if len(kinds.choices) == 1:
            del self.fields["work"]

    def _label(self, name: str, value: Any) -> str:
        choices = dict(getattr(self.fields[name], "choices", ())) if name in {"due", "work"} else {}
        return str(choices[value]) if value in choices else super()._label(name, value)
