"""Forms around needs: the need itself, calls, groups, the filter of the pool, the decision, the start of a proposal."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import policy
from accounts.models import Department, User
from planning.models import Need, NeedCall, NeedGroup, Round
from planning.need_queries import IN_POOL, drafting_calls
from planning.queries import open_rounds
from projects.forms.fields import MoneyField, PlainText
from projects.forms.filters import address

AREA = forms.Textarea(attrs={"rows": 4})
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
EVERY_UNIT = Department.objects.filter(is_active=True)


class NeedForm(forms.Form):
    """One need on one form. Only the line is needed to keep a draft; what filing needs is said when it is filed."""

    title = PlainText(label=_("Need in one line"), max_length=120, help_text=_("What is missing, not what is bought."))
    problem = PlainText(label=_("What is wrong today"), max_length=3000, required=False, widget=AREA)
    wanted = PlainText(
        label=_("What must become possible"), max_length=3000, required=False, widget=AREA,
        help_text=_("Compared with other needs and with existing systems."),
    )  # fmt: skip
    duty_item = PlainText(label=_("Statutory duty or service item"), max_length=300, required=False)
    users = PlainText(label=_("Who uses it, and how many"), max_length=300, required=False)
    data_needed = PlainText(
        label=_("Data needed from others"), max_length=500, required=False, help_text=_("Leave empty if none.")
    )
    urgency = forms.ChoiceField(label=_("Urgency"), choices=Need.Urgency.choices, initial=Need.Urgency.NORMAL)
    estimate = MoneyField(
        label=_("Rough cost (10,000 CNY)"), required=False, help_text=_("A rough figure is enough; empty if unknown.")
    )
    contact_name = PlainText(label=_("Contact"), max_length=60, required=False)
    contact_phone = PlainText(label=_("Contact phone"), max_length=40, required=False)


class NewNeedForm(NeedForm):
    """The same with the unit and the call, which are chosen once."""

    call = forms.ModelChoiceField(
        NeedCall.objects.none(), label=_("Call for needs"), to_field_name="code", empty_label=None
    )
    department = forms.ModelChoiceField(Department.objects.none(), label=_("Unit"), empty_label=None)
    field_order = ("call", "department")

    def __init__(self, data: Any = None, *, user: User, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        call: Any = self.fields["call"]
        unit: Any = self.fields["department"]
        call.queryset = drafting_calls().order_by("opens_on")
        unit.queryset = EVERY_UNIT.filter(pk__in=policy.departments_for(user, "needs.file"))


class CallForm(forms.Form):
    """A call for needs with its window."""

    code = forms.RegexField(
        r"^[A-Za-z0-9][A-Za-z0-9._-]*$",
        label=_("Code"),
        max_length=20,
        help_text=_("Such as XQ2027; it never changes."),
    )
    name = PlainText(label=_("Name of the call"), max_length=100)
    name_en = PlainText(label=_("English name"), max_length=160, required=False)
    year = forms.IntegerField(label=_("Year of building"), min_value=2020, max_value=2099)
    opens_on = forms.DateField(label=_("Opens on"), widget=DAY)
    closes_on = forms.DateField(label=_("Closes on"), widget=DAY)
    round = forms.ModelChoiceField(
        Round.objects.all(), label=_("Feeds the round"), required=False, empty_label=_("Not fixed yet")
    )
    note = PlainText(label=_("Guide for applicants"), max_length=3000, required=False, widget=AREA)

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None, is_new: bool = True) -> None:
        super().__init__(data, initial=initial)
        if not is_new:
            del self.fields["code"]


class GroupForm(forms.Form):
    """A group of needs."""

    title = PlainText(label=_("Title"), max_length=120)
    position = forms.IntegerField(label=_("Order"), min_value=0, max_value=999, initial=1)
    note = PlainText(label=_("Remark"), max_length=2000, required=False, widget=AREA)


class DecisionForm(forms.Form):
    """How needs are met, by whom, and why."""

    mode = forms.ChoiceField(label=_("Build mode"), choices=Need.Mode.choices, widget=forms.RadioSelect, required=False)
    lead = forms.ModelChoiceField(
        EVERY_UNIT, label=_("Who builds"), required=False, empty_label=_("The unit itself"), to_field_name="code",
        help_text=_("For a unified build the unit that builds for all."),
    )  # fmt: skip
    target = PlainText(
        label=_("Code of the system to upgrade or reuse"), max_length=20, required=False,
        help_text=_("As in the list of existing systems, such as S005."),
    )  # fmt: skip
    same_as = forms.ModelChoiceField(
        Need.objects.none(), label=_("Same need as"), required=False, to_field_name="code",
        empty_label=_("Not the same as another"),
        help_text=_("Merges a duplicate: it then shares the decision of the other need, whatever mode is chosen here."),
    )  # fmt: skip
    reason = PlainText(label=_("Reason"), max_length=2000, widget=AREA, help_text=_("The unit reads it."))

    def __init__(self, data: Any = None, *, needs: list[Need], initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        same: Any = self.fields["same_as"]
        rows = Need.objects.filter(call=needs[0].call_id, status__in=IN_POOL, same_as=None)
        same.queryset = rows.exclude(pk__in=[need.pk for need in needs]).order_by("code")


class StartFromNeedsForm(forms.Form):
    """What only a person can say when a proposal is started from needs."""

    declared_unclassified = forms.BooleanField(
        label=_("I declare that this project and everything entered for it contains no state secrets."),
        error_messages={
            "required": _("Without this declaration nothing is stored: classified projects must not be entered here.")
        },
    )
    round = forms.ModelChoiceField(Round.objects.none(), label=_("Application round"), empty_label=None)
    title = PlainText(label=_("Title"), max_length=120, help_text=_("What is built, in at most 120 characters."))
    need = forms.MultipleChoiceField(
        label=_("Needs that the proposal answers"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one need.")},
    )  # fmt: skip

    def __init__(self, data: Any = None, *, needs: list[Need], initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        window: Any = self.fields["round"]
        listed: Any = self.fields["need"]
        window.queryset = open_rounds(timezone.localdate())
        listed.choices = [(need.code, f"{need.code} {need.title}（{need.department.label}）") for need in needs]


class NeedFileForm(forms.Form):
    """One file of needs."""

    file = forms.FileField(
        label=_("File of needs"), help_text=_(".xlsx or .csv, at most 5 MB."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )  # fmt: skip


class PoolFilter(forms.Form):
    """What of the pool to list. A value that makes no sense is left out instead of being refused."""

    q = forms.CharField(
        label=_("Search by number, words or unit"), required=False, max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "data-search": ""}),
    )  # fmt: skip
    call = forms.ModelChoiceField(
        NeedCall.objects.all(), label=_("Call"), required=False, empty_label=_("All calls"), to_field_name="code"
    )
    status = forms.ChoiceField(
        label=_("Status"), required=False,
        choices=[("", _("Any status")), *((value, Need.Status(value).label) for value in IN_POOL)],
    )  # fmt: skip
    mode = forms.ChoiceField(label=_("Build mode"), required=False, choices=[("", _("All modes")), *Need.Mode.choices])
    group = forms.ChoiceField(label=_("Group"), required=False)
    department = forms.ModelChoiceField(
        Department.objects.none(), label=_("Unit"), required=False, empty_label=_("All units"), to_field_name="code"
    )

    def __init__(self, data: Any, *, departments: QuerySet[Department], groups: list[NeedGroup]) -> None:
        super().__init__(data)
        unit: Any = self.fields["department"]
        group: Any = self.fields["group"]
        unit.queryset = departments
        listed = [(str(row.pk), f"{row.title}（{row.call.year}）") for row in groups]
        group.choices = [("", _("All groups")), ("none", _("In no group")), *listed]

    def chosen(self) -> dict[str, Any]:
        """The criteria that make sense."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def chips(self, query: QueryDict) -> list[dict[str, str]]:
        """A chip for each criterion, with the address of the list without it."""
        return [
            {"label": f"{self.fields[name].label} {self._label(name, value)}", "url": address(query, drop=(name,))}
            for name, value in self.chosen().items()
        ]

    def _label(self, name: str, value: Any) -> str:
        choices = dict(getattr(self.fields[name], "choices", ())) if name in {"status", "mode", "group"} else {}
        return str(choices.get(value) or getattr(value, "label", value))
