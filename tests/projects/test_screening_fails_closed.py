"""Whatever goes wrong or is odd, the run says what happened, the gate stays shut, and nothing is lost."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import numpy
import pytest
from django.db import connection
from django.utils import timezone

from approvals.models import Case
from approvals.workflow import CLEARED
from duplicates.encoders import CachedEncoder, choose
from projects import screening
from projects.models import Finding, TextVector, Version
from projects.screening import execute, request_run
from projects.screening_vectors import StoredEncoder
from projects.states import Band, Relation, RunStatus, State
from tests.projects.screening_rows import (
    FLOOD,
    make_finding,
    make_inventory,
    make_policies,
    make_project,
    make_system,
    newest,
    screened,
)

pytestmark = pytest.mark.django_db
ODD = "🚌🚌\x07校车\x1b[31m安全\u202e监管\u200b，向家长\ufeff发送到站提醒𠮷\ud7ff"
GENERIC = ("用户管理", "系统管理", "日志管理", "统计报表", "权限管理")


@pytest.fixture(autouse=True)
def _plain(settings):
    """Words only, and the policy rows that a comparison reads."""
    settings.ENCODER = "lexical"
    chosen = screening._encoder
    chosen.cache_clear()
    make_policies()
    yield
    chosen.cache_clear()


def screened_with(texts, money=10):
    """A run over capabilities that no form would take: they stand in the frozen version alone."""
    project = make_project(capabilities=[("代用", money)])
    snapshot = newest(project).snapshot
    first, line = snapshot["solution"]["capabilities"][0], snapshot["budget"]["lines"][0]
    codes = [f"P1-{number:03}" for number in range(len(texts))]
    snapshot["solution"]["capabilities"] = [
        {**first, "code": code, "text": text} for code, text in zip(codes, texts, strict=True)
    ]
    snapshot["budget"]["lines"] = [{**line, "capability": code} for code in codes]
    version = Version.objects.create(
        project=project, number=2, snapshot=snapshot, digest="x", amount=money,
        submitted_by=project.created_by, submitted_at=timezone.now(),
    )  # fmt: skip
    return execute(request_run(project, version).pk)


def gate(project):
    """What stands between the case and a decision."""
    case = Case.objects.get(pk=project.pk)
    return [reason for guard in CLEARED if (reason := guard(case))]


# --- odd proposals --------------------------------------------------------------------------------------------------


def test_five_hundred_capabilities_are_all_compared():
    system = make_inventory()
    run = screened_with([f"第{n}项业务受理登记" for n in range(499)] + [FLOOD])
    assert (run.status, run.error) == (RunStatus.SUCCEEDED, "")
    found = Finding.objects.get(relation=Relation.DUPLICATE, system=system)
    assert found.capability_code == "P1-499"


def test_capability_of_ten_thousand_characters_is_compared_and_cut_only_for_show():
    make_system("S2", "校车" * 200, name="校车平台")
    make_inventory()
    run = screened_with([FLOOD + "，" + "汛期值班" * 2_500, "a" * 10_000, "长" * 10_000])
    assert (run.status, run.error) == (RunStatus.SUCCEEDED, "")
    assert Finding.objects.filter(capability_code="P1-000").exists()
    assert all(len(finding.capability_text) <= 500 for finding in Finding.objects.all())


def test_emoji_and_control_characters_hide_nothing():
    make_inventory()
    make_system("S3", "校车安全监管，向家长发送到站提醒", name="校车平台")
    run = screened_with([ODD, "\x07\x1b\u200b", "🚌", " "])
    assert (run.status, run.error) == (RunStatus.SUCCEEDED, "")
    assert Finding.objects.filter(capability_code="P1-000", system__code="S3", is_current=True).exists()
    assert run.band in {Band.AMBER, Band.RED, Band.INSUFFICIENT}


def test_odd_characters_in_the_registry_hide_nothing():
    make_inventory()
    make_system("S3", ODD, name="🚌\x07平台")
    run = screened_with(["校车安全监管，向家长发送到站提醒"])
    assert run.status == RunStatus.SUCCEEDED, run.error
    assert Finding.objects.filter(system__code="S3", is_current=True).exists()


def test_generic_words_alone_are_never_green():
    make_inventory()
    make_system("S4", "用户管理", name="用户平台")
    run = screened_with(list(GENERIC))
    assert run.status == RunStatus.SUCCEEDED, run.error
    assert run.band != Band.GREEN
    assert not Finding.objects.filter(relation=Relation.DUPLICATE, is_current=True).exists()
    assert gate(run.project)


def test_empty_registry_keeps_the_gate_shut_and_earlier_decisions_readable():
    project = make_project(state=State.ADJUDICATION)
    earlier = make_finding(project, decision="cut", decided_at=timezone.now())
    run = screened(project)
    assert run.status == RunStatus.FAILED
    assert run.error == screening.EMPTY_INVENTORY
    assert gate(project)
    earlier.refresh_from_db()
    assert (earlier.is_current, earlier.decision) == (True, "cut")


# --- a broken encoder -----------------------------------------------------------------------------------------------


class Corrupt:
    """Gives vectors until it is told to break."""

    name = "corrupt"

    def __init__(self, spoil):
        self.spoil = spoil

    def encode(self, texts):
        """One row a text, spoilt for all texts but the one that is tried at the start."""
        rows = numpy.ones((len(texts), 4), dtype=numpy.float32)
        return rows if list(texts) == ["统一身份认证"] else self.spoil(rows)


def _raise(_rows):
    raise RuntimeError("out of memory")


SPOILT = {
    "not a number": lambda rows: rows * numpy.nan,
    "endless": lambda rows: rows * numpy.inf,
    "too few": lambda rows: rows[:-1],
    "nothing": lambda rows: rows[:0],
    "another shape": lambda rows: rows.ravel(),
    "an error": _raise,
}


@pytest.mark.parametrize("name", SPOILT)
@pytest.mark.parametrize("stored", [False, True])
def test_corrupt_encoder_degrades_says_so_and_leaves_no_vector(monkeypatch, name, stored):
    system, encoder = make_inventory(), Corrupt(SPOILT[name])
    chosen = choose(StoredEncoder(encoder) if stored else encoder)
    assert isinstance(chosen[0], CachedEncoder)
    TextVector.objects.all().delete()
    monkeypatch.setattr(screening, "_encoder", lambda: chosen)
    run = screened(make_project(capabilities=[(FLOOD, 100)]))
    assert (run.status, run.record["encoder"]) == (RunStatus.SUCCEEDED, "lexical"), run.error
    assert run.record["degraded"].startswith("corrupt: ")
    assert Finding.objects.filter(system=system, relation=Relation.DUPLICATE).exists()
    vectors = [numpy.frombuffer(bytes(row.vector), dtype=numpy.float16) for row in TextVector.objects.all()]
    assert all(numpy.isfinite(vector).all() for vector in vectors)


# --- a worker that is killed ----------------------------------------------------------------------------------------


@pytest.fixture
def workers(tmp_path):
    """Processes that work on this test's own rows: PostgreSQL shares them, an SQLite in memory is copied to a file."""
    file = tmp_path / "copy.sqlite3"
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        with sqlite3.connect(file) as copy:
            connection.connection.backup(copy)
        copy.close()
        url = f"sqlite:///{file}"
    else:
        login = f"{values['USER']}:{values['PASSWORD']}@{values['HOST']}:{values['PORT'] or 5432}"
        url = f"postgresql://{login}/{values['NAME']}"
    script = Path(__file__).parent / "dying_worker.py"
    root = Path(__file__).parents[2]
    surroundings = {**os.environ, "DATABASE_URL": url, "ENCODER": "lexical", "PYTHONPATH": str(root),
                    "DJANGO_SETTINGS_MODULE": "config.settings"}  # fmt: skip

    def start(*words):
        command = [sys.executable, str(script), *map(str, words)]
        return subprocess.Popen(command, cwd=root, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def rows(sql):
        if connection.vendor == "sqlite":
            with sqlite3.connect(file, timeout=20) as copy:
                found = copy.execute(sql).fetchall()
            copy.close()
            return found
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []

    return SimpleNamespace(start=start, rows=rows)


def wait_for(flag, process):
    """Until the worker has come to the place where it hangs."""
    until = time.monotonic() + 120
    while not flag.exists():
        assert process.poll() is None, process.stderr.read().decode()
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.fixture
def waiting_run(transactional_db):
    """A case under screening whose run nobody has taken yet."""
    make_policies()
    make_inventory()
    project = make_project(capabilities=[(FLOOD, 100)])
    return request_run(project, newest(project))


STATUS = "SELECT status FROM projects_screeningrun ORDER BY id"
STATE = "SELECT state FROM projects_project"
FOUND = "SELECT COUNT(*) FROM projects_finding WHERE is_current"


@pytest.mark.slow
@pytest.mark.parametrize("where", ["comparing", "saving"])
def test_killed_worker_leaves_a_shut_gate_and_the_sweep_takes_the_run_up(waiting_run, workers, tmp_path, where):
    flag = tmp_path / "flag"
    victim = workers.start(waiting_run.pk, where, flag)
    wait_for(flag, victim)
    victim.send_signal(signal.SIGKILL)
    victim.communicate()
    assert victim.returncode == -signal.SIGKILL
    assert workers.rows(STATUS) == [("running",)]
    assert (workers.rows(STATE), workers.rows(FOUND)) == ([("screening",)], [(0,)])
    assert finished(workers.start("resume")) == "0"  # it may still be at work, as far as anybody can tell
    long_ago = timezone.now() - timedelta(minutes=11)
    workers.rows(f"UPDATE projects_screeningrun SET started_at = '{long_ago:%Y-%m-%d %H:%M:%S}+00:00'")
    assert finished(workers.start("resume")) == "1"
    assert workers.rows(STATUS) == [("succeeded",)]
    assert workers.rows(STATE) == [("review",)]
    (found,) = workers.rows(FOUND)[0]
    assert found > 0
    assert finished(workers.start(waiting_run.pk)) == "review"  # the message of the dead worker comes once more
    assert workers.rows(FOUND) == [(found,)]


def finished(process):
    """What a worker printed at last."""
    said, wrong = process.communicate(timeout=180)
    assert process.returncode == 0, wrong.decode()
    return said.decode().split()[-1]
