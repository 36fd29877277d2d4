"""The answers asked for before a submission goes on: one form per capability and thing that it meets."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from projects.limits import check_text
from projects.services import Statement
from projects.services.statements import LONGEST, SHORTEST
from projects.states import Reply

SALT = "approvals.interruption"
EDIT = "edit"  # go back and change the capability: nothing is stated on it
PREFIX = "answers"
MOST = 400
About = dict[str, Any]


def seal(project_id: int, about: About) -> str:
    """What a question is about, so that an answer finds its way home even when the comparison cannot be repeated."""
    return signing.dumps({**about, "project": project_id}, salt=SALT, compress=True)


def unseal(project_id: int, token: str) -> About | None:
    """What was sealed for this project, or None for anything else."""
    try:
        about = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        return None
    return about if about.pop("project", None) == project_id else None


class StatementForm(forms.Form):
    """One answer: state the difference, reuse what exists, or go back."""

    token = forms.CharField(widget=forms.HiddenInput)
    answer = forms.ChoiceField(
        label=gettext_lazy("What will you do?"), widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose one of the answers.")},
    )  # fmt: skip
    text = forms.CharField(
        label=gettext_lazy("Statement of difference"), max_length=LONGEST, required=False,
        widget=forms.Textarea({"rows": 3}),
    )  # fmt: skip

    def __init__(self, *args: Any, project_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        token = self.data.get(self.add_prefix("token")) if self.is_bound else self.initial.get("token")
        self.about = unseal(project_id, token or "")
        reusable = bool(self.about and self.about["kind"] == "system" and self.about["reusable"])
        offered = [Reply.EXPLAIN, Reply.REUSE] if reusable else [Reply.EXPLAIN]
        answer: Any = self.fields["answer"]
        answer.choices = [*((one.value, one.label) for one in offered), (EDIT, _("Go back and change it"))]
        if about := self.about:
            named = {"code": about["code"] or about["wording"], "target": about["target"]}
            answer.error_messages["required"] = _("Choose an answer for %(code)s and %(target)s.") % named

    def clean_text(self) -> str:
        """Readable text."""
        return check_text(self.cleaned_data["text"])

    def clean(self) -> dict[str, Any]:
        """A difference has to be stated; the question has to be one of ours."""
        data = super().clean() or {}
        if self.about is None:
            raise ValidationError(_("The page was sent incompletely. Open it again."))
        said = "".join(data.get("text", "").split())
        if data.get("answer") == Reply.EXPLAIN and "text" not in self.errors and len(said) < SHORTEST:
            self.add_error("text", _("State the difference in at least %(limit)s characters.") % {"limit": SHORTEST})
        return data

    @property
    def goes_back(self) -> bool:
        """Whether the capability is going to be changed instead."""
        return self.cleaned_data["answer"] == EDIT

    def statement(self, target: Any) -> Statement:
        """As the service takes it."""
        assert self.about is not None  # clean has refused it otherwise
        about, data = self.about, self.cleaned_data
        return Statement(
            about["code"], about["wording"], target, tuple(about["matched"]), data["answer"], data["text"]
        )  # fmt: skip


AnswerSet = formset_factory(StatementForm, extra=0, max_num=MOST, absolute_max=MOST)


def blank(project_id: int, abouts: list[About]) -> BaseFormSet:
    """A form for each question, nothing chosen."""
    initial = [{"token": seal(project_id, about)} for about in abouts]
    return AnswerSet(initial=initial, prefix=PREFIX, form_kwargs={"project_id": project_id})


def sent(project_id: int, data: Mapping[str, Any]) -> BaseFormSet:
    """The forms as they came back."""
    return AnswerSet(data, prefix=PREFIX, form_kwargs={"project_id": project_id})


def again(project_id: int, abouts: list[About], typed: BaseFormSet) -> BaseFormSet:
    """The forms for `abouts`, each with what was typed in it."""
    before = {key_of(form.about): form for form in typed if form.about}
    data: dict[str, Any] = {f"{PREFIX}-TOTAL_FORMS": len(abouts), f"{PREFIX}-INITIAL_FORMS": 0}
    for number, about in enumerate(abouts):
        form: Any = before.get(key_of(about))
        data[f"{PREFIX}-{number}-token"] = seal(project_id, about)
        for name in ("answer", "text") if form else ():
            data[f"{PREFIX}-{number}-{name}"] = form[name].value() or ""
    return sent(project_id, data)


def key_of(about: About) -> tuple:
    """What makes two questions the same."""
    return about["code"], about["wording"], about["kind"], about["target"]
