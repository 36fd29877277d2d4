"""Decisions per second through the door, beside the bare floor of the same database in the same run.

The floor is what no door can do without: one transaction that locks a row, reads the last log row, writes a log row,
moves the row and writes one outbox row, in raw SQL on tables without triggers. Measured on the database that
DATABASE_URL names (SQLite when there is none), in a scratch database that is dropped again; one process, in turns,
medians of three. Prints a table and one line of JSON; `make bench` starts it per database.
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from statistics import median
from types import SimpleNamespace

PLACE = tempfile.TemporaryDirectory()
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# What is measured is the database: no vectors, no mails, no log lines, no documents left behind.
os.environ |= {
    "ENCODER": "lexical", "EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend", "LOG_LEVEL": "ERROR",
    "MEDIA_ROOT": f"{PLACE.name}/documents", "REDIS_URL": "",
}  # fmt: skip

import django  # noqa: E402 - settings are read from what was just set
from django.db import connection, transaction  # noqa: E402
from django.test.utils import setup_databases, teardown_databases  # noqa: E402

django.setup()

from accounts.models import User  # noqa: E402
from approvals.services import perform  # noqa: E402
from projects.models import Project  # noqa: E402
from projects.services import create_project  # noqa: E402
from projects.states import State  # noqa: E402
from tests.cast import make_case, make_city  # noqa: E402
from tests.projects.making import make_round  # noqa: E402

TURNS = 3
# A withdrawal asks no guard; an endorsement is an ordinary step; an approval asks every invariant again.
COUNTS = {"floor": 300, "withdraw": 100, "endorse": 40, "approve": 12}
FLOOR = (
    "CREATE TABLE floor_project (id integer PRIMARY KEY, state varchar(20), seq integer)",
    "CREATE TABLE floor_log (project_id integer, seq integer, body text, digest varchar(64), UNIQUE (project_id, seq))",
    "CREATE TABLE floor_outbox (project_id integer, recipient integer, body text)",
)


def main() -> None:
    """Make a scratch database, measure, drop it again, print."""
    name = f"{connection.settings_dict['NAME']}_bench"
    # SQLite in a file: in memory nothing would be made durable.
    scratch = f"{PLACE.name}/bench.sqlite3" if connection.vendor == "sqlite" else name
    connection.settings_dict["TEST"]["NAME"] = scratch
    kept = setup_databases(verbosity=0, interactive=False, serialized_aliases=[])
    try:
        show({"database": connection.vendor, "durability": durability(), "per_second": measure()})
    finally:
        teardown_databases(kept, verbosity=0)
        PLACE.cleanup()


def show(result: dict) -> None:
    """The table for people, the line for programs."""
    rates = result["per_second"]
    print(f"{result['database']} ({result['durability']})")
    for name, rate in rates.items():
        times = "" if name == "floor" else f"   the bare floor is {rates['floor'] / rate:5.1f} times as fast"
        print(f"  {name:<10}{rate:8.0f} /s{times}")
    result["floor_ratio"] = {name: round(rates["floor"] / rate, 2) for name, rate in rates.items()}
    print(json.dumps({**result, "per_second": {name: round(rate, 1) for name, rate in rates.items()}}), flush=True)


def durability() -> str:
    """What a commit waits for here."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SHOW synchronous_commit")
            return f"synchronous_commit={cursor.fetchone()[0]}"
        cursor.execute("PRAGMA synchronous")
        return f"synchronous={('OFF', 'NORMAL', 'FULL', 'EXTRA')[cursor.fetchone()[0]]}"


def measure() -> dict[str, float]:
    """Steps per second of each kind: prepared beforehand, run in turns, medians."""
    city = make_city()
    make_floor()
    prepared = {name: [prepare(city, turn) for turn in range(TURNS)] for name, prepare in KINDS.items()}
    rates: dict[str, list[float]] = {name: [] for name in KINDS}
    for turn in range(TURNS):
        for name, turns in prepared.items():
            rates[name].append(rate_of(turns[turn]))
    return {name: median(found) for name, found in rates.items()}


def rate_of(steps: list[Callable[[], object]]) -> float:
    """Steps per second."""
    started = time.perf_counter()
    for step in steps:
        step()
    return len(steps) / (time.perf_counter() - started)


# --- the floor ------------------------------------------------------------------------------------------------------


def make_floor() -> None:
    """The floor's own tables, with one row per project."""
    rows = [(number,) for number in range(1, COUNTS["floor"] + 1)]
    with connection.cursor() as cursor:
        for statement in FLOOR:
            cursor.execute(statement)
        cursor.executemany("INSERT INTO floor_project VALUES (%s, 'draft', 0)", rows)


def floor_steps(_city: object, _turn: int) -> list[Callable[[], object]]:
    """One step of each of the floor's projects."""
    return [lambda number=number: floor_step(number) for number in range(1, COUNTS["floor"] + 1)]


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


# --- the door -------------------------------------------------------------------------------------------------------


def withdrawals(city: SimpleNamespace, turn: int) -> list[Callable[[], object]]:
    """The unit takes back drafts."""
    drafts = [
        create_project(
            actor=city.applicant, department=city.hospital, round=city.round, title="草稿", kind="new",
            declared_unclassified=True, ref=f"W{turn}-{number}",
        )
        for number in range(COUNTS["withdraw"])
    ]  # fmt: skip
    return [step_of(draft, "withdraw", city.applicant) for draft in drafts]


def endorsements(city: SimpleNamespace, turn: int) -> list[Callable[[], object]]:
    """The supervising department agrees."""
    found = cases(city, State.ENDORSEMENT, turn, COUNTS["endorse"])
    return [step_of(case, "endorse", city.endorser) for case in found]


def approvals(city: SimpleNamespace, turn: int) -> list[Callable[[], object]]:
    """The approver grants what was reviewed."""
    found = cases(city, State.DECISION, turn, COUNTS["approve"])
    return [step_of(case, "approve", city.approver, approved_amount=Decimal(50)) for case in found]


def cases(city: SimpleNamespace, state: State, turn: int, count: int) -> list[Project]:
    """Cases walked to a state, each in a round of its own so that none meets another."""
    found = []
    for number in range(count):
        city.round = make_round(f"{state[:3]}{turn}-{number}")
        found.append(make_case(city, state, ref=f"{state[:3]}{turn}-{number}"))
    return found


def step_of(case: Project, action: str, actor: User, **entry: object) -> Callable[[], object]:
    """One step through the door, with the version that the person saw."""
    call = {"case_id": case.pk, "action": action, "actor": actor, "comment": "同意", "entry": entry}
    return lambda: perform(**call, expected_version=case.seq)


KINDS = {"floor": floor_steps, "withdraw": withdrawals, "endorse": endorsements, "approve": approvals}

if __name__ == "__main__":
    main()
