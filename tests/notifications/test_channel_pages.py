"""The administrator's pages: channels with their test message, and deliveries that were given up."""

import json

import pytest

from accounts.models import EditRecord
from notifications import services
from notifications.models import Channel, Digest, Notification
from tests.notifications.hearing import make_channel, robot
from tests.notifications.making import give_mail, make_notices

pytestmark = pytest.mark.django_db
CHANNELS = "/notifications/channels/"


@pytest.fixture
def admin(city, client, settings):
    settings.WEBHOOK_HOSTS = ["im.gov.test"]
    client.force_login(city.sysadmin)
    return client


def entry(**more):
    filled = {"name": "统筹群", "kind": "dingtalk", "url": "https://im.gov.test/robot?key=k-1", "secret": "SEC1"}
    return {**filled, "language": "zh-hans", "body": "", "is_active": "on", **more}


def test_channel_is_entered_changed_and_logged_without_its_keys(city, admin):
    assert "tc-empty" in admin.get(CHANNELS).text
    answer = admin.post(f"{CHANNELS}new/", entry(events=["approved"], roles=["intake"], units=[city.health.pk]))
    assert answer.status_code == 302
    channel = Channel.objects.get()
    assert (channel.secret, channel.events, channel.roles) == ("SEC1", ["approved"], ["intake"])
    page = admin.get(answer.url).text
    assert "SEC1" not in page
    assert admin.post(answer.url, entry(secret="", name="二群")).status_code == 302
    channel.refresh_from_db()
    assert (channel.secret, channel.name, channel.events, channel.units.count()) == ("SEC1", "二群", [], 0)
    admin.post(answer.url, entry(secret="", drop_secret="on"))
    channel.refresh_from_db()
    assert channel.secret == ""
    log = json.dumps(list(EditRecord.objects.values_list("before", "after")), ensure_ascii=False)
    assert "im.gov.test" in log
    assert "SEC1" not in log
    assert "k-1" not in log
    listed = admin.get(CHANNELS).text
    assert "im.gov.test" in listed
    assert "k-1" not in listed


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"url": "http://10.0.0.1/"}, "url"),
        ({"url": ""}, "url"),
        ({"body": "{"}, "body"),
        ({"body": "[]"}, "body"),
        ({"body": '{"text": "{projct}"}'}, "body"),
        ({"kind": "fax"}, "kind"),
        ({"events": ["nothing"]}, "events"),
        ({"events": ["invited"]}, "events"),
        ({"name": ""}, "name"),
    ],
)
def test_what_cannot_work_is_refused_at_its_field(admin, wrong, field):
    answer = admin.post(f"{CHANNELS}new/", entry(**wrong))
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not Channel.objects.exists()


def test_test_message_shows_what_the_robot_said(admin, settings):
    with robot() as ear:
        settings.WEBHOOK_HOSTS = [ear.host]
        address = f"{CHANNELS}{make_channel(ear.url, language='en').pk}/test/"
        assert "errcode" in admin.post(address, follow=True).text
        assert "Test message" in ear.heard[0].body["text"]["content"]
        ear.answer = (200, '{"errcode": 93000, "errmsg": "invalid <b>key</b>"}')
        text = admin.post(address, follow=True).text
        assert "93000" in text
        assert "<b>key" not in text
        assert "tc-notice bad" in text
    assert "ConnectionRefusedError" in admin.post(address, follow=True).text


def test_all_that_failed_for_one_reason_is_put_back_at_once(city, admin, mailoutbox):
    give_mail(city.intake)
    make_notices(city.intake, None, 3, event="withdrawn", is_dead=True, attempts=12, last_error="550 gone")
    make_notices(city.intake, None, 2, is_dead=True, attempts=12, last_error="timeout")
    page = admin.get("/notifications/failed/")
    assert [(row["last_error"], row["number"]) for row in page.context["errors"]] == [("550 gone", 3), ("timeout", 2)]
    assert [tab["count"] for tab in page.context["tabs"]] == [5, 0, 0]
    admin.post("/notifications/failed/retry/", {"kind": "mail", "error": "550 gone"})
    assert Notification.objects.filter(is_dead=True).count() == 2
    services.deliver_due()
    assert len(mailoutbox) == 3


def test_failed_digests_are_listed_and_unknown_kinds_are_not(city, admin):
    Digest.objects.create(user=city.intake, day="2026-11-30", is_dead=True, attempts=12, last_error="550 gone")
    assert "550 gone" in admin.get("/notifications/failed/?kind=digest").text
    assert admin.get("/notifications/failed/?kind=fax").status_code == 404
    assert admin.post("/notifications/failed/retry/", {"kind": "fax", "error": ""}).status_code == 404


def test_readiness_names_what_was_given_up(city, client):
    assert "dead letters" not in client.get("/readyz").json()["warnings"]
    make_notices(city.intake, None, is_dead=True)
    assert "1 " in client.get("/readyz").json()["warnings"]["dead letters"]
