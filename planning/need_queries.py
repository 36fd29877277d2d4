"""Read calls for needs and the demand pool: whose needs a person may see, what is missing in one, what is listed."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import policy
from accounts.models import User
from planning.models import Need, NeedCall, NeedGroup

Status, Mode = Need.Status, Need.Mode
# What a unit writes, in the order of the form.
FACTS = (
    *("title", "problem", "wanted", "duty_item", "users", "data_needed", "urgency", "estimate"),
    *("contact_name", "contact_phone"),
)
# Without these nothing is filed (domain reference §0.16: one form per need, no application).
REQUIRED: dict[str, Promise] = {
    "title": _("Say in one line what is needed."),
    "problem": _("Say what is wrong today."),
    "wanted": _("Say what must become possible."),
    "duty_item": _("Name the statutory duty or service item that the need serves."),
    "users": _("Say who would use it, and how many."),
    "contact_name": _("Name somebody who can answer questions."),
    "contact_phone": _("Enter the telephone of the contact."),
}
IN_POOL = (Status.FILED, Status.DECIDED)
# Modes after which a proposal is filed by whoever builds.
BUILT = (Mode.UNIFIED, Mode.OWN, Mode.UPGRADE, Mode.SERVICE)


def calls() -> QuerySet[NeedCall]:
    """Every call, the newest first, with `filed`: how many of its needs are in the pool."""
    counted = Count("needs", filter=Q(needs__status__in=IN_POOL))
    # Said again: a grouped query drops the order of the model.
    return NeedCall.objects.select_related("round").annotate(filed=counted).order_by("-opens_on", "-pk")


def call_or_404(code: str) -> NeedCall:
    """A call by its code. Raises Http404."""
    return get_object_or_404(NeedCall.objects.select_related("round"), code=code)


def is_open(call: NeedCall, on: date | None = None) -> bool:
    """Whether needs may be filed in the call on a day (today by default)."""
    return call.opens_on <= (on or timezone.localdate()) <= call.closes_on


def open_calls(on: date | None = None) -> QuerySet[NeedCall]:
    """Calls in which needs may be filed that day."""
    day = on or timezone.localdate()
    return NeedCall.objects.filter(opens_on__lte=day, closes_on__gte=day).select_related("round")


def drafting_calls(on: date | None = None) -> QuerySet[NeedCall]:
    """Calls for which a draft may be begun: those that have not closed."""
    return NeedCall.objects.filter(closes_on__gte=on or timezone.localdate())


def visible_to(user: User) -> QuerySet[Need]:
    """Needs that the user may read: by needs.view once filed, own ones always, and those their unit is to build."""
    rows = Need.objects.all()
    read = policy.visible(user, "needs.view", rows).exclude(status=Status.DRAFT)
    led = rows.filter(status=Status.DECIDED, lead__in=policy.departments_for(user, "projects.create"))
    return read | policy.visible(user, "needs.file", rows) | led


def get_for(user: User, code: str, permission: str = "needs.view") -> Need:
    """The need `code` for a user who holds `permission` for it.

    Raises Http404 where the user may not know of it, PermissionDenied where they may and the permission is not held.
    """
    related = ("call__round", "department", "group", "lead", "same_as", "carried_from", "decided_by", "created_by")
    need = visible_to(user).select_related(*related).filter(code=code).first()
    if need is None:
        raise Http404(code)
    if permission != "needs.view" and not policy.allows(user, permission, need):
        raise PermissionDenied(permission)
    return need


def gaps(values: dict[str, Any]) -> dict[str, str]:
    """What is missing before the need may be filed: field → what to do."""
    return {name: str(text) for name, text in REQUIRED.items() if not str(values.get(name) or "").strip()}


def facts_of(need: Need) -> dict[str, Any]:
    """What the unit wrote, field by field."""
    return {name: getattr(need, name) for name in FACTS}


def own_needs(user: User) -> QuerySet[Need]:
    """Needs of the units for which the user files, the newest first."""
    rows = Need.objects.filter(department__in=policy.departments_for(user, "needs.file"))
    return rows.select_related("call", "department", "lead").order_by("-call__opens_on", "-code")


def carryable(user: User) -> QuerySet[Need]:
    """Own needs that were put off in a call that has closed and that have not come back."""
    today = timezone.localdate()
    return own_needs(user).filter(mode=Mode.LATER, status=Status.DECIDED, call__closes_on__lt=today, carried_to=None)


def pool_for(user: User) -> QuerySet[Need]:
    """The needs of the pool that the user may see, in the order in which they are to be met."""
    rows = visible_to(user).filter(status__in=IN_POOL)
    related = ("call", "department", "group", "lead", "same_as")
    order = (F("group__position").asc(nulls_last=True), F("group"), F("position").asc(nulls_last=True), "code")
    return rows.select_related(*related).order_by("-call__opens_on", *order)


def narrow(rows: QuerySet[Need], *, q: str = "", **exact: Any) -> QuerySet[Need]:
    """Only the needs that fit every criterion. q: words, each in number, title, texts or unit. group "none": loose."""
    for word in q.split()[:10]:
        named = Q(code__icontains=word) | Q(title__icontains=word) | Q(department__name__icontains=word)
        rows = rows.filter(named | Q(wanted__icontains=word) | Q(problem__icontains=word))
    group = exact.pop("group", "")
    if group:
        rows = rows.filter(group=None) if group == "none" else rows.filter(group=group)
    return rows.filter(**{name: value for name, value in exact.items() if value})


def groups(call: NeedCall | None = None) -> QuerySet[NeedGroup]:
    """Groups of a call, or of all, in their order."""
    rows = NeedGroup.objects.select_related("call").annotate(size=Count("needs")).order_by("call", "position", "pk")
    return rows.filter(call=call) if call else rows


def chosen_for(user: User, codes: Iterable[str], permission: str) -> list[Need]:
    """The needs of these numbers, each of which the user may treat so; in the order of the pool.

    Raises Http404 where one of them may not be known, PermissionDenied where the permission is not held.
    """
    wanted = list(dict.fromkeys(codes))[:200]
    rows = list(pool_for(user).filter(code__in=wanted))
    if not wanted or len(rows) != len(wanted):
        raise Http404
    if not all(policy.allows(user, permission, row) for row in rows):
        raise PermissionDenied(permission)
    return rows
