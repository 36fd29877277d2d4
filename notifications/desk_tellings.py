"""Who is told of what people do around a case: reminders, copies, questions, substitutions, work handed over."""

from accounts.models import Substitution, User
from approvals.models import CarbonCopy, Case, Question, Urge
from notifications.messages import Payload
from notifications.names import Event
from notifications.recipients import Telling, applicants


def of_urge(urge: Urge, case: Case) -> Telling:
    """Whoever holds the case, by name of who reminds them."""
    payload = Payload(state=case.state, person=urge.by.username)
    return Telling(Event.URGED, list(urge.people.all()), case, payload)


def of_copies(copies: list[CarbonCopy], case: Case, actor: User) -> Telling:
    """Whoever gets a copy."""
    payload = Payload(state=case.state, person=actor.username)
    return Telling(Event.COPIED, [copy.user for copy in copies], case, payload)


def of_question(question: Question, case: Case) -> Telling:
    """The applicant side, with the day until which an answer is asked for."""
    payload = Payload(state=case.state, person=question.asked_by.username, due_on=str(question.due_on or ""))
    return Telling(Event.ASKED, applicants(case), case, payload)


def of_answer(question: Question, case: Case) -> Telling:
    """Whoever waits for the answer."""
    return Telling(Event.QUESTION_ANSWERED, [question.keeper], case, Payload(state=case.state))


def of_handed_question(question: Question, case: Case, actor: User) -> Telling:
    """Whoever waits for the answer from now on."""
    payload = Payload(state=case.state, person=actor.username)
    return Telling(Event.HANDED_OVER, [question.keeper], case, payload)


def of_substitution(row: Substitution) -> Telling:
    """The substitute: for whom, and until when."""
    payload = Payload(person=row.principal.username, until=row.last_day.isoformat())
    return Telling(Event.SUBSTITUTE, [row.substitute], None, payload)
