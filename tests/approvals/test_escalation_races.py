"""Many schedulers at once: each rung is one row, and each person is told once, on both databases."""

import json
import os
import subprocess
import sys
import uuid
from collections import Counter

import pytest
from django.db import connection

from tests.approvals.test_races import LIMIT, ROOT, on_server

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
CASES, PROCESSES = 6, 6


@pytest.fixture
def url(tmp_path):
    """A database of its own."""
    if connection.vendor != "postgresql":
        yield f"sqlite:///{tmp_path / 'climb.sqlite3'}"
        return
    name = f"tongchou_climb_{uuid.uuid4().hex[:10]}"
    try:
        yield on_server(f"CREATE DATABASE {name}", name)
    finally:
        on_server(f"DROP DATABASE {name} WITH (FORCE)", name)


def test_schedulers_at_the_same_instant_write_each_rung_once(url, tmp_path):
    kept = {name: value for name, value in os.environ.items() if name not in {"REDIS_URL", "DEBUG", "SECRET_KEY"}}
    surroundings = {
        **kept, "DATABASE_URL": url, "ENCODER": "lexical", "MEDIA_ROOT": str(tmp_path / "documents"),
        "LOG_LEVEL": "ERROR", "EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend",
    }  # fmt: skip
    command = [sys.executable, "-m", "tests.approvals.climbing", str(PROCESSES), str(CASES)]
    done = subprocess.run(
        command, cwd=ROOT, env=surroundings, check=False, capture_output=True, text=True, timeout=LIMIT
    )
    assert done.returncode == 0, done.stderr[-3000:]
    report = json.loads(done.stdout)
    first, second = report["answers"]
    assert sum(first) == CASES * 3  # nobody met an error, and together they wrote every rung
    assert sum(second) == 0
    assert Counter(percent for _ref, percent in report["rungs"]) == {75: CASES, 100: CASES, 150: CASES}
    assert len(report["told"]) == len(set(map(tuple, report["told"]))) == CASES * 2  # holder and manager, once a case
