"""What this machine offers the tests: a PostgreSQL, a Redis, a Chromium. Found or not, never started here."""

import getpass
import hashlib
import os
import shutil
import socket
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import environment

CONNECT = "import sys, psycopg; psycopg.connect(sys.argv[1], connect_timeout=3).close()"


def postgresql() -> str:
    """The URL to give to DATABASE_URL, or "" when no server lets us in.

    TEST_DATABASE_URL names one; otherwise 127.0.0.1:5432 is tried. The database in it need not exist: the tests make
    their own beside it, named after this checkout so that two checkouts on one machine do not meet.
    """
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        return given if admits(urlsplit(given)._replace(path="/postgres").geturl()) else ""
    checkout = hashlib.sha256(str(environment.ROOT).encode()).hexdigest()[:8]
    for user in dict.fromkeys((getpass.getuser(), "postgres")):
        server = f"postgresql://{user}@127.0.0.1:5432"
        if listens("127.0.0.1", 5432) and admits(f"{server}/postgres"):
            return f"{server}/tongchou_{checkout}"
    return ""


def address(url: str, port: int) -> str:
    """Where a service was looked for, without the password."""
    parts = urlsplit(url)
    return f"{parts.hostname or '127.0.0.1'}:{parts.port or port}"


def redis() -> str:
    """The URL of a Redis that answers (TEST_REDIS_URL, REDIS_URL, 127.0.0.1:6379), or ""."""
    url = os.environ.get("TEST_REDIS_URL") or os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379/15"
    parts = urlsplit(url)
    return url if listens(parts.hostname or "127.0.0.1", parts.port or 6379) else ""


def chromium() -> str:
    """The path of a Chromium (CHROMIUM or the usual names), or ""."""
    given = os.environ.get("CHROMIUM")
    if given:
        return given if Path(given).is_file() else ""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next(filter(None, map(shutil.which, names)), "")


def listens(host: str, port: int) -> bool:
    """Whether something accepts connections there."""
    try:
        socket.create_connection((host, port), timeout=2).close()
    except OSError:
        return False
    return True


def admits(url: str) -> bool:
    """Whether the PostgreSQL server lets this user in."""
    command = [str(environment.PYTHON), "-c", CONNECT, url]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0
