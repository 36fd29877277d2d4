"""The build mode test of Article 3 (穗政数〔2020〕6号): what is basic, city-wide or reused is built once, centrally."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portfolio.models import BuildMode
from projects.limits import check_text

if TYPE_CHECKING:
    from projects.models import Project

REASON = "reason"  # key of the explanation beside the answers
LONGEST = 500


@dataclass(frozen=True, slots=True)
class Question:
    """One question; a yes weighs towards unified build (above 0) or towards departmental build (below 0)."""

    code: str
    text: Promise
    weight: int


# Article 3 names the criteria (基础性、全局性、复用性; 业务领域性、监管性强) and no weights: those are proposed [P].
QUESTIONS = (
    Question("shared_base", _("Is it a base or platform that several departments use?"), 2),
    Question("city_wide", _("Does it serve the whole city rather than one field of business?"), 2),
    Question("reusable", _("Is its main function one of the unified-build list, reusable by others?"), 3),
    Question("line_business", _("Does it carry out the line business of one department?"), -3),
    Question("supervision", _("Does it carry out a strong supervision duty of that department?"), -2),
)
CODES = frozenset(question.code for question in QUESTIONS)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What the answers say: a build mode, or "" where they are incomplete or even; reasons: the questions said yes."""

    mode: str
    score: int
    answered: bool
    reasons: tuple[Question, ...]

    @property
    def label(self) -> str:
        """The suggestion in words."""
        if self.mode:
            return str(BuildMode(self.mode).label)
        return gettext("Either is possible") if self.answered else gettext("Not answered completely")


def suggest(answers: Mapping[str, Any]) -> Suggestion:
    """The build mode that the answers (question code → true or false) point to."""
    said = tuple(question for question in QUESTIONS if answers.get(question.code) is True)
    score = sum(question.weight for question in said)
    answered = answers.keys() >= CODES
    mode = ""
    if answered and score:
        mode = (BuildMode.UNIFIED if score > 0 else BuildMode.DEPARTMENTAL).value
    return Suggestion(mode, score, answered, said)


def contradicts(project: "Project") -> bool:
    """Whether the chosen build mode is another one than the answers point to."""
    mode = suggest(project.article3).mode
    return bool(mode and project.build_mode and mode != project.build_mode)


def clean_answers(value: Any) -> dict[str, Any]:
    """Answers as they are stored: true or false by code, and the explanation. Raises ValidationError."""
    value = dict(value or {})
    reason = check_text(value.pop(REASON, "") or "")
    if value.keys() - CODES or any(not isinstance(answer, bool) for answer in value.values()):
        raise ValidationError(gettext("Answer the questions of the test with yes or no."), "invalid")
    if len(reason) > LONGEST:
        raise ValidationError(gettext("At most %(limit)s characters."), "max_length", {"limit": LONGEST})
    return {**value, **({REASON: reason} if reason else {})}


def as_rows(answers: Mapping[str, Any]) -> list[tuple[Question, str]]:
    """Each question with its answer in words, "" where it has none."""
    words = {True: gettext("Yes"), False: gettext("No")}
    return [(question, words.get(answers.get(question.code), "")) for question in QUESTIONS]  # type: ignore[arg-type]


def in_words(answers: Mapping[str, Any]) -> str:
    """Answers, suggestion and explanation as lines of text; "" where nothing is answered."""
    if not answers:
        return ""
    lines = [f"{question.text} {word}" for question, word in as_rows(answers) if word]
    lines.append(gettext("The test suggests: %(mode)s") % {"mode": suggest(answers).label})
    if answers.get(REASON):
        lines.append(gettext("Explanation: %(text)s") % {"text": answers[REASON]})
    return "\n".join(lines)
