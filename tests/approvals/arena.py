"""A database for processes that race each other: a copy of the test's own, which is migrated already."""

import os
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
from django.conf import settings
from django.db import connection, connections

ROOT = Path(settings.BASE_DIR)
LIMIT = 300  # seconds


@contextmanager
def arena(place: Path) -> Iterator[str]:
    """The URL of the copy, which is gone afterwards. Migrating a new one would cost more than most races."""
    if connection.vendor != "postgresql":
        path = place / "arena.sqlite3"
        connection.ensure_connection()
        with closing(sqlite3.connect(path)) as file:
            connection.connection.backup(file)
        yield f"sqlite:///{path}"
        return
    own, name = connection.settings_dict, f"tongchou_arena_{uuid.uuid4().hex[:10]}"
    connections.close_all()  # PostgreSQL copies a database that nobody is connected to
    on_server(f"CREATE DATABASE {name} TEMPLATE {connection.ops.quote_name(own['NAME'])}")
    secret = f":{own['PASSWORD']}" if own["PASSWORD"] else ""
    try:
        yield f"postgresql://{own['USER']}{secret}@{own['HOST']}:{own['PORT'] or 5432}/{name}"
    finally:
        on_server(f"DROP DATABASE {name} WITH (FORCE)")


def on_server(statement: str) -> None:
    """A statement about databases, given to the server itself."""
    own = connection.settings_dict
    who = {"host": own["HOST"], "port": own["PORT"] or None, "user": own["USER"], "password": own["PASSWORD"]}
    with psycopg.connect(dbname="postgres", autocommit=True, **who) as server:
        server.execute(statement)


def run(module: str, url: str, place: Path, *words: object) -> str:
    """What a module prints that runs in its own interpreter on the database at `url`."""
    kept = {name: value for name, value in os.environ.items() if name not in {"REDIS_URL", "DEBUG", "SECRET_KEY"}}
    surroundings = {
        **kept, "DATABASE_URL": url, "ENCODER": "lexical", "MEDIA_ROOT": str(place / "documents"), "LOG_LEVEL": "ERROR",
        "EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend",
    }  # fmt: skip
    command = [sys.executable, "-m", module, *map(str, words)]
    done = subprocess.run(
        command, cwd=ROOT, env=surroundings, check=False, capture_output=True, text=True, timeout=LIMIT
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout
