"""The production profile as a whole: Django's own deployment checks find nothing, and no demo city gets in."""

import os
import re
import subprocess
import sys

from tests.architecture.tree import ROOT

KEY = "nP4x!vR7_kQ2zL9mW3tY8bC5dF1gH6jS0aE-uI@oXwVqZrTs-production"
PRODUCTION = {"PROFILE": "production", "SECRET_KEY": KEY, "ALLOWED_HOSTS": "tongchou.example.gov.cn"}
# Strict transport for other sites of the domain and the browsers' preload list: the owner of the domain decides these.
LEFT_TO_THE_CITY = {"security.W005", "security.W021"}


def manage(*words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """A management command in a new process with these settings and no others of ours."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    command = [sys.executable, "manage.py", *words]
    return subprocess.run(command, cwd=ROOT, env={**kept, **settings}, check=False, capture_output=True, text=True)


def test_production_has_no_security_warning():
    done = manage("check", "--deploy", **PRODUCTION)
    assert done.returncode == 0, done.stderr
    assert set(re.findall(r"\((\w+\.\w+)\)", done.stderr)) <= LEFT_TO_THE_CITY


def test_demo_is_refused_in_production(tmp_path):
    done = manage("demo", **PRODUCTION, DATABASE_URL=f"sqlite:///{tmp_path / 'empty.sqlite3'}")
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert "DEBUG" in done.stderr
