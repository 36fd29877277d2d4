"""Urge whoever holds a case, and send copies of it: facts beside the decisions, one transaction each."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policy import require
from approvals.desk_queries import may_be_copied, stopped_clock, who_holds
from approvals.errors import Blocked
from approvals.models import CarbonCopy, Case, Urge
from approvals.signals import case_copied, case_urged
from planning.queries import working_calendar
from projects.limits import check_text
from projects.states import EDITABLE, ENDINGS, State


def counting_day(day: date) -> date:
    """The working day that a reminder of `day` counts for: the day itself, or the last one before a day off."""
    return working_calendar().last_until(day)


def next_day(day: date) -> date:
    """The first working day after `day`: when a reminder may be repeated."""
    return next(working_calendar().after(day))


def urge_refusals(case: Case, actor: User) -> list[str]:
    """Every reason why the case cannot be urged now; empty when it can."""
    if case.state in ENDINGS | {State.DRAFT, State.DEFERRED}:
        return [_("Nobody has to act on this case now.")]
    pause = stopped_clock(case)
    if pause is not None or case.state in EDITABLE:
        why = pause.get_kind_display() if pause else _("The applicant corrects")
        return [_("The clock stands: %(why)s.") % {"why": why}]
    if not [person for person in who_holds(case) if person.pk != actor.pk]:
        return [_("Nobody holds the case at this moment.")]
    today = timezone.localdate()
    last = case.urges.filter(day=counting_day(today)).select_related("by").first()
    if last is None:
        return []
    text = _("%(who)s reminded them at %(time)s; once a working day, so again from %(day)s.")
    when = timezone.localtime(last.at).strftime("%Y-%m-%d %H:%M")
    return [text % {"who": last.by.label, "time": when, "day": next_day(today).isoformat()}]


def urge(*, case_id: int, actor: User, text: str = "") -> Urge:
    """Remind everybody who holds the case, once a working day (催办).

    text: what is said with it, at most 300 characters. Returns the row with the people it reached; they are told
    through the outbox. Raises PermissionDenied, Blocked with every reason: reminded today by whom, clock stopped,
    nobody holds it. Source: ecosystem reference §5.1.
    """
    with transaction.atomic():
        case = Case.locked(case_id)
        require(actor, "projects.urge", case)
        reasons = urge_refusals(case, actor)
        if reasons:
            raise Blocked(reasons, kept={"comment": text})
        now = timezone.now()
        row = Urge.objects.create(
            project_id=case.pk, by=actor, day=counting_day(timezone.localdate()), at=now, text=check_text(text)[:300]
        )
        row.people.set([person for person in who_holds(case) if person.pk != actor.pk])
        case_urged.send(sender=Urge, urge=row, case=case)
    return row


def send_copies(*, case_id: int, actor: User, people: Sequence[User], note: str = "") -> list[CarbonCopy]:
    """Send a copy of the case as it stands to people who need not act (抄送); each has a read receipt.

    people: everybody must be able to see the case by their own rights, and nobody gets the same step twice.
    note: at most 300 characters. Returns the copies. Raises PermissionDenied, Blocked.
    """
    with transaction.atomic():
        case = Case.locked(case_id)
        require(actor, "projects.copy", case)
        decision = case.decisions.filter(seq=case.seq).first()
        if decision is None:
            raise Blocked([_("Nothing has happened yet that a copy could tell of.")])
        wanted = {person.pk for person in people}
        fitting = may_be_copied(case).exclude(pk=actor.pk).filter(pk__in=wanted)
        if not wanted or len(fitting) != len(wanted):
            text = _("A copy goes only to people who may see the case and have none yet.")
            raise Blocked([text], kept={"comment": note})
        now, words = timezone.now(), check_text(note)[:300]
        rows = [
            CarbonCopy.objects.create(decision=decision, user=person, sent_by=actor, sent_at=now, note=words)
            for person in fitting
        ]
        case_copied.send(sender=CarbonCopy, copies=rows, case=case, actor=actor)
    return rows


def mark_copies_read(case: Case, user: User) -> int:
    """Opening the case is reading the copy of it; returns how many receipts that gave."""
    return CarbonCopy.objects.filter(decision__project=case.pk, user=user, read_at=None).update(read_at=timezone.now())
