"""Celery tasks: each takes ids, calls one service, and is safe to run twice."""

from celery import shared_task

from approvals import escalation, rescreening, screening_services, seat_services, waiving


@shared_task(name="approvals.tasks.screen")
def screen(run_id: int) -> None:
    """Screen one version and move its case on."""
    screening_services.screen_and_advance(run_id)


@shared_task(name="approvals.tasks.advance_neighbours")
def advance_neighbours(project_id: int) -> None:
    """Move on cases that waited because of a project that has ended."""
    screening_services.advance_neighbours(project_id)


@shared_task(name="approvals.tasks.resume_screenings")
def resume_screenings() -> None:
    """Take up screenings whose doorbell was lost or whose worker died."""
    screening_services.resume_all()


@shared_task(name="approvals.tasks.lapse_corrections")
def lapse_corrections() -> None:
    """Withdraw cases whose time for correction has run out."""
    screening_services.lapse_all()


@shared_task(name="approvals.tasks.rescreen_affected")
def rescreen_affected() -> None:
    """Screen again the open cases that a change of the registry may concern."""
    rescreening.rescreen_affected()


@shared_task(name="approvals.tasks.look_after_waivers")
def look_after_waivers() -> None:
    """End waivers that have run out and tell of those to be looked at again."""
    waiving.look_after()


@shared_task(name="approvals.tasks.climb")
def climb() -> None:
    """Tell of deadlines that are near or have passed; never decides anything."""
    escalation.climb()


@shared_task(name="approvals.tasks.free_seats")
def free_seats() -> None:
    """Free the open seats of people who have left."""
    seat_services.sweep()
