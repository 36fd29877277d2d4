"""Load the shipped standards and checklists; a second call changes nothing."""

from typing import Any

from django.core.management.base import BaseCommand

from standards import services


class Command(BaseCommand):
    """manage.py seed_standards."""

    help = "Load the shipped standards and checklist items. Wording changed by hand is set back; nothing is deleted."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load and say how much."""
        counts = services.seed()
        self.stdout.write(
            f"{counts.standards} standards, {counts.items} checklist items: "
            f"{counts.created} created, {counts.updated} changed."
        )
