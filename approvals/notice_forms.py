"""What is typed for a correction notice: a prepared line, the notice as it will be sent, the closing of a line."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals.models import Case
from approvals.names import LineState
from approvals.notice_merging import Line, by_section, joined
from projects.fact_tables import TITLES
from projects.models import Project
from projects.sections import SECTIONS

SALT = "approvals.notice"
MOST = 120
# Lists of a section that are no columns of the proposal.
LISTS: dict[str, tuple[tuple[str, Any], ...]] = {
    "needs": (("trace", gettext_lazy("Requirement table")),),
    "solution": (("capabilities", gettext_lazy("Capabilities")),),
    "budget": (("lines", gettext_lazy("Budget lines")), ("functions", gettext_lazy("Function list"))),
    "attachments": (("documents", gettext_lazy("Attachments")),),
}
# Where a line came from: sealed in the page, so that nobody can say that somebody else raised it.
SEALED = ("code", "finding", "origin", "raised_by", "reviews", "lines", "earlier", "allowed_by", "allowed_because")


def places() -> list[Any]:
    """Sections with their fields, for a select: "section" or "section.field"."""
    found: list[Any] = [("", "—")]
    for section in SECTIONS:
        whole = (section.code, _("%(section)s as a whole") % {"section": section.label})
        parts = [(f"{section.code}.{name}", label) for name, label in _parts(section.code, section.fields)]
        found.append((f"{section.number} {section.label}", [whole, *parts]))
    return found


def label_of(section: str, field: str) -> str:
    """What a place is called: the section, and the field where one is named."""
    known = next((row for row in SECTIONS if row.code == section), None)
    if known is None:
        return ""
    label = next((str(label) for name, label in _parts(section, known.fields) if name == field), "")
    return f"{known.number} {known.label}" + (f" · {label}" if label else "")


def _parts(code: str, fields: Iterable[str]) -> list[tuple[str, str]]:
    found = [(name, capfirst(str(Project._meta.get_field(name).verbose_name))) for name in fields]
    found += [(name, str(label)) for name, label in LISTS.get(code, ())]
    return found + [(name, str(title)) for name, (section, title, _heads) in TITLES.items() if section == code]


def split(place: str) -> dict[str, str]:
    """Section and field of a chosen place."""
    section, _dot, field = place.partition(".")
    return {"section": section, "field": field}


def place_of(line: Line) -> str:
    """The same the other way."""
    return ".".join(filter(None, (line.get("section"), line.get("field"))))


class LineForm(forms.Form):
    """One prepared line, tied to a place or a clause."""

    place = forms.ChoiceField(label=gettext_lazy("Where"), required=False)
    clause = forms.CharField(label=gettext_lazy("Clause"), max_length=300, required=False)
    problem = forms.CharField(
        label=gettext_lazy("What is wrong"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    suggestion = forms.CharField(
        label=gettext_lazy("What to supply"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        place: Any = self.fields["place"]
        place.choices = places()

    def clean(self) -> dict[str, Any]:
        """A line says where, or by which clause."""
        data = super().clean() or {}
        if not data.get("place") and not data.get("clause", "").strip() and "place" not in self.errors:
            self.add_error("place", _("Choose the section or field, or name the clause."))
        return data

    @property
    def values(self) -> dict[str, str]:
        """As the service takes them."""
        data = self.cleaned_data
        texts = {name: data[name].strip() for name in ("clause", "problem", "suggestion")}
        return {**split(data["place"]), **texts}


class ReviewLineForm(LineForm):
    """A line beside a review's sheet; it may name an item of the sheet instead of a place."""

    code = forms.ChoiceField(label=gettext_lazy("Checklist item"), required=False)

    def __init__(self, *args: Any, codes: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        code: Any = self.fields["code"]
        code.choices = [("", "—"), *((one, one) for one in codes)]

    def clean(self) -> dict[str, Any]:
        """The item is place enough."""
        data = super().clean() or {}
        if data.get("code"):
            self.errors.pop("place", None)
            data.setdefault("place", "")
        return data

    @property
    def values(self) -> dict[str, str]:
        """As the service takes them."""
        return {**super().values, "code": self.cleaned_data["code"]}


class SentLineForm(LineForm):
    """One line of the notice as it will be sent: edited, put into another one, or left out."""

    token = forms.CharField(widget=forms.HiddenInput, required=False)
    drop = forms.BooleanField(label=gettext_lazy("Leave out"), required=False)
    into = forms.ChoiceField(label=gettext_lazy("Put into line"), required=False)
    leave = forms.CharField(label=gettext_lazy("Leave of the manager, with reason"), max_length=300, required=False)

    def __init__(self, *args: Any, project_id: int, count: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        into: Any = self.fields["into"]
        into.choices = [("", "—"), *((str(number), str(number)) for number in range(1, count + 1))]
        token = self.data.get(self.add_prefix("token")) if self.is_bound else self.initial.get("token")
        known = unseal(project_id, token or "")
        self.known, self.is_forged = known or {}, known is None

    def clean(self) -> dict[str, Any]:
        """What was collected under an item or a finding needs no place."""
        data = super().clean() or {}
        if data.get("drop"):
            self.errors.clear()
        if self.known.get("code") or self.known.get("finding"):
            self.errors.pop("place", None)
            data.setdefault("place", "")
        if self.is_forged:
            raise ValidationError(_("The page was sent incompletely. Open it again."))
        return data

    @property
    def line(self) -> Line:
        """The line as it is now."""
        data = self.cleaned_data
        texts = {name: data.get(name, "").strip() for name in ("clause", "problem", "suggestion", "leave")}
        return {**self.known, **split(data.get("place", "")), **texts}


class CloseForm(forms.Form):
    """What whoever raised a line says of the correction."""

    state = forms.ChoiceField(
        label=gettext_lazy("Result"), widget=forms.RadioSelect,
        choices=[(LineState.CLOSED, gettext_lazy("Cured, close it")), (LineState.UNCURED, LineState.UNCURED.label)],
    )  # fmt: skip
    note = forms.CharField(label=gettext_lazy("Note"), max_length=500, required=False)

    def clean(self) -> dict[str, Any]:
        """Not cured: what is missing."""
        data = super().clean() or {}
        if data.get("state") == LineState.UNCURED and not data.get("note", "").strip():
            self.add_error("note", _("Say what is not cured."))
        return data


SentSet = formset_factory(SentLineForm, extra=0, max_num=MOST, absolute_max=MOST)
PREFIX = "lines"


def seal(case: Case, line: Line) -> str:
    """Where a line came from, so that it survives the page."""
    known = {name: line[name] for name in SEALED if line.get(name)}
    if "finding" in known:
        known["finding"] = getattr(known["finding"], "pk", known["finding"])
    return signing.dumps({**known, "project": case.pk}, salt=SALT, compress=True)


def unseal(project_id: int, token: str) -> Line | None:
    """What was sealed for this project, empty where there is no token; None for anything else."""
    if not token:
        return {}
    try:
        known = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    return known if known.pop("project", None) == project_id else None


def shown(case: Case, lines: list[Line]) -> BaseFormSet:
    """The lines as forms, numbered as they will be in the notice."""
    initial = [
        {
            "token": seal(case, line),
            "place": place_of(line),
            **{name: line.get(name, "") for name in ("clause", "problem", "suggestion", "leave")},
        }
        for line in lines
    ]
    return SentSet(initial=initial, prefix=PREFIX, form_kwargs={"project_id": case.pk, "count": len(lines)})


def sent(case: Case, data: Any) -> BaseFormSet:
    """The forms as they came back."""
    total = data.get(f"{PREFIX}-TOTAL_FORMS", "")
    count = min(int(total), MOST) if total.isdecimal() else 0
    return SentSet(data, prefix=PREFIX, form_kwargs={"project_id": case.pk, "count": count})


def edited(forms_sent: BaseFormSet) -> tuple[list[Line], list[Line]]:
    """The lines after leaving out and putting together, in the order of the sections; and those left out."""
    rows: list[Any] = list(forms_sent)
    kept = {number: form.line for number, form in enumerate(rows, start=1) if not form.cleaned_data.get("drop")}
    for number, form in enumerate(rows, start=1):
        into = int(form.cleaned_data.get("into") or 0)
        if number in kept and into in kept and into != number:
            kept[into] = joined(kept[into], kept.pop(number))
    dropped = [form.line for form in rows if form.cleaned_data.get("drop")]
    return by_section(kept.values()), dropped
