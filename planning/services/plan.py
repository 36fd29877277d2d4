"""Change plan items with their yearly envelopes, and what units have promised to integrate."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import CODE, Department, User
from accounts.policy import require
from accounts.services import record_edit
from planning.models import IntegrationCommitment, PlanEnvelope, PlanItem
from planning.plan_queries import item_facts, mark
from planning.services.rounds import CODE_FORM, STALE, Change

TABLE = "planning.PlanItem"
YEARS = range(2000, 2101)
MOST_YEARS = 20


@transaction.atomic
def save_item(
    *,
    actor: User, values: Mapping[str, Any], envelopes: Mapping[int, Decimal | None], item_id: int | None = None,
    expected: str | None = "", reason: str = "", dry_run: bool = False,
) -> Change:  # fmt: skip
    """Create a plan item, or change one with its yearly envelopes; proposals that cite it keep it.

    values: code, title, title_en, level, parent, department, year_from, year_to, envelope (万元 in all, or None),
    source, summary; what is not named stays. envelopes: year → 万元 or None (none set aside); years that are not named
    stay. expected: mark of what the form was opened on (None: an import, which overwrites on purpose). Raises
    PermissionDenied, ValidationError by field, a year by its number.
    """
    require(actor, "planning.edit")
    present = PlanItem.objects.select_for_update().get(pk=item_id) if item_id else None
    before = item_facts(present) if present else None
    if before is not None and expected is not None and mark(before) != expected:
        raise ValidationError(_(STALE))
    old = {one.year: one.amount for one in present.envelopes.all()} if present else {}
    new = {year: amount for year, amount in {**old, **envelopes}.items() if amount is not None}
    row = _with_values(present, values)
    problems = _item_problems(row) or _money_problems(row, old, new)
    if present and expected is not None and not reason.strip():
        problems["reason"] = _("Say why it is changed.")
    if problems:
        raise ValidationError(problems)
    after = item_facts(row, new)
    if not dry_run and before != after:
        _store(row, old, new)
        record_edit(table=TABLE, key=row.code, actor=actor, before=before, after=after, reason=reason.strip())
    return Change(row.pk, before, after)


def _with_values(present: PlanItem | None, values: Mapping[str, Any]) -> PlanItem:
    """The row with the values written into it; a code never changes."""
    row = present or PlanItem()
    for name, value in values.items():
        if name != "code" or not present:
            setattr(row, name, value)
    return row


def _store(row: PlanItem, old: dict[int, Decimal], new: dict[int, Decimal]) -> None:
    row.full_clean()
    row.save()
    PlanEnvelope.objects.filter(item=row, year__in=old.keys() - new.keys()).delete()
    for year, amount in new.items():
        if old.get(year) != amount:
            PlanEnvelope.objects.update_or_create(item=row, year=year, defaults={"amount": amount})


def _item_problems(row: PlanItem) -> dict[str, str]:
    problems: dict[str, str] = {}
    for name in ("code", "title", "source"):
        if not str(getattr(row, name) or "").strip():
            problems[name] = _("Required.")
    if not row.pk and row.code and not CODE_FORM.match(row.code):
        problems["code"] = str(CODE.message)
    problems |= _year_problems(row)
    if not problems and _is_below_itself(row):
        problems["parent"] = _("An item cannot stand below itself.")
    return problems


def _year_problems(row: PlanItem) -> dict[str, str]:
    problems: dict[str, str] = {}
    for name in ("year_from", "year_to"):
        if getattr(row, name) not in YEARS:
            problems[name] = _("Enter a year from %(low)s to %(high)s.") % {"low": YEARS[0], "high": YEARS[-1]}
    if problems:
        return problems
    if row.year_to < row.year_from:
        problems["year_to"] = _("The last year lies before the first.")
    elif row.year_to - row.year_from >= MOST_YEARS:
        problems["year_to"] = _("A plan item runs for at most %(n)s years.") % {"n": MOST_YEARS}
    return problems


def _is_below_itself(row: PlanItem) -> bool:
    above, seen = row.parent, set()
    while above is not None and above.pk not in seen:
        if above.pk == row.pk:
            return True
        seen.add(above.pk)
        above = above.parent
    return False


def _money_problems(row: PlanItem, old: dict[int, Decimal], new: dict[int, Decimal]) -> dict[str, str]:
    problems: dict[str, str] = {}
    this_year = timezone.localdate().year
    for year in sorted(old.keys() | new.keys()):
        amount = new.get(year)
        if amount is not None and not row.year_from <= year <= row.year_to:
            problems[str(year)] = _("The item does not run in this year.")
        elif amount is not None and amount < 0:
            problems[str(year)] = _("A negative number is not possible here.")
        elif year < this_year and row.pk and amount != old.get(year):
            problems[str(year)] = _("This year is over; its envelope cannot be changed any more.")
    total = sum(new.values(), Decimal(0))
    if not problems and row.envelope is not None and total > row.envelope:
        problems["envelope"] = _("The years add up to %(sum)s, which is more.") % {"sum": f"{total:.2f}"}
    return problems


@transaction.atomic
def withdraw_item(
    *, actor: User, item_id: int, on: date | None, expected: str, reason: str, dry_run: bool = False
) -> Change:
    """From a day on, an item can no longer be cited; proposals that cite it keep it.

    on: the day, today or later; None takes back a withdrawal whose day has not come. dry_run: only check. Raises
    PermissionDenied, ValidationError by field.
    """
    require(actor, "planning.edit")
    row = PlanItem.objects.select_for_update().get(pk=item_id)
    before, today = item_facts(row), timezone.localdate()
    if mark(before) != expected:
        raise ValidationError(_(STALE))
    problems = {}
    if row.withdrawn_on is not None and row.withdrawn_on <= today:
        problems["on"] = _("The item was withdrawn on %(day)s.") % {"day": row.withdrawn_on.isoformat()}
    elif on is not None and on < today:
        problems["on"] = _("Nothing applies retroactively: today or later.")
    elif on == row.withdrawn_on:
        problems["on"] = _("Required.")
    if not reason.strip():
        problems["reason"] = _("Say why it is changed.")
    if problems:
        raise ValidationError(problems)
    row.withdrawn_on = on
    after = item_facts(row)
    if dry_run:
        return Change(row.pk, before, after)
    row.save(update_fields=["withdrawn_on"])
    record_edit(table=TABLE, key=row.code, actor=actor, before=before, after=after, reason=reason.strip())
    return Change(row.pk, before, after)


@transaction.atomic
def add_commitment(
    *, actor: User, department: Department, text: str, due_on: date, source: str
) -> IntegrationCommitment:
    """Record what a unit has promised to integrate (临沂 2021). Raises PermissionDenied, ValidationError."""
    require(actor, "planning.edit")
    words = {"text": text.strip(), "source": source.strip()}
    problems = {name: _("Required.") for name, value in words.items() if not value}
    if problems:
        raise ValidationError(problems)
    row = IntegrationCommitment.objects.create(department=department, due_on=due_on, **words)
    after = {"department": department.code, "due_on": due_on.isoformat(), **words}
    record_edit(
        table="planning.IntegrationCommitment", key=str(row.pk), actor=actor, before=None, after=after,
        reason=words["source"],
    )  # fmt: skip
    return row


@transaction.atomic
def close_commitment(*, actor: User, commitment_id: int, done_on: date, reason: str) -> IntegrationCommitment:
    """Record that a commitment is fulfilled. done_on: not in the future. Raises PermissionDenied, ValidationError."""
    require(actor, "planning.edit")
    row = IntegrationCommitment.objects.select_for_update().get(pk=commitment_id)
    problems = {}
    if row.done_on is not None:
        problems["done_on"] = _("It has been closed already.")
    elif done_on > timezone.localdate():
        problems["done_on"] = _("This day has not come yet.")
    if not reason.strip():
        problems["reason"] = _("Say what shows that it is done.")
    if problems:
        raise ValidationError(problems)
    row.done_on = done_on
    row.save(update_fields=["done_on"])
    record_edit(
        table="planning.IntegrationCommitment", key=str(row.pk), actor=actor, before={"done_on": None},
        after={"done_on": done_on.isoformat()}, reason=reason.strip(),
    )  # fmt: skip
    return row
