"""Who may be asked as an outside expert, and who reads the answer."""

from django.db.models import Q
from django.http import Http404

from accounts.models import User
from accounts.policy import holders
from accounts.roles import Role
from approvals.models import Case, Invitation
from approvals.names import ReviewKind, ReviewStatus
from approvals.panel import pool_of, seats_of
from approvals.standing import conflict
from projects.queries import reachable
from projects.states import State

INVITABLE = frozenset({State.REVIEW, State.ADJUDICATION, State.EXPERT_REVIEW, State.DECISION})
SENDERS = (Role.MANAGER, Role.PLANNER, Role.REQUIREMENTS, Role.STANDARDS)
# Reasons of a draw that keep somebody from being asked, too; the others are about sitting on the panel.
KEEP_OUT = frozenset({"unit", "supervisor", "partner", "interest", "prepared", "acted", "seated", "recused"})


def may_be_invited(case: Case) -> list[User]:
    """Experts who are neither seated nor of the applicant side nor asked at the moment."""
    out = {row["username"] for row in pool_of(case).excluded if row["reason"] in KEEP_OUT}
    asked = case.invitations.filter(answered_at=None, declined_at=None, revoked_at=None).values("expert")
    reviews = [review for review in case.all_reviews if review.kind == ReviewKind.EXPERT]
    seated = {seat.reviewer_id for seat in seats_of(case)}
    seated |= {review.reviewer_id for review in reviews if review.status == ReviewStatus.RECUSED}
    unit = Q(department=case.department_id) | Q(department=case.department.parent_id)
    people = holders(Role.EXPERT).exclude(username__in=out).exclude(pk__in=asked).exclude(pk__in=seated)
    return list(people.exclude(unit).exclude(pk=case.created_by_id).order_by("username"))


def why_not(case: Case, user: User) -> str | None:
    """Why the user must keep out of asking on this case, or None."""
    role = next((role for role in SENDERS if user.holds(role)), None)
    return conflict(case, user, role) if role else None


def may_read(row: Invitation, case: Case, user: User) -> bool:
    """Only whoever invited, the managers who handle the case and the auditor read question and answer."""
    if user.holds(Role.AUDITOR):
        return True
    if user.department_id == case.department_id:
        return False
    return row.invited_by_id == user.pk or user.holds(Role.MANAGER)


def invitations_for(case: Case, user: User) -> list[Invitation]:
    """The invitations of a case whose question and answer the user may read, the newest first; one query at most."""
    if not (user.holds(Role.AUDITOR) or any(user.holds(role) for role in SENDERS)):
        return []
    rows = case.invitations.select_related("expert", "invited_by", "revoked_by")
    return [row for row in rows if may_read(row, case, user)]


def invitation_for(user: User, ref: str, pk: int) -> Invitation:
    """One invitation for whoever may read it, or for the expert while it is open or once it was answered.

    Raises Http404 for everybody else; a revoked or declined one is gone for the expert.
    """
    rows = Invitation.objects.select_related("expert", "invited_by", "project__department", "version")
    row = rows.filter(project__ref=ref, pk=pk).first()
    if row is None:
        raise Http404(f"{ref}/{pk}")
    if row.expert_id == user.pk and (row.is_open or row.answered_at is not None):
        return row
    case = Case.objects.select_related("department").get(pk=row.project_id)
    if reachable(user).filter(pk=case.pk).exists() and may_read(row, case, user):
        return row
    raise Http404(f"{ref}/{pk}")
