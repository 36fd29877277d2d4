"""Run a stored draw of experts again: does the same seed still give the same people?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from approvals.expert_queries import draws_of, run_again
from approvals.models import Case


class Command(BaseCommand):
    """For the auditor: exit status 1 where other people come out or the record was changed after the draw."""

    help = "Runs the draws of experts of a case again and says whether the same people come out."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which case, and which of its draws."""
        parser.add_argument("ref", help="reference of the project")
        parser.add_argument("number", nargs="?", type=int, help="number of the draw; all of them where it is left out")

    def handle(self, *args: Any, **options: Any) -> None:
        """One line for each draw."""
        case = Case.objects.filter(ref=options["ref"]).first()
        if case is None:
            raise CommandError(f"There is no project {options['ref']}.")
        rows = [row for row in draws_of(case) if options["number"] in {None, row.number}]
        if not rows:
            raise CommandError(f"{case.ref} has no such draw.")
        wrong = 0
        for row in rows:
            found = run_again(row)
            said = "the same people" if found.same else f"OTHER PEOPLE: {' '.join(found.again.usernames)}"
            said += "" if found.sealed else "; THE RECORD WAS CHANGED after the draw"
            self.stdout.write(f"{case.ref} draw {row.number}: {' '.join(row.drawn) or '–'}: {said}")
            wrong += not found.holds
        if wrong:
            raise CommandError(f"{wrong} of {len(rows)} draws do not stand.")
