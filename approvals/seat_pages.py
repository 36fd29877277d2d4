"""Panels of the seats on the review page and the case page, and the page of one move."""

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policy import allows, holders
from accounts.requests import SignedInRequest
from accounts.roles import Role
from approvals import seat_moves as moves
from approvals.errors import NotOffered
from approvals.machine import blockers
from approvals.models import Case, Decision, Review, Seat
from approvals.names import OPEN, REVIEWER, UNIFIED_KINDS, Outcome, Placement, ReviewKind, ReviewStatus, SeatState
from approvals.reviews import CONCLUDING, REVIEW_STEPS, SEATED
from approvals.seat_forms import MEANS, SeatForm
from approvals.seat_guards import digest_of_sheet, outcome_refused
from approvals.seat_panel import actor_of, outlines, panel_of, sheet_is_ready, signer
from approvals.seating import Decided, Panel, before, due, due_people, free, lead, result, said
from approvals.seating import Seat as Place
from approvals.standing import review_conflict, right_for, seat_conflict, stands_for
from approvals.step import Step

STEPS = {(step.source, step.action): step for step in REVIEW_STEPS}
NEEDS_PERSON = {"add", "transfer", "delegate"}
BADGE = {SeatState.OPEN: "waiting", SeatState.SIGNED: "passed", SeatState.RECUSED: "stopped"}


# --- what the review page asks ----------------------------------------------------------------------------------------


def prepare(review: Review, user: User) -> None:
    """Say who looks, and by which right, so that guards and moves can be asked."""
    manages = allows(user, "reviews.assign", review.case)
    roles = (REVIEWER[review.kind], *((Role.MANAGER,) if manages else ()))
    right = right_for(review.case, user, roles, of=user.pk)
    review.actor, review.held, review.entry = user, right.held if right else None, None


def is_of_the_whole(review: Review, action: str) -> bool:
    """Whether a step is one of the review as a whole, and not of its seats: with several signers they conclude it."""
    panel = panel_of(review)
    if action in SEATED or len(panel.active) < 2:
        return action not in SEATED
    leads = review.reviewer_id is None or actor_of(review).is_(review.reviewer_id)
    return action not in CONCLUDING and (action != "review_recuse" or leads)


def kept_away(review: Review, user: User) -> str | None:
    """Why the user can do nothing here: held by others, of the unit, prepared it; None for whoever has a part."""
    prepare(review, user)
    mine = stands_for(user, REVIEWER[review.kind])
    if any(mine & {seat.holder, seat.delegate} or seat.holder is None for seat in panel_of(review).open):
        return seat_conflict(review, user)
    return review_conflict(review, user) if not mine & {seat.holder for seat in panel_of(review).signed} else None


def may_judge(review: Review, user: User) -> bool:
    """Whether the user fills in the sheet: the lead, or who stands in, until somebody has signed on it."""
    prepare(review, user)
    leads = review.reviewer_id in stands_for(user, REVIEWER[review.kind])
    return leads and review.status == ReviewStatus.IN_PROGRESS and not panel_of(review).signed


# --- panels -----------------------------------------------------------------------------------------------------------


def review_panel(case: Case, review: Review, user: User) -> dict[str, Any] | None:
    """Rule, seats, whose turn it is, and what the user may do with them."""
    rows = list(review.seats.select_related("holder", "delegate", "signed_by", "added_by", "anchor__holder"))
    if not rows or (review.kind == ReviewKind.EXPERT and len(rows) == 1):
        return None
    prepare(review, user)
    panel = panel_of(review)
    found, here = result(panel), review.status in OPEN
    turn = {seat.key for seat in due(panel)} if here and not isinstance(found, Decided) else set()
    return {
        "rule": said(panel),
        "waits": _waits(panel) if here else "",
        "seats": [_row(review, panel, row, user, row.pk in turn) for row in rows if row.state != SeatState.REMOVED],
        "several": len(panel.active) > 1,
        "sign": _signing(review, panel) if here and len(panel.active) > 1 else None,
    }


def _waits(panel: Panel) -> str:
    found = result(panel)
    if isinstance(found, Decided):
        return ""
    names = [panel.name(person) for person in found.people] + ([_("whoever takes the free seat")] if found.pool else [])
    if found.manager:
        names += [_("the manager, who has to name somebody")]
    return _("Waits for: %(names)s") % {"names": ", ".join(names)}


def _row(review: Review, panel: Panel, row: Seat, user: User, turn: bool) -> dict[str, Any]:
    seat, first = panel.seat(row.pk), lead(panel)
    assert seat is not None  # rows and panel are read together
    offers = _offers(review, panel, seat, user) if review.status in OPEN else []
    return {
        "row": row,
        "name": signer(row) if row.holder else _("Free seat"),
        "leads": first is not None and first.key == row.pk,
        "badge": BADGE[SeatState(row.state)],
        "label": _("Its turn") if turn and not seat.is_out else row.get_state_display(),
        "out": seat.is_out,
        "offers": offers,
        "blocked": [offer for offer in offers if offer["disabled"]],
    }


def _signing(review: Review, panel: Panel) -> dict[str, Any] | None:
    """The form for the user's own seat: outcomes with the reason against each, and what stands in the way."""
    actor = actor_of(review)
    mine = next((seat for seat in panel.open if actor.is_(seat.holder)), None)
    if mine is None or review.status != ReviewStatus.IN_PROGRESS:
        return None
    step = STEPS[ReviewStatus(review.status), "seat_sign"]
    reasons = _reasons(review, panel, mine, "sign", step)
    choices = [
        {"value": outcome.value, "label": outcome.label, "reason": outcome_refused(review, outcome) or ""}
        for outcome in Outcome
    ]
    principal = panel.name(mine.holder) if mine.holder != actor.person else ""
    return {
        "seat": mine.key, "reasons": reasons, "choices": choices, "sheet": digest_of_sheet(review), "for": principal,
        "who": [panel.name(person) for person in due_people(panel) if person != actor.person] if reasons else [],
    }  # fmt: skip


def _offers(review: Review, panel: Panel, seat: Place, user: User) -> list[dict[str, Any]]:
    """What the user may do with one seat; what is not possible now says why, and who can."""
    found = []
    managers = [person.label for person in holders(Role.MANAGER)[:2]]
    for move in _moves(review, panel, seat):
        step = STEPS.get((ReviewStatus(review.status), f"seat_{move}"))
        if step is None:
            continue
        reasons = _reasons(review, panel, seat, move, step)
        url = reverse("approvals:seat_step", args=[review.case.ref, review.pk, seat.key, move])
        found.append({
            "id": f"{move}-{seat.key}", "label": step.label, "url": url, "disabled": bool(reasons), "reasons": reasons,
            "who": managers if reasons else [],
        })  # fmt: skip
    return found


def _moves(review: Review, panel: Panel, seat: Place) -> list[str]:
    actor, first = actor_of(review), lead(panel)
    assert review.actor is not None  # prepare() has said who looks
    manages = allows(review.actor, "reviews.assign", review.case)
    if seat.state not in {SeatState.OPEN, SeatState.SIGNED}:
        return []
    if actor.is_(seat.holder):
        own = ["add", "transfer", "delegate", "take_back"]
        return own if first is not None and first.key == seat.key else [*own, "recuse"]
    if actor.is_(seat.delegate) and seat.is_out:
        return ["give_back"]
    moves_here = ["take"] if seat.holder is None and review.actor.holds(REVIEWER[review.kind]) else []
    if manages:
        moves_here += ["add", "transfer", "remove"]
    elif actor.is_(seat.added_by):
        moves_here += ["remove"]
    return moves_here


def _reasons(review: Review, panel: Panel, seat: Place, move: str, step: Step) -> list[str]:
    review.entry = None
    reasons = blockers(review, step)
    args: tuple[Any, ...] = (seat.key, actor_of(review))
    if move in NEEDS_PERSON:
        others = free(panel)
        if not others:
            return [*reasons, _("Nobody else of this role may sit at this review.")]
        args += (min(others), *((Placement.AFTER,) if move == "add" else ()))
    args += (Outcome.PASS,) if move == "sign" else ()
    reason = moves.refusal(getattr(moves, move), panel, *args)
    return [*reasons, reason] if reason else reasons


def case_panel(case: Case, user: User) -> dict[str, Any] | None:
    """Beside the case: the rule of each open review that several sign, who signed when, whose turn it is."""
    manages = allows(user, "reviews.assign", case)
    reviews = [review for kind in UNIFIED_KINDS if (review := case.review_of(kind)) and review.status in OPEN]
    found = []
    for review, (panel, rows) in zip(reviews, outlines(reviews).values(), strict=True):
        shown = [row for row in rows if row.state in {SeatState.OPEN, SeatState.SIGNED}]
        if len(shown) < 2 and not manages:
            continue
        first = lead(panel)
        ready = len(shown) == 1 or sheet_is_ready(review)
        turn = {seat.key for seat in due(panel) if ready or seat == first}
        found.append({
            "kind": review.get_kind_display(), "rule": said(panel),
            "seats": [_line(case, panel, row, row.pk in turn, manages) for row in shown],
        })  # fmt: skip
    return {"reviews": found} if found else None


def _line(case: Case, panel: Panel, row: Seat, turn: bool, manages: bool) -> dict[str, Any]:
    seat = panel.seat(row.pk)
    assert seat is not None  # rows and panel are read together
    possible = []
    if manages and row.state == SeatState.OPEN:
        last = len(panel.active) == 1
        possible = ["add", "transfer", *(["remove"] if not (seat.read or last or seat.delegate) else [])]
    review = (case.ref, row.review_id, row.pk)
    return {
        "row": row, "name": signer(row) if row.holder else _("Free seat"), "turn": turn and row.state == SeatState.OPEN,
        "out": seat.is_out, "before": before(panel, seat) is not None,
        "links": [
            {"label": STEPS[ReviewStatus.IN_PROGRESS, f"seat_{move}"].label,
             "url": reverse("approvals:seat_step", args=[*review, move])}
            for move in possible
        ],
    }  # fmt: skip


# --- the page of one move ---------------------------------------------------------------------------------------------


class SeatPage:
    """Form of one move of one seat, bound when it was sent. Raises Http404 for a move that exists nowhere, NotOffered
    where the review is not open for it."""

    def __init__(self, request: SignedInRequest, seat: Seat, move: str) -> None:
        self.seat, self.move, self.review = seat, move, seat.review
        if f"seat_{move}" not in SEATED or move == "release":
            raise Http404(move)
        step = STEPS.get((ReviewStatus(self.review.status), f"seat_{move}"))
        if step is None:
            raise NotOffered([_("This review is not open for that step.")])
        prepare(self.review, request.user)
        self.step, self.panel = step, panel_of(self.review)
        people = self._people() if move in NEEDS_PERSON else []
        self.form = SeatForm(request.POST if request.method == "POST" else None, step=step, people=people)

    def _people(self) -> list[tuple[int, str]]:
        rows = User.objects.filter(pk__in=free(self.panel)).select_related("department").order_by("name", "username")
        return [(row.pk, f"{row.label} · {row.department.label}" if row.department else row.label) for row in rows]

    def context(self) -> dict[str, Any]:
        """What the template shows."""
        seat = self.panel.seat(self.seat.pk)
        assert seat is not None  # it was fetched through this review
        reasons = _reasons(self.review, self.panel, seat, self.move, self.step)
        manages = self.review.actor is not None and allows(self.review.actor, "reviews.assign", self.review.case)
        return {
            "case": self.review.case, "review": self.review, "seat": self.seat, "step": self.step, "form": self.form,
            "rule": said(self.panel), "holder": self.panel.name(seat.holder), "reasons": reasons,
            "means": MEANS[self.move],
            "managers": [person.label for person in holders(Role.MANAGER)[:2]] if reasons and not manages else [],
        }  # fmt: skip


def onward(user: User, seat: Seat, decision: Decision) -> str:
    """Where to go after a step: the review while the user still has a part in it, else the case."""
    review = Review.objects.get(pk=seat.review_id)
    people = stands_for(user, REVIEWER[review.kind])
    part = any(people & {row.holder_id, row.delegate_id} for row in review.seats.filter(state=SeatState.OPEN))
    if part and review.status in OPEN:
        return reverse("approvals:review", args=[seat.review.case.ref, review.pk])
    return reverse("approvals:case", args=[seat.review.case.ref])
