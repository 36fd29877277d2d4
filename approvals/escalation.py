"""Climb the escalation ladder of overdue steps: each rung once, however many schedulers run. Nothing is decided."""

import logging
from collections.abc import Iterator
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.policy import allows
from accounts.roles import Role
from approvals.clock import Deadline
from approvals.clocks import TIMED, Rules, clock_of, clocks_of, day_of
from approvals.models import Case, Rung
from approvals.offers import holders_now
from approvals.signals import rung_reached
from approvals.standing import people_for
from approvals.step import Step
from planning.clock_rows import WHOM
from planning.queries import Timeline
from projects.models import Project
from projects.states import State

MOST = 20  # people told of one rung by audience
PAUSE = 15 * 60  # seconds between sweeps where no scheduler runs
KEY = "approvals.escalation.swept"
log = logging.getLogger(__name__)
Ladder = list[dict[str, Any]]
Audience = list[tuple[str, list[User]]]


def climb() -> int:
    """Write the rungs that open cases have reached and tell the people they name; returns how many rungs.

    Safe to repeat and to run at the same time: a rung of a stay is one row (rung_once_per_stay), written under the lock
    of its case together with the notices. A clock that stands climbs nothing; of the applicant's own time for
    correction only the applicant is reminded. No state changes, ever. Source: policy row "escalation".
    """
    rules, ladders = Rules.read(), Timeline("escalation")
    if not rules.calendar.is_workday(timezone.localdate()):
        return 0
    cases = list(Project.objects.filter(state__in=TIMED))
    clocks = clocks_of(cases, rules)
    known = set(Rung.objects.filter(project__in=cases).values_list("project", "stage", "state_since", "percent"))
    made = 0
    for case in cases:
        for rung in reached(case, clocks[case.pk], ladders.on(day_of(case.state_since))):
            if (case.pk, case.state, case.state_since, rung["percent"]) not in known:
                made += _climb_one(case.pk, rules, ladders)
                break
    return made


def reached(project: Project, clock: Deadline, ladder: Ladder) -> Iterator[dict[str, Any]]:
    """The rungs of a ladder that a clock has reached, the highest first."""
    if clock.paused:
        return
    for rung in sorted(ladder, key=lambda one: -one["percent"]):
        is_own = project.state != State.CORRECTION or not (rung["head"] or rung["manager"])
        if is_own and clock.has_reached(rung["percent"]):
            yield rung


@transaction.atomic
def _climb_one(project_id: int, rules: Rules, ladders: Timeline) -> int:
    """The same for one case, looked at again under its lock. A person is told by the highest rung that names them."""
    case = Case.locked(project_id)
    if case.state not in TIMED:
        return 0
    clock, heard, made, now = clock_of(case, rules), set(), 0, timezone.now()
    for rung in list(reached(case, clock, ladders.on(day_of(case.state_since)))):
        row, is_new = Rung.objects.get_or_create(
            project_id=case.pk, stage=case.state, state_since=case.state_since, percent=rung["percent"],
            defaults={"due_on": clock.due, "reached_at": now},
        )  # fmt: skip
        if is_new:
            made += 1
            told = [(name, [one for one in people if one.pk not in heard]) for name, people in audiences(case, rung)]
            heard |= {one.pk for _name, people in told for one in people}
            row.people.set({one.pk for _name, people in told for one in people})
            rung_reached.send(sender=Rung, rung=row, case=case, tellings=told)
    return made


def audiences(case: Case, rung: dict[str, Any]) -> Audience:
    """Whom a rung names: holder, head of the holder's unit, manager. Nobody who may not see the case.

    A unit without a head, or with one who may not see the case, is stood in for by the manager.
    """
    holding = holders_now(case)[:MOST]
    managers = people_for(case, Step(State(case.state), "", State(case.state), (Role.MANAGER,), ""), limit=MOST)
    heads = [
        head for person in holding if (head := _head_of(person)) and head not in holding
        if head.is_active and allows(head, "projects.view", case)
    ]  # fmt: skip
    named = {"holder": holding, "head": heads or managers, "manager": managers}
    return [(name, list(dict.fromkeys(named[name]))) for name in WHOM if rung[name]]


def _head_of(person: User) -> User | None:
    return person.department.head if person.department else None


def climb_now_and_then() -> int:
    """The same where no scheduler runs: at most every PAUSE seconds, and a failure is logged, never passed on."""
    if not cache.add(KEY, 1, PAUSE):
        return 0
    try:
        return climb()
    except Exception:
        log.exception("the escalation sweep failed")
        return 0
