"""Bring the plan in line with a workbook of plan items: all of it, or with any error nothing."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Department, User
from accounts.policy import require
from planning.models import PlanItem
from planning.services import save_item
from portfolio.imports.report import FileRefused, RowError, printable
from projects.plan_sheets import Line, Sheet, read

REASON = "import"


@dataclass(frozen=True, slots=True)
class ItemChange:
    """One plan item that is created or changed, and which fields."""

    code: str
    title: str
    is_new: bool
    fields: tuple[str, ...]


@dataclass(slots=True)
class PlanReport:
    """The result of reading one file. With errors nothing was written; a dry run never writes."""

    changes: list[ItemChange] = field(default_factory=list)
    unchanged: int = 0
    errors: list[RowError] = field(default_factory=list)

    @property
    def created(self) -> int:
        """Number of items that are new."""
        return sum(change.is_new for change in self.changes)

    @property
    def updated(self) -> int:
        """Number of items that differ."""
        return len(self.changes) - self.created


def import_items(*, actor: User, data: bytes, filename: str, dry_run: bool = False) -> PlanReport:
    """Create and change plan items as an .xlsx file says; what it does not name, item or column, stays as it is.

    The dry run does the same work and takes it back, so it finds exactly what the import would. Returns the report;
    bad content never raises. Raises PermissionDenied.
    """
    require(actor, "planning.edit")
    report = PlanReport()
    try:
        sheet = read(data, filename)
    except FileRefused as refusal:
        report.errors.append(refusal.error)
        return report
    report.errors += sheet.errors
    if not sheet.lines and not sheet.errors:
        report.errors.append(RowError(None, "", "", _("The file names no plan item.")))
    with transaction.atomic():
        _apply(actor, sheet, report)
        if dry_run or report.errors:
            transaction.set_rollback(True)
    report.errors.sort(key=lambda error: (error.row or 0, error.field))
    return report


def _apply(actor: User, sheet: Sheet, report: PlanReport) -> None:
    items = {item.code: item for item in PlanItem.objects.all()}
    units = {unit.code: unit for unit in Department.objects.filter(is_active=True)}
    unread = {error.row for error in report.errors}
    for line in _parents_first(sheet, report):
        before = len(report.errors)
        values = _values(line, items, units, report)
        if len(report.errors) > before or line.row in unread:
            continue
        present = items.get(values["code"])
        try:
            with transaction.atomic():
                change = save_item(
                    actor=actor, values=values, envelopes=line.envelopes, item_id=present.pk if present else None,
                    expected=None, reason=REASON,
                )  # fmt: skip
        except ValidationError as error:
            report.errors += _cell_errors(line, error)
            continue
        items[values["code"]] = PlanItem.objects.get(code=values["code"])
        if change.fields:
            title = str(change.after["title"])
            report.changes.append(ItemChange(values["code"], title, present is None, tuple(change.fields)))
        else:
            report.unchanged += 1


def _parents_first(sheet: Sheet, report: PlanReport) -> list[Line]:
    """The rows so that an item comes after the one above it, where the file has both; a code only once."""
    by_code: dict[str, Line] = {}
    for line in sheet.lines:
        code = line.values.get("code")
        if code and code in by_code:
            text = _("This code is there twice (first in row %(row)s).") % {"row": by_code[code].row}
            report.errors.append(RowError(line.row, "code", code, text))
        elif code:
            by_code[code] = line
    found: list[Line] = []
    placed: set[str] = set()

    def place(code: str, way: tuple[str, ...]) -> None:
        above = by_code[code].values.get("parent")
        if above in by_code and above not in placed and above not in way:
            place(above, (*way, code))
        if code not in placed:
            placed.add(code)
            found.append(by_code[code])

    for code in by_code:
        place(code, (code,))
    return found


def _values(line: Line, items: dict[str, PlanItem], units: dict[str, Department], report: PlanReport) -> dict:
    values = dict(line.values)
    for name, known, text in (
        ("parent", items, _("There is no plan item of this code.")),
        ("department", units, _("There is no active unit of this code.")),
    ):
        code = values.get(name)
        if name not in values:
            continue
        values[name] = known.get(code) if code else None
        if code and values[name] is None:
            report.errors.append(RowError(line.row, name, printable(code), text))
    if not values.get("level") and "level" in values:
        del values["level"]
    return values


def _cell_errors(line: Line, error: ValidationError) -> Iterator[RowError]:
    named = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
    for name, texts in named.items():
        cell = line.envelopes.get(int(name)) if name.isdigit() else line.values.get(name, "")
        shown = "" if name == NON_FIELD_ERRORS else name
        for text in texts:
            yield RowError(line.row, shown, printable(cell), str(text))
