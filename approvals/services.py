"""The only door: every step of every case and review goes through perform or perform_review."""

from collections.abc import Callable
from dataclasses import replace

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Assignment, User
from accounts.roles import Role
from accounts.services import system_user
from approvals.errors import Blocked, NotOffered, Stale
from approvals.machine import blockers
from approvals.models import CarbonCopy, Case, Decision, Review
from approvals.names import CONCLUDED, OPEN
from approvals.recording import plain, write
from approvals.reviews import REVIEW_STEPS, SEATED
from approvals.seat_panel import asked_of, due_now, forget, merged_opinion, people
from approvals.signals import signature_due, step_taken
from approvals.standing import (
    Right,
    conflict_in_stead,
    names_of,
    people_for,
    review_conflict,
    right_for,
    seat_conflict,
)
from approvals.step import Step
from approvals.workflow import WORKFLOW

STEPS = {(step.source, step.action): step for step in WORKFLOW}
REVIEW = {(step.source, step.action): step for step in REVIEW_STEPS}
AUTOMATIC = tuple(step for step in WORKFLOW if step.is_automatic)
AUTOMATIC_REVIEW = tuple(step for step in REVIEW_STEPS if step.is_automatic)
MOST_AUTOMATIC_STEPS = 10  # far above the longest chain of system steps; a loop in the table must not hang


def perform(
    *, case_id: int, action: str, actor: User, comment: str = "", expected_version: int | None = None,
    entry: dict | None = None,
) -> Decision:  # fmt: skip
    """Take one step of a case: lock, reload, check everything, record, move, run effects, announce.

    `case_id`: primary key of the project. `expected_version`: the `seq` that the person saw, or None.
    `entry`: what else the step asks for (Step.fields), amounts in 万元.
    Returns the decision row. Raises Stale (somebody acted meanwhile), NotOffered (wrong state or person),
    Blocked (something is missing; all reasons). Nothing is written when it raises. Source: design §3 *The door*.
    """
    with transaction.atomic():
        case = Case.locked(case_id)
        refuse_stale(case, case.seq, expected_version, comment)
        step = STEPS.get((case.state, action))
        if step is None:
            raise NotOffered([_not_here(case)], _who_moves(case))
        decision = _take(case, step, actor, comment, entry or {})
        settle(case)
    return decision


def perform_review(
    *, review_id: int, action: str, actor: User, comment: str = "", expected_version: int | None = None,
    entry: dict | None = None,
) -> Decision:  # fmt: skip
    """Take one step of a review through the same door; it is a row of the project's own history.

    `expected_version` is the review's own `seq`, so that parallel reviewers do not disturb each other.
    Returns and raises as perform does.
    """
    with transaction.atomic():
        project_id = Review.objects.values_list("project_id", flat=True).get(pk=review_id)
        case = Case.locked(project_id)
        review = Review.objects.select_for_update().get(pk=review_id)
        review.case, review.entry, review.comment = case, entry or {}, comment
        refuse_stale(case, review.seq, expected_version, comment)
        step = REVIEW.get((review.status, action))
        if step is None:
            raise NotOffered([_("This review is not open for that step.")])
        decision = _take_review(case, review, step, actor, comment)
        settle_review(case, review)
        settle(case)
    return decision


def settle_review(case: Case, review: Review) -> None:
    """Take the system steps of one review: free seats of people who left, conclude what the signatures have decided.

    The caller holds the lock, so that two last signatures at once conclude once.
    """
    for _round in range(MOST_AUTOMATIC_STEPS):
        review.entry, review.comment, review.actor = {}, "", system_user()
        rows = (row for row in AUTOMATIC_REVIEW if row.source == review.status)
        step = next((row for row in rows if not blockers(review, row)), None)
        if step is None:
            return
        _take_review(case, review, step, system_user(), merged_opinion(review) if step.target in CONCLUDED else "")
    raise RuntimeError(f"The table of reviews loops at {review.status}.")


def advance_review(review_id: int) -> bool:
    """Take the system steps of a review that are open now; returns whether there was one."""
    with transaction.atomic():
        case = Case.locked(Review.objects.values_list("project_id", flat=True).get(pk=review_id))
        review = Review.objects.select_for_update().get(pk=review_id)
        review.case, before = case, review.seq
        settle_review(case, review)
        settle(case)
    return review.seq != before


def settle(case: Case) -> None:
    """Take system steps, in table order, until none is open. The caller holds the lock."""
    for _round in range(MOST_AUTOMATIC_STEPS):
        case.entry = {}
        step = next((step for step in AUTOMATIC if step.source == case.state and not blockers(case, step)), None)
        if step is None:
            return
        _take(case, step, system_user(), "", {})
    raise RuntimeError(f"The workflow table loops at {case.state}.")


def advance(case_id: int) -> str:
    """Take the system steps of a case that are open now; returns the state it is in afterwards."""
    with transaction.atomic():
        case = Case.locked(case_id)
        settle(case)
    return case.state


def refuse_stale(case: Case, found: int, expected: int | None, comment: str) -> None:
    """Raise Stale, with who acted when, unless `expected` (the version a person saw, or None) is the one found."""
    if expected is None or expected == found:
        return
    last = case.decisions.select_related("actor").order_by("-seq").first()
    reason = _("The case has changed since you opened the page.")
    if last:
        when = timezone.localtime(last.taken_at).strftime("%Y-%m-%d %H:%M")
        reason += " " + _("%(who)s acted at %(when)s.") % {"who": last.actor.label, "when": when}
    raise Stale([reason], kept={"comment": comment})


def _not_here(case: Case) -> str:
    return _("This step is not open in the present state “%(state)s”.") % {"state": case.get_state_display()}


def _who_moves(case: Case) -> list[str]:
    people = []
    for step in WORKFLOW:
        if step.source == case.state and step.duty and not step.is_automatic:
            people += [person for person in people_for(case, step, limit=3) if person not in people]
    return names_of(people[:5])


def _check(
    case: Case, subject: Case | Review, step: Step, asked: tuple[tuple[Role, ...], int | None], actor: User,
    comment: str, keep_out: Callable[[Assignment | None], str | None],
) -> Right:  # fmt: skip
    """asked: the roles that may take the step here, and whose seat it is about."""
    case.actor = subject.actor = actor
    roles, of = asked
    right = right_for(case, actor, roles, of=of)
    if right is None:
        raise NotOffered([_("This step is for others.")], names_of(people_for(case, replace(step, by=roles))))
    reason = keep_out(right.held)
    if reason:
        others = [person for person in people_for(case, replace(step, by=roles)) if person.pk != actor.pk]
        raise NotOffered([reason], names_of(others))
    subject.held = right.held
    reasons = blockers(subject, step)
    if step.comment and not comment.strip():
        reasons.append(_("Say why: the opinion is missing."))
    if reasons:
        raise Blocked(reasons, _who_moves(case), kept={"comment": comment})
    return right


def _refuse_unknown(step: Step, entry: dict) -> None:
    if unknown := set(entry) - set(step.fields):
        raise ValueError(f"{step.action} does not ask for {sorted(unknown)}")


def _take(case: Case, step: Step, actor: User, comment: str, entry: dict) -> Decision:
    _refuse_unknown(step, entry)
    case.entry = entry
    right = _check(case, case, step, (step.by, None), actor, comment, lambda held: conflict_in_stead(case, held, actor))
    decision = _draft(case, step, actor, right, comment, entry)
    decision.collected = case.collectable_items() if "items" in step.fields else []
    for effect in step.first:
        effect(case, decision)
    decision.version = case.current_version
    write(decision)
    _move(case, step, decision)
    for effect in step.then:
        effect(case, decision)
    _announce(case, step, decision)
    return decision


def _draft(case: Case, step: Step, actor: User, right: Right, comment: str, entry: dict) -> Decision:
    decision = Decision(
        project_id=case.pk, seq=case.seq + 1, action=step.action, source=step.source, target=step.target,
        actor=actor, mandate=right.mandate, on_behalf_of=right.principal(actor), comment=comment.strip(),
        payload=plain(entry),
        checks=[guard.__name__ for guard in step.guards], taken_at=timezone.now(),
    )  # fmt: skip
    decision.project, decision.entry = case, entry
    return decision


def _move(case: Case, step: Step, decision: Decision) -> None:
    getattr(case, step.action)()  # django-fsm asks the guards again: the second fence
    case.seq = decision.seq
    if step.source != step.target:
        case.state_since = decision.taken_at
    case.save(update_fields=["state", "seq", "state_since", "updated_at"])


def _take_review(case: Case, review: Review, step: Step, actor: User, comment: str) -> Decision:
    entry = review.entry or {}
    _refuse_unknown(step, entry)
    review.actor = actor
    forget(review)
    right = _check(case, review, step, asked_of(review, step), actor, comment, _keeps_out(review, step, actor))
    waited = due_now(review) if step.action in SEATED else set()
    decision = _draft(case, step, actor, right, comment, entry)
    decision.source = decision.target = case.state
    decision.version, decision.review = case.current_version, review
    decision.review_source, decision.review_target = step.source, step.target
    for effect in step.first:
        effect(review, decision)
    write(decision)
    _move_review(review, step, decision)
    case.seq = decision.seq
    case.save(update_fields=["seq", "updated_at"])
    case.forget()
    for effect in step.then:
        effect(review, decision)
    _announce(case, step, decision)
    if step.action in SEATED and (now := due_now(review) - waited - {actor.pk}):
        signature_due.send(sender=Review, review=review, case=case, people=people(now), decision=decision)
    return decision


def _keeps_out(review: Review, step: Step, actor: User) -> Callable[[Assignment | None], str | None]:
    """Why the actor must keep out: of the whole review, or of one of its seats; the manager only of the project."""

    def keep_out(held: Assignment | None) -> str | None:
        if held is None or held.role == Role.MANAGER:
            return conflict_in_stead(review.case, held, actor)
        reason = (seat_conflict if step.action in SEATED else review_conflict)(review, actor)
        return reason or conflict_in_stead(review.case, held, actor)

    return keep_out


def _move_review(review: Review, step: Step, decision: Decision) -> None:
    getattr(review, step.action)()
    review.seq += 1
    if step.target in CONCLUDED:
        review.concluded_at, review.opinion = decision.taken_at, decision.comment
    if step.target not in OPEN and not step.is_automatic:  # who steps back is remembered too, and does not sit again
        review.reviewer_id = decision.on_behalf_of_id or decision.actor_id
    review.save(update_fields=["status", "seq", "concluded_at", "opinion", "reviewer"])


def _announce(case: Case, step: Step, decision: Decision) -> None:
    for role in step.copies:
        for person in people_for(case, Step(step.source, "", step.target, (role,), ""), limit=50):
            CarbonCopy.objects.get_or_create(decision=decision, user=person)
    step_taken.send(sender=Case, decision=decision, case=case, step=step)
