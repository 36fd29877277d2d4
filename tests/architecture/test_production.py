"""What a process refuses to start with: misspelt settings anywhere, and demonstration settings in production."""

import os
import re
import subprocess
import sys

import pytest

from tests.architecture.tree import ROOT

KEY = "nP4x!vR7_kQ2zL9mW3tY8bC5dF1gH6jS0aE-uI@oXwVqZrTs"
PRODUCTION = {"DEBUG": "off", "SECRET_KEY": f"{KEY}-{KEY}", "ALLOWED_HOSTS": "tongchou.example.gov.cn"}

# Strict transport for other sites of the domain and the browsers' preload list: the owner of the domain decides these.
LEFT_TO_THE_CITY = {"security.W005", "security.W021"}


def start(*command: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """A new process with these settings and no others of ours."""
    ours = {
        "DATABASE_URL",
        "REDIS_URL",
        "DJANGO_SETTINGS_MODULE",
        "SECRET_KEY",
        "DEBUG",
        "ALLOWED_HOSTS",
        "DEMO_PASSWORD",
    }
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    words = command or ("-c", "import config.settings")
    return subprocess.run(
        [sys.executable, *words], cwd=ROOT, env={**kept, **settings}, check=False, capture_output=True, text=True
    )


@pytest.mark.parametrize(
    ("site", "reason"),
    [
        ({"DEBUG": "of"}, "DEBUG='of' is not one of"),
        ({"AUDIT_DIGEST": "md5"}, "AUDIT_DIGEST='md5' is not one of"),
        ({"ENCODER": "bert"}, "ENCODER='bert' is not one of"),
        ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL='LOUD' is not one of"),
        ({"DOCUMENT_MAX_MB": "many"}, "DOCUMENT_MAX_MB='many' is not a whole number"),
        ({"DATABASE_URL": "mysql://u@h/d"}, "scheme 'mysql' is neither sqlite nor postgresql"),
        ({**PRODUCTION, "SECRET_KEY": ""}, "SECRET_KEY must be"),
        ({**PRODUCTION, "SECRET_KEY": "short"}, "SECRET_KEY must be"),
        ({**PRODUCTION, "SECRET_KEY": "ab" * 40}, "SECRET_KEY must be"),
        ({**PRODUCTION, "ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS must name"),
        ({**PRODUCTION, "ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS must name"),
        ({**PRODUCTION, "DEMO_PASSWORD": "tongchou-demo"}, "DEMO_PASSWORD is for demonstrations"),
    ],
)
def test_start_is_refused(site, reason):
    done = start(**site)
    assert done.returncode != 0
    assert reason in done.stderr


@pytest.mark.parametrize("site", [{}, PRODUCTION])
def test_start_is_allowed(site):
    done = start(**site)
    assert done.returncode == 0, done.stderr


def test_demo_is_refused_in_production(tmp_path):
    database = f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    done = start("manage.py", "demo", **PRODUCTION, DATABASE_URL=database)
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert "DEBUG" in done.stderr


def test_production_has_no_security_warning():
    done = start("manage.py", "check", "--deploy", **PRODUCTION)
    assert done.returncode == 0, done.stderr
    assert set(re.findall(r"\((\w+\.\w+)\)", done.stderr)) <= LEFT_TO_THE_CITY
