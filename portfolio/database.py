"""Install the triggers that note every changed system for the search index, and see that they are there."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db import connections, transaction

from portfolio.index_models import IndexNote, IndexState

SQL = Path(__file__).parent / "sql"


def statements(vendor: str) -> list[str]:
    """The statements of one database kind, functions before the triggers that call them."""
    text = re.sub(r"^--.*$", "", (SQL / f"{vendor}.sql").read_text(encoding="utf-8"), flags=re.MULTILINE)
    parts = re.split(r"(?<=\nEND;)", text) if vendor == "sqlite" else text.split(";;")
    return [part.strip() for part in parts if part.strip()]


def triggers(vendor: str) -> dict[str, str]:
    """Trigger name → table of one database kind."""
    found = (re.match(r"CREATE TRIGGER (\w+) AFTER \w+ ON (\w+)", statement) for statement in statements(vendor))
    return {match[1]: match[2] for match in found if match}


def missing(using: str = "default") -> list[str]:
    """Triggers that are not there or switched off: the index could fall behind unseen."""
    connection = connections[using]
    query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if connection.vendor == "postgresql":
        query = (
            "SELECT tgname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
            "WHERE NOT tgisinternal AND tgenabled IN ('O', 'A') AND relnamespace = current_schema()::regnamespace"
        )
    with connection.cursor() as cursor:
        cursor.execute(query)
        present = {name for (name,) in cursor.fetchall()}
    return sorted(set(triggers(connection.vendor)) - present)


def remove_before_migrate(using: str = "default", plan: Sequence = (), **_kwargs: Any) -> None:
    """SQLite cannot rebuild a table that a trigger of another table names: take them down for the migrations."""
    if plan and connections[using].vendor == "sqlite":
        _drop(using)


def install_after_migrate(using: str = "default", **_kwargs: Any) -> None:
    """Put the triggers in place. If one was missing, something may have changed unseen: the index is verified anew."""
    connection = connections[using]
    if IndexNote._meta.db_table not in connection.introspection.table_names() or not missing(using):
        return  # all there, or migrated to a time before them
    with transaction.atomic(using=using), connection.cursor() as cursor:
        _drop(using)
        for statement in statements(connection.vendor):
            cursor.execute(statement)
        IndexState.objects.using(using).update(built_from="")


def _drop(using: str) -> None:
    vendor = connections[using].vendor
    with connections[using].cursor() as cursor:
        for name, table in triggers(vendor).items():
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}" + (f" ON {table}" if vendor == "postgresql" else ""))
