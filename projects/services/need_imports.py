"""Take over needs from a file: a dry run first, every error with its row and column, and nothing half-written."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import policy
from accounts.models import Department, User
from planning.models import Need, NeedCall
from planning.need_queries import FACTS, open_calls
from planning.services.need_errors import NeedRefused
from planning.services.needs import create_need, file_need, may_write, save_need
from portfolio import values
from portfolio.imports.report import FileRefused, RowError, printable
from portfolio.values import Unreadable
from projects import need_sheets
from projects.limits import check_money

PROSE = ("problem", "wanted")


@dataclass(slots=True)
class NeedReport:
    """What a file does, or would do. With errors nothing was written; a dry run never writes."""

    created: list[Need] = field(default_factory=list)
    updated: list[Need] = field(default_factory=list)
    unchanged: int = 0
    errors: list[RowError] = field(default_factory=list)

    @property
    def changes(self) -> int:
        """How many needs are new or different."""
        return len(self.created) + len(self.updated)


def import_needs(*, actor: User, data: bytes, filename: str, dry_run: bool = False) -> NeedReport:
    """Create and change needs as a file says: own units' by needs.file, anybody's by needs.decide.

    A row without a number is a new need, a draft unless its status says "filed"; a row with one changes that need.
    The same rules as on the page hold (window, completeness, what is decided stays), row by row. All or nothing.
    Returns the report. Raises PermissionDenied.
    """
    if not (policy.has_permission(actor, "needs.file") or policy.has_permission(actor, "needs.decide")):
        raise PermissionDenied("needs.file")
    report = NeedReport()
    try:
        sheet = need_sheets.read(data, filename)
    except FileRefused as refusal:
        return NeedReport(errors=[refusal.error])
    report.errors += sheet.errors
    with transaction.atomic():
        taker = _Taker(actor, report)
        for row, cells in sheet.rows:
            taker.take(row, cells)
        if dry_run or report.errors:
            transaction.set_rollback(True)
    return report


class _Taker:
    """Takes row after row through the services that the pages use, and notes what they refuse."""

    def __init__(self, actor: User, report: NeedReport) -> None:
        self.actor, self.report = actor, report
        self.units = {name: unit for unit in Department.objects.all() for name in (unit.code, unit.name)}
        self.calls = {call.code: call for call in NeedCall.objects.all()}
        self.seen: set[str] = set()

    def take(self, row: int, cells: Mapping[str, Any]) -> None:
        """One row."""
        before = len(self.report.errors)
        facts = self._facts(row, cells)
        code = self._read(row, "code", cells, partial(values.text, limit=20))
        if code and code in self.seen:
            self._say(row, "code", code, _("This number is there twice."))
        self.seen.add(code or "")
        if len(self.report.errors) > before:
            return
        try:
            with transaction.atomic():
                self._change(row, cells, code, facts) if code else self._create(row, cells, facts)
        except ValidationError as error:
            for name, messages in error.message_dict.items():
                self._say(row, name, cells.get(name), " ".join(messages))
        except NeedRefused as refusal:
            self._say(row, "status", cells.get("status"), refusal.reason)
        except PermissionDenied:
            self._say(row, "department", cells.get("department"), _("You may not write needs of this unit."))

    def _create(self, row: int, cells: Mapping[str, Any], facts: dict[str, Any]) -> None:
        unit, call = self._unit(row, cells), self._call(row, cells)
        if unit is None or call is None:
            return
        need = create_need(actor=self.actor, department=unit, call=call, data=facts)
        if self._wants_filed(row, cells):
            need = file_need(actor=self.actor, need_id=need.pk, expected=None)
        self.report.created.append(need)

    def _change(self, row: int, cells: Mapping[str, Any], code: str, facts: dict[str, Any]) -> None:
        need = Need.objects.select_related("department", "call").filter(code=code).first()
        if need is None or not may_write(self.actor, need.department):
            self._say(row, "code", code, _("There is no such need, or it is another unit's."))
            return
        files = need.status == Need.Status.DRAFT and self._wants_filed(row, cells)
        if not files and all(getattr(need, name) == value for name, value in facts.items()):
            self.report.unchanged += 1
            return
        need = save_need(actor=self.actor, need_id=need.pk, data=facts, expected=None)
        if files:
            need = file_need(actor=self.actor, need_id=need.pk, expected=None)
        self.report.updated.append(need)

    def _facts(self, row: int, cells: Mapping[str, Any]) -> dict[str, Any]:
        facts = {}
        for name in FACTS:
            if name in cells:
                facts[name] = self._read(row, name, cells, _reader(name))
        if "title" in cells and not facts["title"]:
            self._say(row, "title", "", _("A need has at least one line that says what it is."))
        return facts

    def _unit(self, row: int, cells: Mapping[str, Any]) -> Department | None:
        written = str(cells.get("department") or "").strip()
        own = policy.departments_for(self.actor, "needs.file")
        if not written and len(own) == 1:
            return Department.objects.get(pk=own[0])
        unit = self.units.get(written)
        if unit is None:
            self._say(row, "department", written, _("There is no such department."))
        return unit

    def _call(self, row: int, cells: Mapping[str, Any]) -> NeedCall | None:
        written = str(cells.get("call") or "").strip()
        call = self.calls.get(written) if written else open_calls(timezone.localdate()).first()
        if call is None:
            self._say(row, "call", written, _("There is no such call for needs."))
        return call

    def _wants_filed(self, row: int, cells: Mapping[str, Any]) -> bool:
        written = str(cells.get("status") or "").strip()
        known = {str(label): value for value, label in Need.Status.choices} | need_sheets.STATUSES
        status = known.get(written, written)
        if status and status not in Need.Status.values:
            allowed = ", ".join([Need.Status.DRAFT.value, Need.Status.FILED.value])
            self._say(row, "status", written, _("Choose one of: %(values)s.") % {"values": allowed})
        return status == Need.Status.FILED

    def _read(self, row: int, name: str, cells: Mapping[str, Any], reader: Callable[[Any], Any]) -> Any:
        try:
            return reader(cells.get(name))
        except Unreadable as error:
            self._say(row, name, cells.get(name), str(error))
        except ValidationError as error:
            self._say(row, name, cells.get(name), " ".join(error.messages))
        return None

    def _say(self, row: int, name: str, cell: Any, message: str) -> None:
        self.report.errors.append(RowError(row, name, printable(cell), message))


def _reader(name: str) -> Callable[[Any], Any]:
    if name == "estimate":
        return lambda cell: None if values.blank(cell) else check_money(values.money(cell))
    if name == "urgency":
        return _urgency
    column: Any = Need._meta.get_field(name)
    return partial(values.text, limit=column.max_length, prose=name in PROSE)


def _urgency(cell: Any) -> str:
    written = values.text(cell, limit=40).lower()
    known = {label: value for value, label in Need.Urgency.choices} | {value: value for value in Need.Urgency.values}
    found = {str(key).lower(): value for key, value in known.items()} | {"": Need.Urgency.NORMAL.value}
    if written not in found:
        raise Unreadable(_("Choose one of: %(values)s.") % {"values": ", ".join(Need.Urgency.values)})
    return found[written]
