"""manage.py overlap_report: compare all existing systems with each other now."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from projects.services.overlaps import report_overlaps


class Command(BaseCommand):
    """Compute the report on overlapping systems."""

    help = "Compare all existing systems with each other and replace the report; a failed run keeps the last good one."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run once and say what came out."""
        report = report_overlaps()
        if not report.succeeded:
            raise CommandError(f"The report was not made: {report.error}")
        record = report.record
        self.stdout.write(
            f"{record['compared']} systems compared, {record['overlaps']} overlaps, "
            f"{report.overlaps.filter(is_candidate=True).count()} to be consolidated, {record['milliseconds']} ms."
        )
