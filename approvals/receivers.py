"""After a step that leaves work behind: ring the doorbell once the step is committed."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.signals import request_finished
from django.db import transaction
from django.dispatch import receiver

from accounts.models import User
from approvals import escalation, tasks
from approvals.effects import request_screening, screen_or_carry
from approvals.invitation_services import close_open
from approvals.models import Case, Decision
from approvals.question_services import close_all
from approvals.seeing import note_seen
from approvals.signals import run_queued, step_taken
from approvals.step import Step
from portfolio.signals import inventory_changed
from projects.models import Project
from projects.signals import version_shown
from projects.states import ENDINGS, RunStatus, State


@receiver(step_taken, dispatch_uid="approvals.start_screening")
def start_screening(case: Case, step: Step, **_kwargs: Any) -> None:
    """With a broker a worker screens; without one this process does, after the commit. A sweep finds lost runs."""
    if not {request_screening, screen_or_carry} & set(step.then) or case.latest_run.status != RunStatus.QUEUED:
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


@receiver(step_taken, dispatch_uid="approvals.close_questions")
def close_questions(decision: Decision, case: Case, step: Step, **_kwargs: Any) -> None:
    """A case that has ended or is a draft again waits for no answer, and no pause runs on in it."""
    if step.target in ENDINGS | {State.DRAFT} and step.source != step.target:
        close_all(case, decision.actor, decision.taken_at)


@receiver(inventory_changed, dispatch_uid="approvals.rescreen_affected")
def rescreen_affected(**_kwargs: Any) -> None:
    """Sent after the commit. Which systems changed is in the search index, so a lost call is made good by the sweep."""
    call = tasks.rescreen_affected.delay if settings.CELERY_BROKER_URL else tasks.rescreen_affected
    call()


@receiver(request_finished, dispatch_uid="approvals.climb_without_a_scheduler")
def climb_without_a_scheduler(**_kwargs: Any) -> None:
    """Where no beat runs, the process that has just answered somebody looks for overdue steps, four times an hour.

    After the answer, so that nobody waits for it; two processes at once write each rung once all the same.
    """
    if settings.SWEEPS_IN_PROCESS:
        escalation.climb_now_and_then()


@receiver(step_taken, dispatch_uid="approvals.close_invitations")
def close_invitations(case: Case, step: Step, **_kwargs: Any) -> None:
    """When a case has ended, outside experts who were still asked lose sight of it in the same transaction."""
    if step.target in ENDINGS and step.source != step.target:
        close_open(case)


@receiver(version_shown, dispatch_uid="approvals.remember_seen")
def remember_seen(project: Project, user: User, **_kwargs: Any) -> None:
    """What somebody has read of a proposal is where their next comparison begins."""
    note_seen(project, user)


def _after_commit(ring: Callable[[], Any]) -> None:
    """What is committed stays, whatever becomes of the doorbell: a sweep does its work later.

    A function and not a partial: Django names the callback when it logs a failure, and a partial has no name.
    """
    transaction.on_commit(ring, robust=True)
