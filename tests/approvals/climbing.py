"""Real processes that climb the escalation ladder at the same instant; started by test_escalation_races.py.

    python -m tests.approvals.climbing PROCESSES CASES

Prints one JSON object: how many rungs each process wrote, and what the database holds afterwards.
"""

import json
import sys
from datetime import timedelta

from tests.approvals import racing  # sets Django up; before the rest

from django.db import connections  # isort: skip
from django.utils import timezone  # isort: skip

from approvals import escalation  # isort: skip
from approvals.models import Rung  # isort: skip
from notifications.models import Notification  # isort: skip
from planning.working_days import Calendar  # isort: skip
from projects.models import Project  # isort: skip
from projects.states import State  # isort: skip
from tests.cast import make_case, make_city  # isort: skip
from tests.guards_off import drop_guards  # isort: skip


def main(processes: int, cases: int) -> dict:
    """Cases that are long overdue, and as many schedulers as processes."""
    city = make_city()
    for number in range(cases):
        make_case(city, State.INTAKE, ref=f"R{number:02}")
    drop_guards()
    Project.objects.update(state_since=timezone.now() - timedelta(days=60))
    Notification.objects.all().delete()
    plain, today = Calendar.is_workday, timezone.localdate()
    Calendar.is_workday = lambda self, day: day == today or plain(self, day)  # the race runs on any day
    connections.close_all()
    answers = racing.race(lambda _number, _task: escalation.climb(), [None, None], processes)
    rungs = list(Rung.objects.values_list("project__ref", "percent"))
    told = list(Notification.objects.values_list("recipient__username", "project__ref", "event"))
    return {"answers": answers, "rungs": rungs, "told": told}


if __name__ == "__main__":
    json.dump(main(int(sys.argv[1]), int(sys.argv[2])), sys.stdout)
