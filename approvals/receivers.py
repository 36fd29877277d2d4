"""After a step that leaves work behind: ring the doorbell once the step is committed."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import transaction
from django.dispatch import receiver

from approvals import tasks
from approvals.effects import request_screening
from approvals.models import Case
from approvals.signals import run_queued, step_taken
from approvals.step import Step
from portfolio.signals import inventory_changed
from projects.states import ENDINGS


@receiver(step_taken, dispatch_uid="approvals.start_screening")
def start_screening(case: Case, step: Step, **_kwargs: Any) -> None:
    """With a broker a worker screens; without one this process does, after the commit. A sweep finds lost runs."""
    if request_screening not in step.then:
        return
    start_run(case.latest_run.pk)


@receiver(run_queued, dispatch_uid="approvals.start_run")
def start_run(run_id: int, **_kwargs: Any) -> None:
    """The same for a run that no step asked for: the registry changed."""
    call = tasks.screen.delay if settings.CELERY_BROKER_URL else tasks.screen
    _after_commit(lambda: call(run_id))


@receiver(step_taken, dispatch_uid="approvals.move_neighbours")
def move_neighbours(case: Case, step: Step, **_kwargs: Any) -> None:
    """When a project ends, findings against it stop counting, so other cases of the round may be able to move on."""
    if step.target not in ENDINGS or step.source == step.target:
        return
    call = tasks.advance_neighbours.delay if settings.CELERY_BROKER_URL else tasks.advance_neighbours
    _after_commit(lambda: call(case.pk))


@receiver(inventory_changed, dispatch_uid="approvals.rescreen_affected")
def rescreen_affected(**_kwargs: Any) -> None:
    """Sent after the commit. Which systems changed is in the search index, so a lost call is made good by the sweep."""
    call = tasks.rescreen_affected.delay if settings.CELERY_BROKER_URL else tasks.rescreen_affected
    call()


def _after_commit(ring: Callable[[], Any]) -> None:
    """What is committed stays, whatever becomes of the doorbell: a sweep does its work later.

    A function and not a partial: Django names the callback when it logs a failure, and a partial has no name.
    """
    transaction.on_commit(ring, robust=True)
