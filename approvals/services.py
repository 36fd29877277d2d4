"""The only door: every step of every case and review goes through perform or perform_review."""

from collections.abc import Callable
from dataclasses import replace

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.roles import Role
from accounts.services import system_user
from approvals.errors import Blocked, NotOffered, Stale
from approvals.machine import blockers
from approvals.models import CarbonCopy, Case, Decision, Review
from approvals.names import CONCLUDED, OPEN, REVIEWER
from approvals.recording import plain, write
from approvals.reviews import REVIEW_STEPS
from approvals.signals import step_taken
from approvals.standing import conflict, mandate_for, names_of, people_for, review_conflict
from approvals.step import Step
from approvals.workflow import WORKFLOW

STEPS = {(step.source, step.action): step for step in WORKFLOW}
REVIEW = {(step.source, step.action): step for step in REVIEW_STEPS}
AUTOMATIC = tuple(step for step in WORKFLOW if step.is_automatic)
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
        case = _lock(case_id)
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
        case = _lock(project_id)
        review = Review.objects.select_for_update().get(pk=review_id)
        review.case, review.entry, review.comment = case, entry or {}, comment
        refuse_stale(case, review.seq, expected_version, comment)
        step = REVIEW.get((review.status, action))
        if step is None:
            raise NotOffered([_("This review is not open for that step.")])
        decision = _take_review(case, review, step, actor, comment)
        settle(case)
    return decision


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
        case = _lock(case_id)
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


def _lock(case_id: int) -> Case:
    # On SQLite the transaction itself (BEGIN IMMEDIATE) is the lock.
    return Case.objects.select_for_update(of=("self",)).select_related("department", "round").get(pk=case_id)


def _not_here(case: Case) -> str:
    return _("This step is not open in the present state “%(state)s”.") % {"state": case.get_state_display()}


def _who_moves(case: Case) -> list[str]:
    people = []
    for step in WORKFLOW:
        if step.source == case.state and step.duty and not step.is_automatic:
            people += [person for person in people_for(case, step, limit=3) if person not in people]
    return names_of(people[:5])


def _check(
    case: Case, subject: Case | Review, step: Step, roles: tuple[Role, ...], actor: User, comment: str,
    keep_out: Callable[[str], str | None],
) -> str:  # fmt: skip
    case.actor = actor
    mandate = mandate_for(case, actor, roles)
    if mandate is None:
        raise NotOffered([_("This step is for others.")], names_of(people_for(case, replace(step, by=roles))))
    reason = keep_out(mandate.split("@")[0])
    if reason:
        others = [person for person in people_for(case, replace(step, by=roles)) if person.pk != actor.pk]
        raise NotOffered([reason], names_of(others))
    reasons = blockers(subject, step)
    if step.comment and not comment.strip():
        reasons.append(_("Say why: the opinion is missing."))
    if reasons:
        raise Blocked(reasons, _who_moves(case), kept={"comment": comment})
    return mandate


def _refuse_unknown(step: Step, entry: dict) -> None:
    if unknown := set(entry) - set(step.fields):
        raise ValueError(f"{step.action} does not ask for {sorted(unknown)}")


def _take(case: Case, step: Step, actor: User, comment: str, entry: dict) -> Decision:
    _refuse_unknown(step, entry)
    case.entry = entry
    mandate = _check(case, case, step, step.by, actor, comment, lambda role: conflict(case, actor, role))
    decision = _draft(case, step, actor, mandate, comment, entry)
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


def _draft(case: Case, step: Step, actor: User, mandate: str, comment: str, entry: dict) -> Decision:
    decision = Decision(
        project_id=case.pk, seq=case.seq + 1, action=step.action, source=step.source, target=step.target,
        actor=actor, mandate=mandate, comment=comment.strip(), payload=plain(entry),
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
    keep_out = lambda _role: review_conflict(review, actor)  # noqa: E731 - one expression, used once
    mandate = _check(case, review, step, (REVIEWER[review.kind],), actor, comment, keep_out)
    decision = _draft(case, step, actor, mandate, comment, entry)
    decision.source = decision.target = case.state
    decision.version, decision.review = case.current_version, review
    decision.review_source, decision.review_target = step.source, step.target
    write(decision)
    getattr(review, step.action)()
    review.seq += 1
    if step.target in CONCLUDED:
        review.concluded_at, review.opinion = decision.taken_at, comment.strip()
    if step.target not in OPEN:  # who steps back is remembered too, and does not sit again
        review.reviewer = actor
    review.save(update_fields=["status", "seq", "concluded_at", "opinion", "reviewer"])
    case.seq = decision.seq
    case.save(update_fields=["seq", "updated_at"])
    case.forget()
    for effect in step.then:
        effect(review, decision)
    _announce(case, step, decision)
    return decision


def _announce(case: Case, step: Step, decision: Decision) -> None:
    for role in step.copies:
        for person in people_for(case, Step(step.source, "", step.target, (role,), ""), limit=50):
            CarbonCopy.objects.get_or_create(decision=decision, user=person)
    step_taken.send(sender=Case, decision=decision, case=case, step=step)
