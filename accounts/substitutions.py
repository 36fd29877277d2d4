"""Somebody stands in for a colleague on leave (代理): arranged, ended early, and what it lends."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Assignment, Substitution, User
from accounts.policy import has_permission, require
from accounts.roles import ADMINISTRATORS, NEVER_LENT, Role
from accounts.services import record_edit
from accounts.signals import substitution_arranged


@dataclass(frozen=True, slots=True)
class Lent:
    """What a substitution passes on: rights that the substitute exercises too, and rights that stay behind."""

    lent: list[Assignment] = field(default_factory=list)
    stays: list[Assignment] = field(default_factory=list)


def lent_by(principal: User) -> Lent:
    """The rights of a person, by whether somebody else may exercise them (GB/T 22239-2019, 8.1.5)."""
    rows = principal.assignments.filter(is_active=True).select_related("department").order_by("role", "pk")
    found = Lent()
    for row in rows:
        (found.stays if Role(row.role) in NEVER_LENT else found.lent).append(row)
    return found


def may_arrange_for(actor: User, principal: User) -> bool:
    """Everybody for themselves, where they hold business rights; whoever manages the desk for others."""
    own = actor.pk == principal.pk and has_permission(actor, "accounts.substitute")
    return own or (actor.pk != principal.pk and has_permission(actor, "accounts.substitute_others"))


def principal_for(actor: User, pk: int) -> User:
    """Somebody whose leave `actor` may arrange. Raises PermissionDenied, Http404 where there is no such person."""
    if pk != actor.pk:
        require(actor, "accounts.substitute_others")
    person = people_on_duty().filter(pk=pk).first()
    if person is None:
        raise Http404(str(pk))
    if not may_arrange_for(actor, person):
        raise PermissionDenied("accounts.substitute")
    return person


def people_on_duty() -> QuerySet[User]:
    """Active people with business rights: those who go on leave and those who stand in."""
    held = Assignment.objects.filter(is_active=True).exclude(role__in=[role.value for role in ADMINISTRATORS])
    people = User.objects.filter(is_active=True, is_superuser=False, pk__in=held.values("user"))
    return people.select_related("department").order_by("department__code", "username")


def substitutes_for(principal: User) -> QuerySet[User]:
    """Who may be asked to stand in: everybody on duty but the person; administrators hold their role alone."""
    barred = Assignment.objects.filter(is_active=True, role__in=[role.value for role in ADMINISTRATORS])
    return people_on_duty().exclude(pk=principal.pk).exclude(pk__in=barred.values("user"))


@transaction.atomic
def arrange(
    *, actor: User, principal: User, substitute: User, first_day: date, last_day: date, longest: int, reason: str = ""
) -> Substitution:
    """Let `substitute` act for `principal` from `first_day` to `last_day`, both included; both keep seeing the work.

    longest: days, weekends included, that the policy lets it run. Returns the row; the substitute is told. Raises
    PermissionDenied unless it is the actor's own leave or the actor manages the desk, ValidationError by field for
    everything that problems() finds. Source: ecosystem reference §5.1 (代理).
    """
    if not may_arrange_for(actor, principal):
        raise PermissionDenied("accounts.substitute")
    # Both rows are locked in one order, so that two arrangements cannot close a circle between them.
    list(User.objects.select_for_update().filter(pk__in=[principal.pk, substitute.pk]).order_by("pk"))
    found = problems(principal, substitute, first_day, last_day, longest)
    if found:
        raise ValidationError(found)
    row = Substitution.objects.create(
        principal=principal, substitute=substitute, first_day=first_day, last_day=last_day, reason=reason.strip(),
        arranged_by=actor,
    )  # fmt: skip
    _keep(row, actor, None)
    substitution_arranged.send(sender=Substitution, substitution=row)
    return row


def problems(principal: User, substitute: User, first_day: date, last_day: date, longest: int) -> dict[str, list[str]]:
    """Every reason against an arrangement, by field; empty when it may be made. At most six queries."""
    found: dict[str, list[str]] = {}
    _of_days(found, first_day, last_day, longest)
    if substitute.pk == principal.pk:
        found.setdefault("substitute", []).append(_("Nobody stands in for themselves."))
    elif not substitutes_for(principal).filter(pk=substitute.pk).exists():
        found.setdefault("substitute", []).append(_("This person cannot stand in: no active account on duty."))
    if not lent_by(principal).lent:
        found.setdefault("__all__", []).append(_("There are no rights that somebody else could exercise."))
    if last_day >= first_day:
        _of_others(found, principal, substitute, first_day, last_day)
    return found


def _of_days(found: dict[str, list[str]], first_day: date, last_day: date, longest: int) -> None:
    if first_day < timezone.localdate():
        found.setdefault("first_day", []).append(_("The first day has passed."))
    if last_day < first_day:
        found.setdefault("last_day", []).append(_("The last day is before the first."))
    elif (last_day - first_day).days + 1 > longest:
        text = _("At most %(days)s days, weekends included: until %(day)s.")
        latest = (first_day + timedelta(days=longest - 1)).isoformat()
        found.setdefault("last_day", []).append(text % {"days": longest, "day": latest})


def _of_others(found: dict[str, list[str]], principal: User, substitute: User, first_day: date, last_day: date) -> None:
    """Substitutions of the same days: one substitute a day, and no chains."""
    same_days = Substitution.objects.filter(ended_at=None, first_day__lte=last_day, last_day__gte=first_day)
    rows = same_days.filter(Q(principal__in=[principal, substitute]) | Q(substitute=principal))
    for row in rows.select_related("principal", "substitute"):
        words = {"day": row.first_day.isoformat(), "until": row.last_day.isoformat()}
        if row.principal_id == principal.pk:
            text = _("%(name)s already stands in from %(day)s to %(until)s.")
            found.setdefault("first_day", []).append(text % {**words, "name": row.substitute.label})
        elif row.principal_id == substitute.pk:
            text = _("%(name)s is on leave from %(day)s to %(until)s.")
            found.setdefault("substitute", []).append(text % {**words, "name": row.principal.label})
        else:
            text = _("Standing in for %(name)s from %(day)s to %(until)s cannot be passed on. Rearrange it first.")
            found.setdefault("first_day", []).append(text % {**words, "name": row.principal.label})


@transaction.atomic
def end(*, actor: User, pk: int) -> Substitution:
    """End a substitution before its last day; from now on the substitute has only their own rights.

    Raises Http404 where there is none that the actor may end, ValidationError when it has ended.
    """
    row = Substitution.objects.select_for_update(of=("self",)).select_related("principal", "substitute").filter(pk=pk)
    found = row.first()
    if found is None or not may_arrange_for(actor, found.principal):
        raise Http404(str(pk))
    if found.ended_at is not None or found.last_day < timezone.localdate():
        raise ValidationError(_("This substitution has ended."))
    before = _facts(found)
    found.ended_at, found.ended_by = timezone.now(), actor
    found.save(update_fields=["ended_at", "ended_by"])
    _keep(found, actor, before)
    return found


def running_and_planned() -> QuerySet[Substitution]:
    """Substitutions that have not ended."""
    rows = Substitution.objects.filter(ended_at=None, last_day__gte=timezone.localdate())
    return rows.select_related("principal__department", "substitute__department", "arranged_by").order_by("first_day")


def of_person(person: User) -> list[Substitution]:
    """Substitutions on either side of a person, the newest first, at most fifty."""
    rows = Substitution.objects.filter(Q(principal=person) | Q(substitute=person))
    return list(rows.select_related("principal", "substitute", "arranged_by", "ended_by")[:50])


def substitute_of(person: User, day: date | None = None) -> User | None:
    """Who stands in for a person on a day (today by default)."""
    rows = Substitution.objects.in_force(day or timezone.localdate()).filter(principal=person)
    row = rows.filter(substitute__is_active=True).select_related("substitute").first()
    return row.substitute if row else None


def substitutes_today(people: Iterable[int]) -> dict[int, User]:
    """Who stands in today for which of these people, by the key of whoever is away; one query."""
    rows = Substitution.objects.in_force(timezone.localdate()).filter(principal__in=set(people))
    rows = rows.filter(substitute__is_active=True, principal__is_active=True).select_related("substitute")
    return {row.principal_id: row.substitute for row in rows}


def _facts(row: Substitution) -> dict[str, Any]:
    return {
        "principal": row.principal.username,
        "substitute": row.substitute.username,
        "first_day": row.first_day.isoformat(),
        "last_day": row.last_day.isoformat(),
        "ended": row.ended_at.isoformat() if row.ended_at else "",
    }


def _keep(row: Substitution, actor: User, before: dict[str, Any] | None) -> None:
    record_edit(
        table="accounts.Substitution", key=str(row.pk), actor=actor, before=before, after=_facts(row),
        reason=row.reason[:300],
    )  # fmt: skip


def named(words: list[str]) -> list[User]:
    """People with business rights whose name or unit has every word, also those who have left; at most thirty."""
    held = Assignment.objects.exclude(role__in=[role.value for role in ADMINISTRATORS])
    people = User.objects.filter(pk__in=held.values("user")).select_related("department")
    for word in words[:5]:
        fits = Q(username__icontains=word) | Q(name__icontains=word) | Q(name_en__icontains=word)
        people = people.filter(fits | Q(department__name__icontains=word) | Q(department__name_en__icontains=word))
    return list(people.order_by("department__code", "username")[:30])


def colleague(pk: int) -> User:
    """Anybody with business rights, also somebody who has left. Raises Http404."""
    held = Assignment.objects.exclude(role__in=[role.value for role in ADMINISTRATORS])
    person = User.objects.filter(pk=pk, pk__in=held.values("user")).select_related("department").first()
    if person is None:
        raise Http404(str(pk))
    return person
