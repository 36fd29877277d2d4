"""Read questions to the applicant, each for those who may know of it."""

from django.db.models import Q, QuerySet
from django.http import Http404

from accounts.models import User
from accounts.policy import allows, has_permission
from accounts.roles import Role
from approvals.models import Case, Question, Review
from approvals.names import OPEN, REVIEWER
from approvals.queries import get_case
from approvals.standing import conflict, mandate_for
from approvals.workflow import WORKFLOW
from projects.states import EDITABLE, State

REVIEWING = frozenset(role.value for role in REVIEWER.values())
COORDINATING = frozenset({Role.MANAGER.value, Role.INTAKE.value, Role.AUDITOR.value})
# The office has the case in these states and may ask about it.
ASKABLE = frozenset({State.INTAKE, State.REVIEW, State.ADJUDICATION, State.EXPERT_REVIEW, State.DECISION})


def questions_for(case: Case, user: User) -> QuerySet[Question]:
    """The questions of a case that the user may read, open ones first.

    The applicant side, whoever asked and the coordinators read them all; a reviewer reads another reviewer's question
    only when nothing of the own opinion is left to be influenced (背靠背).
    """
    related = ("asked_by__department", "handed_to", "answered_by", "review")
    rows = case.questions.select_related(*related).order_by("answered_at", "-asked_at")
    roles = {mandate.role for mandate in user.mandates}
    if roles & COORDINATING or allows(user, "projects.reply", case) or Role.ENDORSER in roles:
        return rows
    if not _is_blind(case, user, roles):
        return rows
    stood_in = [user.pk, *(person.pk for person in user.stands_in_for)]
    return rows.filter(Q(review=None) | Q(asked_by__in=stood_in) | Q(handed_to__in=stood_in))


def _is_blind(case: Case, user: User, roles: set[str]) -> bool:
    """Whether the user has, or could still take, a part in a review of this version."""
    if not roles & REVIEWING or case.state not in {State.REVIEW, State.EXPERT_REVIEW}:
        return False
    own = [kind for kind, role in REVIEWER.items() if role.value in roles]
    mine = [row for row in case.all_reviews if row.kind in own and case.review_in_force(row)]
    return any(row.status in OPEN and row.reviewer_id in {None, user.pk} for row in mine)


def question_for(user: User, ref: str, pk: int) -> tuple[Case, Question]:
    """One question that the user may read, with its case. Raises Http404, PermissionDenied."""
    case = get_case(user, ref)
    question = questions_for(case, user).filter(pk=pk).first()
    if question is None:
        raise Http404(f"{ref}/{pk}")
    return case, question


def may_ask(case: Case, user: User) -> bool:
    """Whether the user may ask now: the case is with the office, and the user may act on it."""
    if case.state not in ASKABLE or case.suspension or not has_permission(user, "questions.ask"):
        return False
    for step in WORKFLOW:
        if step.source == case.state and step.duty and not step.is_automatic:
            mandate = mandate_for(case, user, step.by)
            if mandate and conflict(case, user, mandate.split("@")[0]) is None:
                return True
    return own_review(case, user) is not None


def own_review(case: Case, user: User) -> Review | None:
    """The review that the user has taken and not concluded."""
    if case.state != State.REVIEW:
        return None
    keepers = {user.pk, *(person.pk for person in user.stands_in_for)}
    for review in case.all_reviews:
        if review.reviewer_id in keepers and review.status in OPEN and case.review_in_force(review):
            return review
    return None


def may_answer(case: Case, user: User) -> bool:
    """The unit answers as long as its case is open."""
    return allows(user, "projects.reply", case) and (case.state in ASKABLE or case.state in EDITABLE)


def may_withdraw(question: Question, user: User) -> bool:
    """Whoever keeps the question, in person or in their stead, takes it back; so does the manager."""
    keepers = {user.pk, *(person.pk for person in user.stands_in_for)}
    return question.is_open and (question.keeper.pk in keepers or user.holds(Role.MANAGER))
