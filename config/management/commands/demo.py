"""manage.py demo: load the demo city once; a second call changes nothing."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.demo.city import load


class Command(BaseCommand):
    """Load the fictional city of Yunhai."""

    help = "Load the demo city (fictional) once; a second call changes nothing. Refused when DEBUG is off."

    def handle(self, *args: Any, **options: Any) -> None:
        """Load, saying what is being done."""
        if not settings.DEBUG:
            raise CommandError("Demo accounts have a published password: they are refused when DEBUG is off.")
        # Hundreds of notices are written while the cases are walked; none of them is news to anybody.
        settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
        loaded = load(lambda text: self.stdout.write(text, ending="\n"))
        self.stdout.write("The demo city is loaded." if loaded else "The demo city is already there; nothing changed.")
