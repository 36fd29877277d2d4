"""StepForm: asks for what a row of the workflow table asks for, and nothing else."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import formset_factory
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.clock_guards import longest_extension
from approvals.clocks import clock_of
from approvals.expert_guards import replaceable
from approvals.models import Case
from approvals.names import Answer, Ending
from approvals.step import Step
from approvals.waiver_guards import endable, failed_majors, in_force, last_day, waivable
from portfolio.models import System
from projects.models import Project
from projects.sections import SECTIONS
from projects.states import ENDINGS

LONGEST = 3000


def waiver_choices(case: Case, *, ending: bool) -> list[tuple[str, str]]:
    """The items that may be waived now, or whose waiver the actor may end, with their question."""
    rows: list[Any] = [*failed_majors(case), *in_force(case).values()]
    items = {row.code: row.item for row in rows}
    codes = endable(case) if ending else waivable(case)
    return [(code, f"{code} {items[code].question_text}") for code in codes]


class StepForm(forms.Form):
    """The form of one step; fields that the step does not name are dropped."""

    expected_version = forms.IntegerField(widget=forms.HiddenInput)
    clause = forms.CharField(label=gettext_lazy("Clause"), max_length=300)
    approved_amount = forms.DecimalField(
        label=gettext_lazy("Approved amount (10,000 CNY)"), max_digits=12, decimal_places=2, min_value=Decimal("0.01")
    )
    conditions = forms.CharField(
        label=gettext_lazy("Conditions"), required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3})
    )
    item = forms.ChoiceField(label=gettext_lazy("Checklist item"))
    measure = forms.CharField(
        label=gettext_lazy("Compensating measure"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("What makes up for the item as long as it is not met."),
    )  # fmt: skip
    until = forms.DateField(label=gettext_lazy("Until"), widget=forms.DateInput(attrs={"type": "date"}))
    evidence = forms.CharField(
        label=gettext_lazy("Evidence"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Document and page, report number, or where else it can be read."),
    )  # fmt: skip
    expert = forms.ChoiceField(label=gettext_lazy("Expert to be replaced"))
    days = forms.IntegerField(label=gettext_lazy("Working days more"), min_value=1, max_value=250)
    ending = forms.ChoiceField(label=gettext_lazy("Ending"), choices=[("", "—"), *Ending.choices])
    target_project = forms.CharField(label=gettext_lazy("Goes into project (reference)"), max_length=20, required=False)
    target_system = forms.CharField(label=gettext_lazy("System to be reused (code)"), max_length=20, required=False)
    comment = forms.CharField(
        label=gettext_lazy("Opinion"), max_length=LONGEST, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, case: Case, step: Step, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case, self.step = case, step
        for name in set(self.fields) - {"comment", "expected_version"} - set(step.fields):
            del self.fields[name]
        self.fields["comment"].required = step.comment
        for name in ("target_project", "target_system"):
            if name in self.fields and "ending" not in step.fields:
                self.fields[name].required = True
        self.fields["expected_version"].initial = case.seq
        if "item" in self.fields:
            self._offer_items()
        if "days" in self.fields:
            self._bound_days()
        if "expert" in self.fields:
            self._offer_experts()

    def _bound_days(self) -> None:
        """How far the time limit may be extended, and until when it runs now."""
        fields: dict[str, Any] = self.fields
        due = clock_of(self.case).due
        most = longest_extension(self.case)
        if due is not None and most and most > 0:
            fields["days"].widget.attrs["max"] = most
            text = _("At most %(most)d. The last day is now %(day)s; the legal limit stays.")
            fields["days"].help_text = text % {"most": most, "day": due.isoformat()}

    def _offer_experts(self) -> None:
        """Whose seat may be given to another: stepped back, or still to answer."""
        fields: dict[str, Any] = self.fields
        people = [seat.reviewer for seat in replaceable(self.case) if seat.reviewer]
        fields["expert"].choices = [("", "—"), *((person.username, person.label) for person in people)]

    def _offer_items(self) -> None:
        """The items that this step is about; the last day is the longest that the policy lets a waiver run."""
        fields: dict[str, Any] = self.fields
        fields["item"].choices = [("", "—"), *waiver_choices(self.case, ending="evidence" in self.step.fields)]
        if len(fields["item"].choices) == 1:  # nothing to choose: the door says why
            for name in set(fields) & {"item", "measure", "until", "evidence"}:
                fields[name].required = False
        if "until" in fields:
            longest = last_day()
            fields["until"].widget.attrs["max"] = longest.isoformat()
            text = _("At the latest %(day)s. Shortly before, it is checked again.")
            fields["until"].help_text = text % {"day": longest.isoformat()}

    def clean_approved_amount(self) -> Decimal:
        """Promise 6, said at the field; the guard says it again at the door."""
        amount, version = self.cleaned_data["approved_amount"], self.case.current_version
        if version and amount > version.amount:
            raise ValidationError(_("At most the reviewed amount of %(amount)s.") % {"amount": version.amount})
        return amount

    def clean_target_project(self) -> str:
        """The reference of another project that is still alive."""
        ref = self.cleaned_data["target_project"].strip()
        if not ref:
            return ""
        target = Project.objects.filter(ref=ref).exclude(pk=self.case.pk).first()
        if target is None:
            raise ValidationError(_("There is no other project with the reference %(ref)s.") % {"ref": ref})
        if target.state in ENDINGS and target.state != "approved":
            raise ValidationError(_("%(ref)s has ended and cannot take this project in.") % {"ref": ref})
        return ref

    def clean_target_system(self) -> str:
        """The code of a system that is not retired: a retired one is never offered for reuse (promise 8)."""
        code = self.cleaned_data["target_system"].strip()
        if not code:
            return ""
        system = System.objects.filter(code=code).first()
        if system is None:
            raise ValidationError(_("There is no system with the code %(code)s.") % {"code": code})
        if system.status == System.Status.RETIRED:
            raise ValidationError(_("%(code)s is retired and cannot be reused.") % {"code": code})
        return code

    @property
    def entry(self) -> dict:
        """What the door is given besides the comment: the step's own fields that were filled in."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name in self.step.fields and value not in ("", None)
        }


class ItemForm(forms.Form):
    """One line of a correction notice."""

    section = forms.ChoiceField(
        label=gettext_lazy("Section"),
        choices=[("", "—"), *((section.code, section.label) for section in SECTIONS)],
    )
    problem = forms.CharField(
        label=gettext_lazy("What is wrong"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    suggestion = forms.CharField(
        label=gettext_lazy("What to supply"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    clause = forms.CharField(label=gettext_lazy("Clause"), max_length=300, required=False)


ItemFormSet = formset_factory(ItemForm, extra=3, max_num=60, validate_max=True)


class AnswerForm(forms.Form):
    """The applicant's answer to one line of a notice."""

    item: Any = None  # the line; set by the view that shows it

    answer = forms.ChoiceField(
        label=gettext_lazy("Answer"), choices=Answer.choices, widget=forms.RadioSelect, required=False
    )
    answer_text = forms.CharField(
        label=gettext_lazy("Explanation"), max_length=LONGEST, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean(self) -> dict:
        """Not adopting needs a reason."""
        data = super().clean() or {}
        if data.get("answer") == Answer.NOT_ADOPTED and not data.get("answer_text", "").strip():
            self.add_error("answer_text", _("Say why it is not adopted."))
        return data
