"""The test harness's own way to take the database guards down for a flush; nothing in the product can import it."""

from django.db import connections

from approvals.database import triggers


def drop_guards(using: str = "default") -> None:
    """Drop the triggers; migrations' end (post_migrate, also after a flush) puts them back."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for name, (table, _statement) in triggers(connection.vendor).items():
            on_table = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on_table}")
