"""Announce calls for needs and change them, with history."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts import policy
from accounts.models import User
from accounts.queries import edits_of
from accounts.services import record_edit
from planning.models import NeedCall
from planning.services.need_errors import NeedStale

TABLE = "planning.NeedCall"
FIELDS = ("name", "name_en", "year", "opens_on", "closes_on", "round", "note")


@transaction.atomic
def save_call(*, actor: User, code: str, data: dict[str, Any], expected: int | None = None) -> NeedCall:
    """Make the call `code`, or change it.

    data: FIELDS. expected: how many changes the form had seen (call_revision); None: the call is made.
    Needs that were filed keep their number and day whatever the window becomes (nothing is applied backwards).
    Returns the call. Raises PermissionDenied, ValidationError by field, NeedStale where somebody saved in between.
    """
    policy.require(actor, "planning.edit")
    call = NeedCall.objects.select_for_update().filter(code=code).first()
    if expected is None and call is not None:
        raise ValidationError({"code": _("There is a call with this code already.")})
    if expected is not None and expected != call_revision(code):
        raise NeedStale
    before = values_of(call) if call else None
    call = call or NeedCall(code=code)
    for name in FIELDS:
        setattr(call, name, data[name])
    if call.closes_on < call.opens_on:
        raise ValidationError({"closes_on": _("The window closes before it opens.")})
    call.full_clean()
    call.save()
    record_edit(table=TABLE, key=code, actor=actor, before=before, after=values_of(call))
    return call


def call_revision(code: str) -> int:
    """How many changes of a call are on record."""
    return edits_of(TABLE, code).count()


def values_of(call: NeedCall) -> dict[str, Any]:
    """A call as its history keeps it."""
    plain = {name: getattr(call, name) for name in ("name", "name_en", "year", "note")}
    days = {name: str(getattr(call, name)) for name in ("opens_on", "closes_on")}
    return {**plain, **days, "round": call.round.code if call.round else ""}
