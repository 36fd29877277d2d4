"""`manage.py load_taxonomy`: load or refresh the capability tree, the business domains and the negative list."""

from typing import Any

from django.core.management.base import BaseCommand

from portfolio.services import load_negative_rules, load_taxonomy


class Command(BaseCommand):
    """Safe to run again: what is already so is not written."""

    help = "Load or refresh the capability taxonomy, the business domains and the negative list."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Load and count."""
        self.stdout.write(f"{load_taxonomy()} taxonomy rows, {load_negative_rules()} negative-list rules written")
