"""What must hold before this process serves anybody."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection

from accounts.models import User
from approvals.database import differences
from config.context import DEMO_USERNAMES
from portfolio.database import missing as missing_notes

PUBLISHED_PASSWORD = "tongchou-demo"  # noqa: S105 - in the README; an account that has it must not be served


def refuse_unsafe_start() -> None:
    """Raise ImproperlyConfigured when the database's guards are not the expected ones, or when it may lose commits."""
    try:
        missing = [*differences(), *missing_notes()]
    except DatabaseError as error:
        raise ImproperlyConfigured(f"The database cannot be read: {error}") from error
    if missing:
        raise ImproperlyConfigured(f"Database guards differ, run manage.py migrate: {', '.join(missing)}")
    if not settings.DEBUG:
        for problem in (durability_problem(), demo_problem()):
            if problem:
                raise ImproperlyConfigured(problem)


def durability_problem() -> str | None:
    """Why an acknowledged decision could be lost here, or None."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SHOW synchronous_commit")
            value = cursor.fetchone()[0]
            return f"synchronous_commit={value} loses acknowledged decisions; set it to on." if value == "off" else None
        cursor.execute("PRAGMA synchronous")
        value = cursor.fetchone()[0]
        return None if value >= 2 else "PRAGMA synchronous is below FULL; an acknowledged decision may be lost."


def demo_problem() -> str | None:
    """Why accounts with a published password make this start unsafe, or None."""
    known = User.objects.filter(username__in=DEMO_USERNAMES, is_active=True)
    open_ones = [user.username for user in known if user.check_password(PUBLISHED_PASSWORD)]
    if not open_ones:
        return None
    return f"Demo accounts with the published password exist, disable them first: {', '.join(open_ones)}"
