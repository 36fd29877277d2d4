"""manage.py verify_audit: check every hash chain, head and submitted version; say the first bad row."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from approvals.audit import count, problems


class Command(BaseCommand):
    """Exit status 0 when everything is intact, 1 when something was changed."""

    help = "Verify the history of every project; prints what is wrong, the first bad row of each chain."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the verdict."""
        found = list(problems())
        for problem in found:
            self.stderr.write(problem)
        if found:
            raise CommandError(f"BROKEN: {found[0]} ({len(found)} in all)")
        self.stdout.write(f"intact: {count()} decisions")
