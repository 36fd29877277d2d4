"""A step was taken: write its notices in the same transaction and ring the doorbell."""

from typing import Any

from django.dispatch import receiver

from accounts.models import User
from approvals.models import Case, Decision, Waiver
from approvals.signals import step_taken, waiver_due
from approvals.step import Step
from notifications import services
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
    if services.tell_of_due_waiver(waiver):
        services.ring()


@receiver(need_decided, dispatch_uid="notifications.tell_of_need")
def tell_of_need(need: Need, actor: User, **_kwargs: Any) -> None:
    """The unit hears how its need is met, in the transaction of the decision."""
    if services.tell_of_need(need, actor):
        services.ring()
