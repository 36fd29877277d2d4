"""Write, file, withdraw and carry over a need: what the unit does with it."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import policy
from accounts.models import Department, User
from accounts.services import record_edit
from planning.models import Need, NeedCall
from planning.need_queries import FACTS, gaps, is_open
from planning.services.need_errors import NeedRefused, NeedStale

TABLE = "planning.Need"
ATTEMPTS = 20  # each lost race means that another need was written, so this is never reached in practice
Status = Need.Status


@transaction.atomic
def create_need(*, actor: User, department: Department, call: NeedCall, data: dict[str, Any]) -> Need:
    """Begin a need of a unit in a call that has not closed, as a draft that may have gaps.

    data: any of need_queries.FACTS; estimate in 万元. The number is the year of the call and the next free one, and no
    two needs ever share one. Returns the draft. Raises PermissionDenied, ValidationError by field.
    """
    if not department.is_active or not may_write(actor, department):
        raise PermissionDenied("needs.file")
    if call.closes_on < timezone.localdate():
        raise ValidationError({"call": _("This call has closed on %(day)s.") % {"day": call.closes_on}})
    need = Need(department=department, call=call, created_by=actor, **_known(data))
    need.clean_fields(exclude={"code", "created_by"})
    return _numbered(need)


@transaction.atomic
def save_need(*, actor: User, need_id: int, data: dict[str, Any], expected: int | None) -> Need:
    """Save what was typed: a draft at any time, gaps and all; a filed need within the window and without gaps.

    expected: revision that the form was opened on; None: not compared (import, loader). Returns the need. Raises
    PermissionDenied, ValidationError by field, NeedRefused once it is decided, withdrawn or the window is over,
    NeedStale.
    """
    need = locked(need_id, expected)
    if not may_write(actor, need.department):
        raise PermissionDenied("needs.file")
    before = plain(need)
    _may_change(need)
    for name, value in _known(data).items():
        setattr(need, name, value)
    need.clean_fields(exclude={"code", "created_by", "group", "lead"})
    if need.status == Status.FILED:
        _complete(need)
    if plain(need) == before:
        return need
    return _changed(need, actor, before)


@transaction.atomic
def file_need(*, actor: User, need_id: int, expected: int | None) -> Need:
    """File a draft in the window of its call.

    Returns it. Raises PermissionDenied, ValidationError with what is missing by field, NeedRefused outside the window
    (domain reference §0.16) or when it is no draft, NeedStale.
    """
    need = locked(need_id, expected)
    if not may_write(actor, need.department):
        raise PermissionDenied("needs.file")
    if need.status != Status.DRAFT:
        raise NeedRefused(_("%(need)s is “%(status)s” already.") % _named(need))
    _in_window(need.call)
    _complete(need)
    before = plain(need)
    need.status, need.filed_at = Status.FILED, timezone.now()
    return _changed(need, actor, before)


@transaction.atomic
def withdraw_need(*, actor: User, need_id: int, reason: str = "") -> Need:
    """Take a need back as long as it is not decided. Raises PermissionDenied, NeedRefused afterwards."""
    need = locked(need_id, None)
    policy.require(actor, "needs.file", need)
    if need.status not in {Status.DRAFT, Status.FILED}:
        raise NeedRefused(_("%(need)s is “%(status)s” and can no longer be withdrawn.") % _named(need))
    before = plain(need)
    need.status, need.group, need.position, need.same_as = Status.WITHDRAWN, None, None, None
    need.same_needs.update(same_as=None)
    return _changed(need, actor, before, reason)


@transaction.atomic
def carry_over(*, actor: User, need_id: int, call: NeedCall) -> Need:
    """File a need that was put off in the call that is open now, under a new number; the old one points to it.

    Returns the new need: filed, or a draft where facts are missing. Raises PermissionDenied, NeedRefused where it was
    not put off, has come back already, or the call is not open.
    """
    old = locked(need_id, None)
    policy.require(actor, "needs.file", old)
    if old.mode != Need.Mode.LATER or old.status != Status.DECIDED:
        raise NeedRefused(_("Only a need that was put off can be carried over."))
    if back := Need.objects.filter(carried_from=old).first():
        raise NeedRefused(_("It has come back already as %(need)s.") % {"need": back.code})
    _in_window(call)
    facts = {name: getattr(old, name) for name in FACTS}
    complete = not gaps(facts)
    new = _numbered(
        Need(
            department=old.department, call=call, created_by=actor, carried_from=old, **facts,
            status=Status.FILED if complete else Status.DRAFT, filed_at=timezone.now() if complete else None,
        )
    )  # fmt: skip
    record_edit(table=TABLE, key=new.code, actor=actor, before=None, after=plain(new))
    return new


def may_write(actor: User, department: Department) -> bool:
    """Whether the user may write needs of a unit: its applicants, and the office, which imports lists of units."""
    own = department.pk in policy.departments_for(actor, "needs.file")
    return own or policy.has_permission(actor, "needs.decide")


def locked(need_id: int, expected: int | None) -> Need:
    """The need under a row lock. Raises Need.DoesNotExist, NeedStale where it has moved on from `expected`."""
    rows = Need.objects.select_for_update(of=("self",)).select_related("call", "department", "group", "lead", "same_as")
    need = rows.get(pk=need_id)
    if expected is not None and need.revision != expected:
        raise NeedStale
    return need


def plain(need: Need) -> dict[str, Any]:
    """A need as its history keeps it: what is filled in, as text."""
    names = (*FACTS, "status", "position", "mode", "target_system", "reason")
    values = {name: str(getattr(need, name) if getattr(need, name) is not None else "") for name in names}
    values |= {
        "group": need.group.title if need.group else "",
        "lead": need.lead.code if need.lead else "",
        "same_as": need.same_as.code if need.same_as else "",
    }
    return {name: value for name, value in values.items() if value}


def _changed(need: Need, actor: User, before: dict[str, Any], reason: str = "") -> Need:
    """Save, and keep what it said before; drafts are nobody's rule yet and have no history."""
    need.revision += 1
    need.save()
    if before.get("status") != Status.DRAFT or need.status != Status.DRAFT:
        record_edit(table=TABLE, key=need.code, actor=actor, before=before, after=plain(need), reason=reason[:300])
    return need


def _numbered(need: Need) -> Need:
    for _attempt in range(ATTEMPTS):
        need.code = next_code(need.call)
        try:
            with transaction.atomic():
                need.save(force_insert=True)
                return need
        except IntegrityError:
            need.pk = None  # somebody else took the number
    raise ValidationError({"call": _("Too many needs are being written at this moment. Try again.")})


def next_code(call: NeedCall) -> str:
    """N, the year of the call and the next number: N2027-001."""
    prefix = f"N{call.year}-"
    taken = Need.objects.filter(code__startswith=prefix).values_list("code", flat=True)
    tails = (code.removeprefix(prefix) for code in taken)
    number = max((int(tail) for tail in tails if tail.isascii() and tail.isdigit()), default=0) + 1
    return f"{prefix}{number:03d}"


def _known(data: dict[str, Any]) -> dict[str, Any]:
    return {name: data[name] for name in FACTS if name in data}


def _may_change(need: Need) -> None:
    if need.status == Status.FILED:
        _in_window(need.call)
    elif need.status != Status.DRAFT:
        raise NeedRefused(_("%(need)s is “%(status)s” and can no longer be edited.") % _named(need))


def _in_window(call: NeedCall) -> None:
    if is_open(call):
        return
    words = {"call": call.label, "opens": call.opens_on, "closes": call.closes_on}
    text = _("The call “%(call)s” takes needs from %(opens)s to %(closes)s. What you wrote stays as it is.")
    raise NeedRefused(text % words)


def _complete(need: Need) -> None:
    if missing := gaps({name: getattr(need, name) for name in FACTS}):
        raise ValidationError(missing)


def _named(need: Need) -> dict[str, str]:
    return {"need": need.code, "status": str(need.get_status_display())}
