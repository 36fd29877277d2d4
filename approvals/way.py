"""The way of a case: what is behind it, where it is and with whom, what is ahead, and how often it was sent back."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals.models import Case, Decision, Review, Seat
from approvals.names import CONCLUDED, PASSING, UNIFIED_KINDS, ReviewStatus, SeatState
from planning.queries import PolicyMissing, policy
from projects.states import ENDINGS, State

WAY = (
    State.DRAFT,
    State.ENDORSEMENT,
    State.INTAKE,
    State.SCREENING,
    State.REVIEW,
    State.ADJUDICATION,
    State.EXPERT_REVIEW,
    State.DECISION,
    State.APPROVED,
)
# Where a case goes when it is sent back; a way back is drawn from where it came from.
BACK = frozenset({State.CORRECTION, State.DRAFT})
MOST_NAMES = 2


def way_of(
    case: Case, decisions: Sequence[Decision], readable: Sequence[Review], holders: Sequence[str], until: Any = None
) -> dict[str, Any]:
    """{nodes, loops} for components/_way.html.

    decisions: all of the case, by seq. readable: the reviews whose conclusion the reader may know. holders: names of
    those who have the case. until: the last day of the present state, or None. Three queries at most.
    """
    moves = [row for row in decisions if row.source != row.target]
    states = [state for state in WAY if state == case.state or _stands(case, state, moves)]
    here = State(case.state) if case.state in states else None
    nodes = [_node(case, state, moves, here) for state in states]
    now = next((node for node in nodes if node["status"] == "now"), None)
    if here is None:
        now = _side_node(case, moves)
        nodes = _with_side(case, nodes, now)
    if now is not None and case.state not in ENDINGS:
        now["lines"] = _now_lines(holders, until)
    for node in nodes:
        if node["code"] == State.REVIEW:
            node["strands"] = _strands(case, readable, node["status"])
        elif node["code"] == State.EXPERT_REVIEW:
            node["lines"] = [*_experts(case, node["status"]), *node["lines"]]
    return {"nodes": nodes, "loops": _loops(moves, nodes)}


def _stands(case: Case, state: State, moves: Sequence[Decision]) -> bool:
    """Whether a state belongs to this case's way: it was there, or it is not left out."""
    if any(row.target == state for row in moves):
        return True
    if state == State.ENDORSEMENT:
        return not case.department.is_first_level
    if state == State.EXPERT_REVIEW:
        return case.tier in policy("expert_quorum")
    return state != State.ADJUDICATION


def _node(case: Case, state: State, moves: Sequence[Decision], here: State | None) -> dict[str, Any]:
    """One node: done with the day and who took it on, future with its limit."""
    node: dict[str, Any] = {"code": state, "label": str(state.label), "lines": [], "strands": []}
    if state == here:
        return {**node, "status": "now"}
    left = next((row for row in reversed(moves) if row.source == state), None)
    # From a state beside the way only what was left lies behind; a draft was always there.
    behind = WAY.index(state) < WAY.index(here) if here else left is not None or state == State.DRAFT
    return {**node, "status": "done", "lines": _done_lines(left)} if behind else {**node, "status": "future"}


def _done_lines(left: Decision | None) -> list[str]:
    """The day on which the state was left, and by whom."""
    if left is None:
        return []
    day = timezone.localtime(left.taken_at).strftime("%m-%d")
    return [day, left.actor.label] if left.mandate != "system" else [day]


def _now_lines(holders: Sequence[str], until: Any) -> list[str]:
    names = list(holders[:MOST_NAMES])
    if len(holders) > MOST_NAMES:
        names[-1] = _("%(name)s and %(n)d more") % {"name": names[-1], "n": len(holders) - MOST_NAMES}
    return [*names, *([_("by %(day)s") % {"day": until.strftime("%m-%d")}] if until else [])]


def _side_node(case: Case, moves: Sequence[Decision]) -> dict[str, Any]:
    """A state beside the way: with the applicant, put off, or an ending."""
    status = "done" if case.state in {State.APPROVED, State.FILED} else "returned"
    since = next((row for row in reversed(moves) if row.target == case.state), None)
    state = State(case.state)
    return {"code": state, "label": str(state.label), "lines": _done_lines(since), "strands": [], "status": status}


def _with_side(case: Case, nodes: list[dict], side: dict) -> list[dict]:
    """The side node after what is behind it; nothing comes after an ending."""
    done = [node for node in nodes if node["status"] == "done"]
    return [*done, side, *([] if case.state in ENDINGS else [node for node in nodes if node["status"] == "future"])]


# --- reviews side by side ---------------------------------------------------------------------------------------------


def _strands(case: Case, readable: Sequence[Review], status: str) -> list[dict[str, Any]]:
    """The three reviews as strands: with whom, how many have signed, the conclusion for those who may know it."""
    if status == "future":
        return [{"label": str(kind.label), "detail": "", "status": "future"} for kind in UNIFIED_KINDS]
    reviews = {kind: _newest(case, kind) for kind in UNIFIED_KINDS}
    signed = _signatures([review for review in reviews.values() if review])
    known = {review.pk for review in readable}
    return [_strand(kind, review, signed, known) for kind, review in reviews.items()]


def _newest(case: Case, kind: str) -> Review | None:
    """The review in force, or else the last one that was held."""
    held = [row for row in case.all_reviews if row.kind == kind and row.status != ReviewStatus.RECUSED]
    return case.review_of(kind) or next(iter(held), None)


def _signatures(reviews: Sequence[Review]) -> dict[int, tuple[int, int]]:
    """(signed, all) seats of the reviews that several sign. One query."""
    there = Q(state__in=[SeatState.OPEN, SeatState.SIGNED])
    rows = Seat.objects.filter(there, review__in=reviews).values("review").order_by()
    counted = rows.annotate(seats=Count("pk"), signed=Count("pk", filter=Q(state=SeatState.SIGNED)))
    return {row["review"]: (row["signed"], row["seats"]) for row in counted if row["seats"] > 1}


def _strand(kind: Any, review: Review | None, signed: dict, known: set[int]) -> dict[str, Any]:
    if review is None:
        return {"label": str(kind.label), "detail": "", "status": "future"}
    parts = [review.reviewer.label] if review.reviewer else []
    if review.pk in signed:
        parts.append(_("%(n)d of %(all)d signed") % {"n": signed[review.pk][0], "all": signed[review.pk][1]})
    status = "now" if review.status == ReviewStatus.IN_PROGRESS else "future"
    if review.status in CONCLUDED:
        status = "done"
        # Whether it passed is for those alone who may read it (背靠背).
        parts.append(str(review.get_status_display()) if review.pk in known else _("concluded"))
        if review.pk in known and review.status not in PASSING:
            status = "returned"
    return {"label": str(kind.label), "detail": " · ".join(parts), "status": status}


def _experts(case: Case, status: str) -> list[str]:
    """How many of the opinions that are needed are in."""
    try:
        needed = policy("expert_quorum").get(case.tier)
    except PolicyMissing:
        needed = None
    if needed is None or status == "returned":
        return []
    given = case.expert_opinions() if status != "future" else 0
    return [_("%(given)d of %(needed)d opinions") % {"given": given, "needed": needed}]


# --- sent back --------------------------------------------------------------------------------------------------------


def _loops(moves: Sequence[Decision], nodes: Sequence[dict]) -> list[dict[str, Any]]:
    """Where the case was sent back from, how often and when last; drawn back to the unit."""
    there = [node["code"] for node in nodes]
    backs: dict[str, list[Decision]] = {}
    for row in moves:
        if row.target in BACK and row.source in there and row.source not in BACK:
            backs.setdefault(row.source, []).append(row)
    return [_loop(source, rows) for source, rows in backs.items()]


def _loop(source: str, rows: Sequence[Decision]) -> dict[str, Any]:
    times = ngettext("sent back %(n)d time", "sent back %(n)d times", len(rows)) % {"n": len(rows)}
    day = timezone.localtime(rows[-1].taken_at).strftime("%m-%d")
    return {"source": source, "target": State.DRAFT, "label": f"{times} · {day}", "from": str(State(source).label)}
