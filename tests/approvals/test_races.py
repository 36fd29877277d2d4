"""Many processes at the door at once: exactly one gets through, on both databases, and nobody meets an error."""

import fcntl
import json
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from django.db import connection

from tests.approvals.arena import arena, run

pytestmark = [pytest.mark.postgres, pytest.mark.slow]


@pytest.fixture
def race(tmp_path, transactional_db):
    """A function that runs one scenario on a database of its own and returns what racing.py reports."""
    with open(Path(tempfile.gettempdir()) / "tongchou-races.lock", "w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)  # fifty connections are half of what PostgreSQL allows
        with arena(tmp_path) as url:
            yield lambda *words: json.loads(run("tests.approvals.racing", url, tmp_path, *words))


def errors(report):
    """Answers that are neither a success nor a refusal with a reason."""
    return [answer for answers in report["answers"] for answer in answers if str(answer).startswith("ERROR")]


def test_one_of_fifty_processes_approves(race):
    report = race("approve", 50, 20)
    assert errors(report) == []
    for answers in report["answers"]:
        counts = Counter(answers)
        assert counts["won approve"] == 1
        assert counts["Stale"] + counts["NotOffered"] == 49
        assert min(counts["Stale"], counts["NotOffered"]) >= 24
    assert len(report["decided"]) == report["approvals"] == 20
    assert set(report["states"].values()) == {"approved"}
    assert report["problems"] == []
    print(f"{connection.vendor}: 20 rounds of 50 processes in {report['seconds']:.1f} s")


def test_without_the_fences_the_same_harness_lets_several_approve(race):
    report = race("broken", 50, 3)
    winners = [Counter(answers)["won approve"] for answers in report["answers"]]
    assert min(winners) > 1, f"the harness proves nothing: {winners}, {errors(report)[:3]}"
    assert report["approvals"] > 3
    assert len(report["decided"]) > 3


def test_of_three_different_decisions_one_wins(race):
    report = race("decide", 30, 6)
    assert errors(report) == []
    for (_ref, action), answers in zip(report["decided"], report["answers"], strict=True):
        won = [answer for answer in answers if answer.startswith("won")]
        assert won == [f"won {action}"]
        assert Counter(answers)["NotOffered"] == 29
    assert report["problems"] == []


@pytest.mark.postgres(only=True)  # SQLite lets one writer in at a time: nothing can block each other there
def test_two_cases_in_both_orders_do_not_block_each_other(race):
    report = race("pairs", 20, 5)
    assert errors(report) == []
    assert [sum(answers) for answers in report["answers"]] == [2] * 5
    assert set(report["states"].values()) == {"approved"}
    assert report["problems"] == []


def test_last_reviews_at_once_take_the_case_on_once(race):
    report = race("reviews", 12, 5)
    assert errors(report) == []
    for answers in report["answers"]:
        assert sorted(answer for answer in answers if answer.startswith("won")) == ["won 0", "won 1", "won 2"]
    assert len(report["moved_on"]) == 5
    assert set(report["states"].values()) == {"decision"}
    assert report["problems"] == []


def test_last_signatures_at_once_conclude_once(race):
    """R7: three seats, 50 processes, 20 rounds; in every other one any signature is enough."""
    report = race("signatures", 50, 20)
    assert errors(report) == []
    for number, answers in enumerate(report["answers"]):
        won = sorted(answer for answer in answers if answer.startswith("won"))
        assert won == ["won 0", "won 1", "won 2"] if number % 2 == 0 else len(won) == 1
    assert set(report["concluded"].values()) == {1}
    assert len(report["concluded"]) == 20
    assert sorted(report["signed"].values()) == [1] * 10 + [3] * 10
    assert report["problems"] == []
    print(f"{connection.vendor}: signatures, 20 rounds of 50 processes in {report['seconds']:.1f} s")


def test_without_the_lock_signatures_at_once_conclude_several_times(race):
    report = race("broken signatures", 50, 2)
    assert max(report["concluded"].values()) > 1, f"the harness proves nothing: {report['concluded']}"


@pytest.mark.postgres(only=True)  # for the same reason
def test_screenings_that_write_on_each_other_end_well(race):
    report = race("screening", 6, 5)
    assert errors(report) == []
    assert {answer for answers in report["answers"] for answer in answers} == {"succeeded"}
    assert set(report["runs"]) == {"succeeded"}
    assert report["problems"] == []
