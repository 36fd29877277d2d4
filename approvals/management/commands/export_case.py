"""manage.py export_case REF: write one case as JSON for approvals/verify_case_file.py."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from approvals.case_file import export
from approvals.models import Case


class Command(BaseCommand):
    """Print the case file."""

    help = "Write a case file (JSON) that approvals/verify_case_file.py checks without this product."

    def add_arguments(self, parser: CommandParser) -> None:
        """REF: the project's reference."""
        parser.add_argument("ref")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the JSON."""
        case = Case.objects.select_related("department").filter(ref=options["ref"]).first()
        if case is None:
            raise CommandError(f"There is no project {options['ref']}.")
        self.stdout.write(json.dumps(export(case), ensure_ascii=False, indent=1))
