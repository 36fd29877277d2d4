"""Carry out screenings and other work that nobody clicks, then let the system steps follow."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from approvals.models import CorrectionNotice
from approvals.rescreening import watch
from approvals.services import advance
from projects.models import Finding, Project, ScreeningRun
from projects.screening import execute
from projects.states import RunStatus, State

HANGING_AFTER = timedelta(minutes=10)  # a run that is older than this has lost its worker
WAITING_AFTER = timedelta(seconds=20)  # a queued run older than this has lost its doorbell


def screen_and_advance(run_id: int) -> str:
    """Execute the run `run_id` and take the system steps it opens; returns the case's state. Safe to repeat."""
    watch(run_id)
    run = execute(run_id)
    state = advance(run.project_id)
    # The run may have settled or raised findings of other projects of the round; theirs may be able to move now.
    mirrored = Project.objects.filter(ref__in=run.record.get("mirrored_on") or [])
    for project_id in mirrored.order_by("pk").values_list("pk", flat=True):
        advance(project_id)
    return state


def advance_neighbours(project_id: int) -> int:
    """After a project has ended: move on cases that only waited because of it; returns how many were looked at."""
    waiting = Finding.objects.filter(other_project_id=project_id, is_current=True).exclude(project_id=project_id)
    ids = sorted(set(waiting.values_list("project_id", flat=True)))
    for neighbour in ids:
        advance(neighbour)
    return len(ids)


def resume_all() -> int:
    """Execute runs that wait too long or hang; returns how many were taken up."""
    now = timezone.now()
    waiting = Q(status=RunStatus.QUEUED, requested_at__lt=now - WAITING_AFTER)
    hanging = Q(status=RunStatus.RUNNING, started_at__lt=now - HANGING_AFTER)
    ids = list(ScreeningRun.objects.filter(waiting | hanging).values_list("pk", flat=True))
    for run_id in ids:
        screen_and_advance(run_id)
    return len(ids)


def lapse_all() -> int:
    """Let the workflow withdraw cases whose correction deadline and grace have passed; returns how many moved."""
    due = CorrectionNotice.objects.filter(
        closed_at=None, lapses_on__lt=timezone.localdate(), project__state=State.CORRECTION
    )
    moved = 0
    for project_id in list(due.values_list("project_id", flat=True)):
        moved += advance(project_id) != State.CORRECTION
    return moved
