"""Ask an outside expert one question in confidence: send, answer, decline, revoke; each one transaction."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policy import allows, require
from accounts.services import system_user
from approvals.errors import Blocked, NotOffered
from approvals.invitation_queries import INVITABLE, may_be_invited, may_read, why_not
from approvals.models import Case, Invitation, Review
from approvals.signals import invitation_moved


@transaction.atomic
def invite(
    *, case_id: int, actor: User, expert: User, question: str, wants_yes_no: bool = False, due_on: date | None = None,
    review: Review | None = None,
) -> Invitation:  # fmt: skip
    """Ask an expert who is not seated on the case one question; the expert reads the proposal until it is answered.

    due_on: the day until which an answer is wished, or None. review: the review for which the actor asks, or None.
    Sent twice with the same question it is one invitation. Raises PermissionDenied, NotOffered for whoever must keep
    out, Blocked in a state without a review, ValidationError by field. Source: peers §1 (Avis) and §5.1.
    """
    case = Case.locked(case_id)
    require(actor, "invitations.send", case)
    reason = why_not(case, actor)
    if reason:
        raise NotOffered([reason])
    if case.state not in INVITABLE or case.current_version is None:
        raise Blocked([_("Experts are asked while a case is under review or waits for its decision.")])
    found = case.invitations.filter(
        expert=expert, invited_by=actor, question=question.strip(), answered_at=None, declined_at=None, revoked_at=None
    ).first()
    if found is not None:
        return found
    _check(case, expert, question, due_on)
    row = Invitation.objects.create(
        project_id=case.pk, review=review, version=case.current_version, expert=expert, question=question.strip(),
        wants_yes_no=wants_yes_no, invited_by=actor, invited_at=timezone.now(), due_on=due_on,
    )  # fmt: skip
    invitation_moved.send(sender=Invitation, invitation=row, what="sent")
    return row


def _check(case: Case, expert: User, question: str, due_on: date | None) -> None:
    wrong = {}
    if not question.strip():
        wrong["question"] = _("Ask one question.")
    if expert.pk not in {person.pk for person in may_be_invited(case)}:
        wrong["expert"] = _("This expert is seated here, belongs to the applicant side, or has been asked already.")
    if due_on is not None and due_on < timezone.localdate():
        wrong["due_on"] = _("Choose a day that is not past.")
    if wrong:
        raise ValidationError(wrong)


def _open(invitation_id: int) -> Invitation:
    """The invitation, locked. Raises Blocked where it no longer waits for an answer."""
    rows = Invitation.objects.select_for_update(of=("self",)).select_related("expert", "invited_by")
    row = rows.get(pk=invitation_id)
    if not row.is_open:
        raise Blocked([_("This invitation is closed: it was answered, declined or revoked.")])
    return row


@transaction.atomic
def answer(*, invitation_id: int, actor: User, text: str, says_yes: bool | None = None) -> Invitation:
    """The invited expert answers; from then on the answer is frozen and the proposal closed to the expert.

    says_yes: the answer to a yes-or-no question. Raises NotOffered for others, Blocked, ValidationError by field.
    """
    row = _open(invitation_id)
    if row.expert_id != actor.pk:
        raise NotOffered([_("This invitation is for another person.")])
    wrong = {} if text.strip() else {"answer": _("Write your answer.")}
    if row.wants_yes_no and says_yes is None:
        wrong["says_yes"] = _("Choose yes or no.")
    if wrong:
        raise ValidationError(wrong)
    row.answer, row.answered_at = text.strip(), timezone.now()
    row.says_yes = says_yes if row.wants_yes_no else None
    row.save(update_fields=["answer", "says_yes", "answered_at"])
    invitation_moved.send(sender=Invitation, invitation=row, what="answered")
    return row


@transaction.atomic
def decline(*, invitation_id: int, actor: User, reason: str) -> Invitation:
    """The invited expert declines, with a reason. Raises NotOffered for others, Blocked, ValidationError."""
    row = _open(invitation_id)
    if row.expert_id != actor.pk:
        raise NotOffered([_("This invitation is for another person.")])
    if not reason.strip():
        raise ValidationError({"reason": _("Say why you decline.")})
    row.reason, row.declined_at = reason.strip()[:300], timezone.now()
    row.save(update_fields=["reason", "declined_at"])
    invitation_moved.send(sender=Invitation, invitation=row, what="declined")
    return row


@transaction.atomic
def revoke(*, invitation_id: int, actor: User, reason: str = "") -> Invitation:
    """Take an invitation back before it is answered; the expert loses access at once.

    By whoever invited, or by a manager who handles the case. Raises NotOffered, Blocked.
    """
    row = _open(invitation_id)
    case = Case.objects.select_related("department").get(pk=row.project_id)
    if not (may_read(row, case, actor) and allows(actor, "invitations.send", case)):
        raise NotOffered([_("This invitation was sent by another person.")], [row.invited_by.label])
    return _revoke(row, actor, reason)


def _revoke(row: Invitation, actor: User, reason: str) -> Invitation:
    row.revoked_at, row.revoked_by, row.reason = timezone.now(), actor, reason.strip()[:300]
    row.save(update_fields=["revoked_at", "revoked_by", "reason"])
    invitation_moved.send(sender=Invitation, invitation=row, what="revoked")
    return row


def close_open(case: Case) -> int:
    """The case has ended: what is still asked is revoked; returns how many. Called inside the step's transaction."""
    rows = case.invitations.filter(answered_at=None, declined_at=None, revoked_at=None).select_for_update()
    return sum(1 for row in rows if _revoke(row, system_user(), _("The case has ended.")))
