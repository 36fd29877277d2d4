"""Write notices with what they tell of, have the outbox drained afterwards, and mark notices as read."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field

from celery import current_app
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import User
from accounts.policy import holders, require
from accounts.roles import Role
from accounts.substitutions import substitutes_today
from approvals.models import CarbonCopy, Case, Decision, Waiver
from approvals.step import Step
from notifications.messages import MESSAGES, Payload
from notifications.models import Notification
from notifications.names import Event, MessageRole
from notifications.queries import OUTBOXES
from notifications.recipients import Telling, of_due_waiver, tellings
from notifications.relay import deliver_due, has_mail
from notifications.routing import hand_on, route
from planning.models import Need
from projects.states import State

RELAY = "notifications.tasks.deliver_due"
# Still to be done although the case has moved on to that state.
LASTING = {State.ADJUDICATION: {Event.TO_REPLY}}
# What is asked of a person alone: nobody else exercises an expert's judgement, reads a copy or stands in twice.
IN_PERSON = frozenset(
    {Event.TO_ADVISE, Event.COPIED, Event.INVITED, Event.INVITATION_CLOSED, Event.SUBSTITUTE, Event.NEED_DECIDED}
)

Key = tuple[int, int | None]  # who, about which project
log = logging.getLogger(__name__)


# --- writing --------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Passage:
    """What one passage through the door has told so far: system steps follow a person's step in one transaction."""

    actors: set[int] = field(default_factory=set)
    rows: dict[Key, Notification] = field(default_factory=dict)


def announce(decision: Decision, case: Case, step: Step) -> int:
    """Write one notice per person who is to hear of `step`, in the transaction of the step.

    `decision`: the row just written. `case`: as the step left it; the same object for all steps of one passage through
    the door. Returns how many of the notices wait to be mailed. Nobody who acted is told; a person hears once of where
    a project has landed, and what a later system step has overtaken is taken back. Source: reliability reference P4,
    design §3 *The door*.
    """
    passage = vars(case).setdefault("passage", Passage())
    passage.actors.add(decision.actor_id)
    fresh = _fresh(decision, passage, tellings(decision, case, step))
    _take_back(passage, fresh, State(case.state) if decision.source != decision.target else None)
    passage.rows |= fresh
    return _write(list(fresh.values()))


def _write(rows: list[Notification]) -> int:
    """Store notices and what the channels are told of them; returns how many mails and posts wait."""
    Notification.objects.bulk_create(rows)
    return route(rows) + sum(1 for notice in rows if notice.delivered_at is None)


@transaction.atomic
def tell(told: Telling, *, decision: Decision | None = None, without: Iterable[int] = ()) -> int:
    """Tell people of something that is no step: an urge, a question, a meeting, a deadline. Rings after the commit.

    told: the event, the people and the project (None: of no project). decision: what the notice belongs to; a person
    hears of one event of one decision once, however often this is called. without: ids of those who are not told, such
    as whoever acts. Returns how many people are told.
    """
    heard = set(without)
    if decision is not None:
        earlier = Notification.objects.filter(decision=decision, event=told.event)
        heard |= set(earlier.values_list("recipient", flat=True))
    everybody = with_stand_ins(told, substitutes_today(person.pk for person in told.people))
    people = {person.pk: person for person in everybody if person.pk not in heard and person.is_active}
    try:
        with transaction.atomic():
            waiting = _write([_notice(decision, told, person) for person in people.values()])
    except IntegrityError:  # told at the same time by another sweep
        return 0
    if waiting:
        ring()
    return len(people)


def tell_of_due_waiver(waiver: Waiver) -> int:
    """Tell each person once that a waived item is to be looked at again; returns how many were told.

    Once for every waiver: the notice belongs to the decision that granted it, and one person hears of it once.
    """
    return 0 if waiver.decision is None else tell(of_due_waiver(waiver), decision=waiver.decision)


def _fresh(decision: Decision, passage: Passage, told: Iterable[Telling]) -> dict[Key, Notification]:
    """One notice per person, the first that fits."""
    fresh: dict[Key, Notification] = {}
    heard, all_told = set(passage.actors), list(told)
    stand_ins = substitutes_today(person.pk for telling in all_told for person in telling.people)
    for telling in all_told:
        for person in with_stand_ins(telling, stand_ins):
            if person.pk not in heard:
                heard.add(person.pk)
                fresh[person.pk, telling.project.pk if telling.project else None] = _notice(decision, telling, person)
    return fresh


def with_stand_ins(telling: Telling, stand_ins: dict[int, User]) -> list[User]:
    """Whoever is told, and who stands in for them today; what is asked of a person alone stays theirs."""
    if telling.event in IN_PERSON:
        return telling.people
    return [*telling.people, *(stand_ins[person.pk] for person in telling.people if person.pk in stand_ins)]


def _notice(decision: Decision | None, telling: Telling, person: User) -> Notification:
    return Notification(
        recipient=person,
        decision=decision,
        project_id=telling.project.pk if telling.project else None,
        event=telling.event,
        role=MESSAGES[telling.event].role,
        payload=telling.payload.stored(),
        # Without an address the notice is for the list in the product alone.
        delivered_at=None if has_mail(person) else timezone.now(),
    )


def tell_of_need(need: Need, actor: User) -> int:
    """Tell whoever wrote a need, and the unit's applicants, how it is met; returns how many were told."""
    unit = holders(Role.APPLICANT, department_id=need.department_id)
    people = {person.pk: person for person in (*unit, need.created_by) if person.is_active and person.pk != actor.pk}
    payload = Payload(need=need.code, mode=need.mode)
    return tell(Telling(Event.NEED_DECIDED, list(people.values()), None, payload))


def _take_back(passage: Passage, fresh: dict[Key, Notification], arrived: State | None) -> None:
    """Delete what this passage told and has overtaken: replaced rows and, after a move, duties of the old state."""
    lasting = LASTING.get(arrived, set()) if arrived else set()
    overtaken = [
        key
        for key, row in passage.rows.items()
        if key in fresh or (arrived and row.role == MessageRole.ACT and row.event not in lasting)
    ]
    if overtaken:
        rows = [passage.rows.pop(key) for key in overtaken]
        hand_on(rows, passage.rows.values())
        Notification.objects.filter(pk__in=[row.pk for row in rows]).delete()


def ring() -> None:
    """Have the outbox drained once the transaction is committed: by a worker, or without a broker by this process.

    Once per transaction, however many steps it takes. A doorbell that does not ring loses nothing: the outbox is swept.
    """
    waiting = [call for _savepoints, call, _robust in transaction.get_connection().run_on_commit]
    if _wake not in waiting:
        transaction.on_commit(_wake, robust=True)


def _wake() -> None:
    if settings.CELERY_BROKER_URL:
        current_app.send_task(RELAY, retry=False)
    else:
        deliver_due()


# --- what was given up ----------------------------------------------------------------------------------------------


def retry(kind: str, pk: int, actor: User) -> bool:
    """Put a row that was given up back into its outbox, with all its attempts; returns whether it was given up.

    kind: a key of queries.OUTBOXES. Raises PermissionDenied unless `actor` holds notifications.retry. Source:
    reliability reference D9.
    """
    return bool(_revive(kind, OUTBOXES[kind].objects.filter(pk=pk), actor))


def retry_all(kind: str, error: str, actor: User) -> int:
    """The same for every row that was given up with the same last error; returns how many."""
    return _revive(kind, OUTBOXES[kind].objects.filter(last_error=error), actor)


def _revive(kind: str, rows: QuerySet, actor: User) -> int:
    require(actor, "notifications.retry")
    given_up = rows.filter(is_dead=True, delivered_at=None)
    revived = given_up.update(is_dead=False, attempts=0, available_at=Now())
    log.info("%s: %s put back by %s", kind, revived, actor.username)
    ring()
    return revived


# --- reading --------------------------------------------------------------------------------------------------------


@transaction.atomic
def mark_read(notice: Notification) -> None:
    """Mark one notice as read by its recipient and, where it brings a copy, the copy too (已阅)."""
    _mark(Notification.objects.filter(pk=notice.pk), notice.recipient_id)


@transaction.atomic
def mark_all_read(actor: User) -> int:
    """Mark every notice of `actor` as read, and the copies they bring; returns how many notices were unread."""
    return _mark(Notification.objects.filter(recipient=actor), actor.pk)


def _mark(notices: QuerySet[Notification], recipient_id: int) -> int:
    now, unread = timezone.now(), notices.filter(read_at=None)
    decisions = unread.filter(decision__isnull=False).values("decision")
    CarbonCopy.objects.filter(user=recipient_id, read_at=None, decision__in=decisions).update(read_at=now)
    return unread.update(read_at=now)
