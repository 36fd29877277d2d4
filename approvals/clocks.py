"""The clocks of cases: the stored facts of many cases in a constant number of queries, and what follows of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import prefetch_related_objects
from django.utils import timezone

from accounts.reading import once
from approvals.clock import ClockFacts, Deadline, Stop, compute
from approvals.names import PauseKind
from planning.queries import Timeline, timelines, working_calendar
from planning.working_days import Calendar
from projects.models import Project
from projects.states import ENDINGS, State

if TYPE_CHECKING:
    from approvals.models import Decision, Pause

# States in which the office has the case, so that its clock runs; in the other two it lies with a department.
OFFICE = (State.INTAKE, State.SCREENING, State.REVIEW, State.ADJUDICATION, State.EXPERT_REVIEW, State.DECISION)
TIMED = (State.ENDORSEMENT, *OFFICE, State.CORRECTION)
PROCEDURE = "procedure"  # the legal limit of the whole way from the receipt to the decision


def day_of(moment: datetime) -> date:
    """The day in the city."""
    return timezone.localtime(moment).date()


@dataclass(frozen=True)
class Rules:
    """What the policy rows said on every day, and the calendar; three queries."""

    calendar: Calendar
    limits: Timeline
    legal: Timeline
    clock: Timeline

    @classmethod
    def read(cls, calendar: Calendar | None = None) -> "Rules":
        """The rules as they are stored now; calendar: another one, to see what it would change."""
        rows = timelines("limits", "legal_limits", "clock")
        return cls(calendar or working_calendar(), rows["limits"], rows["legal_limits"], rows["clock"])

    def on(self, calendar: Calendar) -> "Rules":
        """The same rules on another calendar."""
        return replace(self, calendar=calendar)


def clocks_of(
    projects: Iterable[Project], rules: Rules | None = None, today: date | None = None
) -> dict[int, Deadline]:
    """The clock of the present state of each case, by key; five queries, however many cases there are.

    rules: read already, where the caller needs them too. today: another day than this one, for a test or an outlook.
    """
    rows = list(projects)
    known = rules or Rules.read()
    prefetch_related_objects(rows, "pauses__started_by", "extensions")
    day = today or timezone.localdate()
    return {row.pk: compute(facts_of(row, known, day), known.calendar) for row in rows}


def clock_of(project: Project, rules: Rules | None = None) -> Deadline:
    """The clock of the present state of one case, from what is stored now."""
    return once(("clock", project.pk), lambda: _clock_of(project, rules))


def _clock_of(project: Project, rules: Rules | None) -> Deadline:
    known = rules or Rules.read()
    for name in ("pauses", "extensions"):
        vars(project).get("_prefetched_objects_cache", {}).pop(name, None)
    return compute(facts_of(project, known, timezone.localdate()), known.calendar)


def shown(project: Project, clock: Deadline) -> dict[str, Any]:
    """The clock as components/_due.html takes it: {days, date, paused, provisional}; days None without a limit.

    provisional: the years whose notice is missing, empty when the date is settled.

    While the applicant corrects, the office's clock stands, and the date is the applicant's own.
    """
    return {
        "days": clock.remaining,
        "date": clock.due,
        "paused": clock.paused or project.state == State.CORRECTION,
        "provisional": clock.years if clock.due else (),
    }


def facts_of(project: Project, rules: Rules, today: date) -> ClockFacts:
    """The facts of the present state. The limits are those that held on the day on which it began, and stay."""
    since, state = project.state_since, project.state
    start = day_of(since)
    extended = [row.days for row in project.extensions.all() if (row.stage, row.state_since) == (state, since)]
    return ClockFacts(
        received_on=start, today=today, norm=rules.limits.on(start).get(state), legal=rules.legal.on(start).get(state),
        stops=stops_in(project.pauses.all(), rules, since), extension=sum(extended),
        ended_on=start if state in ENDINGS else None,
    )  # fmt: skip


def stops_in(pauses: Iterable["Pause"], rules: Rules, since: datetime) -> tuple[Stop, ...]:
    """The pauses that reach into a time that began at `since`.

    A question stops the clock where the policy row says so; a suspension always does. That the applicant corrects is no
    stored pause but a state of the case, so the two cannot disagree.
    """
    counted = {PauseKind.SUSPENDED}
    if rules.clock.on(day_of(since)).get("question_pauses"):
        counted.add(PauseKind.QUESTION)
    return tuple(
        Stop(
            day_of(row.started_at), day_of(row.ended_at) if row.ended_at else None, row.kind, row.reason,
            row.started_by.label,
        )
        for row in pauses
        if row.kind in counted and (row.ended_at is None or row.ended_at > since)
    )  # fmt: skip


# --- the whole procedure ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Stay:
    """A stay of the case in one state. until: None for the present one."""

    state: str
    since: datetime
    until: datetime | None


def stays(decisions: Sequence["Decision"]) -> list[Stay]:
    """The states that a case went through, in their order, by its decisions (by seq)."""
    moves = [row for row in decisions if row.source != row.target]
    ends: list[Any] = [*moves[1:], None][: len(moves)]  # a draft has no move yet
    return [Stay(row.target, row.taken_at, end.taken_at if end else None) for row, end in zip(moves, ends, strict=True)]


def procedure_of(project: Project, decisions: Sequence["Decision"], rules: Rules | None = None) -> Deadline | None:
    """The clock from the receipt at intake to the decision, net of the days on which it stood; None before the receipt.

    It stands while the applicant corrects, during the pauses, and while the case lies with the unit or the supervising
    department again. A project that was taken up anew is received anew.
    """
    known = rules or Rules.read()
    facts = procedure_facts(project, decisions, known, timezone.localdate())
    return compute(facts, known.calendar) if facts else None


def procedure_facts(project: Project, decisions: Sequence["Decision"], rules: Rules, today: date) -> ClockFacts | None:
    """The facts of the whole procedure, derived from the decisions."""
    past = stays(decisions)
    starts = [stay.since for stay in past if stay.state == State.INTAKE]
    restarts = [stay.since for stay in past if stay.state == State.DEFERRED]
    starts = [start for start in starts if not restarts or start > restarts[-1]] or starts[:1]
    if not starts:
        return None
    began = starts[0]
    away = [stay for stay in past if stay.since > began and stay.state not in OFFICE and stay.state not in ENDINGS]
    ended = past[-1].since if past[-1].state in ENDINGS or past[-1].state == State.DEFERRED else None
    stops = [Stop(day_of(stay.since), day_of(stay.until) if stay.until else None, stay.state) for stay in away]
    legal = rules.legal.on(day_of(began)).get(PROCEDURE)
    return ClockFacts(
        received_on=day_of(began), today=today, legal=legal, ended_on=day_of(ended) if ended else None,
        stops=(*stops, *stops_in(project.pauses.select_related("started_by"), rules, began)),
    )  # fmt: skip
