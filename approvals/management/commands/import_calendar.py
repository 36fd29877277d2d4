"""`manage.py import_calendar FILE [--dry-run]`: put a notice of public holidays into the calendar."""

from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from approvals.calendar_files import Paper, read
from approvals.calendar_outlook import Outlook, outlook
from approvals.calendar_services import import_calendar
from planning.services import Notice


class Command(BaseCommand):
    """Prints the days and open deadlines that change, or every error with row and field; then nothing is written."""

    help = "Import a notice of public holidays from .xlsx or from the JSON of holiday-cn: all of it, or nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """The file, what it is a copy of, and whether to write."""
        parser.add_argument("file", type=Path, help="the file; its ending says which kind it is")
        parser.add_argument("--notice", default="", help="number of the notice, where the file does not have it")
        parser.add_argument("--published", type=date.fromisoformat, help="day of the notice, such as 2026-11-04")
        parser.add_argument("--dry-run", action="store_true", help="only say what would change")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Import and report."""
        notice = self._read(options["file"], Paper(options["notice"], options["published"]))
        self._tell(outlook(notice))
        if options["dry_run"]:
            self.stdout.write(_("Dry run: nothing was written."))
            return
        try:
            import_calendar(notice=notice, actor=None)
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        self.stdout.write(self.style.SUCCESS(_("The calendar of %(year)s is in force.") % {"year": notice.year}))

    def _read(self, file: Path, paper: Paper) -> Notice:
        try:
            found = read(file.read_bytes(), file.name, paper)
        except OSError as error:
            message = _("%(file)s cannot be read: %(reason)s") % {"file": file, "reason": error.strerror or error}
            raise CommandError(message) from error
        for one in found.errors:
            where = [_("row %(row)s") % {"row": one.row}] if one.row else []
            self.stderr.write(f"{', '.join([*where, *filter(None, [one.field, one.value])])}: {one.message}")
        if found.notice is None:
            number = len(found.errors)
            raise CommandError(
                _("%(file)s: %(number)s errors. Nothing was written.") % {"file": file, "number": number}
            )
        return found.notice

    def _tell(self, found: Outlook) -> None:
        words = {True: _("worked"), False: _("off")}
        for day in found.days:
            self.stdout.write(f"{day.day} {day.name}: {words[day.was_workday]} → {words[day.is_workday]}")
        for move in found.moves:
            self.stdout.write(f"{move.project.ref} {move.project.get_state_display()}: {move.before} → {move.after}")
        counts = {"days": len(found.days), "moves": len(found.moves), "settled": found.settled}
        text = _("%(days)s days change, %(moves)s open deadlines move, %(settled)s are no longer provisional.")
        self.stdout.write(text % counts)
