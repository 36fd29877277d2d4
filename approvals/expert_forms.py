"""What is typed about experts: points, the declaration, the pool, an invitation."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.models import Department, User
from accounts.policy import holders
from accounts.roles import Role
from approvals.invitation_queries import may_be_invited
from approvals.models import Case, ExpertProfile, Invitation, Review
from approvals.names import ExpertField
from approvals.scoring import Criteria

LONGEST = 3000
DATE = {"type": "date"}


def name_of(criterion: Any) -> str:
    """A criterion in the language of the page."""
    return str(criterion["en"] if (get_language() or "").startswith("en") else criterion["zh"])


class ScoreForm(forms.Form):
    """Points and a remark for each criterion, and the opinion; everything may be left open until the conclusion."""

    expected_version = forms.IntegerField(widget=forms.HiddenInput)
    comment = forms.CharField(
        label=gettext_lazy("Opinion"), max_length=LONGEST, required=False, widget=forms.Textarea(attrs={"rows": 5})
    )

    def __init__(self, *args: Any, review: Review, **kwargs: Any) -> None:
        given = {score.criterion: score for score in review.scores.all()}
        initial = {"expected_version": review.seq, "comment": review.opinion}
        self.criteria: Criteria = review.signing.get("criteria") or []
        for row in self.criteria:
            score = given.get(row["code"])
            initial |= {f"points-{row['code']}": score.points if score else None}
            initial |= {f"remark-{row['code']}": score.remark if score else ""}
        super().__init__(*args, initial=initial, **kwargs)
        for row in self.criteria:
            self._add(row)

    def _add(self, row: Any) -> None:
        share = (Decimal(str(row["weight"])) * 100).normalize()
        label = _("%(name)s: points of %(most)s, weight %(share)s %%")
        self.fields[f"points-{row['code']}"] = forms.DecimalField(
            label=label % {"name": name_of(row), "most": row["points"], "share": f"{share:f}"},
            min_value=Decimal(0), max_value=Decimal(row["points"]), decimal_places=1, required=False,
        )  # fmt: skip
        self.fields[f"remark-{row['code']}"] = forms.CharField(
            label=_("Remark on %(name)s") % {"name": name_of(row)}, max_length=500, required=False
        )

    def rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The two fields of each criterion."""
        return [(self[f"points-{row['code']}"], self[f"remark-{row['code']}"]) for row in self.criteria]

    @property
    def scores(self) -> dict[str, dict[str, Any]]:
        """What expert_services.save_scores takes."""
        data = self.cleaned_data
        codes = [row["code"] for row in self.criteria]
        return {code: {"points": data[f"points-{code}"], "remark": data[f"remark-{code}"]} for code in codes}


class DeclarationForm(forms.Form):
    """回避承诺: ticked before the sheet opens."""

    no_interest = forms.BooleanField(
        label=gettext_lazy("I have no interest in this project and keep its content to myself."),
        error_messages={"required": gettext_lazy("Tick the declaration, or step back with a reason.")},
    )


class ExpertForm(forms.Form):
    """One expert of the pool; the person is chosen only for a new entry."""

    person = forms.ModelChoiceField(label=gettext_lazy("Account"), queryset=User.objects.none(), empty_label="—")
    fields_known = forms.MultipleChoiceField(
        label=gettext_lazy("Fields of expertise"), choices=ExpertField.choices, widget=forms.CheckboxSelectMultiple
    )
    employer = forms.CharField(
        label=gettext_lazy("Employer"), max_length=120,
        help_text=gettext_lazy("People of one employer count together in a draw: write it the same way each time."),
    )  # fmt: skip
    title = forms.CharField(label=gettext_lazy("Professional title"), max_length=60, required=False)
    interests = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Declared interests"), queryset=Department.objects.filter(is_active=True), required=False,
        to_field_name="code", widget=forms.SelectMultiple(attrs={"size": 6}),
        help_text=gettext_lazy("Units in whose proposals the expert is never seated."),
    )  # fmt: skip
    is_available = forms.BooleanField(label=gettext_lazy("May be drawn"), required=False, initial=True)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)

    def __init__(self, *args: Any, profile: ExpertProfile | None = None, **kwargs: Any) -> None:
        initial = kwargs.pop("initial", {})
        if profile is not None:
            initial |= {name: getattr(profile, name) for name in ("employer", "title", "note", "is_available")}
            initial |= {"fields_known": profile.fields, "interests": profile.interests}
        super().__init__(*args, initial=initial, **kwargs)
        people: Any = self.fields["person"]
        people.queryset = holders(Role.EXPERT).filter(expert_profile=None)
        if profile is not None:
            del self.fields["person"]

    @property
    def values(self) -> dict[str, Any]:
        """What expert_services.keep_expert takes besides the person."""
        data = dict(self.cleaned_data)
        data.pop("person", None)
        return {**data, "fields": data.pop("fields_known"), "interests": [unit.code for unit in data["interests"]]}


class InvitationForm(forms.Form):
    """One question to one expert."""

    expert = forms.ModelChoiceField(label=gettext_lazy("Expert"), queryset=User.objects.none(), empty_label="—")
    question = forms.CharField(
        label=gettext_lazy("Question"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("One question that can be answered from the proposal."),
    )  # fmt: skip
    wants_yes_no = forms.BooleanField(label=gettext_lazy("Ask for yes or no as well"), required=False)
    due_on = forms.DateField(label=gettext_lazy("Answer by"), required=False, widget=forms.DateInput(attrs=DATE))

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["expert"]
        field.queryset = User.objects.filter(pk__in=[person.pk for person in may_be_invited(case)])


class AnswerInvitationForm(forms.Form):
    """The expert's answer, or the reason for declining."""

    says_yes = forms.ChoiceField(
        label=gettext_lazy("Answer"), choices=[("yes", gettext_lazy("Yes")), ("no", gettext_lazy("No"))],
        widget=forms.RadioSelect, required=False,
    )  # fmt: skip
    answer = forms.CharField(
        label=gettext_lazy("Opinion"), max_length=6000, required=False, widget=forms.Textarea(attrs={"rows": 8}),
        help_text=gettext_lazy("Only whoever asks, the portfolio manager and the auditor read it."),
    )  # fmt: skip
    reason = forms.CharField(label=gettext_lazy("Reason for declining"), max_length=300, required=False)

    def __init__(self, *args: Any, row: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not row.wants_yes_no:
            del self.fields["says_yes"]

    @property
    def says(self) -> bool | None:
        """The answer to a yes-or-no question."""
        return {"yes": True, "no": False}.get(self.cleaned_data.get("says_yes", ""))
