"""docs/operations.md and grants.sql against the code: every setting and command named, grants that really refuse."""

import re

import pytest
from django.core.management import get_commands
from django.db import ProgrammingError, connection, transaction

from tests.architecture.tree import ROOT

MANUAL = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
READ = re.compile(r"env\.(?:text|flag|choice|whole|names)\(\s*\"([A-Z_]+)\"")


def test_every_setting_is_in_the_manual():
    names = set(READ.findall((ROOT / "config" / "settings.py").read_text(encoding="utf-8")))
    assert len(names) > 15
    assert sorted(name for name in names if f"`{name}`" not in MANUAL) == []


def test_every_command_of_the_manual_exists():
    named = set(re.findall(r"manage\.py ([a-z_]+)", MANUAL))
    assert sorted(named - get_commands().keys()) == []


# What the application's role must not be able to do, each on a table that exists.
REFUSED = (
    "UPDATE approvals_decision SET comment = 'x'",
    "DELETE FROM approvals_decision",
    "TRUNCATE approvals_decision",
    "UPDATE projects_version SET number = 2",
    "DELETE FROM projects_version",
    "DELETE FROM approvals_review",
    "DELETE FROM approvals_reviewitem",
    "INSERT INTO approvals_edge (source, action, target) VALUES ('draft', 'jump', 'approved')",
    "DELETE FROM django_migrations",
    "ALTER TABLE approvals_decision DISABLE TRIGGER ALL",
    "DROP TRIGGER tc_decision_update ON approvals_decision",
    "DROP TABLE approvals_decision",
    "SET session_replication_role = 'replica'",
)
ALLOWED = (
    "SELECT count(*) FROM approvals_decision",
    "UPDATE projects_project SET title = 'x' WHERE false",
    "INSERT INTO approvals_decision SELECT * FROM approvals_decision WHERE false",
    "SELECT 1 FROM projects_project FOR UPDATE",
)


@pytest.fixture
def application(db):
    """A cursor that acts as the application's role, with the grants of docs/grants.sql; the role goes with the test."""
    if connection.vendor != "postgresql":
        pytest.skip("roles are PostgreSQL's")
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = 'app_rw_of_test'")
        if not cursor.fetchone():
            cursor.execute("CREATE ROLE app_rw_of_test")
        grants = (ROOT / "docs" / "grants.sql").read_text(encoding="utf-8")
        cursor.execute(re.sub(r"\bapp_rw\b", "app_rw_of_test", grants))
        cursor.execute("SET ROLE app_rw_of_test")
        yield cursor
        cursor.execute("RESET ROLE")


@pytest.mark.postgres(only=True)
@pytest.mark.parametrize("statement", REFUSED)
def test_application_may_not(application, statement):
    with pytest.raises(ProgrammingError, match="permission denied|must be owner"), transaction.atomic():
        application.execute(statement)


@pytest.mark.postgres(only=True)
@pytest.mark.parametrize("statement", ALLOWED)
def test_application_may(application, statement):
    application.execute(statement)
