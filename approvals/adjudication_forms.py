"""Forms of the duplicate-build pages: filters of the board, the manager's decision, the applicant's answer."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.adjudication_board import MOST_AT_ONCE
from planning.queries import policy
from projects.limits import check_text
from projects.models import Finding
from projects.states import Adjudication, Band, ReasonCode, Relation, Reply

LONGEST = 3000  # characters of an opinion or an answer
AGES = (
    ("5", gettext_lazy("5 days or older")),
    ("10", gettext_lazy("10 days or older")),
    ("30", gettext_lazy("30 days or older")),
)
# Decisions that make no sense for what was met: a project is not "used", a rule is not "upgraded".
SENSELESS: dict[str, frozenset[str]] = {
    Relation.SAME_ROUND: frozenset({Adjudication.UPGRADE}),
    Relation.NEGATIVE: frozenset({Adjudication.MERGE, Adjudication.REUSE, Adjudication.UPGRADE}),
}
ONLY_AMONG_PROJECTS = frozenset({Adjudication.MERGE})


def readable(text: str) -> None:
    """Refuse text that cannot be shown as it was typed. Raises ValidationError."""
    check_text(text)


def months_later(day: date, months: int) -> date:
    """The same day of the month that many months later, at most the 28th so that it exists."""
    year, month = divmod(day.month - 1 + months, 12)
    return day.replace(year=day.year + year, month=month + 1, day=min(day.day, 28))


def decisions_for(relation: str) -> list[tuple[str, Any]]:
    """The decisions that make sense for a finding of that relation, as choices."""
    senseless = SENSELESS.get(relation, ONLY_AMONG_PROJECTS)
    return [(value, label) for value, label in Adjudication.choices if value not in senseless]


class BoardFilter(forms.Form):
    """Filters of the board; what is not understood is ignored."""

    SHOWN = (("undecided", gettext_lazy("To be adjudicated")), ("decided", gettext_lazy("Decided, to be carried out")))

    show = forms.ChoiceField(choices=SHOWN, required=False)
    band = forms.ChoiceField(choices=[(value.value, value.label) for value in (Band.RED, Band.AMBER)], required=False)
    relation = forms.ChoiceField(choices=Relation.choices, required=False)
    age = forms.ChoiceField(choices=AGES, required=False)
    department = forms.CharField(max_length=20, required=False)
    round = forms.CharField(max_length=20, required=False)
    node = forms.CharField(max_length=10, required=False)
    sort = forms.ChoiceField(choices=[("money", ""), ("age", "")], required=False)

    def chosen(self) -> dict[str, str]:
        """The filters that are set, by name; "show" always."""
        self.is_valid()
        set_ones = {name: value for name, value in self.cleaned_data.items() if value}
        return {"show": "undecided", "sort": "money", **set_ones}


class _DecisionForm(forms.Form):
    """What a manager enters: the decision, its reason code and end where it lets a duplicate pass, the opinion."""

    decision = forms.ChoiceField(
        label=gettext_lazy("Decision on the finding"), choices=Adjudication.choices, widget=forms.RadioSelect
    )
    reason_code = forms.ChoiceField(
        label=gettext_lazy("Reason code"), choices=[("", "–"), *ReasonCode.choices], required=False,
        help_text=gettext_lazy("Required for an exception."),
    )  # fmt: skip
    expires_on = forms.DateField(
        label=gettext_lazy("Exception until"), required=False, widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"),
        help_text=gettext_lazy("Required for an exception; the finding is open again afterwards."),
    )  # fmt: skip
    comment = forms.CharField(
        label=gettext_lazy("Opinion"), max_length=LONGEST, widget=forms.Textarea({"rows": 4}), validators=[readable]
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["expires_on"].initial = months_later(timezone.localdate(), policy("exception_months"))

    def clean(self) -> dict[str, Any]:
        """An exception has a reason code and an end in the future; nothing else ends (promise 5)."""
        data = super().clean() or self.cleaned_data
        if data.get("decision") != Adjudication.EXCEPTION:
            data["expires_on"] = None
            return data
        if not data.get("reason_code"):
            self.add_error("reason_code", _("An exception needs a reason code."))
        if "expires_on" in data and not data["expires_on"]:
            self.add_error("expires_on", _("An exception needs the day it expires."))
        elif data.get("expires_on") and data["expires_on"] <= timezone.localdate():
            self.add_error("expires_on", _("An exception expires on a later day than today."))
        return data

    @property
    def entry(self) -> dict[str, Any]:
        """What the door takes as `entry`, without the findings."""
        return {name: self.cleaned_data[name] for name in ("decision", "reason_code", "expires_on")}


class AdjudicationForm(_DecisionForm):
    """The decision on one finding."""

    expected_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, finding: Finding, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        decision: Any = self.fields["decision"]
        decision.choices = decisions_for(finding.relation)


class BatchForm(_DecisionForm):
    """One decision on several amber findings, of one or more projects."""

    findings = forms.ModelMultipleChoiceField(queryset=Finding.objects.none(), widget=forms.MultipleHiddenInput)

    def __init__(self, *args: Any, offered: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["findings"]
        field.queryset = offered
        field.error_messages |= {
            "required": _("Choose at least one finding."),
            "invalid_choice": _("Finding %(value)s is not open: decided, replaced, or its project has moved on."),
        }

    def clean_findings(self) -> list[Finding]:
        """Amber ones only, within reason (domain reference §3.3 row 17)."""
        chosen = sorted(self.cleaned_data["findings"], key=lambda finding: (finding.project_id, finding.pk))
        if len(chosen) > MOST_AT_ONCE:
            raise ValidationError(_("At most %(n)s findings at once."), params={"n": MOST_AT_ONCE})
        if red := [f"{item.project.ref} {item.capability_code}" for item in chosen if item.band != Band.AMBER]:
            raise ValidationError(
                _("Only amber findings may be decided together; take these one by one: %(red)s."),
                params={"red": ", ".join(red)},
            )
        return chosen

    def clean(self) -> dict[str, Any]:
        """The decision must make sense for each chosen finding."""
        data = super().clean()
        for finding in data.get("findings") or []:
            if data.get("decision") and data["decision"] not in dict(decisions_for(finding.relation)):
                self.add_error("decision", _misfit(data["decision"], finding))
                break
        return data

    def step(self) -> dict[str, Any]:
        """The arguments of adjudicate_together, besides the actor."""
        data = self.cleaned_data
        return {
            "findings": data["findings"], "comment": data["comment"], "entry": self.entry, "versions": self._versions(),
        }  # fmt: skip

    def _versions(self) -> dict[int, int]:
        """Project key → seq that the person saw, from the hidden fields seq-<key>; what is not a number is left out."""
        found = {}
        for name, value in self.data.items():
            if name.startswith("seq-") and name[4:].isdigit() and str(value).isdigit():
                found[int(name[4:])] = int(value)
        return found


def _misfit(decision: str, finding: Finding) -> str:
    return _("“%(decision)s” does not fit %(code)s (%(relation)s).") % {
        "decision": Adjudication(decision).label,
        "code": finding.capability_code,
        "relation": finding.get_relation_display(),
    }


class ReplyForm(forms.Form):
    """The applicant's answer to one finding (right of reply)."""

    reply = forms.ChoiceField(label=gettext_lazy("Answer"), choices=Reply.choices, widget=forms.RadioSelect)
    reply_text = forms.CharField(
        label=gettext_lazy("Statement of difference"), max_length=LONGEST, required=False,
        widget=forms.Textarea({"rows": 6}), validators=[readable],
        help_text=gettext_lazy("For an explanation: which need what exists does not meet, and why."),
    )  # fmt: skip
