"""Which open cases a change of a policy row would touch, before anybody confirms it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from approvals.clocks import Rules, clocks_of
from approvals.deadlines import due_on
from approvals.policy_touched import open_cases, opinions, screened_at, tier_by, waiting_kinds
from planning import queries as planning
from planning.policy_schema import REVIEWS
from projects.models import Project
from projects.states import BADGE, State

BEFORE_EXPERTS = (State.INTAKE, State.CORRECTION, State.SCREENING, State.REVIEW, State.ADJUDICATION)


@dataclass(frozen=True, slots=True)
class Change:
    """What would change, and from when."""

    user: User
    key: str
    old: Any
    new: Any
    valid_from: date


@dataclass(frozen=True, slots=True)
class Touched:
    """One open case: what holds for it now, what would hold, and what that means. kept: nothing moves for it."""

    project: Project
    before: str
    after: str
    consequence: str = ""
    kept: bool = False

    @property
    def badge(self) -> str:
        """Kind of the badge of its state."""
        return BADGE[self.project.state]


@dataclass(slots=True)
class Preview:
    """The answer: cases by what happens to them, and how the rule reaches open cases at all."""

    says: str
    rows: list[Touched] = field(default_factory=list)

    @property
    def touched(self) -> list[Touched]:
        """Cases for which something changes."""
        return [row for row in self.rows if not row.kept]

    @property
    def kept(self) -> list[Touched]:
        """Cases that keep what they have although the rule reads differently from then on."""
        return [row for row in self.rows if row.kept]


def preview(user: User, key: str, old: Any, new: Any, valid_from: date) -> Preview:
    """Open cases that a change of the row `key` from `old` to `new` would touch; constant queries."""
    change = Change(user, key, old, new, valid_from)
    if key in FINDERS:
        return Preview(reach(key), list(FINDERS[key](change)))
    states = NEXT_STEP.get(key, ())
    rows = open_cases(user, states) if states else []
    now, then = _("as now, until %(day)s") % {"day": valid_from.isoformat()}, _("the new value at its next step")
    return Preview(reach(key), [Touched(row, now, then) for row in rows])


# --- tiers, experts, authority ----------------------------------------------------------------------------------------


def _tiers(change: Change) -> Iterator[Touched]:
    quorum = planning.policy("expert_quorum", change.valid_from)
    limit = planning.policy("manager_authority", change.valid_from)
    for project in open_cases(change.user):
        before, after = tier_by(change.old, project), tier_by(change.new, project)
        if before != after:
            yield Touched(project, before, after, _meaning(before, after, quorum, limit))


def _meaning(before: str, after: str, quorum: dict[str, int], limit: str) -> str:
    said = []
    if (before in quorum) != (after in quorum):
        said.append(_("goes before experts") if after in quorum else _("no longer goes before experts"))
    elif quorum.get(before) != quorum.get(after):
        said.append(_("needs %(after)s expert opinions, not %(before)s") % {
            "before": quorum[before], "after": quorum[after],
        })  # fmt: skip
    if (before <= limit) != (after <= limit):
        said.append(_("the manager may end it alone") if after <= limit else _("an ending needs the approver"))
    if "T0" in {before, after}:
        said.append(_("may be filed without approval") if after == "T0" else _("can no longer be filed only"))
    return "; ".join(said) or _("the way stays the same")


def _quorum(change: Change) -> Iterator[Touched]:
    tiers = planning.policy("tiers", change.valid_from)
    rows = list(open_cases(change.user, (*BEFORE_EXPERTS, State.EXPERT_REVIEW, State.DECISION)))
    given = opinions([row for row in rows if row.state in {State.EXPERT_REVIEW, State.DECISION}])
    for project in rows:
        tier = tier_by(tiers, project)
        before, after = change.old.get(tier), change.new.get(tier)
        if before != after:
            here = given.get(project.pk, 0) if project.state not in BEFORE_EXPERTS else None
            yield Touched(project, _needed(before), _needed(after), _reached(before, after, here))


def _needed(number: int | None) -> str:
    if number is None:
        return _("no experts")
    return ngettext("%(n)d opinion", "%(n)d opinions", number) % {"n": number}


def _reached(before: int | None, after: int | None, given: int | None) -> str:
    if given is None:
        return _("goes before experts") if after else _("no longer goes before experts")
    was, will = given >= (before or 0), given >= (after or 0)
    if was == will:
        return _("%(n)d are in: enough before and after") % {"n": given} if was else _("%(n)d are in") % {"n": given}
    text = _("%(n)d are in: enough from then on") if will else _("%(n)d are in: no longer enough")
    return text % {"n": given}


def _authority(change: Change) -> Iterator[Touched]:
    tiers = planning.policy("tiers", change.valid_from)
    alone, confirmed = _("the manager ends it alone"), _("the approver confirms the ending")
    for project in open_cases(change.user, (*BEFORE_EXPERTS,)):
        tier = tier_by(tiers, project)
        before, after = tier <= change.old, tier <= change.new
        if before != after:
            yield Touched(project, alone if before else confirmed, alone if after else confirmed, tier)


# --- time -------------------------------------------------------------------------------------------------------------


def _limits(change: Change) -> Iterator[Touched]:
    """A running state keeps its limit; only one that began on or after the day (today, at the earliest) has another."""
    states = [state for state, days in change.new.items() if change.old.get(state) != days]
    rules = Rules.read()
    cases = list(open_cases(change.user, states))
    clocks = clocks_of(cases, rules)
    for project in cases:
        due, days = clocks[project.pk].due, change.new[project.state]
        began = timezone.localtime(project.state_since).date()
        then = due_on(project.state_since, days, rules.calendar)
        if began >= change.valid_from:
            yield Touched(project, _day(due), _day(then), _("entered this state on the day of the change"))
        else:
            text = _("keeps its last day; %(days)s working days when it next enters this state")
            yield Touched(project, _day(due), _day(due), text % {"days": days}, kept=True)


def _day(day: date | None) -> str:
    return day.isoformat() if day else _("no limit")


def _screening_age(change: Change) -> Iterator[Touched]:
    """Only where the answer differs on the day itself: a screening that would be too old, or no longer be."""
    rows = list(open_cases(change.user, (State.EXPERT_REVIEW, State.DECISION)))
    ended = screened_at(rows)
    start = timezone.make_aware(datetime.combine(change.valid_from, time(9)))
    day = max(start, timezone.now())
    for project in rows:
        if project.pk not in ended:
            continue
        old, new = (ended[project.pk] < day - timedelta(days=days) for days in (change.old, change.new))
        if old != new:
            words = {True: _("too old, to be run again"), False: _("recent enough")}
            text = _("screened on %(day)s") % {"day": timezone.localtime(ended[project.pk]).date().isoformat()}
            yield Touched(project, words[old], words[new], text)


def _order(change: Change) -> Iterator[Touched]:
    rows = list(open_cases(change.user, (State.REVIEW,)))
    waiting = waiting_kinds(rows)
    for project in rows:
        here = waiting.get(project.pk, set())
        before, after = _held(change.old, here), _held(change.new, here)
        if before != after:
            text = _("reviews that were concluded stay")
            yield Touched(project, _names(before), _names(after), text)


def _held(order: Any, waiting: set[str]) -> list[str]:
    """Open reviews that have to wait for an earlier one."""
    if order == "parallel":
        return []
    return [kind for number, kind in enumerate(order) if kind in waiting and waiting & set(order[:number])]


def _names(kinds: list[str]) -> str:
    if not kinds:
        return _("none has to wait")
    return _("%(kinds)s must wait") % {"kinds": ", ".join(str(REVIEWS[kind]) for kind in kinds)}


FINDERS: dict[str, Callable[[Change], Iterator[Touched]]] = {
    "tiers": _tiers,
    "expert_quorum": _quorum,
    "manager_authority": _authority,
    "limits": _limits,
    "screening_max_age": _screening_age,
    "review_order": _order,
}
# Rows read only when a step is taken: states in which that step may be the next.
NEXT_STEP: dict[str, tuple[State, ...]] = {
    "correction_grace": (State.INTAKE, State.REVIEW, State.ADJUDICATION, State.EXPERT_REVIEW, State.DECISION),
    "approval_validity_months": (State.DECISION,),
    "exception_months": (State.ADJUDICATION,),
    "expert_panel": (*BEFORE_EXPERTS, State.EXPERT_REVIEW),
    "expert_criteria": (*BEFORE_EXPERTS, State.EXPERT_REVIEW),
    "waiver": (State.REVIEW, State.ADJUDICATION, State.EXPERT_REVIEW, State.DECISION),
    "carry_over": (State.DRAFT, State.CORRECTION, State.REVIEW),
    "function_points": (State.DRAFT, State.CORRECTION, State.REVIEW),
}


def reach(key: str) -> str:
    """How a change of the row reaches open cases, and what stays: nothing applies retroactively."""
    texts = {
        **_reach_of_time(),
        "tiers": _("The tier is looked up at every step: open cases have the new tier from that day, decided ones keep "
                   "what was decided."),
        "expert_quorum": _("Asked when the expert review is closed and again at the approval. Opinions that are in "
                           "stay; a case that was decided is not touched."),
        "expert_panel": _("Used by the next draw. Panels that sit are kept, and a draw that was made can be run again "
                          "with the rules that it recorded."),
        "expert_criteria": _("A seat that was opened keeps its criteria; new seats get the new ones."),
        "manager_authority": _("Asked when a case is ended in adjudication. An ending that was proposed stays "
                               "proposed."),
        "screening_max_age": _("Asked at the approval. Shown are cases whose answer differs on the first day."),
        "review_order": _("Asked when a review is concluded. Shown are cases with a review that would wait, or not."),
        "batch_steps": _("Asked whenever several cases are sent together. Steps that were taken stay."),
        "signing": _(
            "A review keeps the rule that held when it was opened; "
            "reviews that are opened from the day on have the new one."
        ),
        "carry_over": _("Asked while a proposal is filled in and when it is submitted. What was submitted stays."),
        "function_points": _("The estimate beside the asked amount is worked out anew while a case is open; nothing "
                             "that was approved is estimated again."),
        "bands": _("Screenings that were made keep the thresholds they were made with."),
        "consolidation": _("No proposal reads this: the next report on overlapping systems does."),
    }  # fmt: skip
    return texts.get(key, _("Open cases use it at their next step that asks for it; decided ones are not touched."))


def _reach_of_time() -> dict[str, str]:
    """The same of the rows that count days and months."""
    return {
        "limits": _("A case keeps the limit that held on the day on which it entered its state. The new limit counts "
                    "for states that begin on or after the day."),
        "legal_limits": _("A case keeps the limit that held on the day on which it entered its state."),
        "clock": _("A case keeps what held on the day on which it entered its state."),
        "extension": _("Asked when a time limit is extended; extensions that were granted stay."),
        "escalation": _("A case keeps the ladder that held on the day on which it entered its state."),
        "reply_days": _("Findings that exist keep their last day. The new time counts for findings from the day on."),
        "question_days": _("Questions that were asked keep their day. The new time counts for questions from the day "
                           "on."),
        "substitution_days": _("Substitutions that were arranged keep their last day."),
        "correction_grace": _("Notices that were issued keep their last day. These cases may receive a notice yet."),
        "approval_validity_months": _("Approvals that were given keep the end written in them."),
        "exception_months": _("Exceptions that were granted keep their end; only the proposed date differs."),
        "waiver": _("Waivers that were granted keep their end; the new limits count for waivers from the day on."),
    }  # fmt: skip
