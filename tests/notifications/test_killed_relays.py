"""Two relays killed at random while 4,000 rows are drained: each notice once, each mail at least once under one id."""

import os
import random
import signal
import time
from collections import Counter

import pytest
from django.db import connections

from notifications import relay, services
from notifications.models import Notification
from tests.cast import make_city
from tests.notifications.making import give_mail, let_time_pass, make_draft, make_notices
from tests.quick_commits import quick

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
ROWS, KILLS, PATIENCE = 4000, 25, 120


@pytest.fixture
def quick_commits(shared_database):
    """A killed process loses nothing that the operating system has: no need to wait for the disk."""
    chosen, usual = connections.settings["default"], connections.settings["default"]["OPTIONS"]
    chosen["OPTIONS"] = quick(usual)
    connections.close_all()
    yield
    chosen["OPTIONS"] = usual


def fork_relay() -> int:
    """A process that drains the outbox until it is killed; returns its id. Nobody shares a connection with it."""
    connections.close_all()
    pid = os.fork()
    if pid:
        return pid
    try:
        while True:
            if not services.deliver_due(limit=200):
                time.sleep(0.05)
    finally:
        os._exit(1)


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def drain(seed: int) -> int:
    """Two relays, one of which is killed and replaced again and again until all is delivered; returns the kills."""
    chance, kills, ends = random.Random(seed), 0, time.monotonic() + PATIENCE
    running = [fork_relay(), fork_relay()]
    try:
        while Notification.objects.filter(delivered_at=None).exists():
            assert time.monotonic() < ends
            time.sleep(chance.uniform(0.01, 0.09))
            if kills < KILLS:
                victim = chance.randrange(2)
                kill(running[victim])
                kills += 1
                running[victim] = fork_relay()
            elif not Notification.objects.due().exists():
                wait_for_the_living()
                let_time_pass(relay.LEASE.total_seconds() + 1)
    finally:
        for pid in running:
            kill(pid)
    return kills


def wait_for_the_living() -> None:
    """Until what is left belongs to relays that were killed, whose leases the test may end."""
    left = -1
    while left != (left := Notification.objects.filter(delivered_at=None).count()):
        time.sleep(0.5)


def test_each_notice_once(quick_commits, settings, tmp_path, monkeypatch):
    sink, seed = tmp_path / "mails", random.randrange(10**6)
    settings.EMAIL_BACKEND = "tests.notifications.making.FileServer"
    monkeypatch.setenv("MAIL_SINK", str(sink))
    city = make_city()
    give_mail(city.intake)
    make_notices(city.intake, make_draft(city), ROWS)
    print("seed", seed)
    kills = drain(seed)
    sent = Counter(sink.read_text().split())
    ids = set(Notification.objects.filter(delivered_at__isnull=False).values_list("pk", flat=True))
    assert len(ids) == Notification.objects.count() == ROWS  # in the product: each once
    assert set(sent) == {f"<notice-{pk}@yunhai.invalid>" for pk in ids}  # by mail: each, under one id
    assert kills == KILLS
    assert sum(sent.values()) - ROWS <= kills  # again is only what was under way when its relay was killed
    assert Notification.objects.filter(is_dead=True).count() == 0


def test_the_harness_sees_a_relay_that_marks_before_it_sends(quick_commits, settings, tmp_path, monkeypatch):
    """The positive control: the same harness, and a relay that counts a row as delivered when it takes it."""
    sink = tmp_path / "mails"
    settings.EMAIL_BACKEND = "tests.notifications.making.FileServer"
    monkeypatch.setenv("MAIL_SINK", str(sink))
    take = relay._take

    def hasty(kind, size):
        taken = take(kind, size)
        Notification.objects.filter(pk__in=[row.pk for row in taken]).update(delivered_at="2026-01-01T00:00Z")
        time.sleep(0.05)
        return taken

    monkeypatch.setattr(relay, "_take", hasty)
    city = make_city()
    give_mail(city.intake)
    make_notices(city.intake, make_draft(city), 600)
    drain(7)
    assert len(set(sink.read_text().split())) < 600
