"""Whom to tell of invitations to outside experts, and of meetings."""

from collections.abc import Iterator

from accounts.roles import Role
from approvals.models import Case, Invitation, Meeting, MeetingItem
from notifications.messages import Payload
from notifications.names import Event
from notifications.recipients import Telling, applicants, office


def of_invitation(row: Invitation, what: str) -> Telling:
    """The expert of an invitation or its end; whoever invited, and the managers, of an answer or a refusal."""
    case = Case.objects.select_related("department").get(pk=row.project_id)
    payload = Payload(person=row.invited_by.username, due_on=str(row.due_on or ""), state=case.state)
    if what == "sent":
        return Telling(Event.INVITED, [row.expert], case, payload)
    if what == "revoked":
        return Telling(Event.INVITATION_CLOSED, [row.expert], case, payload)
    people = [row.invited_by, *office(case, Role.MANAGER)]
    return Telling(Event.INVITATION_ANSWERED, people, case, Payload(person=row.expert.username, state=case.state))


def of_meeting(meeting: Meeting, items: list[MeetingItem]) -> Iterator[Telling]:
    """The applicant side of each project on the agenda, of the day of the meeting."""
    cases = {case.pk: case for case in Case.objects.select_related("department").filter(meeting_items__in=items)}
    for item in items:
        case = cases.get(item.project_id)
        if case is not None:
            payload = Payload(due_on=meeting.held_on.isoformat(), meeting=str(meeting.pk), state=case.state)
            yield Telling(Event.MEETING_CALLED, applicants(case), case, payload)
