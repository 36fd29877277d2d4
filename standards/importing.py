"""Take standards or the items of a draft from rows of a workbook: all or nothing, errors per cell, dry run first."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policy import require
from standards import editing, editions
from standards.models import ChecklistEdition, ChecklistItem, Standard
from standards.snapshots import Change, changes, fingerprint, item_values, standard_values
from standards.workbooks import SEPARATOR, Row

TRUE_EMPTY = ("", "-", "–")


@dataclass(frozen=True, slots=True)
class CellError:
    """What is wrong in one cell; column empty: the row as a whole."""

    row: int
    column: str
    value: str
    message: str


@dataclass(frozen=True, slots=True)
class RowChange:
    """What a row does: "created" or "updated", and the fields that differ."""

    key: str
    outcome: str
    fields: list[Change]


@dataclass(slots=True)
class Report:
    """What an import did, or would do; with errors nothing was written."""

    changes: list[RowChange] = field(default_factory=list)
    errors: list[CellError] = field(default_factory=list)
    unchanged: int = 0

    def count(self, outcome: str) -> int:
        """How many rows had this outcome."""
        return sum(1 for change in self.changes if change.outcome == outcome)


def import_standards(*, actor: User, rows: list[Row], dry_run: bool = False) -> Report:
    """Create and change standards by number; those not named stay as they are.

    actor: holds standards.edit. rows: from workbooks.read. dry_run: roll everything back. Returns what happened; with
    errors nothing is written. Raises PermissionDenied.
    """
    require(actor, "standards.edit")

    def save(row: Row, known: dict[str, Any]) -> RowChange | None:
        return _standard(actor, row, known)

    with transaction.atomic():
        report = _all_rows(rows, "number", save, {one.number: one for one in Standard.objects.all()})
        if not report.errors:
            _successors(actor, rows, report)
        if dry_run or report.errors:
            transaction.set_rollback(True)
    return report


def import_items(*, actor: User, edition: ChecklistEdition, rows: list[Row], dry_run: bool = False) -> Report:
    """Create and change items of a draft by code; those not named stay as they are (retire them on the page).

    actor: holds standards.edit. edition: a draft. rows: from workbooks.read. dry_run: roll everything back. Returns
    what happened; with errors nothing is written; a malformed condition names its character. Raises PublishedEdition,
    PermissionDenied.
    """
    require(actor, "standards.edit")
    standards = {one.number: one for one in Standard.objects.all()}

    def save(row: Row, known: dict[str, Any]) -> RowChange | None:
        return _item(actor, edition, row, known, standards)

    with transaction.atomic():
        present = edition.items.select_related("edition", "standard").prefetch_related("related")
        report = _all_rows(rows, "code", save, {item.code: item for item in present})
        if dry_run or report.errors:
            transaction.set_rollback(True)
    return report


def _all_rows(
    rows: list[Row], key: str, save: Callable[[Row, dict[str, Any]], RowChange | None], known: dict[str, Any]
) -> Report:
    report, seen = Report(), dict[str, int]()
    for number, cells in rows:
        name = cells.get(key, "")
        if name in seen:
            message = _("This stands in row %(row)s already.") % {"row": seen[name]}
            report.errors.append(CellError(number, key, name, message))
            continue
        seen[name] = number
        try:
            with transaction.atomic():
                change = save((number, cells), known)
        except ValidationError as refused:
            report.errors += _errors(number, cells, refused)
        else:
            report.changes += [change] if change else []
            report.unchanged += not change
    return report


def _errors(number: int, cells: Mapping[str, str], refused: ValidationError) -> list[CellError]:
    by_field = refused.message_dict if hasattr(refused, "error_dict") else {"": refused.messages}
    return [
        CellError(number, "" if name == "__all__" else name, cells.get(name, ""), message)
        for name, messages in by_field.items()
        for message in messages
    ]


def _standard(actor: User, row: Row, known: dict[str, Any]) -> RowChange | None:
    cells = row[1]
    standard = known.get(cells["number"]) or Standard()
    before = standard_values(standard) if standard.pk else {}
    _enter(standard, {name: text for name, text in cells.items() if name != "superseded_by"})
    after = standard_values(standard)
    if before == after:
        return None
    expected = fingerprint(before) if before else ""
    editing.save_standard(actor=actor, standard=standard, expected=expected, reason=_("Imported from a workbook"))
    known[standard.number] = standard
    return RowChange(standard.number, "updated" if before else "created", changes(Standard, before, after))


def _successors(actor: User, rows: list[Row], report: Report) -> None:
    """After every row is there: a successor may be a row further down."""
    known = {one.number: one for one in Standard.objects.select_related("superseded_by")}
    for number, cells in rows:
        wanted, standard = cells.get("superseded_by", ""), known[cells["number"]]
        present = standard.superseded_by.number if standard.superseded_by else ""
        if "superseded_by" not in cells or wanted == present:
            continue
        if wanted and wanted not in known:
            report.errors.append(CellError(number, "superseded_by", wanted, _("There is no such standard.")))
            continue
        before = standard_values(standard)
        standard.superseded_by = known.get(wanted)
        try:
            editing.save_standard(actor=actor, standard=standard, expected=fingerprint(before))
        except ValidationError as refused:
            report.errors += _errors(number, cells, refused)
        else:
            fields = changes(Standard, before, standard_values(standard))
            report.changes.append(RowChange(standard.number, "updated", fields))


def _item(
    actor: User, edition: ChecklistEdition, row: Row, known: dict[str, Any], standards: dict[str, Standard]
) -> RowChange | None:
    cells = dict(row[1])
    item = known.get(cells["code"]) or ChecklistItem(edition=edition)
    before = item_values(item) if item.pk else {}
    related = list(item.related.all()) if item.pk else []
    if "related" in cells:
        related = [_found(standards, number, "related") for number in cells.pop("related").split(SEPARATOR.strip())]
        related = [one for one in related if one]
    if "standard" in cells:
        item.standard = _found(standards, cells.pop("standard"), "standard")
    _enter(item, cells)
    after = item_values(item, related)
    if before == after:
        return None
    editions.save_draft_item(
        actor=actor, item=item, related=related, expected=fingerprint(before) if before else "",
        reason=_("Imported from a workbook"),
    )  # fmt: skip
    return RowChange(item.code, "updated" if before else "created", changes(ChecklistItem, before, after))


def _found(standards: Mapping[str, Standard], number: str, column: str) -> Any:
    number = number.strip()
    if number in TRUE_EMPTY:
        return None
    if number not in standards:
        raise ValidationError({column: _("There is no standard %(number)s.") % {"number": number}})
    return standards[number]


def _enter(obj: models.Model, cells: Mapping[str, str]) -> None:
    """Write the cells into the object as values of its fields. Raises ValidationError by column."""
    errors = {}
    for name, text in cells.items():
        column: Any = obj._meta.get_field(name)
        try:
            setattr(obj, name, _value(column, text))
        except ValidationError as refused:
            errors[name] = refused.messages
    if errors:
        raise ValidationError(errors)


def _value(column: Any, text: str) -> Any:
    if not text:
        return None if column.null else ""
    by_label = {str(label): value for value, label in column.flatchoices}
    return column.to_python(by_label.get(text, text))
