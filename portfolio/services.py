"""Changes the registry: the seeded lists, imports of systems, the edit form."""

import json
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portfolio.imports import reading
from portfolio.imports.checking import Checker
from portfolio.imports.facts import SystemFacts
from portfolio.imports.references import References
from portfolio.imports.report import FileRefused, ImportReport, RowError
from portfolio.imports.saving import Difference, compare
from portfolio.models import CapabilityNode, Domain, NegativeRule, System
from portfolio.search_index import refresh
from portfolio.signals import inventory_changed

DATA = Path(__file__).parent / "data"
YUNHAI = DATA / "yunhai"


class StaleEdit(Exception):
    """The system changed after the form was opened; nothing was written. `version` is the present one."""

    def __init__(self, version: str | None) -> None:
        super().__init__(version)
        self.version = version


class EditRefused(Exception):
    """The registry cannot hold what the form says; `errors` are RowError without rows."""

    def __init__(self, errors: Sequence[RowError]) -> None:
        super().__init__("; ".join(error.message for error in errors))
        self.errors = errors


@transaction.atomic
def load_taxonomy(directory: Path = YUNHAI) -> int:
    """Bring the capability tree and the business domains in line with `directory`; returns how many rows changed.

    Nodes that the files do not name stay: systems may rest on them.
    """
    nodes = {node.code: node for node in CapabilityNode.objects.all()}
    changed = 0
    for row in _lines(directory / "capabilities.jsonl"):
        parent = row.pop("parent")
        facts = row | {"parent_id": nodes[parent].pk if parent else None}
        nodes[row["code"]], different = _bring(CapabilityNode, nodes.get(row["code"]), facts)
        changed += different
    domains = {domain.code: domain for domain in Domain.objects.all()}
    return changed + sum(
        _bring(Domain, domains.get(row["code"]), row)[1] for row in _lines(directory / "domains.jsonl")
    )


@transaction.atomic
def load_negative_rules(path: Path = DATA / "negative_rules.json") -> int:
    """Bring the negative list in line with the file; returns how many rules changed. Source of each rule: the file."""
    present = {rule.code: rule for rule in NegativeRule.objects.all()}
    rules = json.loads(path.read_text(encoding="utf-8"))
    return sum(_bring(NegativeRule, present.get(rule["code"]), rule)[1] for rule in rules)


def _lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def _bring(model: type, row: Any, facts: dict[str, Any]) -> tuple[Any, bool]:
    """The row with these facts, and whether it had to be written."""
    row = row or model()
    different = row.pk is None or any(getattr(row, name) != value for name, value in facts.items())
    if different:
        for name, value in facts.items():
            setattr(row, name, value)
        row.save()
    return row, different


def import_systems(source: str | Path | bytes, *, filename: str = "", dry_run: bool = False) -> ImportReport:
    """Bring the registry in line with a file of systems (design §9): all of it, or with any error nothing.

    `source` is a path or the bytes of the file, `filename` names the kind of the latter. Systems that the file does not
    name stay as they are; so do fields it has no column for. The capabilities of a named system become exactly those of
    the file.
    A file that changes nothing writes nothing. Returns the report; bad content never raises.
    Raises OSError when a path cannot be read.
    """
    report = ImportReport(dry_run=dry_run)
    try:
        data, name = (source, filename) if isinstance(source, bytes) else _load(Path(source), filename)
        file = reading.read(data, name)
    except FileRefused as refusal:
        report.errors.append(refusal.error)
        return report
    report.errors, report.notes = list(file.errors), file.notes
    if not (file.systems or file.errors):
        report.errors.append(RowError(None, "", "", _("The file names no system.")))
    checker = Checker(file, References.load())
    facts = [one for raw in file.systems if (one := checker.system(raw)) is not None]
    report.errors += checker.errors
    _compare_and_write(facts, report)
    report.errors.sort(key=lambda error: error.row or 0)
    return report


def _load(path: Path, filename: str) -> tuple[bytes, str]:
    # One byte more than allowed is enough to see that it is too much.
    with path.open("rb") as stream:
        return stream.read(reading.MAX_BYTES + 1), filename or path.name


def _compare_and_write(facts: list[SystemFacts], report: ImportReport) -> None:
    try:
        with transaction.atomic():
            difference = compare(facts)
            report.errors += difference.errors
            if report.errors:
                return
            report.changes, report.unchanged = difference.changes, difference.unchanged
            if not report.dry_run:
                _write(difference)
    except IntegrityError:
        # Somebody wrote one of the same codes between our reading and our writing.
        report.changes, report.unchanged = [], 0
        report.errors.append(
            RowError(None, "code", "", _("Someone else changed the registry at the same time. Try again."))
        )


def _write(difference: Difference) -> None:
    codes = tuple(change.code for change in difference.changes)
    if codes:
        difference.write()
        refresh(wait=False)  # the search index is part of what is written
        transaction.on_commit(partial(inventory_changed.send_robust, sender=System, codes=codes), robust=True)


@transaction.atomic
def save_system(*, facts: SystemFacts, version: str | None) -> bool:
    """Write one edited or new system with exactly these capabilities; returns whether anything changed.

    `version` is the system's `version` when the form was opened, None for a new system. Raises StaleEdit when it has
    moved on since (or a new system's code is taken), EditRefused when a capability code belongs elsewhere.
    """
    present = System.objects.select_for_update().filter(code=facts.code).first()
    known = present.version if present else None
    if known != version:
        raise StaleEdit(known)
    difference = compare([facts])
    if difference.errors:
        raise EditRefused(difference.errors)
    _write(difference)
    return bool(difference.changes)
