"""Many schedulers at once: each rung is one row, and each person is told once, on both databases."""

import json
from collections import Counter

import pytest

from tests.approvals.arena import arena, run

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
CASES, PROCESSES = 6, 6


def test_schedulers_at_the_same_instant_write_each_rung_once(transactional_db, tmp_path):
    with arena(tmp_path) as url:
        report = json.loads(run("tests.approvals.climbing", url, tmp_path, PROCESSES, CASES))
    first, second = report["answers"]
    assert sum(first) == CASES * 3  # nobody met an error, and together they wrote every rung
    assert sum(second) == 0
    assert Counter(percent for _ref, percent in report["rungs"]) == {75: CASES, 100: CASES, 150: CASES}
    assert len(report["told"]) == len(set(map(tuple, report["told"]))) == CASES * 2  # holder and manager, once a case
