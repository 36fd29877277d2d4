"""What the page "why this date" shows: every step from the receipt to the day, in words, and the whole procedure."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from accounts.policy import has_permission
from approvals.clock import Deadline, Entry
from approvals.clocks import OFFICE, Rules, Stay, clock_of, day_of, procedure_of, shown, stays
from approvals.models import Case, DeadlineMove
from approvals.names import PauseKind
from approvals.offers import holders_now
from projects.states import ENDINGS, State


def page(case: Case, user: User) -> dict[str, Any]:
    """Everything the page of one case shows."""
    rules = Rules.read()
    clock = clock_of(case, rules)
    decisions = list(case.decisions.order_by("seq"))
    whole = procedure_of(case, decisions, rules)
    extensions = case.extensions.select_related("decision__actor").order_by("-pk")
    return {
        "case": case,
        "clock": clock,
        "due": shown(case, clock),
        "years": clock.years or clock.legal_years,
        "held_by": ", ".join(person.label for person in holders_now(case)),
        "own_time": case.state == State.CORRECTION,
        "steps": [line for entry in clock.trace if (line := _line(entry, case))],
        "whole": whole,
        "whole_steps": [line for entry in whole.trace if (line := _line(entry, case))] if whole else [],
        "stays": [_stay(stay, rules) for stay in stays(decisions)],
        "extensions": extensions,
        "moves": DeadlineMove.objects.filter(project_id=case.pk).select_related("imported"),
        "may_see_calendar": has_permission(user, "calendar.view"),
        "ended": case.state in ENDINGS,
        "reminder": _answered(clock),
    }


def _answered(clock: Deadline) -> str:
    """While the clock stands: what is left once whatever stops it is over, as if it were today."""
    left = clock.remaining
    if not clock.paused or left is None:
        return ""
    if left < 0:
        return _("The clock stands. The limit had passed before.")
    text = ngettext(
        "The clock stands. Once it goes on, %(n)d working day is left.",
        "The clock stands. Once it goes on, %(n)d working days are left.",
        left,
    )
    return text % {"n": left}


def _line(entry: Entry, case: Case) -> dict[str, Any] | None:
    """One step: what, when, how many working days it takes or gives, and whom it rests on."""
    words = {
        "received": _("Received; the count begins on the next day"),
        "holiday": _("%(name)s: not worked"),
        "make_up": _("Make-up working day (%(name)s)"),
        "stop": _stop(entry),
        "extension": _("Extension"),
        "norm": _("Last day of the service norm"),
        "legal": _("Last day of the legal limit"),
    }
    if entry.kind in {"norm", "legal"}:
        effect = ngettext("%(n)d working day", "%(n)d working days", entry.days) % {"n": entry.days}
    else:
        effect = {
            "holiday": _("%(n)d weekdays do not count"),
            "make_up": _("%(n)d day counts"),
            "stop": _("%(n)d working days do not count"),
            "extension": _("%(n)d working days more"),
        }.get(entry.kind, "") % {"n": entry.days}
    return {
        "kind": entry.kind,
        "what": words[entry.kind] % {"name": entry.name or _("Public holiday")},
        "first": entry.first,
        "last": entry.last if entry.last != entry.first else None,
        "still": entry.still,
        "effect": effect,
        "by": entry.by,
    }


def _stop(entry: Entry) -> str:
    kinds = dict(PauseKind.choices)
    if entry.name in kinds:
        return str(kinds[PauseKind(entry.name)]).replace("%", "%%")
    return str(State(entry.name).label) if entry.name in State.values else ""


def _stay(stay: Stay, rules: Rules) -> dict[str, Any]:
    """One stay of the whole procedure, with its working days."""
    start = day_of(stay.since)
    end: date | None = day_of(stay.until) if stay.until else None
    return {
        "label": State(stay.state).label,
        "first": start,
        "last": end,
        "days": rules.calendar.between(start, end) if end else None,
        "counts": stay.state in OFFICE,
    }
