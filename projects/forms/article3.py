"""The build mode test of Article 3 as one field of the form: a table of questions with yes and no, and a reason."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from projects.forms.fields import PlainText, YesNoField
from projects.sections.article3 import LONGEST, QUESTIONS, REASON, suggest

YES_NO = (("true", _("Yes")), ("false", _("No")))
NAMES = (*(question.code for question in QUESTIONS), REASON)


class Article3Widget(forms.MultiWidget):
    """Draws the table; the suggestion is that of the answers as they are stored or were sent."""

    template_name = "projects/_article3_field.html"
    use_fieldset = True

    def __init__(self, attrs: Any = None) -> None:
        radios = {question.code: forms.RadioSelect(choices=YES_NO) for question in QUESTIONS}
        super().__init__({**radios, REASON: forms.Textarea(attrs={"rows": 2})}, attrs)

    def decompress(self, value: Mapping[str, Any] | None) -> list[Any]:
        """Stored answers as values of the inputs."""
        words = {True: "true", False: "false"}
        answers = value or {}
        said = [words.get(answers.get(name, ""), "") for name in NAMES[:-1]]
        return [*said, answers.get(REASON, "")]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Each question beside its input, and what the answers point to."""
        context = super().get_context(name, value, attrs)
        values = value if isinstance(value, list) else self.decompress(value)
        said = {code: word == "true" for code, word in zip(NAMES, values, strict=False) if word in {"true", "false"}}
        inputs = context["widget"]["subwidgets"]
        context["rows"] = [
            {"question": question, "input": drawn} for question, drawn in zip(QUESTIONS, inputs, strict=False)
        ]
        return {**context, "suggestion": suggest(said), "reason": inputs[-1], "reason_label": REASON_LABEL}


REASON_LABEL = _("Why another build mode than suggested is chosen")


class Article3Field(forms.MultiValueField):
    """Answers by question code, as they are stored."""

    def __init__(self, **kwargs: Any) -> None:
        fields = (*(YesNoField(required=False) for _question in QUESTIONS), PlainText(max_length=LONGEST))
        fields[-1].required = False
        super().__init__(fields, widget=Article3Widget(), require_all_fields=False, **kwargs)

    def compress(self, data_list: Sequence[Any]) -> dict[str, Any]:
        """Only what is answered."""
        return {name: value for name, value in zip(NAMES, data_list, strict=False) if value not in (None, "")}
