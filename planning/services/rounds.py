"""Change rounds: their calendar, and leave to file after the window."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import CODE, Department, User
from accounts.policy import require
from accounts.services import record_edit
from planning.models import LateFiling, PlanItem, Round
from planning.plan_queries import ROUND_DATES, is_valid, mark, round_facts

TABLE = "planning.Round"
STALE = gettext_noop("This has been changed in between. Look at what it says now and try again.")
CODE_FORM = re.compile(r"[A-Z0-9][A-Z0-9-]*\Z")  # as accounts.models.CODE: an address, and no word of ours


@dataclass(frozen=True, slots=True)
class Change:
    """What an edit says before and after; before is None for a new row, key is None where nothing was written."""

    key: int | None
    before: dict[str, Any] | None
    after: dict[str, Any]

    @property
    def fields(self) -> list[str]:
        """Names of what differs."""
        return [name for name, value in self.after.items() if (self.before or {}).get(name) != value]


@transaction.atomic
def load_plan_items(path: Path) -> int:
    """Load plan items from JSON Lines (code, title, title_en, parent, year_from, year_to, envelope in 万元, source).

    Items that exist are left as they are. Returns how many were created.
    """
    created = 0
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        row.pop("domains", None)
        parent = PlanItem.objects.get(code=row.pop("parent")) if row.get("parent") else row.pop("parent", None)
        _item, is_new = PlanItem.objects.get_or_create(code=row.pop("code"), defaults={**row, "parent": parent})
        created += is_new
    return created


def open_round(*, code: str, name: str, name_en: str, opens_on: date, closes_on: date) -> Round:
    """Create an application round, or return the one of that code."""
    defaults = {"name": name, "name_en": name_en, "year": opens_on.year, "opens_on": opens_on, "closes_on": closes_on}
    return Round.objects.get_or_create(code=code, defaults=defaults)[0]


@transaction.atomic
def save_round(
    *,
    actor: User, values: Mapping[str, Any], round_id: int | None = None, expected: str = "", reason: str = "",
    dry_run: bool = False,
) -> Change:  # fmt: skip
    """Create a round, or change one; what has passed stays as it was.

    values: code, name, name_en, year, note and the six days (None: not fixed yet). expected: mark of what the form was
    opened on. dry_run: only check. Raises PermissionDenied, ValidationError by field (none where the round was changed
    in between). Source of the calendar: 常州 2016, domain reference §2.3.
    """
    require(actor, "planning.edit")
    present = Round.objects.select_for_update().get(pk=round_id) if round_id else None
    before = round_facts(present) if present else None
    if before is not None and mark(before) != expected:
        raise ValidationError(_(STALE))
    problems: dict[str, str] = {}
    if not present and not CODE_FORM.match(values["code"]):
        problems["code"] = str(CODE.message)
    problems |= _order_problems(values) or _past_problems(values, present, timezone.localdate())
    if present and not reason.strip():
        problems["reason"] = _("Say why it is changed.")
    if problems:
        raise ValidationError(problems)
    row = _with_values(present, values)
    after = round_facts(row)
    if not dry_run:
        row.full_clean()
        row.save()
        record_edit(table=TABLE, key=row.code, actor=actor, before=before, after=after, reason=reason.strip())
    return Change(row.pk, before, after)


def _with_values(present: Round | None, values: Mapping[str, Any]) -> Round:
    """The row with the values written into it; a code never changes."""
    row = present or Round()
    for name, value in values.items():
        if name != "code" or not present:
            setattr(row, name, value)
    return row


def _order_problems(values: Mapping[str, Any]) -> dict[str, str]:
    problems: dict[str, str] = {}
    last = ""
    for name in ROUND_DATES:
        day = values.get(name)
        if day is None:
            continue
        if last and day < values[last]:
            problems[name] = _("This day lies before “%(other)s” (%(day)s).") % {
                "other": getattr(Round._meta.get_field(last), "verbose_name", last),
                "day": values[last].isoformat(),
            }
        last = name
    return problems


def _past_problems(values: Mapping[str, Any], present: Round | None, today: date) -> dict[str, str]:
    """Nothing retroactive: a day that has come stays, and a new one cannot lie in the past."""
    problems: dict[str, str] = {}
    for name in ROUND_DATES:
        old, new = getattr(present, name, None), values.get(name)
        if new == old:
            continue
        if name == "closes_on" and old is not None and old < today:
            problems[name] = _("The round has closed. Whoever is still to file needs leave for late filing.")
        elif name in {"announced_on", "opens_on"} and old is not None and old <= today:
            problems[name] = _("This day has come; it cannot be changed any more.")
        elif new is not None and new < today and (present or name != "announced_on"):
            problems[name] = _("Nothing applies retroactively: today or later.")
    if present and present.opens_on <= timezone.localdate() and values["year"] != present.year:
        problems["year"] = _("The round has opened; its year cannot be changed any more.")
    return problems


@transaction.atomic
def grant_late_filing(
    *, actor: User, round_id: int, department: Department, until: date, reason: str, basis: str
) -> LateFiling:
    """Let one unit, and those below it, file in a round after its window.

    until: the last day. basis: the instruction or document that it rests on. Raises PermissionDenied, ValidationError
    by field. An exception on the record is the only way past the window (peers N11).
    """
    require(actor, "planning.late_filing")
    row = Round.objects.select_for_update().get(pk=round_id)
    problems = {}
    if not department.is_active:
        problems["department"] = _("This unit is no longer active.")
    elif any(is_valid(one) for one in LateFiling.objects.filter(round=row, department=department)):
        problems["department"] = _("This unit has leave already. Revoke it first.")
    if until < timezone.localdate():
        problems["until"] = _("Nothing applies retroactively: today or later.")
    elif until <= row.closes_on:
        problems["until"] = _("The round is open until %(day)s; late filing is for later.") % {
            "day": row.closes_on.isoformat()
        }
    for name, text in (("reason", reason), ("basis", basis)):
        if not text.strip():
            problems[name] = _("Required.")
    if problems:
        raise ValidationError(problems)
    texts = {"reason": reason.strip(), "basis": basis.strip()}
    filing = LateFiling.objects.create(round=row, department=department, until=until, granted_by=actor, **texts)
    after = {"late_filing": department.code, "until": until.isoformat(), **texts}
    record_edit(table=TABLE, key=row.code, actor=actor, before=None, after=after, reason=texts["basis"])
    return filing


@transaction.atomic
def revoke_late_filing(*, actor: User, filing_id: int, reason: str) -> LateFiling:
    """Take leave for late filing back; what was filed stays filed. Raises PermissionDenied, ValidationError."""
    require(actor, "planning.late_filing")
    filing = LateFiling.objects.select_for_update().select_related("round", "department").get(pk=filing_id)
    if filing.revoked_at is not None:
        raise ValidationError(_("It has been revoked already."))
    if not reason.strip():
        raise ValidationError({"reason": _("Say why it is revoked.")})
    filing.revoked_at, filing.revoked_by = timezone.now(), actor
    filing.save(update_fields=["revoked_at", "revoked_by"])
    before = {"late_filing": filing.department.code, "until": filing.until.isoformat()}
    record_edit(table=TABLE, key=filing.round.code, actor=actor, before=before, after=None, reason=reason.strip())
    return filing
