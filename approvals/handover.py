"""Everything that lies with one person, for who goes on leave or leaves: found, and handed over row by row."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policy import holders, require
from accounts.roles import Role
from accounts.substitutions import substitutes_for
from approvals.errors import NotOffered, WorkflowError
from approvals.models import Invitation, Meeting, Question, Review, Seat, Waiver
from approvals.names import OPEN, REVIEWER, MeetingStatus, ReviewKind, SeatState
from approvals.queries import inbox
from approvals.services import perform_review
from approvals.signals import question_handed_over
from approvals.standing import conflict
from approvals.workflow import WORKFLOW
from projects.models import Project
from projects.states import EDITABLE

MOST = 200  # rows of a kind


@dataclass(frozen=True, slots=True)
class Row:
    """One piece of work. key: what a form names it by, empty where it is not handed over row by row; note: who has it
    then."""

    kind: str
    project: Project | None
    text: str
    url: str
    key: str = ""
    note: str = ""


def rows_of(person: User) -> list[Row]:
    """The work of a person, what can be handed over first; a constant number of queries."""
    found = [*_seats(person), *_questions(person), *_delegated(person), *_invitations(person), *_meetings(person)]
    return [*found, *_waivers(person), *_drafts(person), *_of_role(person)]


def _seats(person: User) -> Iterator[Row]:
    """Reviews that the person has taken, and seats at reviews that several sign."""
    rows = Seat.objects.filter(holder=person, state=SeatState.OPEN, review__status__in=OPEN)
    for seat in rows.select_related("review__project__department").order_by("review__project__ref", "pk")[:MOST]:
        review = seat.review
        expert = review.kind == ReviewKind.EXPERT
        note = _("An expert gives an opinion in person; the manager draws another.") if expert else ""
        yield Row(
            _("Review taken"), review.project, review.get_kind_display(), _review_url(review),
            "" if expert else f"seat-{seat.pk}", note,
        )  # fmt: skip
    bare = Review.objects.filter(reviewer=person, status__in=OPEN, seats=None)
    for review in bare.select_related("project__department")[:MOST]:
        note = _("It is held in person; stepping back frees it.")
        yield Row(_("Review taken"), review.project, review.get_kind_display(), _review_url(review), "", note)


def _delegated(person: User) -> Iterator[Row]:
    rows = Seat.objects.filter(delegate=person, returned_at=None, state=SeatState.OPEN, review__status__in=OPEN)
    for seat in rows.select_related("review__project__department", "holder")[:MOST]:
        who = seat.holder.label if seat.holder else ""
        note = _("%(who)s asked for it and can take it back.") % {"who": who}
        yield Row(_("View asked for"), seat.review.project, seat.delegate_asked, _review_url(seat.review), "", note)


def _questions(person: User) -> Iterator[Row]:
    keeps = Q(handed_to=person) | Q(handed_to=None, asked_by=person)
    rows = Question.objects.filter(keeps, answered_at=None, withdrawn_at=None)
    for row in rows.select_related("project__department")[:MOST]:
        url = reverse("approvals:question", args=[row.project.ref, row.pk])
        yield Row(_("Open question"), row.project, row.text, url, f"question-{row.pk}")


def _invitations(person: User) -> Iterator[Row]:
    rows = Invitation.objects.filter(answered_at=None, declined_at=None, revoked_at=None)
    mine = rows.filter(Q(invited_by=person) | Q(expert=person)).select_related("project__department", "expert")
    for row in mine[:MOST]:
        own = row.expert_id == person.pk
        note = _("Only the invited person can answer; whoever sent it can revoke it.")
        kind = _("Invitation to answer") if own else _("Invitation sent")
        yield Row(kind, row.project, row.question, _case_url(row.project), "", note)


def _meetings(person: User) -> Iterator[Row]:
    rows = Meeting.objects.filter(called_by=person, status__in=[MeetingStatus.PLANNED, MeetingStatus.HELD])
    for row in rows[:MOST]:
        note = _("Every manager can go on with it.")
        yield Row(_("Meeting"), None, f"{row.held_on:%Y-%m-%d} {row.title}", "", "", note)


def _waivers(person: User) -> Iterator[Row]:
    judged = Review.objects.filter(project=OuterRef("project"), kind=OuterRef("item__kind"), reviewer=person)
    rows = Waiver.objects.filter(Exists(judged), ended_at=None)
    for row in rows.select_related("project__department", "item")[:MOST]:
        text = _("%(code)s, until %(day)s") % {"code": row.code, "day": row.expires_on.isoformat()}
        role = REVIEWER[row.item.kind]
        others = holders(role).exclude(pk=person.pk)[:3]
        note = _("Whoever holds the role looks at it: %(people)s.") % {"people": _names(others)}
        yield Row(_("Waiver to be looked at again"), row.project, text, _case_url(row.project), "", note)


def _drafts(person: User) -> Iterator[Row]:
    rows = Project.objects.filter(created_by=person, state__in=EDITABLE).select_related("department")
    for row in rows.order_by("ref")[:MOST]:
        others = holders(Role.APPLICANT, department_id=row.department_id).exclude(pk=person.pk)[:3]
        note = _("Colleagues of the unit can go on with it: %(people)s.") % {"people": _names(others)}
        yield Row(_("Draft or correction"), row, row.get_state_display(), _case_url(row), "", note)


def _of_role(person: User) -> Iterator[Row]:
    """Cases that wait for a role of the person, and who else holds it."""
    lent = {held.role for held in person.assignments.filter(is_active=True)}
    for row in inbox(person).exclude(state="review")[:MOST]:
        steps = [step for step in WORKFLOW if step.source == row.state and step.duty and not step.is_automatic]
        roles = {role for step in steps for role in step.by if role in lent}
        others = [other for role in sorted(roles) for other in _others(row, role, person)]
        names = _names(list(dict.fromkeys(others))[:3])
        note = (
            _("Open to others of the role: %(people)s.") % {"people": names}
            if others
            else _("Nobody else holds the role: arrange a substitute.")
        )
        yield Row(_("Waits for the role"), row, row.get_state_display(), _case_url(row), "", note)


def _others(project: Project, role: str, person: User) -> list[User]:
    unit = {"applicant": project.department_id, "endorser": project.department.parent_id}.get(role)
    return list(holders(role, department_id=unit).exclude(pk=person.pk)[:3])  # type: ignore[arg-type]


def _names(people: Iterable[User]) -> str:
    return ", ".join(person.label for person in people) or _("nobody")


def _case_url(project: Project) -> str:
    return reverse("approvals:case", args=[project.ref])


def _review_url(review: Review) -> str:
    return reverse("approvals:review", args=[review.project.ref, review.pk])


# --- handing over -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one row: handed over, or refused with the reason."""

    row: Row
    refusal: str = ""


def hand_over(*, actor: User, person: User, keys: Sequence[str], to: User, comment: str) -> list[Result]:
    """Hand the chosen work of `person` over to `to`, each row on its own: one refusal does not undo the others (转办).

    keys: of rows_of(). Seats go through the door; questions change who waits for the answer. Raises PermissionDenied
    unless it is the actor's own work or the actor manages the desk.
    """
    if actor.pk != person.pk:
        require(actor, "accounts.substitute_others")
    wanted, results = set(keys), []
    for row in rows_of(person):
        if row.key and row.key in wanted:
            results.append(Result(row, _hand_over(row, actor, person, to, comment)))
    return results


def _hand_over(row: Row, actor: User, person: User, to: User, comment: str) -> str:
    kind, _dash, key = row.key.partition("-")
    try:
        with transaction.atomic():
            if kind == "seat":
                _seat(int(key), actor, to, comment)
            else:
                _question(int(key), actor, to)
    except WorkflowError as error:
        return "; ".join(error.reasons)
    return ""


def _seat(pk: int, actor: User, to: User, comment: str) -> None:
    review_id = Seat.objects.values_list("review_id", flat=True).get(pk=pk)
    entry = {"seat": pk, "person": to.pk}
    perform_review(review_id=review_id, action="seat_transfer", actor=actor, comment=comment, entry=entry)


def _question(pk: int, actor: User, to: User) -> None:
    question = Question.objects.select_for_update(of=("self",)).select_related("project__department").get(pk=pk)
    reason = next((why for role in _roles(to) if (why := conflict(question.project, to, role))), None)
    if reason:
        raise NotOffered([reason])
    question.handed_to = to
    question.save(update_fields=["handed_to"])
    question_handed_over.send(sender=Question, question=question, actor=actor)


def _roles(person: User) -> list[str]:
    return [held.role for held in person.mandates if held.role not in {"applicant", "endorser"}]


def receivers_for(actor: User, person: User):  # noqa: ANN201 - a queryset
    """Who may be handed work of `person`: everybody on duty; the door says who may sit at a review."""
    return substitutes_for(person)
