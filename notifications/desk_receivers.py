"""Somebody did something around a case: write the notices in the same transaction."""

from typing import Any

from django.dispatch import receiver

from accounts.models import Substitution, User
from accounts.signals import substitution_arranged
from approvals import signals
from approvals.models import CarbonCopy, Case, Question, Urge
from notifications import desk_tellings, services


@receiver(signals.case_urged, dispatch_uid="notifications.tell_of_urge")
def tell_of_urge(urge: Urge, case: Case, **_kwargs: Any) -> None:
    """Whoever holds the case, in the transaction of the reminder."""
    services.tell(desk_tellings.of_urge(urge, case))


@receiver(signals.case_copied, dispatch_uid="notifications.tell_of_copies")
def tell_of_copies(copies: list[CarbonCopy], case: Case, actor: User, **_kwargs: Any) -> None:
    """Whoever gets a copy; opening the notice is its receipt."""
    services.tell(desk_tellings.of_copies(copies, case, actor), decision=copies[0].decision)


@receiver(signals.question_asked, dispatch_uid="notifications.tell_of_question")
def tell_of_question(question: Question, case: Case, **_kwargs: Any) -> None:
    """The unit."""
    services.tell(desk_tellings.of_question(question, case))


@receiver(signals.question_answered, dispatch_uid="notifications.tell_of_answer")
def tell_of_answer(question: Question, case: Case, **_kwargs: Any) -> None:
    """Whoever waits for the answer."""
    services.tell(desk_tellings.of_answer(question, case))


@receiver(signals.question_handed_over, dispatch_uid="notifications.tell_of_handed_question")
def tell_of_handed_question(question: Question, actor: User, **_kwargs: Any) -> None:
    """Whoever waits for it from now on."""
    case = Case.objects.select_related("department").get(pk=question.project_id)
    services.tell(desk_tellings.of_handed_question(question, case, actor), without=[actor.pk])


@receiver(substitution_arranged, dispatch_uid="notifications.tell_of_substitution")
def tell_of_substitution(substitution: Substitution, **_kwargs: Any) -> None:
    """The substitute, in the transaction of the arrangement."""
    services.tell(desk_tellings.of_substitution(substitution))
