"""Write notices with the decision they tell of, mail them afterwards, and mark them as read."""

import logging
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import parseaddr

from celery import current_app
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import User
from accounts.policy import holders, require
from accounts.roles import Role
from approvals.models import CarbonCopy, Case, Decision, Waiver
from approvals.step import Step
from notifications.messages import MESSAGES, Payload, mail_of
from notifications.models import Notification
from notifications.names import Event, MessageRole
from notifications.recipients import Telling, of_due_waiver, tellings
from planning.models import Need
from projects.states import State

RELAY = "notifications.tasks.deliver_due"
LEASE = timedelta(seconds=30)  # a row that a relay took is left alone that long
RUN = 18.0  # seconds: a run begins no mail later than this, so that with EMAIL_TIMEOUT it ends within the lease
BATCH = 10  # rows taken at once
MOST_ATTEMPTS = 12
LONGEST_PAUSE = 3600  # seconds
# Still to be done although the case has moved on to that state.
LASTING = {State.ADJUDICATION: {Event.TO_REPLY}}

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
    Notification.objects.bulk_create(fresh.values())
    passage.rows |= fresh
    return sum(1 for notice in fresh.values() if notice.delivered_at is None)


@transaction.atomic
def tell_of_due_waiver(waiver: Waiver) -> int:
    """Tell each person once that a waived item is to be looked at again; returns how many were told.

    Once for every waiver: the notice belongs to the decision that granted it, and one person hears of it once.
    """
    decision = waiver.decision
    if decision is None:
        return 0
    told = of_due_waiver(waiver)
    earlier = Notification.objects.filter(decision=decision, event=told.event)
    heard = set(earlier.values_list("recipient", flat=True))
    people = {person.pk: person for person in told.people if person.pk not in heard}
    rows = [_notice(decision, told, person) for person in people.values()]
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _fresh(decision: Decision, passage: Passage, told: Iterable[Telling]) -> dict[Key, Notification]:
    """One notice per person, the first that fits."""
    fresh: dict[Key, Notification] = {}
    heard = set(passage.actors)
    for telling in told:
        for person in telling.people:
            if person.pk not in heard:
                heard.add(person.pk)
                fresh[person.pk, telling.project.pk] = _notice(decision, telling, person)
    return fresh


def _notice(decision: Decision, telling: Telling, person: User) -> Notification:
    return Notification(
        recipient=person,
        decision=decision,
        project_id=telling.project.pk,
        event=telling.event,
        role=MESSAGES[telling.event].role,
        payload=telling.payload.stored(),
        # Without an address the notice is for the list in the product alone.
        delivered_at=None if _has_mail(person) else timezone.now(),
    )


def tell_of_need(need: Need, actor: User) -> int:
    """Tell whoever wrote a need, and the unit's applicants, how it is met; returns how many were told."""
    unit = holders(Role.APPLICANT, department_id=need.department_id)
    people = {person.pk: person for person in (*unit, need.created_by) if person.is_active and person.pk != actor.pk}
    payload = Payload(need=need.code, mode=need.mode).stored()
    rows = [
        Notification(
            recipient=person, event=Event.NEED_DECIDED, role=MESSAGES[Event.NEED_DECIDED].role, payload=payload,
            delivered_at=None if _has_mail(person) else timezone.now(),
        )
        for person in people.values()
    ]  # fmt: skip
    Notification.objects.bulk_create(rows)
    return len(rows)


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


# --- delivery -------------------------------------------------------------------------------------------------------


def deliver_due(limit: int = 100) -> int:
    """Mail the notices that are due; returns how many were delivered. Safe to run twice and at the same time.

    `limit`: rows taken at most. A row is leased before it is mailed: a relay that dies leaves it to the next one when
    the lease ends, with the same Message-ID. A row that fails pauses 2ⁿ s (at most an hour) and is given up after 12
    attempts; it never holds up the others. Source: reliability reference §B.3, D7–D12.
    """
    delivered, ends = 0, time.monotonic() + RUN
    for size in [BATCH] * (limit // BATCH) + [limit % BATCH]:
        taken = _take(size) if size and time.monotonic() < ends else []
        delivered += _deliver_all(taken, ends)
        if len(taken) < size:
            break
    return delivered


def _take(size: int) -> list[Notification]:
    """Lease up to `size` due rows. SQLite has no row locks: there BEGIN IMMEDIATE lets one relay in at a time."""
    with transaction.atomic(durable=True):
        due = Notification.objects.due().select_for_update(skip_locked=True).order_by("available_at", "pk")
        ids = list(due.values_list("pk", flat=True)[:size])
        if not ids:
            return []
        rows = Notification.objects.filter(pk__in=ids)
        rows.update(available_at=Now() + LEASE, attempts=F("attempts") + 1)
        return list(rows.select_related("recipient", "project__department").order_by("pk"))


def _deliver_all(taken: list[Notification], ends: float) -> int:
    delivered = 0
    for position, notice in enumerate(taken):
        if time.monotonic() > ends:
            left = [row.pk for row in taken[position:]]
            Notification.objects.filter(pk__in=left).update(available_at=Now(), attempts=F("attempts") - 1)
            break
        delivered += _deliver(notice)
    return delivered


def _deliver(notice: Notification) -> int:
    if notice.attempts > MOST_ATTEMPTS:
        return _fail(notice, "The relay ended each time it tried to send this.")
    try:
        if _has_mail(notice.recipient):
            _mail(notice)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with one notice, the others still go out
        return _fail(notice, f"{type(error).__name__}: {error}")
    return _held(notice).update(delivered_at=Now(), last_error="")


def _held(notice: Notification) -> QuerySet[Notification]:
    """The row, as long as nobody else has taken it since: the number of the attempt is the proof of the lease."""
    return Notification.objects.filter(pk=notice.pk, attempts=notice.attempts, delivered_at=None)


def _fail(notice: Notification, error: str) -> int:
    pause = timedelta(seconds=min(2**notice.attempts, LONGEST_PAUSE))
    is_dead = notice.attempts >= MOST_ATTEMPTS
    _held(notice).update(available_at=Now() + pause, is_dead=is_dead, last_error=error[:500])
    log.warning("notice %s not delivered, attempt %s%s: %s", notice.pk, notice.attempts, ", given up" * is_dead, error)
    return 0


def _mail(notice: Notification) -> None:
    text = mail_of(notice)
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2] or "localhost"
    headers = {"Message-ID": f"<notice-{notice.pk}@{domain}>", "Auto-Submitted": "auto-generated"}
    EmailMessage(text.subject, text.body, to=[notice.recipient.email], headers=headers).send()


def _has_mail(person: User) -> bool:
    return bool(person.email) and person.is_active


def retry(pk: int, actor: User) -> bool:
    """Put a notice that was given up back into the outbox, with all its attempts; returns whether it was given up.

    Raises PermissionDenied unless `actor` holds notifications.retry. Source: reliability reference D9.
    """
    require(actor, "notifications.retry")
    given_up = Notification.objects.filter(pk=pk, is_dead=True, delivered_at=None)
    revived = given_up.update(is_dead=False, attempts=0, available_at=Now())
    log.info("notice %s put back by %s", pk, actor.username)
    ring()
    return bool(revived)


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
