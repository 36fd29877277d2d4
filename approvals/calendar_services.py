"""Import a notice of public holidays: the calendar, every open deadline it moves, and who is told, in one action."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policy import require
from approvals.calendar_outlook import changes, move_notice, moves_between, with_notice
from approvals.clocks import Rules
from approvals.models import Case, DeadlineMove
from approvals.signals import deadline_moved
from planning.models import CalendarImport
from planning.services import Notice, publish
from planning.services.calendar import said_of, stored


@transaction.atomic
def import_calendar(*, notice: Notice, actor: User | None, expected: int | None = None) -> CalendarImport:
    """Put a notice into the calendar; open deadlines move, are written down, and those concerned are told.

    notice: read and checked (approvals.calendar_files). actor: who imports, or None for the command. expected: version
    of the calendar that the preview showed, or None. Returns the import, with its DeadlineMove rows.
    Raises PermissionDenied; ValidationError when the calendar has changed since, or says all of this already. Then
    nothing is written. A published year can be corrected by another notice; the history stays. Source: ecosystem
    reference §3.2.
    """
    if actor is not None:
        require(actor, "calendar.import")
    # One import at a time: the newest row is the lock, and the next one asks again once it has it.
    list(CalendarImport.objects.select_for_update().order_by("-pk")[:1])
    rules = Rules.read()
    if expected is not None and rules.calendar.version != expected:
        raise ValidationError(_("The calendar has changed since you looked at this page. Look at the preview again."))
    after = with_notice(rules.calendar, notice)
    known = notice.year in rules.calendar.published and stored(notice.days) == said_of(notice.year)
    if known and not list(changes(rules.calendar, after, notice)):
        raise ValidationError(_("The calendar already says all of this."))
    moves, _settled = moves_between(rules, after)
    imported = publish(notice, actor)
    cases = Case.objects.select_related("department", "round").in_bulk([move.project.pk for move in moves])
    for move in moves:
        case = cases[move.project.pk]
        row = DeadlineMove.objects.create(
            imported=imported, project_id=case.pk, stage=case.state, before=move.before, after=move.after
        )
        move_notice(move)
        deadline_moved.send(sender=DeadlineMove, move=row, case=case)
    return imported
