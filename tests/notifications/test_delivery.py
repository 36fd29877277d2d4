"""The relay: leases, failures, dead letters, two relays at once."""

import os
import subprocess
import sys
from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from notifications import relay, services
from notifications.models import Notification
from tests.architecture.tree import ROOT
from tests.cast import make_city
from tests.notifications.making import (
    at_once,
    give_mail,
    let_time_pass,
    make_draft,
    make_notices,
    seconds_until,
)

pytestmark = pytest.mark.postgres
MAKING = "tests.notifications.making"


@pytest.fixture
def reader(city):
    give_mail(city.intake)
    return city.intake


@pytest.fixture
def project(city):
    return make_draft(city)


def get(notice):
    return Notification.objects.get(pk=notice.pk)


def test_due_notices_are_mailed_once(reader, project, mailoutbox):
    notices = make_notices(reader, project, 3)
    assert services.deliver_due() == 3
    assert services.deliver_due() == 0
    assert len(mailoutbox) == 3
    mail = mailoutbox[0]
    assert mail.to == ["intake@yunhai.invalid"]
    assert mail.extra_headers["Message-ID"] == f"<notice-{notices[0].pk}@yunhai.invalid>"
    assert "P800 孕产妇建档" in mail.subject
    assert f"/notifications/{notices[0].pk}/" in mail.body
    assert get(notices[0]).attempts == 1


@pytest.mark.parametrize("limit", [0, 4, 10, 23])
def test_run_takes_no_more_than_its_limit(reader, project, limit, mailoutbox):
    make_notices(reader, project, 30)
    assert services.deliver_due(limit=limit) == limit == len(mailoutbox)


@pytest.mark.parametrize("change", [{"email": ""}, {"is_active": False}])
def test_person_who_lost_address_or_account_since_is_not_mailed(reader, project, change, mailoutbox):
    (notice,) = make_notices(reader, project)
    type(reader).objects.filter(pk=reader.pk).update(**change)
    assert services.deliver_due() == 1
    assert mailoutbox == []
    assert get(notice).delivered_at


def test_failure_pauses_twice_as_long_each_time_and_ends_after_twelve(reader, project, settings):
    settings.EMAIL_BACKEND = f"{MAKING}.PickyServer"
    type(reader).objects.filter(pk=reader.pk).update(email="poison@yunhai.invalid")
    (notice,) = make_notices(reader, project)
    pauses = []
    for _attempt in range(12):
        assert services.deliver_due() == 0
        pauses.append(round(seconds_until(notice)))
        assert services.deliver_due() == 0  # not before the pause is over
        let_time_pass(pauses[-1] + 1)
    assert pauses == [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 3600]
    row = get(notice)
    assert (row.is_dead, row.attempts, row.delivered_at) == (True, 12, None)
    assert row.last_error == "ConnectionRefusedError: 550 no such user"
    let_time_pass(10_000)
    assert services.deliver_due() == 0


def test_poisoned_rows_do_not_hold_up_the_others(city, reader, project, settings, mailoutbox):
    settings.EMAIL_BACKEND = f"{MAKING}.PickyServer"
    type(reader).objects.filter(pk=city.planner.pk).update(email="poison@yunhai.invalid")
    make_notices(city.planner, project, 15)
    make_notices(reader, project, 2, event="no such event")
    make_notices(reader, project, 3, payload={"no such key": 1})
    good = make_notices(reader, project, 20)
    assert services.deliver_due() == 20
    assert len(mailoutbox) == 20
    assert not Notification.objects.filter(pk__in=[row.pk for row in good], delivered_at=None).exists()
    assert Notification.objects.filter(delivered_at=None, attempts=1).exclude(last_error="").count() == 20


def test_dead_letter_is_put_back_by_the_administrator_alone(city, reader, project, mailoutbox):
    (notice,) = make_notices(reader, project, is_dead=True, attempts=12, last_error="x")
    with pytest.raises(PermissionDenied):
        services.retry("mail", notice.pk, city.manager)
    assert services.deliver_due() == 0
    assert services.retry("mail", notice.pk, city.sysadmin)
    assert not services.retry("mail", notice.pk, city.sysadmin)
    assert services.deliver_due() == 1
    assert len(mailoutbox) == 1
    assert (get(notice).attempts, get(notice).last_error) == (1, "")


# --- leases ---------------------------------------------------------------------------------------------------------


def test_row_of_a_dead_relay_is_mailed_when_its_lease_ends(reader, project, mailoutbox):
    (notice,) = make_notices(reader, project)
    relay._take(relay.MAILS, 10)  # and then the relay is killed
    assert services.deliver_due() == 0
    assert 25 < seconds_until(notice) <= 30
    let_time_pass(25)
    assert services.deliver_due() == 0
    let_time_pass(6)
    assert services.deliver_due() == 1
    assert len(mailoutbox) == 1


def test_clock_of_the_machine_does_not_end_a_lease(reader, project):
    make_notices(reader, project)
    relay._take(relay.MAILS, 10)
    for hours in (1, -1):
        with time_machine.travel(timezone.now() + timedelta(hours=hours)):
            assert services.deliver_due() == 0


def test_repeated_delivery_carries_the_same_message_id(reader, project, mailoutbox):
    make_notices(reader, project)
    for _time in range(5):
        Notification.objects.update(delivered_at=None)
        let_time_pass(60)
        assert services.deliver_due() == 1
    assert len({mail.extra_headers["Message-ID"] for mail in mailoutbox}) == 1
    assert len({mail.message()["Message-ID"] for mail in mailoutbox}) == 1


def test_relay_that_lost_its_lease_changes_nothing(reader, project):
    """Too slow: another relay has taken the row meanwhile, and failed."""
    (notice,) = make_notices(reader, project)
    (slow,) = relay._take(relay.MAILS, 1)
    let_time_pass(60)
    relay._take(relay.MAILS, 1)
    assert relay._deliver(relay.MAILS, slow) == 0
    assert (get(notice).delivered_at, get(notice).attempts) == (None, 2)
    relay._fail(slow, "too late")
    assert get(notice).last_error == ""


def test_row_that_kills_its_relay_is_given_up(reader, project, mailoutbox):
    (notice,) = make_notices(reader, project, attempts=12)
    assert services.deliver_due() == 0
    assert mailoutbox == []
    assert get(notice).is_dead


def test_run_stops_in_time_and_puts_the_rest_back(reader, project, monkeypatch, mailoutbox):
    """A mail server that answers slowly must not let leases run out under the relay."""
    make_notices(reader, project, 10)
    moments = iter([0, *range(0, 70, 7)])
    monkeypatch.setattr(relay.time, "monotonic", lambda: next(moments))
    assert services.deliver_due() == 3  # begun at 0, 7 and 14 s
    assert Notification.objects.due().filter(attempts=0).count() == 7


def test_relay_outside_a_transaction_only(reader, project, monkeypatch):
    """A lease that is not committed is none; tests run inside a transaction of their own, which does not count."""
    make_notices(reader, project)
    with pytest.raises(RuntimeError), transaction.atomic():
        services.deliver_due()


# --- several relays -------------------------------------------------------------------------------------------------


def test_two_relays_mail_each_notice_once(shared_database, settings, mailoutbox):
    settings.EMAIL_BACKEND = f"{MAKING}.SlowServer"
    city = make_city()
    give_mail(city.intake)
    make_notices(city.intake, make_draft(city), 80)
    results = at_once(*[services.deliver_due] * 2)
    assert sum(results) == 80
    assert min(results) > 0
    assert len({mail.extra_headers["Message-ID"] for mail in mailoutbox}) == len(mailoutbox) == 80
    assert not Notification.objects.filter(delivered_at=None).exists()


def test_relay_killed_while_sending_loses_nothing(shared_database, mailoutbox):
    city = make_city()
    give_mail(city.intake)
    make_notices(city.intake, make_draft(city), 5)
    program = "import django; django.setup(); from notifications.services import deliver_due; deliver_due()"
    surroundings = {**os.environ, "DATABASE_URL": shared_database, "EMAIL_BACKEND": f"{MAKING}.HangingServer"}
    surroundings |= {"DJANGO_SETTINGS_MODULE": "config.settings", "REDIS_URL": ""}
    relay = subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, env=surroundings, stdout=subprocess.PIPE, text=True
    )
    try:
        assert relay.stdout.readline() == "hanging\n"
    finally:
        relay.kill()
        relay.communicate()
    assert services.deliver_due() == 0
    let_time_pass(31)
    assert services.deliver_due() == 5
    assert len(mailoutbox) == 5
