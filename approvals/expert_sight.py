"""Who reads the opinions and points of experts: independent first, visible after (先独立、后公开)."""

from collections.abc import Container

from accounts.models import User
from accounts.roles import SIDES, Role
from approvals.guards import quorum_reached
from approvals.models import Case, Review
from approvals.names import CONCLUDED, ReviewKind
from projects.states import State

UNIT = {role.value for role in SIDES["applicant"]}


def is_guest(case: Case, user: User) -> bool:
    """Whether the user is here as an expert without a seat: invited to one question, or stepped back meanwhile.

    A guest reads the proposal and nothing of its handling.
    """
    roles = {mandate.role for mandate in user.mandates}
    if roles != {Role.EXPERT.value}:
        return False
    return not any(_sits(review, user) for review in case.all_reviews)


def _sits(review: Review, user: User) -> bool:
    return review.reviewer_id == user.pk and review.released_at is None and review.status != "recused"


def hidden_opinions(case: Case, user: User) -> Container[int]:
    """Keys of expert reviews whose opinion the user may not read yet, own ones aside; no query without experts.

    A seated expert reads the others after submitting an own opinion; the office when the quorum is reached or the
    expert review was closed; the applicant side when the case is decided; whoever has no seat any more reads none.
    """
    others = [row for row in case.all_reviews if row.kind == ReviewKind.EXPERT and row.reviewer_id != user.pk]
    if not others:
        return ()
    roles = {mandate.role for mandate in user.mandates}
    if roles == {Role.EXPERT.value}:
        mine = [row for row in case.all_reviews if _sits(row, user) and case.review_in_force(row)]
        hidden = not any(row.status in CONCLUDED for row in mine)
    elif not roles - UNIT:
        hidden = case.state in {State.EXPERT_REVIEW, State.DECISION}
    else:
        hidden = case.state == State.EXPERT_REVIEW and quorum_reached(case) is not None
    return {row.pk for row in others} if hidden else ()
