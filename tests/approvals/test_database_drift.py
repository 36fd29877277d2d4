"""Guards that are missing, weakened or switched off are noticed, stop the traffic, and are put back by migrate."""

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.db.models.signals import pre_migrate
from django.urls import reverse

from approvals.audit import problems
from approvals.database import differences, edges, install_after_migrate, last_rows_fit, triggers
from approvals.models import Edge
from config.startup import refuse_unsafe_start
from projects.states import State
from tests.approvals.acting import act, fresh
from tests.approvals.test_database_guards import log
from tests.cast import make_case

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]
ON_POSTGRESQL = pytest.mark.skipif(connection.vendor != "postgresql", reason="what only PostgreSQL offers")
ONLY = pytest.mark.postgres(only=True)


def run(statement):
    """One statement, as the owner of the tables."""
    with connection.cursor() as cursor:
        cursor.execute(statement)


def drop(name):
    """Without one trigger."""
    table, _statement = triggers(connection.vendor)[name]
    run(f"DROP TRIGGER {name}" + (f" ON {table}" if connection.vendor == "postgresql" else ""))


def before_migrating(*migrations):
    """What `migrate` says to the apps before it begins with these."""
    plan = [(migration, False) for migration in migrations]
    pre_migrate.send(sender=apps.get_app_config("approvals"), using="default", plan=plan)


def test_both_vendors_have_the_same_guards_but_for_truncate():
    sqlite, postgresql = set(triggers("sqlite")), set(triggers("postgresql"))
    assert sqlite <= postgresql
    assert all(name.endswith("_truncate") for name in postgresql - sqlite)
    assert len(sqlite) >= 13


def test_every_missing_trigger_is_named():
    assert differences() == []
    for name in triggers(connection.vendor):
        with transaction.atomic():
            drop(name)
            assert differences() == [f"{name}: missing"]
            transaction.set_rollback(True)
    assert differences() == []


@ONLY
@ON_POSTGRESQL
@pytest.mark.parametrize(
    ("statements", "named"),
    [
        (["ALTER TABLE projects_project DISABLE TRIGGER tc_project_move"], ["tc_project_move"]),
        (["ALTER TABLE projects_project ENABLE REPLICA TRIGGER tc_project_move"], ["tc_project_move"]),
        (
            [
                "CREATE OR REPLACE FUNCTION tc_project_move() RETURNS trigger LANGUAGE plpgsql "
                "AS $$ BEGIN RETURN NEW; END $$"
            ],
            ["tc_project_move()"],
        ),
        (
            [
                "DROP TRIGGER tc_decision_update ON approvals_decision",
                "CREATE TRIGGER tc_decision_update AFTER UPDATE ON approvals_decision FOR EACH ROW "
                "EXECUTE FUNCTION tc_refuse('x')",
            ],
            ["tc_decision_update"],
        ),
        (
            [
                "DROP TRIGGER tc_decision_delete ON approvals_decision",
                "CREATE TRIGGER tc_decision_delete BEFORE DELETE ON approvals_decision FOR EACH ROW "
                "WHEN (false) EXECUTE FUNCTION tc_refuse('x')",
            ],
            ["tc_decision_delete"],
        ),
        (
            [
                "DROP TRIGGER tc_version_update ON projects_version",
                "CREATE TRIGGER tc_version_update BEFORE UPDATE ON accounts_department FOR EACH ROW "
                "EXECUTE FUNCTION tc_refuse('x')",
            ],
            ["tc_version_update"],
        ),
    ],
    ids=["disabled", "replica only", "empty function", "too late", "never", "elsewhere"],
)
def test_weakened_trigger_is_named(statements, named):
    for statement in statements:
        run(statement)
    assert differences() == [f"{name}: changed or switched off" for name in named]


def test_edges_are_compared_with_the_table():
    Edge.objects.create(source="intake", action="approve", target="approved")
    Edge.objects.filter(source="decision", action="approve").delete()
    assert differences() == [
        "edge decision approve approved: missing",
        "edge intake approve approved: not in the workflow table",
    ]
    install_after_migrate()
    assert differences() == []
    assert Edge.objects.count() == len(edges())


def test_readyz_and_start_refuse_without_a_guard(client):
    assert client.get(reverse("readyz")).status_code == 200
    refuse_unsafe_start()
    drop("tc_decision_update")
    answer = client.get(reverse("readyz"))
    assert answer.status_code == 503
    assert answer.json()["problems"]["guards"] == ["tc_decision_update: missing"]
    with pytest.raises(ImproperlyConfigured, match="tc_decision_update: missing"):
        refuse_unsafe_start()


def test_row_without_its_move_is_noticed(client, city):
    case = make_case(city, State.INTAKE)
    log()(fresh(case))
    assert last_rows_fit() == ["P901"]
    assert client.get(reverse("readyz")).json()["problems"]["history"] == ["P901"]
    assert "P901: the newest decision does not match the project" in list(problems())


def test_row_without_its_move_stops_the_next_step(city):
    case = make_case(city, State.INTAKE)
    log()(fresh(case))
    with pytest.raises(DatabaseError, match="tongchou: broken chain"), transaction.atomic():
        act(case, "accept", city.intake)


@ONLY
@ON_POSTGRESQL
def test_start_refuses_a_database_that_loses_commits(client):
    run("SET LOCAL synchronous_commit = off")
    with pytest.raises(ImproperlyConfigured, match="synchronous_commit=off"):
        refuse_unsafe_start()
    assert client.get(reverse("readyz")).status_code == 503


def test_migrate_without_anything_to_do_leaves_the_guards_up():
    before_migrating()
    assert differences() == []
    before_migrating("a migration")
    assert (differences() == []) is (connection.vendor == "postgresql")


@pytest.mark.django_db(transaction=True)
def test_migrating_again_changes_nothing(city):
    make_case(city, State.INTAKE)
    before = sorted(Edge.objects.values_list("pk", "source", "action"))
    call_command("migrate", verbosity=0)
    assert differences() == []
    assert sorted(Edge.objects.values_list("pk", "source", "action")) == before
