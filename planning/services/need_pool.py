"""Group, order and decide needs: what the office does with the pool."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import policy
from accounts.models import Department, User
from accounts.queries import edits_of
from accounts.services import record_edit
from planning.models import Need, NeedCall, NeedGroup
from planning.need_queries import BUILT, IN_POOL
from planning.services.need_errors import NeedRefused, NeedStale
from planning.services.needs import TABLE, locked, plain

GROUPS = "planning.NeedGroup"
Mode, Status = Need.Mode, Need.Status
TARGETED = (Mode.UPGRADE, Mode.REUSE)


@dataclass(frozen=True, slots=True)
class Ruling:
    """How a need is to be met. target: code of a system; lead: who builds; same_as: the need it repeats."""

    mode: str
    reason: str
    lead: Department | None = None
    target: str = ""
    same_as: Need | None = None


@transaction.atomic
def save_group(
    *, actor: User, call: NeedCall, title: str, position: int, note: str = "", pk: int | None = None,
    expected: int | None = None,
) -> NeedGroup:  # fmt: skip
    """Make a group of a call, or rename and move the one with key `pk`.

    position: order among the groups. expected: group_revision that the form was opened on. Returns the group. Raises
    PermissionDenied, ValidationError by field, NeedStale.
    """
    policy.require(actor, "needs.decide")
    group = NeedGroup.objects.select_for_update().get(pk=pk) if pk else NeedGroup(call=call)
    before = _group_values(group) if pk else None
    if pk and expected is not None and expected != group_revision(pk):
        raise NeedStale
    group.title, group.position, group.note = title.strip(), position, note
    group.full_clean()
    group.save()
    record_edit(table=GROUPS, key=str(group.pk), actor=actor, before=before, after=_group_values(group))
    return group


@transaction.atomic
def remove_group(*, actor: User, pk: int) -> None:
    """Dissolve a group; its needs stay in the pool. Raises PermissionDenied, NeedGroup.DoesNotExist."""
    policy.require(actor, "needs.decide")
    group = NeedGroup.objects.select_for_update().get(pk=pk)
    put_into(actor=actor, codes=group.needs.values_list("code", flat=True), group=None)
    record_edit(table=GROUPS, key=str(pk), actor=actor, before=_group_values(group), after=None)
    group.delete()


def group_revision(pk: int) -> int:
    """How many changes of a group are on record."""
    return edits_of(GROUPS, str(pk)).count()


@transaction.atomic
def put_into(*, actor: User, codes: Iterable[str], group: NeedGroup | None) -> int:
    """Put needs into a group of their call, or out of theirs (None); returns how many moved.

    Raises PermissionDenied, NeedRefused for a group of another call or a need that is not in the pool.
    """
    policy.require(actor, "needs.decide")
    moved = 0
    for need in _pool(codes):
        if group and group.call_id != need.call_id:
            text = _("%(need)s belongs to another call than the group “%(group)s”.")
            raise NeedRefused(text % {"need": need.code, "group": group.title})
        if need.group_id != (group.pk if group else None):
            before, need.group = plain(need), group
            _save(need, actor, before)
            moved += 1
    return moved


@transaction.atomic
def reorder(*, actor: User, positions: Mapping[str, tuple[int | None, int | None]]) -> int:
    """Give needs their numbers in the order of the pool; returns how many changed.

    positions: code → (the number that the page showed, the number typed). Raises PermissionDenied, NeedStale where
    somebody has ordered a need otherwise since.
    """
    policy.require(actor, "needs.decide")
    wanted = {code: pair for code, pair in positions.items() if pair[0] != pair[1]}
    for need in _pool(wanted):
        shown, typed = wanted[need.code]
        if need.position != shown:
            raise NeedStale
        before, need.position = plain(need), typed
        _save(need, actor, before)
    return len(wanted)


@transaction.atomic
def record_ruling(*, actor: User, expected: Mapping[str, int], ruling: Ruling) -> list[Need]:
    """Write one decision on one or several needs, and on those that were merged into them.

    expected: code → revision that the page showed. projects.services.needs.decide_needs has checked what lies above
    this app: the registry, and that no proposal came of an earlier decision. Returns the needs. Raises
    PermissionDenied, ValidationError by field, NeedRefused, NeedStale. Rule: the seven modes of RQ-11.
    """
    policy.require(actor, "needs.decide")
    needs = _pool(expected)
    if any(need.revision != expected[need.code] for need in needs):
        raise NeedStale
    _check(ruling)
    together = {need.pk for need in needs} if ruling.same_as is None else set()
    for need in needs:
        if need.same_as_id not in together:  # those merged into one of them follow it
            _rule(need, actor, _merged(need, ruling) if ruling.same_as else ruling)
    return needs


def _rule(need: Need, actor: User, ruling: Ruling) -> None:
    before = plain(need)
    need.same_as, need.reason = ruling.same_as, ruling.reason
    if ruling.mode:
        need.status, need.mode, need.target_system = Status.DECIDED, ruling.mode, ruling.target
        need.lead = ruling.lead or (need.department if ruling.mode in BUILT else None)
        need.decided_by, need.decided_at = actor, timezone.now()
    if ruling.same_as:
        need.group = ruling.same_as.group
    _save(need, actor, before, ruling.reason)
    for same in need.same_needs.select_related("group", "lead", "department", "same_as"):
        again = Ruling(need.mode, ruling.reason, need.lead, need.target_system, need)
        _rule(same, actor, again)


def _check(ruling: Ruling) -> None:
    errors = {}
    if not ruling.reason.strip():
        errors["reason"] = _("Give the reason: the unit reads it.")
    if ruling.same_as is None:
        if ruling.mode not in Mode.values:
            errors["mode"] = _("Choose how the need is met.")
        if ruling.mode == Mode.UNIFIED and ruling.lead is None:
            errors["lead"] = _("Name the unit that builds for all.")
        if ruling.mode in TARGETED and not ruling.target:
            errors["target"] = _("Name the system that is upgraded or connected to.")
        if ruling.mode in Mode.values and ruling.mode not in TARGETED and ruling.target:
            errors["target"] = _("Only an upgrade or a reuse has a target system.")
        if ruling.lead is not None and ruling.mode in Mode.values and ruling.mode not in BUILT:
            errors["lead"] = _("Nobody builds in this mode.")
    if errors:
        raise ValidationError(errors)


def _merged(need: Need, ruling: Ruling) -> Ruling:
    """The decision of the need that is repeated; empty until that one is decided. Raises ValidationError."""
    assert ruling.same_as is not None
    main = locked(ruling.same_as.pk, None)
    if main.same_as is not None:
        main = locked(main.same_as.pk, None)
    if main.pk == need.pk:
        raise ValidationError({"same_as": _("%(need)s cannot repeat itself.") % {"need": need.code}})
    if main.call_id != need.call_id or main.status not in IN_POOL:
        raise ValidationError({"same_as": _("Choose a need of the same call.")})
    if need.same_needs.exists():
        text = _("Other needs were merged into %(need)s; merge those first.")
        raise ValidationError({"same_as": text % {"need": need.code}})
    return Ruling(main.mode, ruling.reason, main.lead, main.target_system, main)


def _pool(codes: Iterable[str]) -> list[Need]:
    """The needs under a lock, always in one order. Raises NeedRefused for what is not in the pool."""
    wanted = sorted(set(codes))
    rows = Need.objects.select_for_update(of=("self",)).filter(code__in=wanted).order_by("pk")
    needs = list(rows.select_related("call", "department", "group", "lead", "same_as"))
    gone = [need.code for need in needs if need.status not in IN_POOL]
    if gone or len(needs) != len(wanted):
        raise NeedRefused(_("Not in the pool any more: %(needs)s.") % {"needs": ", ".join(gone or wanted)})
    return needs


def _save(need: Need, actor: User, before: dict[str, Any], reason: str = "") -> None:
    need.revision += 1
    need.save()
    record_edit(table=TABLE, key=need.code, actor=actor, before=before, after=plain(need), reason=reason[:300])


def _group_values(group: NeedGroup) -> dict[str, Any]:
    return {"call": group.call.code, "title": group.title, "position": group.position, "note": group.note}
