"""`manage.py reindex_inventory [--rebuild]`: bring the search index of the registry up to date now."""

from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import gettext as _

from portfolio import search_index


class Command(BaseCommand):
    """Safe at any time: searches go on with what was there until it is done."""

    help = "Bring the search index of the registry up to date: after an upgrade, or to be sure of it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whether to start from nothing."""
        parser.add_argument(
            "--rebuild", dest="anew", action="store_true", help="forget the index and build all of it again"
        )

    def handle(self, *_args: Any, anew: bool, **_options: Any) -> None:
        """Look at every system, and say what was done."""
        brought = search_index.rebuild() if anew else search_index.reindex()
        summary = _("%(looked_at)s systems looked at, %(indexed)s indexed anew, %(removed)s removed from the index.")
        self.stdout.write(self.style.SUCCESS(summary % asdict(brought)))
