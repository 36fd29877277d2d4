"""manage.py export_labels --out DIR: managers' decisions as a labelled set of the matching engine."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from projects.labels import labelled_set, write


class Command(BaseCommand):
    """Write systems, proposals, truth and verdicts as JSON Lines."""

    help = "Write decisions as a labelled set for python -m duplicates evaluate and python -m duplicates.fit."

    def add_arguments(self, parser: CommandParser) -> None:
        """--out: the folder; --round: one application round only."""
        parser.add_argument("--out", type=Path, required=True, help="folder; files of the same names are replaced")
        parser.add_argument("--round", default="", help="code of one application round (default: all)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the four files and say how much there is in them."""
        files = labelled_set(options["round"])
        try:
            write(files, options["out"])
        except OSError as error:
            raise CommandError(f"{options['out']}: cannot be written: {error.strerror}") from error
        counts = ", ".join(f"{len(rows)} {name}" for name, rows in files.items())
        self.stdout.write(f"{options['out']}: {counts}")
