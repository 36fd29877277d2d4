"""A step was taken: write its notices in the same transaction and ring the doorbell."""

from typing import Any

from django.dispatch import receiver

from approvals.models import Case, Decision
from approvals.signals import step_taken
from approvals.step import Step
from notifications import services


@receiver(step_taken, dispatch_uid="notifications.announce")
def announce(decision: Decision, case: Case, step: Step, **_kwargs: Any) -> None:
    """A notice that cannot be written undoes the step: no decision without notices, no notice without decision."""
    if services.announce(decision, case, step):
        services.ring()
