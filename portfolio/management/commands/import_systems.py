"""`manage.py import_systems FILE [--dry-run]`: bring the registry of systems in line with a file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from portfolio.imports.report import ImportReport, Outcome, RowError
from portfolio.services import import_systems


class Command(BaseCommand):
    """Prints what changed, or every error with its row and field; then nothing was written and the status is 1."""

    help = "Import existing systems from a .jsonl, .csv or .xlsx file: all of it, or with any error nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, and whether to write."""
        parser.add_argument("file", type=Path, help="the file; its ending says which kind it is")
        parser.add_argument("--dry-run", action="store_true", help="only say what would happen")

    def handle(self, *_args: Any, file: Path, dry_run: bool, **_options: Any) -> None:
        """Import and report."""
        try:
            report = import_systems(file, dry_run=dry_run)
        except OSError as error:
            message = _("%(file)s cannot be read: %(reason)s") % {"file": file, "reason": error.strerror or error}
            raise CommandError(message, returncode=1) from error
        for note in report.notes:
            self.stdout.write(note)
        if report.errors:
            self._refuse(file, report.errors)
        self._tell(report)

    def _refuse(self, file: Path, errors: list[RowError]) -> None:
        for error in errors:
            self.stderr.write(line(error), ending="\n")
        raise CommandError(
            _("%(file)s: %(number)s errors. Nothing was written.") % {"file": file, "number": len(errors)}
        )

    def _tell(self, report: ImportReport) -> None:
        words = {Outcome.CREATED: _("new"), Outcome.UPDATED: _("changed")}
        if self_describing := [change for change in report.changes if change.outcome is Outcome.UPDATED]:
            for change in self_describing:
                fields = ", ".join(change.fields) or _("capabilities")
                self.stdout.write(f"{words[change.outcome]} {change.code} {change.name}: {fields}")
        counts = {
            "created": report.created,
            "updated": report.updated,
            "unchanged": report.unchanged,
            "removed": report.removed_capabilities,
        }
        summary = (
            _("%(created)s new, %(updated)s changed, %(unchanged)s unchanged, %(removed)s capabilities removed.")
            % counts
        )
        self.stdout.write(self.style.SUCCESS(summary))
        if report.dry_run:
            self.stdout.write(_("Dry run: nothing was written."))


def line(error: RowError) -> str:
    """One error on one line: row, field, value, message."""
    where = [_("row %(row)s") % {"row": error.row}] if error.row else []
    where += [error.field] if error.field else []
    where += [f"“{error.value}”"] if error.value else []
    return ", ".join(where) + (": " if where else "") + error.message
