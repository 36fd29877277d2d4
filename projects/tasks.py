"""Celery tasks: each calls one service, and is safe to run twice."""

from celery import shared_task

from projects import trials
from projects.services import overlaps

A_NIGHT = 6 * 3600  # seconds: every system is compared with every other


@shared_task(name="projects.tasks.report_overlaps", time_limit=A_NIGHT)
def report_overlaps() -> None:
    """Compare all existing systems with each other."""
    overlaps.report_overlaps()


@shared_task(name="projects.tasks.run_trial")
def run_trial(trial_id: int) -> None:
    """Find out what other thresholds or synonyms would change."""
    trials.execute(trial_id)
