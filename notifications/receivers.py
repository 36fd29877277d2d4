"""A step was taken: write its notices in the same transaction and ring the doorbell."""

from typing import Any

from django.dispatch import receiver

from accounts.models import User
from approvals.models import Case, DeadlineMove, Decision, Invitation, Meeting, MeetingItem, Rung, Waiver
from approvals.signals import (
    deadline_moved,
    invitation_moved,
    meeting_called,
    rung_reached,
    signature_due,
    step_taken,
    waiver_due,
)
from approvals.step import Step
from notifications import clock_tellings, expert_tellings, services
from notifications.messages import Payload
from notifications.names import Event
from notifications.recipients import Telling
from planning.models import Need
from projects.signals import need_decided


@receiver(step_taken, dispatch_uid="notifications.announce")
def announce(decision: Decision, case: Case, step: Step, **_kwargs: Any) -> None:
    """A notice that cannot be written undoes the step: no decision without notices, no notice without decision."""
    if services.announce(decision, case, step):
        services.ring()


@receiver(waiver_due, dispatch_uid="notifications.tell_of_due_waiver")
def tell_of_due_waiver(waiver: Waiver, **_kwargs: Any) -> None:
    """Each person once, however often the sweep finds the waiver."""
    services.tell_of_due_waiver(waiver)


@receiver(need_decided, dispatch_uid="notifications.tell_of_need")
def tell_of_need(need: Need, actor: User, **_kwargs: Any) -> None:
    """The unit hears how its need is met, in the transaction of the decision."""
    services.tell_of_need(need, actor)


@receiver(deadline_moved, dispatch_uid="notifications.tell_of_moved_deadline")
def tell_of_moved_deadline(move: DeadlineMove, case: Case, **_kwargs: Any) -> None:
    """In the transaction of the import: no deadline moves without a word."""
    services.tell(clock_tellings.of_moved_deadline(move, case))


@receiver(rung_reached, dispatch_uid="notifications.tell_of_rung")
def tell_of_rung(rung: Rung, case: Case, tellings: list[tuple[str, list[User]]], **_kwargs: Any) -> None:
    """In the transaction that writes the rung: each rung is told once."""
    for telling in clock_tellings.of_rung(rung, case, tellings):
        services.tell(telling)


@receiver(invitation_moved, dispatch_uid="notifications.tell_of_invitation")
def tell_of_invitation(invitation: Invitation, what: str, **_kwargs: Any) -> None:
    """In the transaction of the invitation, its answer or its end."""
    services.tell(expert_tellings.of_invitation(invitation, what))


@receiver(meeting_called, dispatch_uid="notifications.tell_of_meeting")
def tell_of_meeting(meeting: Meeting, items: list[MeetingItem], **_kwargs: Any) -> None:
    """The units hear that their projects are on an agenda, and when the day is moved."""
    for telling in expert_tellings.of_meeting(meeting, items):
        services.tell(telling, without=[meeting.called_by_id])


@receiver(signature_due, dispatch_uid="notifications.tell_signers")
def tell_signers(case: Case, people: list[User], decision: Decision | None, **_kwargs: Any) -> None:
    """Whose turn to sign has come; who was asked for a view, or has one back, hears it in other words."""
    if decision is not None and decision.action in {"seat_delegate", "seat_give_back"}:
        return
    person = decision.actor.username if decision is not None else ""
    payload = Payload(state=case.state, person=person)
    services.tell(Telling(Event.TO_SIGN, people, case, payload), decision=decision)
