"""After a question is committed: ring the doorbell."""

from typing import Any

from django.conf import settings
from django.dispatch import receiver

from projects import tasks
from projects.signals import trial_requested


@receiver(trial_requested, dispatch_uid="projects.start_trial")
def start_trial(trial_id: int, **_kwargs: Any) -> None:
    """With a broker a worker compares; without one this process waits for it."""
    call = tasks.run_trial.delay if settings.CELERY_BROKER_URL else tasks.run_trial
    call(trial_id)
