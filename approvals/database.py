"""Install the database's own guards after migrations, and compare what is installed with what is expected."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.db import connections, transaction

from approvals.models import Edge
from approvals.reviews import REVIEW_STEPS
from approvals.workflow import WORKFLOW
from projects.states import State

SQL = Path(__file__).parent / "sql"
EVENTS = {"INSERT": 4, "DELETE": 8, "UPDATE": 16, "TRUNCATE": 32}  # bits of pg_trigger.tgtype
REVIEW_STATES = (State.REVIEW, State.EXPERT_REVIEW)


def edges() -> set[tuple[str, str, str]]:
    """Every arrow that a decision row may record: the table's, and reviews' steps as arrows from a state to itself."""
    moves = {(step.source.value, step.action, step.target.value) for step in WORKFLOW}
    held = {(state.value, step.action, state.value) for step in REVIEW_STEPS for state in REVIEW_STATES}
    return moves | held


def statements(vendor: str) -> list[str]:
    """The guard statements of one database kind."""
    text = re.sub(r"^--.*$", "", (SQL / f"{vendor}.sql").read_text(encoding="utf-8"), flags=re.MULTILINE)
    parts = re.split(r"(?<=\nEND;)", text) if vendor == "sqlite" else text.split(";;")
    return [part.strip() for part in parts if part.strip()]


def triggers(vendor: str) -> dict[str, tuple[str, str]]:
    """Trigger name → (table, statement) of one database kind."""
    found = {}
    for statement in statements(vendor):
        match = re.match(r"CREATE TRIGGER (\w+) BEFORE \w+ ON (\w+)", statement)
        if match:
            found[match[1]] = (match[2], statement)
    return found


def remove_before_migrate(using: str = "default", plan: Sequence = (), **_kwargs: Any) -> None:
    """Take the triggers down while migrations run on SQLite, which cannot rebuild a table that a trigger of another
    table reads. install_after_migrate puts them back; a migration that breaks off leaves a database that no process
    starts on."""
    connection = connections[using]
    if plan and connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            _drop_triggers(cursor, connection.vendor)


def install_after_migrate(using: str = "default", **_kwargs) -> None:
    """Rewrite the edge table and the triggers. Runs after every migrate: rebuilt SQLite tables lose theirs."""
    with transaction.atomic(using=using):
        _install_edges(using)
        _install_triggers(using)


def _install_edges(using: str) -> None:
    rows, wanted = Edge.objects.using(using), edges()
    present = set(rows.values_list("source", "action", "target"))
    for source, action, target in present - wanted:
        rows.filter(source=source, action=action, target=target).delete()
    missing = sorted(wanted - present)
    rows.bulk_create(Edge(source=source, action=action, target=target) for source, action, target in missing)


def _install_triggers(using: str) -> None:
    connection = connections[using]
    if not differences(using):
        return
    with connection.cursor() as cursor:
        _drop_triggers(cursor, connection.vendor)
        for statement in statements(connection.vendor):
            cursor.execute(statement)


def _drop_triggers(cursor: Any, vendor: str) -> None:
    for name, (table, _statement) in triggers(vendor).items():
        cursor.execute(f"DROP TRIGGER IF EXISTS {name}" + (f" ON {table}" if vendor == "postgresql" else ""))


def differences(using: str = "default") -> list[str]:
    """What is missing, changed or switched off among the guards; empty when the database agrees."""
    connection = connections[using]
    reader = _installed_sqlite if connection.vendor == "sqlite" else _installed_postgresql
    installed, expected = reader(connection), _expected(connection.vendor)
    wrong = [
        f"{name}: {'missing' if name not in installed else 'changed or switched off'}"
        for name, body in expected.items()
        if installed.get(name) != body
    ]
    arrows = set(Edge.objects.using(using).values_list("source", "action", "target"))
    for arrow in arrows ^ edges():
        wrong.append(f"edge {' '.join(arrow)}: {'missing' if arrow not in arrows else 'not in the workflow table'}")
    return sorted(wrong)


def _expected(vendor: str) -> dict[str, str]:
    if vendor == "sqlite":
        return {name: _squeeze(statement) for name, (_table, statement) in triggers(vendor).items()}
    expected = {name: _shape(statement) for name, (_table, statement) in triggers(vendor).items()}
    for statement in statements(vendor):
        match = re.match(r"CREATE OR REPLACE FUNCTION (\w+)\(\).*?\$body\$(.*)\$body\$", statement, flags=re.DOTALL)
        if match:
            expected[f"{match[1]}()"] = _squeeze(match[2])
    return expected


def _shape(statement: str) -> str:
    """What PostgreSQL's catalogue says of a trigger: its table, function, moment and whether it has a condition."""
    parts = r"CREATE TRIGGER \w+ BEFORE (\w+) ON (\w+) FOR EACH (\w+)(\s+WHEN )?.*EXECUTE FUNCTION (\w+)"
    ((event, table, level, condition, function),) = re.findall(parts, statement, flags=re.DOTALL)
    return f"on {table} {function} {2 | EVENTS[event] | (level == 'ROW')} {bool(condition)}"


def _installed_sqlite(connection: Any) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        # SQLite keeps the statement as written, without the last semicolon.
        return {name: _squeeze(f"{sql};") for name, sql in cursor.fetchall()}


def _installed_postgresql(connection: Any) -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname, tgenabled IN ('O', 'A'), relname, proname, tgtype, tgqual IS NOT NULL FROM pg_trigger "
            "JOIN pg_class ON pg_class.oid = tgrelid JOIN pg_proc ON pg_proc.oid = tgfoid "
            "WHERE NOT tgisinternal AND relnamespace = current_schema()::regnamespace"
        )
        rows = cursor.fetchall()
        installed = {row[0]: " ".join(["on" if row[1] else "off", *map(str, row[2:])]) for row in rows}
        cursor.execute(
            "SELECT proname, prosrc FROM pg_proc "
            "WHERE pronamespace = current_schema()::regnamespace AND proname LIKE 'tc_%%'"
        )
        return installed | {f"{name}()": _squeeze(source) for name, source in cursor.fetchall()}


def _squeeze(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().replace(";;", ";")


def last_rows_fit(using: str = "default") -> list[str]:
    """References of projects whose newest decision does not match their state and seq (a row without its move)."""
    query = (
        "SELECT p.ref FROM projects_project p LEFT JOIN (SELECT project_id, MAX(seq) AS seq FROM approvals_decision "
        "GROUP BY project_id) m ON m.project_id = p.id WHERE COALESCE(m.seq, 0) <> p.seq"
    )
    with connections[using].cursor() as cursor:
        cursor.execute(query)
        return [ref for (ref,) in cursor.fetchall()]
