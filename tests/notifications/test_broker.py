"""With a broker: a real worker delivers what another process decided, and a dead broker changes nothing."""

import json
import os
import socket
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from urllib.parse import urlsplit

import pytest
import redis
from django.contrib.auth.hashers import make_password

from accounts.models import User
from approvals.models import Case
from approvals.services import perform
from notifications import services
from notifications.models import Notification
from projects.states import State
from tests.architecture.tree import ROOT
from tests.cast import make_case, make_city
from tests.notifications.making import give_mail

PATIENCE = 40  # seconds, on a busy machine


@pytest.fixture
def endorsement(shared_database):
    """A case that waits for the endorser; intake has an address."""
    city = make_city()
    give_mail(city.intake)
    return make_case(city, State.ENDORSEMENT)


def surroundings(database, broker):
    return {**os.environ, "DATABASE_URL": database, "REDIS_URL": broker, "DJANGO_SETTINGS_MODULE": "config.settings"}


def endorse(database, broker) -> float:
    """The endorser agrees, in a process of its own; returns the seconds it took."""
    command = [sys.executable, "-m", "tests.notifications.take_step", "P901", "endorse", "endorser"]
    done = subprocess.run(
        command, cwd=ROOT, env=surroundings(database, broker), check=True, capture_output=True, text=True, timeout=120
    )
    return float(done.stdout)


def notice() -> Notification:
    return Notification.objects.get(event="to_check")


@pytest.mark.postgres
def test_without_a_broker_the_deciding_process_mails_after_its_commit(endorsement, mailoutbox):
    perform(case_id=endorsement.pk, action="endorse", actor=User.objects.get(username="endorser"), comment="同意")
    assert [mail.to for mail in mailoutbox] == [["intake@yunhai.invalid"]]
    assert notice().delivered_at is not None


@pytest.mark.slow
@pytest.mark.parametrize(("listens", "most"), [(False, 3), (True, 8)])
def test_dead_broker_changes_nothing(endorsement, shared_database, mailoutbox, listens, most):
    """Nobody listens at its address, or somebody does and never answers; seconds with room for a busy machine."""
    with closing(socket.socket()) as place:
        place.bind(("127.0.0.1", 0))
        if listens:
            place.listen(50)
        seconds = endorse(shared_database, f"redis://127.0.0.1:{place.getsockname()[1]}/0")
    assert Case.objects.get(pk=endorsement.pk).state == State.INTAKE
    assert seconds < most
    assert notice().delivered_at is None
    assert services.deliver_due() == 1  # the sweep, once there is a worker again
    assert len(mailoutbox) == 1


@pytest.mark.slow
def test_dead_broker_changes_no_page(endorsement, shared_database):
    """Redis is the cache, too: signing in, lists, a case, a notice and a form go on without it."""
    User.objects.filter(username="intake").update(password=make_password("tongchou-demo"))
    with closing(socket.socket()) as place:
        place.bind(("127.0.0.1", 0))
        broker = f"redis://127.0.0.1:{place.getsockname()[1]}/0"
        endorse(shared_database, broker)
        pages = [
            "/",
            "/projects/P901/",
            "/notifications/",
            f"/notifications/{notice().pk}/",
            "POST /notifications/read/",
        ]
        command = [sys.executable, "-m", "tests.notifications.use_pages", "intake", *pages]
        done = subprocess.run(
            command, cwd=ROOT, env=surroundings(shared_database, broker), check=True, capture_output=True, text=True,
            timeout=120,
        )  # fmt: skip
    answers = json.loads(done.stdout.splitlines()[-1])
    assert answers == {"sign in": 302, **dict.fromkeys(pages[:3], 200), **dict.fromkeys(pages[3:], 302)}, done.stderr


@contextmanager
def worker(database, broker, log):
    """A Celery worker of the product with its own settings; mails go to its output."""
    command = [sys.executable, "-m", "celery", "-A", "config", "worker", "--pool=solo", "--loglevel=info"]
    with log.open("w") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=surroundings(database, broker), stdout=output, stderr=subprocess.STDOUT
        )
        try:
            wait_for(lambda: " ready." in log.read_text(), log)
            yield
        finally:
            process.terminate()
            process.wait(30)


def wait_for(condition, log):
    ends = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < ends, log.read_text()
        time.sleep(0.1)


@pytest.fixture
def broker():
    """A database of the Redis that no other part of the tests uses; emptied before and after."""
    parts = urlsplit(os.environ.get("TEST_REDIS_URL") or "redis://127.0.0.1:6379")
    url = parts._replace(path="/9").geturl()
    with closing(redis.Redis.from_url(url)) as client:
        client.flushdb()
        yield url
        client.flushdb()


@pytest.mark.redis
def test_worker_mails_what_another_process_decided(endorsement, shared_database, broker, tmp_path):
    """No beat runs here: it is the doorbell that wakes the worker."""
    log = tmp_path / "worker.log"
    with worker(shared_database, broker, log):
        endorse(shared_database, broker)
        wait_for(lambda: notice().delivered_at is not None, log)
    text = log.read_text()
    assert text.count(f"Message-ID: <notice-{notice().pk}@") == 1
    assert "To: intake@yunhai.invalid" in text
    assert text.count("Task notifications.tasks.deliver_due") == 2  # received, succeeded


@pytest.mark.redis
def test_worker_that_comes_later_finds_what_waits(endorsement, shared_database, broker, tmp_path):
    endorse(shared_database, broker)
    assert notice().delivered_at is None
    log = tmp_path / "worker.log"
    with worker(shared_database, broker, log):
        wait_for(lambda: notice().delivered_at is not None, log)
