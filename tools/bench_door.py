"""Decisions per second through the door, beside the bare floor of the same database in the same run.

The floor is what no door can do without: one transaction that locks a row, reads the last log row, writes a log row,
moves the row and writes one outbox row, in raw SQL on tables without triggers. `make bench` starts it per database.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django
from django.db import connection, transaction
from django.test.utils import setup_databases, teardown_databases

django.setup()

from django.utils import timezone  # noqa: E402 - the apps must be loaded first

from accounts.models import Assignment, Department, User  # noqa: E402
from accounts.roles import Role  # noqa: E402
from approvals.services import perform  # noqa: E402
from planning.models import Round  # noqa: E402
from projects.services import create_project  # noqa: E402

DECISIONS = 200
FLOOR = (
    "CREATE TABLE floor_project (id integer PRIMARY KEY, state varchar(20), seq integer)",
    "CREATE TABLE floor_log (project_id integer, seq integer, body text, digest varchar(64), UNIQUE (project_id, seq))",
    "CREATE TABLE floor_outbox (project_id integer, recipient integer, body text)",
)


def main() -> None:
    """Make a scratch database, measure, drop it again, print one line."""
    with tempfile.TemporaryDirectory() as place:
        if connection.vendor == "sqlite":  # a file: in memory nothing would be made durable
            connection.settings_dict["TEST"]["NAME"] = str(Path(place) / "bench.sqlite3")
        kept = setup_databases(verbosity=0, interactive=False, serialized_aliases=[])
        try:
            door, floor = measure()
        finally:
            teardown_databases(kept, verbosity=0)
    print(
        f"{connection.vendor:<12}{door:6.0f} decisions/s   bare floor {floor:6.0f}/s, {floor / door:.1f} times as fast"
    )


def measure() -> tuple[float, float]:
    """Decisions per second through the door, and floor transactions per second; in turns, best of three."""
    door_rates, floor_rates = [], []
    make_floor()
    for turn in range(3):
        door_rates.append(rate(withdrawals(turn)))
        floor_rates.append(rate([lambda number=number: floor_step(number) for number in range(1, DECISIONS + 1)]))
    return max(door_rates), max(floor_rates)


def rate(steps: list[Callable[[], object]]) -> float:
    """Steps per second."""
    started = time.perf_counter()
    for step in steps:
        step()
    return len(steps) / (time.perf_counter() - started)


def withdrawals(turn: int) -> list[Callable[[], object]]:
    """One step for each of as many new drafts: its applicant withdraws it."""
    today = timezone.localdate()
    unit, _made = Department.objects.get_or_create(code="U1", defaults={"name": "单位", "kind": "municipal"})
    actor, made = User.objects.get_or_create(username="bench", defaults={"name": "测试", "department": unit})
    if made:
        Assignment.objects.create(user=actor, role=Role.APPLICANT, department=unit)
    window = {"name": "批次", "year": today.year, "opens_on": today, "closes_on": today}
    round_, _made = Round.objects.get_or_create(code="R1", defaults=window)
    drafts = [
        create_project(
            actor=actor, department=unit, round=round_, title=f"项目 {turn} {n}", kind="new", declared_unclassified=True
        )
        for n in range(DECISIONS)
    ]
    return [
        lambda pk=draft.pk: perform(case_id=pk, action="withdraw", actor=actor, comment="撤回", expected_version=0)
        for draft in drafts
    ]


def make_floor() -> None:
    """The floor's own tables, with one row per project."""
    with connection.cursor() as cursor:
        for statement in FLOOR:
            cursor.execute(statement)
        cursor.executemany("INSERT INTO floor_project VALUES (%s, 'draft', 0)", [(n,) for n in range(1, DECISIONS + 1)])


def floor_step(number: int) -> None:
    """One transaction with lock, log, state and outbox."""
    lock = " FOR UPDATE" if connection.vendor == "postgresql" else ""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT seq FROM floor_project WHERE id = %s{lock}", [number])  # noqa: S608 - a constant
        seq = cursor.fetchone()[0] + 1
        cursor.execute("SELECT digest FROM floor_log WHERE project_id = %s ORDER BY seq DESC LIMIT 1", [number])
        cursor.fetchone()
        cursor.execute("INSERT INTO floor_log VALUES (%s, %s, %s, %s)", [number, seq, "x" * 300, "0" * 64])
        cursor.execute("UPDATE floor_project SET state = 'next', seq = %s WHERE id = %s", [seq, number])
        cursor.execute("INSERT INTO floor_outbox VALUES (%s, 1, 'x')", [number])


if __name__ == "__main__":
    main()
