"""Meetings: plan, agenda, results that wait, and their release together through the door."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policy import require
from approvals.errors import Blocked, WorkflowError
from approvals.models import Case, Meeting, MeetingItem
from approvals.names import MeetingStatus, Pending
from approvals.services import perform
from approvals.signals import meeting_called
from projects.states import State

ON_AGENDA = (State.DECISION, State.EXPERT_REVIEW)
OVER = frozenset({MeetingStatus.RELEASED, MeetingStatus.CANCELLED})
FIELDS = ("title", "held_on", "place", "ceiling", "attendees", "minutes")


@transaction.atomic
def plan_meeting(*, actor: User, title: str, held_on: date, **more: Any) -> Meeting:
    """Call a meeting. more: place, ceiling (万元), attendees, minutes. Raises PermissionDenied."""
    require(actor, "meetings.edit")
    given = {name: value for name, value in more.items() if name in FIELDS}
    return Meeting.objects.create(title=title.strip(), held_on=held_on, called_by=actor, **given)


@transaction.atomic
def change_meeting(*, meeting_id: int, actor: User, **values: Any) -> Meeting:
    """Change date, place, ceiling (万元), attendees or minutes; a new date is told to the units on the agenda.

    Raises PermissionDenied; Blocked after the release, when only the minutes may still be written.
    """
    require(actor, "meetings.edit")
    meeting = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting_id)
    given = {name: value for name, value in values.items() if name in FIELDS}
    changed = [name for name, value in given.items() if getattr(meeting, name) != value]
    if meeting.status in OVER and set(changed) - {"minutes"}:
        raise Blocked([_("The results are released; only the minutes may still be written.")])
    for name in changed:
        setattr(meeting, name, given[name])
    if changed:
        meeting.save(update_fields=changed)
    if "held_on" in changed:
        _call(meeting, list(meeting.items.select_related("project__department")))
    return meeting


def _call(meeting: Meeting, items: list[MeetingItem]) -> None:
    if items:
        meeting_called.send(sender=Meeting, meeting=meeting, items=items)


def _open(meeting_id: int) -> Meeting:
    meeting = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting_id)
    if meeting.status in OVER:
        raise Blocked([_("This meeting is over.")])
    return meeting


@transaction.atomic
def put_on_agenda(*, meeting_id: int, actor: User, project_ids: list[int]) -> list[MeetingItem]:
    """Put projects that wait for a decision, or are before experts, on the agenda; their units are told.

    What is on the agenda already stays where it is. Raises PermissionDenied; Blocked for another state, for a project
    that another open meeting has, or when the meeting is over.
    """
    require(actor, "meetings.edit")
    meeting = _open(meeting_id)
    there = set(meeting.items.values_list("project", flat=True))
    cases = list(Case.objects.filter(pk__in=set(project_ids) - there).select_related("department").order_by("ref"))
    elsewhere = MeetingItem.objects.exclude(meeting=meeting).exclude(meeting__status__in=OVER)
    taken = set(elsewhere.filter(project__in=cases, decision=None).values_list("project", flat=True))
    wrong = [case.ref for case in cases if case.state not in ON_AGENDA or case.pk in taken]
    if wrong:
        text = _("Not waiting for a decision, or on the agenda of another meeting: %(refs)s.")
        raise Blocked([text % {"refs": ", ".join(wrong)}])
    last = meeting.items.aggregate(last=Max("position"))["last"] or 0
    made = [
        MeetingItem(meeting=meeting, project_id=case.pk, position=last + number)
        for number, case in enumerate(cases, start=1)
    ]
    MeetingItem.objects.bulk_create(made)
    _call(meeting, made)
    return made


@transaction.atomic
def take_off_agenda(*, item_id: int, actor: User) -> None:
    """Take a project off the agenda, with the result that waits. Raises PermissionDenied, Blocked once released."""
    require(actor, "meetings.edit")
    item = _item(item_id)
    item.delete()


def _item(item_id: int) -> MeetingItem:
    item = MeetingItem.objects.select_for_update(of=("self",)).select_related("meeting").get(pk=item_id)
    if item.decision_id is not None or item.meeting.status in OVER:
        raise Blocked([_("This result is released.")])
    return item


@transaction.atomic
def enter_result(
    *, item_id: int, actor: User, pending: str, amount: Decimal | None = None, conditions: str = "", comment: str = "",
    lines: list[Mapping[str, Any]] | None = None,
) -> MeetingItem:  # fmt: skip
    """What the meeting has decided on one project; it waits for the release and nobody outside sees it until then.

    pending: a code of names.Pending, or "" to leave the project without a result. amount: 万元, for an approval.
    lines: items to be corrected, for a return. A refusal of an earlier release is cleared: the case is looked at anew.
    Raises PermissionDenied, Blocked, ValidationError by field.
    """
    require(actor, "meetings.edit")
    item = _item(item_id)
    case = Case.objects.select_related("department").get(pk=item.project_id)
    _check_result(case, pending, amount, comment, lines or [])
    item.pending, item.comment = pending, comment.strip()
    item.amount = amount if pending == Pending.APPROVE else None
    item.conditions = conditions.strip() if pending == Pending.APPROVE else ""
    item.lines = [dict(line) for line in lines or []] if pending == Pending.RETURN else []
    item.entered_by, item.seen, item.refusal = actor, case.seq, ""
    item.save()
    return item


def _check_result(case: Case, pending: str, amount: Decimal | None, comment: str, lines: list) -> None:
    wrong = {}
    if pending and case.state != State.DECISION:
        wrong["pending"] = _("This project does not wait for a decision; it can only be discussed.")
    if pending == Pending.APPROVE:
        most = case.current_version.amount if case.current_version else Decimal(0)
        if amount is None or not 0 < amount <= most:
            wrong["amount"] = _("Above 0 and at most the reviewed amount of %(amount)s.") % {"amount": most}
    if pending == Pending.RETURN and not lines:
        wrong["pending"] = _("List at least one item to be corrected.")
    if pending and not comment.strip():
        wrong["comment"] = _("Write the opinion of the meeting.")
    if wrong:
        raise ValidationError(wrong)


@transaction.atomic
def cancel_meeting(*, meeting_id: int, actor: User) -> Meeting:
    """Call the meeting off; results that wait are not released. Raises PermissionDenied, Blocked."""
    require(actor, "meetings.edit")
    meeting = _open(meeting_id)
    if meeting.items.exclude(decision=None).exists():
        raise Blocked([_("Some results are released already; the meeting can no longer be called off.")])
    meeting.status = MeetingStatus.CANCELLED
    meeting.save(update_fields=["status"])
    return meeting


# --- the release ------------------------------------------------------------------------------------------------------


def release(*, meeting_id: int, actor: User) -> list[MeetingItem]:
    """Release the results that wait, each through the door with `actor` as the approver who takes the step.

    Every item is a transaction of its own: a refused one keeps the reason and holds none of the others up; after the
    repair the rest is released by calling this again. What is released is left alone, so sending twice is harmless.
    Returns the items that were tried. Raises PermissionDenied; Blocked before the day of the meeting, or with nothing
    to release. Source: issue text "pending decisions released together after a meeting".
    """
    require(actor, "meetings.release")
    _refuse_early(meeting_id)
    waiting = MeetingItem.objects.filter(meeting=meeting_id, decision=None).exclude(pending="")
    tried = [_release_one(pk, actor) for pk in waiting.order_by("position", "pk").values_list("pk", flat=True)]
    _close(meeting_id, actor)
    return [item for item in tried if item is not None]


def _refuse_early(meeting_id: int) -> None:
    meeting = Meeting.objects.get(pk=meeting_id)
    if meeting.status == MeetingStatus.CANCELLED:
        raise Blocked([_("This meeting was called off.")])
    if meeting.held_on > timezone.localdate():
        raise Blocked([_("The meeting is on %(day)s; results are released afterwards.") % {"day": meeting.held_on}])
    if meeting.status != MeetingStatus.RELEASED and not meeting.items.exclude(pending="").exists():
        raise Blocked([_("No result has been entered yet.")])


def _release_one(item_id: int, actor: User) -> MeetingItem | None:
    try:
        with transaction.atomic():
            item = MeetingItem.objects.select_for_update(of=("self",)).get(pk=item_id)
            if item.decision_id is not None:
                return None  # released meanwhile
            item.decision = perform(
                case_id=item.project_id, action=item.pending, actor=actor, comment=item.comment,
                expected_version=item.seen, entry=_entry(item),
            )  # fmt: skip
            item.refusal = ""
            item.save(update_fields=["decision", "refusal"])
    except WorkflowError as error:
        item = MeetingItem.objects.get(pk=item_id)
        if item.decision_id is None:
            MeetingItem.objects.filter(pk=item_id).update(refusal=" ".join(error.reasons)[:500])
            item.refresh_from_db()
    return item


def _entry(item: MeetingItem) -> dict[str, Any]:
    if item.pending == Pending.APPROVE:
        return {"approved_amount": item.amount, **({"conditions": item.conditions} if item.conditions else {})}
    return {"items": item.lines} if item.pending == Pending.RETURN else {}


@transaction.atomic
def _close(meeting_id: int, actor: User) -> None:
    meeting = Meeting.objects.select_for_update(of=("self",)).get(pk=meeting_id)
    left = meeting.items.filter(decision=None).exclude(pending="").exists()
    if not left and meeting.status != MeetingStatus.RELEASED:
        meeting.released_by, meeting.released_at = actor, timezone.now()
    meeting.status = MeetingStatus.HELD if left else MeetingStatus.RELEASED
    meeting.save(update_fields=["status", "released_by", "released_at"])
