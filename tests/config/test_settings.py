"""Settings from the environment: what is misspelt or unsafe does not start."""

import os
import subprocess
import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from accounts.models import User
from config import env, startup

STRONG = "".join(chr(33 + (number * 7) % 90) for number in range(60))
PRODUCTION = {"PROFILE": "production", "SECRET_KEY": STRONG, "ALLOWED_HOSTS": "tongchou.example", "DEMO_PASSWORD": ""}


def start(tmp_path, **variables) -> str:
    """What loading the settings prints in a fresh process with these variables."""
    keep = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    database = {"DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite3'}"}
    code = "import django; from django.conf import settings; django.setup(); print('DEBUG', settings.DEBUG)"
    command = [sys.executable, "-c", code]
    environment = {**keep, **database, "DJANGO_SETTINGS_MODULE": "config.settings", **variables}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"DEBUG": "yess"}, "DEBUG='yess' is not one of"),
        ({"PROFILE": "prod"}, "PROFILE='prod' is not one of"),
        ({"DATABASE_URL": "mysql://host/db"}, "neither sqlite nor postgresql"),
        ({"EMAIL_PORT": "smtp"}, "is not a whole number"),
        ({**PRODUCTION, "DEBUG": "on"}, "PROFILE=production refuses DEBUG=on"),
        ({**PRODUCTION, "SECRET_KEY": "short"}, "SECRET_KEY must be"),
        ({**PRODUCTION, "SECRET_KEY": "a" * 60}, "SECRET_KEY must be"),
        ({**PRODUCTION, "ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS must name"),
        ({**PRODUCTION, "ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS must name"),
        ({**PRODUCTION, "DEMO_PASSWORD": "anything"}, "demo accounts are refused"),
    ],
)
def test_unsafe_or_misspelt_setting_refuses_to_start(tmp_path, variables, said):
    assert said in start(tmp_path, **variables)


def test_production_profile_starts_without_debug(tmp_path):
    assert "DEBUG False" in start(tmp_path, **PRODUCTION)


def test_start_refuses_an_account_with_the_published_password(db, settings):
    settings.DEBUG = False
    user = User.objects.create_user("applicant", password="tongchou-demo")
    with pytest.raises(ImproperlyConfigured, match="applicant"):
        startup.refuse_unsafe_start()
    user.set_password("a-password-of-its-own-7")
    user.save()
    startup.refuse_unsafe_start()


@pytest.mark.postgres
def test_start_refuses_commits_that_may_be_lost(db):
    from django.db import connection

    assert startup.durability_problem() is None
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL synchronous_commit = off")
            assert "synchronous_commit=off" in startup.durability_problem()


def test_database_url_carries_what_the_two_databases_need():
    sqlite = env.database("sqlite:////var/lib/tongchou.sqlite3")
    assert sqlite["NAME"] == "/var/lib/tongchou.sqlite3"
    assert sqlite["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "recursive_triggers=ON" in sqlite["OPTIONS"]["init_command"]
    server = env.database("postgresql://app:p%40ss@db:5433/tongchou?statement_timeout=9s")
    assert (server["PASSWORD"], server["PORT"]) == ("p@ss", "5433")
    assert "statement_timeout=9s" in server["OPTIONS"]["options"]


def test_first_visit_is_chinese_whatever_the_browser_asks_for(client, db):
    page = client.get("/accounts/login/", headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert 'lang="zh-Hans"' in page.content.decode()
