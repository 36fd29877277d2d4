"""Questions to the applicant: asked, answered, taken back; the clock stands meanwhile where the policy says so."""

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from approvals.deadlines import due_on
from approvals.errors import Blocked
from approvals.models import Case, Pause, Question, Review
from approvals.names import PauseKind
from approvals.question_queries import may_answer, may_ask, may_withdraw
from approvals.signals import question_answered, question_asked
from planning.queries import PolicyMissing, policy
from projects.limits import check_text


def ask(*, case_id: int, actor: User, text: str, section: str = "", review: Review | None = None) -> Question:
    """Ask the unit something without returning the proposal.

    text: at most 2,000 characters; section: code of the section that it is about, or empty; review: the actor's own
    review that it belongs to. Due after the working days of the policy row "question_days". Returns the question; the
    applicant side is told. Raises PermissionDenied, Blocked. Source: peers reference §3.1.
    """
    with transaction.atomic():
        case = Case.locked(case_id)
        if not may_ask(case, actor):
            raise PermissionDenied("questions.ask")
        words = check_text(text)[:2000]
        if not words:
            raise Blocked([_("Write the question.")])
        now = timezone.now()
        question = Question.objects.create(
            project_id=case.pk, review=review, section=section, text=words, asked_by=actor, asked_at=now,
            due_on=due_on(now, policy("question_days")),
        )  # fmt: skip
        _stop_clock(case, actor, now)
        question_asked.send(sender=Question, question=question, case=case)
    return question


def answer(*, question_id: int, actor: User, text: str) -> Question:
    """The unit answers; text: at most 4,000 characters. Whoever waits for it is told.

    Raises PermissionDenied, Blocked (answered or taken back meanwhile, nothing written).
    """
    with transaction.atomic():
        case, question = _locked(question_id)
        if not may_answer(case, actor):
            raise PermissionDenied("projects.reply")
        words = check_text(text)[:4000]
        reasons = [] if question.is_open else [_("The question was answered or taken back meanwhile.")]
        reasons += [] if words else [_("Write the answer.")]
        if reasons:
            raise Blocked(reasons, kept={"comment": text})
        question.answer, question.answered_by, question.answered_at = words, actor, timezone.now()
        question.save(update_fields=["answer", "answered_by", "answered_at"])
        _start_clock(case, actor, question.answered_at)
        question_answered.send(sender=Question, question=question, case=case)
    return question


def withdraw(*, question_id: int, actor: User) -> Question:
    """Take a question back that is not answered yet. Raises PermissionDenied, Blocked."""
    with transaction.atomic():
        case, question = _locked(question_id)
        if not question.is_open:
            raise Blocked([_("The question was answered or taken back meanwhile.")])
        if not may_withdraw(question, actor):
            raise PermissionDenied("questions.ask")
        _close(question, timezone.now())
        _start_clock(case, actor, question.withdrawn_at)
    return question


def close_all(case: Case, actor: User, at: datetime) -> int:
    """Take back what is still open when the case ends or is a draft again; the caller holds the lock."""
    rows = list(case.questions.filter(answered_at=None, withdrawn_at=None))
    for question in rows:
        _close(question, at)
    if rows:
        _start_clock(case, actor, at)
    return len(rows)


def _close(question: Question, at: datetime) -> None:
    question.withdrawn_at = at
    question.save(update_fields=["withdrawn_at"])


def _stops_clock() -> bool:
    """Whether the clock stands while a question is open (policy row "clock"); without the row it runs."""
    try:
        return bool(policy("clock").get("question_pauses"))
    except PolicyMissing:
        return False


def _stop_clock(case: Case, actor: User, at: datetime) -> None:
    """Several open questions are one pause."""
    if _stops_clock() and not case.pauses.filter(kind=PauseKind.QUESTION, ended_at=None).exists():
        Pause.objects.create(project_id=case.pk, kind=PauseKind.QUESTION, started_at=at, started_by=actor)


def _start_clock(case: Case, actor: User, at: datetime | None) -> None:
    """The pause ends with the last open question, whatever the policy says by then."""
    if not case.questions.filter(answered_at=None, withdrawn_at=None).exists():
        case.pauses.filter(kind=PauseKind.QUESTION, ended_at=None).update(ended_at=at, ended_by=actor)


def _locked(question_id: int) -> tuple[Case, Question]:
    project_id = Question.objects.values_list("project_id", flat=True).get(pk=question_id)
    case = Case.locked(project_id)
    return case, Question.objects.select_related("asked_by", "handed_to", "review").get(pk=question_id)
