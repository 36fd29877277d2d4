"""What the library does: save an item, load the shipped library, and lay out the sheet of one review."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import DateField, Model, QuerySet
from django.utils import timezone

from accounts.models import EditRecord
from standards import applicability, queries
from standards.facts import Value
from standards.kinds import ReviewKind
from standards.models import ChecklistEdition, ChecklistItem, Standard
from standards.snapshots import ITEMS, STANDARDS

SHIPPED_EDITION = "2025"
DATA = Path(__file__).resolve().parent / "data"

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One item of a review sheet: whether it applies to the proposal, why, and whether it is judged at acceptance."""

    item: ChecklistItem
    applies: bool
    because: str

    @property
    def at_acceptance(self) -> bool:
        """Whether the item is judged, or judged again, at acceptance and so becomes an obligation of the project."""
        return self.item.at_acceptance


@dataclass(frozen=True, slots=True)
class SeedCounts:
    """What loading the shipped library found and wrote."""

    standards: int
    items: int
    created: int
    updated: int


def sheet(
    kind: ReviewKind | str,
    facts: Mapping[str, Value | None],
    on: date | None = None,
    edition: ChecklistEdition | None = None,
) -> list[SheetRow]:
    """The checklist of one review for one proposal.

    kind: which review. facts: facts of the proposal by name (`standards.facts.FACTS`; money in 万元; None or absent:
    not stated, and then the item applies). on: the day whose checklist is meant, today unless told. edition: whose
    items, that of the day unless told; a submitted version is pinned to one.
    Returns every item valid on that day in checklist order, the ones that do not apply too, so that the reviewer sees
    what was left out and why. Raises TypeError for a fact of the wrong type.
    Rule: domain reference §5 ("applies-to" is evaluated from the form) with 穗政数〔2020〕6号 Art. 3 for the kinds.
    """
    rows = []
    for item in queries.in_force(kind, on, edition):
        decided = applicability.applies(item.condition, facts)
        rows.append(SheetRow(item, decided.applies, decided.because))
    return rows


@transaction.atomic
def save_item(item: ChecklistItem) -> ChecklistItem:
    """Check and save one item.

    item: new or changed, not yet saved. Returns it. Raises ValidationError by field; for a malformed condition the
    message names the character. Rule: nothing that cannot be evaluated enters the library (design §3, policy is data).
    """
    item.full_clean()
    item.save()
    return item


@transaction.atomic
def seed() -> SeedCounts:
    """Load the shipped standards and checklists (`standards/data/`), by number and by code.

    Returns how many there are and how many rows were created or changed; a second call changes nothing. Wording changed
    past the pages is set back to the shipped one, in the shipped edition alone; rows that somebody changed on the pages
    (which keep a record), rows not in the files and other editions are left alone. Raises ValidationError when a
    shipped row is malformed. Source of the rows: domain reference §5, with each row's own source beside it.
    """
    standards = _untouched("standards.json", STANDARDS, "number")
    items = _untouched("checklist.json", ITEMS, "code", f"{SHIPPED_EDITION}/")
    tally = {"created": 0, "updated": 0}
    known = _upsert(Standard, "number", [_without(row, "superseded_by") for row in standards], tally)
    _link_successors(standards, known)
    edition = _shipped_edition()
    plain = [{**_with_standard(row, known), "edition_id": edition.pk} for row in items]
    saved = _upsert(ChecklistItem, "code", plain, tally, ChecklistItem.objects.filter(edition=edition))
    for row in items:
        _set_related(saved[row["code"]], [known[number] for number in row["related"]])
    counts = len(_read("standards.json")), len(_read("checklist.json"))
    return SeedCounts(*counts, tally["created"], tally["updated"])


def _untouched(file: str, table: str, field: str, prefix: str = "") -> list[dict[str, Any]]:
    """The shipped rows without those that somebody changed on the pages."""
    changed = set(EditRecord.objects.filter(table=table).values_list("key", flat=True))
    return [row for row in _read(file) if prefix + row[field] not in changed]


def _shipped_edition() -> ChecklistEdition:
    """The edition that the shipped checklists are, in force from the day their rows say."""
    start = date(2025, 1, 1)
    values = {"name": "2025版", "name_en": "Edition 2025", "effective_on": start, "published_at": timezone.now()}
    return ChecklistEdition.objects.get_or_create(code=SHIPPED_EDITION, defaults=values)[0]


def _read(name: str) -> list[dict[str, Any]]:
    return json.loads((DATA / name).read_text(encoding="utf-8"))


def _without(row: dict[str, Any], field: str) -> dict[str, Any]:
    return {key: value for key, value in row.items() if key != field}


def _with_standard(row: dict[str, Any], known: Mapping[str, Standard]) -> dict[str, Any]:
    number = row["standard"]
    plain = {key: value for key, value in row.items() if key not in ("standard", "related")}
    return {**plain, "standard_id": known[number].pk if number else None}


def _upsert(
    model: type[M],
    key: str,
    rows: Iterable[dict[str, Any]],
    tally: dict[str, int],
    present: QuerySet[M] | None = None,
) -> dict[str, M]:
    known = {getattr(obj, key): obj for obj in (model._default_manager.all() if present is None else present)}
    for row in rows:
        obj = known.get(row[key]) or model()
        before = None if obj.pk is None else [getattr(obj, name) for name in row]
        for name, value in row.items():
            setattr(obj, name, _typed(model, name, value))
        if before != [getattr(obj, name) for name in row]:
            tally["created" if before is None else "updated"] += 1
            if isinstance(obj, ChecklistItem):
                obj.is_shipped = True
            # The key was just looked up, and the database checks its constraints itself: no need to ask it twice.
            obj.full_clean(validate_unique=False, validate_constraints=False)
            obj.save()
        known[row[key]] = obj
    return known


def _typed(model: type[Model], name: str, value: Any) -> Any:
    """Dates stand in the files as text."""
    field = model._meta.get_field(name)
    return field.to_python(value) if isinstance(field, DateField) else value


def _link_successors(rows: Iterable[dict[str, Any]], known: dict[str, Standard]) -> None:
    for row in rows:
        standard, successor = known[row["number"]], known.get(row["superseded_by"])
        if standard.superseded_by_id != (successor.pk if successor else None):
            standard.superseded_by = successor
            standard.full_clean()
            standard.save(update_fields=["superseded_by"])


def _set_related(item: ChecklistItem, standards: list[Standard]) -> None:
    if {standard.pk for standard in item.related.all()} != {standard.pk for standard in standards}:
        item.related.set(standards)
