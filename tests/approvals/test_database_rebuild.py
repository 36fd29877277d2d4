"""What SQLite alone does: it rebuilds tables, drops their triggers with them, and a file may be opened unsafely."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connection
from django.urls import reverse

from approvals.database import differences, install_after_migrate, triggers
from approvals.models import Decision, Edge, Review
from config.startup import refuse_unsafe_start
from projects.models import Project, Version
from tests.approvals.test_database_drift import before_migrating, drop, run

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="what only SQLite does"),
]


def test_weaker_trigger_of_the_same_name_is_named():
    for name, (table, statement) in triggers("sqlite").items():
        drop(name)
        run(statement.split("BEGIN")[0] + "BEGIN SELECT 1; END;")
        assert differences() == [f"{name}: changed or switched off"], table
        install_after_migrate()
        assert differences() == []


@pytest.mark.django_db(transaction=True)
def test_start_refuses_a_file_that_loses_commits():
    refuse_unsafe_start()
    run("PRAGMA synchronous = NORMAL")
    try:
        with pytest.raises(ImproperlyConfigured, match="below FULL"):
            refuse_unsafe_start()
    finally:
        run("PRAGMA synchronous = FULL")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("model", [Project, Decision, Version, Review, Edge])
def test_guarded_table_can_be_rebuilt_and_has_its_triggers_back(client, model):
    before_migrating("a migration")
    with connection.schema_editor() as editor:
        editor._remake_table(model)  # what AddConstraint, AlterField and AddField come down to
    assert [name.split(":")[1] for name in differences()] == [" missing"] * len(triggers("sqlite"))
    assert client.get(reverse("readyz")).status_code == 503
    call_command("migrate", verbosity=0)
    assert differences() == []
    assert client.get(reverse("readyz")).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_rebuild_without_migrate_drops_triggers_and_is_noticed(client):
    with connection.schema_editor() as editor:
        editor._remake_table(Version)
    assert differences() == ["tc_version_delete: missing", "tc_version_update: missing"]
    assert client.get(reverse("readyz")).status_code == 503
    call_command("migrate", verbosity=0)
    assert differences() == []
