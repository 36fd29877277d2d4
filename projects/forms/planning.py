"""Forms of the planning pages: rounds, late filing, plan items, commitments, links and ranks."""

import copy
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Department
from planning.models import PlanItem, Round
from planning.plan_queries import ROUND_DATES, item_facts, mark, owners, round_facts
from portfolio.models import System
from projects.forms.fields import MoneyField, PlainText
from projects.services.ranking import HIGHEST
from projects.sheet_rows import MAX_BYTES

MORE_YEARS = 2  # how many years after this one are offered for an envelope


class Refusable:
    """Shows what a service refused at the field that it names, else at the top."""

    def refuse(self, error: ValidationError) -> None:
        """Take over the messages of the service."""
        form: Any = self
        named = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
        for name, texts in named.items():
            form.add_error(name if name in form.fields else None, texts)


class DayInput(forms.DateInput):
    """A day as the browser's own picker gives it."""

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d", attrs={"type": "date"})


def reason_field() -> PlainText:
    """Why a row is changed, kept with the change."""
    return PlainText(label=_("Reason of the change"), max_length=300, help_text=_("Kept in the history."))


class RoundForm(Refusable, forms.ModelForm):
    """One round with its calendar. It is never saved by itself: `values` goes to services.save_round."""

    expected = forms.CharField(required=False, widget=forms.HiddenInput)
    reason = reason_field()

    class Meta:
        model = Round
        fields = ["code", "name", "name_en", "year", *ROUND_DATES, "note"]
        widgets = {name: DayInput() for name in ROUND_DATES} | {"note": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, data: Any = None, *, present: Round | None = None) -> None:
        super().__init__(data, instance=copy.copy(present) if present else None)
        if present is None:
            del self.fields["reason"]
            return
        self.fields["code"].disabled = True
        self.initial["expected"] = mark(round_facts(present))

    def values(self) -> dict[str, Any]:
        """What services.save_round takes."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}


class LateFilingForm(Refusable, forms.Form):
    """Leave for one unit to file after the window."""

    department = forms.ModelChoiceField(Department.objects.filter(is_active=True), label=_("Unit"))
    until = forms.DateField(label=_("Until"), widget=DayInput())
    reason = PlainText(label=_("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    basis = PlainText(label=_("Instruction or document"), max_length=200)


class ReasonForm(Refusable, forms.Form):
    """Why something is taken back."""

    reason = PlainText(label=_("Reason"), max_length=300)


class PlanItemForm(Refusable, forms.ModelForm):
    """One plan item with an envelope per year; `values` and `envelopes` go to services.save_item."""

    expected = forms.CharField(required=False, widget=forms.HiddenInput)
    reason = reason_field()

    class Meta:
        model = PlanItem
        fields = [
            "code", "title", "title_en", "level", "parent", "department", "year_from", "year_to", "envelope", "source",
            "summary",
        ]  # fmt: skip
        widgets = {"summary": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, data: Any = None, *, present: PlanItem | None = None) -> None:
        super().__init__(data, instance=copy.copy(present) if present else None)
        self.fields["parent"].label, self.fields["code"].label = _("Item above"), _("Code")
        above: Any = self.fields["parent"]
        owner: Any = self.fields["department"]
        above.queryset = PlanItem.objects.exclude(pk=present.pk) if present else PlanItem.objects.all()
        owner.queryset = Department.objects.filter(is_active=True)
        self.years = _years_of(present)
        money = {one.year: one.amount for one in present.envelopes.all()} if present else {}
        for year in self.years:
            label = gettext("Envelope %(year)s (10,000 CNY)") % {"year": year}
            self.fields[str(year)] = MoneyField(label=label, required=False)
            self.initial[str(year)] = money.get(year)
        if present is None:
            del self.fields["reason"]
            return
        self.fields["code"].disabled = True
        self.initial["expected"] = mark(item_facts(present))

    def values(self) -> dict[str, Any]:
        """Columns for services.save_item."""
        return {name: self.cleaned_data[name] for name in self.Meta.fields}

    def envelopes(self) -> dict[int, Decimal | None]:
        """Year → 万元 for services.save_item."""
        return {year: self.cleaned_data[str(year)] for year in self.years}


def _years_of(present: PlanItem | None) -> range:
    this_year = timezone.localdate().year
    first, last = this_year, this_year + MORE_YEARS
    if present:
        first, last = min(first, present.year_from), max(last, present.year_to)
    return range(first, last + 1)


class WithdrawalForm(Refusable, forms.Form):
    """From which day on an item can no longer be cited."""

    on = forms.DateField(
        label=_("Withdrawn on"), required=False, widget=DayInput(),
        help_text=_("Today or later. Empty: take back a withdrawal whose day has not come."),
    )  # fmt: skip
    expected = forms.CharField(widget=forms.HiddenInput)
    reason = reason_field()


class SystemLinkForm(Refusable, forms.Form):
    """A running system to put under a plan item, by its code."""

    system = forms.ModelChoiceField(
        System.objects.exclude(status=System.Status.RETIRED).order_by("code"), label=_("System"), to_field_name="code",
        empty_label=None,
    )  # fmt: skip


class CommitmentForm(Refusable, forms.Form):
    """What a unit has promised to integrate."""

    department = forms.ModelChoiceField(Department.objects.filter(is_active=True), label=_("Unit"))
    text = PlainText(label=_("What is to be integrated"), max_length=300)
    due_on = forms.DateField(label=_("Due on"), widget=DayInput())
    source = PlainText(label=_("Source document"), max_length=200)


class ClosingForm(Refusable, forms.Form):
    """A commitment is fulfilled."""

    done_on = forms.DateField(label=_("Done on"), widget=DayInput())
    reason = PlainText(label=_("What shows that it is done"), max_length=300)


class PlanFilter(forms.Form):
    """What to list of the plan. A value that makes no sense is left out."""

    q = forms.CharField(
        label=_("Search by code, title or source"), required=False, max_length=100,
        widget=forms.TextInput(attrs={"type": "search", "data-search": ""}),
    )  # fmt: skip
    year = forms.TypedChoiceField(label=_("Year"), required=False, coerce=int, empty_value=None)
    level = forms.ChoiceField(
        label=_("Level"), required=False, choices=[("", _("All levels")), *PlanItem.Level.choices]
    )
    owner = forms.ModelChoiceField(
        Department.objects.none(), label=_("Owner"), required=False, empty_label=_("All owners"), to_field_name="code"
    )

    def __init__(self, data: Any, *, years: Iterable[int]) -> None:
        super().__init__(data)
        year: Any = self.fields["year"]
        owner: Any = self.fields["owner"]
        year.choices = [("", _("All years")), *((one, str(one)) for one in years)]
        owner.queryset = owners()

    def chosen(self) -> dict[str, Any]:
        """The criteria that make sense."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


class RankForm(Refusable, forms.Form):
    """One place for each proposal; a duplicate is refused at its field."""

    expected = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, projects: Iterable[Any]) -> None:
        super().__init__(data)
        places = {}
        for project in projects:
            rank = getattr(project, "rank", None)
            label = gettext("Place of %(ref)s") % {"ref": project.ref}
            field = forms.IntegerField(label=label, required=False, min_value=1, max_value=HIGHEST)
            field.widget.attrs["class"] = "tc-rank"
            self.fields[project.ref] = field
            if rank:
                places[project.ref] = self.initial[project.ref] = rank.position
        self.initial["expected"] = ";".join(f"{ref}={place}" for ref, place in sorted(places.items()))

    def places(self) -> dict[str, int | None]:
        """Reference → place."""
        return {name: value for name, value in self.cleaned_data.items() if name != "expected"}

    def opened_on(self) -> dict[str, int]:
        """The places that the page showed when it was opened."""
        parts = [part.partition("=") for part in self.cleaned_data["expected"].split(";")]
        return {ref: int(place) for ref, _mark, place in parts if ref and place.isdecimal()}


class WorkbookForm(forms.Form):
    """One workbook of plan items."""

    file = forms.FileField(
        label=_("Workbook of plan items"), help_text=_(".xlsx, at most 5 MB."),
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
    )  # fmt: skip

    def clean_file(self) -> UploadedFile:
        """Not too large; the content is read in the dry run."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            limit = MAX_BYTES // 1024 // 1024
            raise forms.ValidationError(gettext("The file is larger than %(limit)s MB.") % {"limit": limit})
        return file
