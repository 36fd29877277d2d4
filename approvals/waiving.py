"""Look after waivers by the calendar: those that ran out end, those to be looked at again are told of."""

from django.utils import timezone

from approvals.models import Waiver
from approvals.obligations import ALIVE, due_now
from approvals.services import advance
from approvals.signals import waiver_due
from approvals.workflow import WAIVABLE


def lapse_waivers() -> int:
    """Let the workflow end waivers whose last day has passed; returns how many. Safe to repeat and to run twice.

    Before the approval the item blocks again; afterwards it is an obligation (approvals.waiver_effects).
    """
    over = Waiver.objects.filter(ended_at=None, expires_on__lt=timezone.localdate(), project__state__in=WAIVABLE)
    keys = list(over.values_list("pk", flat=True))
    for project_id in sorted(set(over.values_list("project_id", flat=True))):
        advance(project_id)
    return Waiver.objects.filter(pk__in=keys, outcome="expired").count()


def remind() -> int:
    """Send `waiver_due` for every waiver whose day to be looked at again has come; returns how many there are.

    Whoever listens tells each person once, however often this runs.
    """
    due = due_now().filter(project__state__in=ALIVE)
    rows = list(due.select_related("item", "project__department", "decision").order_by("expires_on", "pk"))
    for waiver in rows:
        waiver_due.send(sender=Waiver, waiver=waiver)
    return len(rows)


def look_after() -> None:
    """Both, once."""
    lapse_waivers()
    remind()
