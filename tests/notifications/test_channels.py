"""Webhooks: what is posted where, what counts as taken, failure, pause, dead letter, retry; a real server answers."""

import base64
import hashlib
import hmac
import json
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from accounts.roles import Role
from approvals.services import perform
from notifications import relay, services, webhooks
from notifications.models import Channel, Delivery, Notification
from notifications.routing import route
from projects.states import State
from tests.cast import make_case, person
from tests.notifications.hearing import make_channel, robot
from tests.notifications.making import make_draft, make_notices


@pytest.fixture
def ear(settings):
    with robot() as server:
        settings.WEBHOOK_HOSTS = [server.host]
        yield server


def told(city, event="approved", project=None, **more):
    """A notice with what the channels are told of it."""
    more = {"delivered_at": timezone.now(), **more}
    rows = make_notices(more.pop("reader", city.intake), project or make_draft(city), event=event, **more)
    route(rows)
    return rows[0]


def later(seconds=4000):
    from datetime import timedelta

    from django.db.models import F

    Delivery.objects.update(available_at=F("available_at") - timedelta(seconds=seconds))


@pytest.mark.postgres
def test_step_tells_the_group_once_however_many_people_hear_of_it(city, ear):
    for number in range(3):
        person(f"intake{number}", Role.INTAKE, city.office)
    case = make_case(city, State.ENDORSEMENT)
    make_channel(ear.url)
    perform(case_id=case.pk, action="endorse", actor=city.endorser, comment="同意")
    assert Notification.objects.filter(event="to_check").count() == 4
    services.deliver_due()
    assert services.deliver_due() == 0
    (post,) = ear.heard
    assert post.path == "/robot?key=k-1"
    assert post.body["msgtype"] == "text"
    assert "P901" in post.body["text"]["content"]
    assert "/projects/P901/" in post.body["text"]["content"]
    assert post.headers["Idempotency-Key"] == f"tongchou-{Delivery.objects.get().pk}"


def test_nobody_has_mail_and_the_group_still_hears(city, ear, django_capture_on_commit_callbacks):
    case = make_case(city, State.ENDORSEMENT)
    make_channel(ear.url)
    with django_capture_on_commit_callbacks(execute=True):
        perform(case_id=case.pk, action="endorse", actor=city.endorser, comment="同意")
    assert len(ear.heard) == 1


@pytest.mark.parametrize(
    ("filters", "hears"),
    [
        ({}, True),
        ({"events": ["approved", "rejected"]}, True),
        ({"events": ["rejected"]}, False),
        ({"roles": ["intake"]}, True),
        ({"roles": ["finance", "manager"]}, False),
        ({"is_active": False}, False),
    ],
)
def test_channel_hears_what_it_asked_for(city, filters, hears):
    make_channel("http://robot.invalid/", **filters)
    told(city)
    assert Delivery.objects.exists() is hears


def test_channel_of_a_unit_hears_of_projects_below_it(city):
    make_channel("http://a.invalid/", name="own", units=[city.health])
    make_channel("http://b.invalid/", name="other", units=[city.water])
    told(city, project=make_draft(city))
    assert [delivery.channel.name for delivery in Delivery.objects.all()] == ["own"]


@pytest.mark.parametrize("event", ["invited", "invitation_closed", "invitation_answered"])
def test_what_is_asked_in_confidence_reaches_no_group(city, event):
    make_channel("http://robot.invalid/", events=[event])
    told(city, event=event)
    assert not Delivery.objects.exists()


@pytest.mark.postgres
def test_notice_that_is_taken_back_takes_its_message_with_it_unless_somebody_else_hears_of_it(city):
    make_channel("http://robot.invalid/")
    decision = make_case(city, State.INTAKE).decisions.last()
    Delivery.objects.all().delete()
    rows = [make_notices(who, make_draft(city), decision=decision)[0] for who in (city.intake,)]
    rows += make_notices(city.planner, rows[0].project, decision=decision)
    route(rows)
    passage = services.Passage(rows={(row.recipient_id, row.project_id): row for row in rows})
    services._take_back(passage, {(city.intake.pk, rows[0].project_id): rows[0]}, None)
    assert Delivery.objects.get().notice == rows[1]
    services._take_back(passage, {(city.planner.pk, rows[1].project_id): rows[1]}, None)
    assert not Delivery.objects.exists()


# --- what counts as taken --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "status", "text", "problem"),
    [
        ("wecom", 200, '{"errcode": 0}', ""),
        ("wecom", 200, '{"errcode": 93000, "errmsg": "invalid webhook url"}', "errcode 93000"),
        ("dingtalk", 200, '{"errcode": 310000, "errmsg": "sign not match"}', "sign not match"),
        ("feishu", 200, '{"code": 0, "msg": "success"}', ""),
        ("feishu", 200, '{"StatusCode": 0}', ""),
        ("feishu", 200, '{"code": 19021, "msg": "sign match fail"}', "code 19021"),
        ("feishu", 200, "<html>sign in</html>", "<html>"),
        ("wecom", 200, "[]", "[]"),
        ("custom", 204, "", ""),
        ("custom", 500, "no", "HTTP 500 no"),
        ("custom", 302, "", "HTTP 302"),
    ],
)
def test_answer_is_understood(city, ear, kind, status, text, problem):
    make_channel(ear.url, kind)
    told(city)
    ear.answer = (status, text)
    assert services.deliver_due() == (0 if problem else 1)
    row = Delivery.objects.get()
    assert (row.delivered_at is None) is bool(problem)
    assert problem in row.last_error
    assert "k-1" not in row.last_error  # the address holds a key


def test_redirect_is_not_followed(city, ear):
    make_channel(ear.url, "custom")
    told(city)
    ear.answer, ear.headers = (307, ""), {"Location": f"http://{ear.host}/inside"}
    services.deliver_due()
    assert [post.path for post in ear.heard] == ["/robot?key=k-1"]


@pytest.mark.postgres
def test_failure_pauses_is_given_up_and_put_back_by_the_administrator(city, ear, client):
    make_channel(ear.url)
    told(city)
    ear.answer = (503, "")
    for attempt in range(1, 13):
        assert services.deliver_due() == 0
        assert services.deliver_due() == 0  # it pauses
        assert Delivery.objects.get().attempts == attempt
        later()
    row = Delivery.objects.get()
    assert (row.is_dead, row.last_error) == (True, "WebhookError: HTTP 503")
    ear.answer = (200, '{"errcode": 0}')
    assert services.deliver_due() == 0
    client.force_login(city.sysadmin)
    page = client.get("/notifications/failed/?kind=webhook").text
    assert "WebhookError: HTTP 503" in page
    assert "孕产妇建档" not in page  # an administrator sees no business
    assert client.post(f"/notifications/failed/{row.pk}/retry/", {"kind": "webhook"}).status_code == 302
    assert services.deliver_due() == 1
    assert len({post.headers["Idempotency-Key"] for post in ear.heard}) == 1


def test_server_that_does_not_listen_and_channel_that_was_switched_off(city, settings):
    settings.WEBHOOK_HOSTS = ["127.0.0.1:9"]
    channel = make_channel("http://127.0.0.1:9/")
    told(city)
    services.deliver_due()
    assert "ConnectionRefusedError" in Delivery.objects.get().last_error
    Channel.objects.filter(pk=channel.pk).update(is_active=False)
    later()
    services.deliver_due()
    assert Delivery.objects.get().is_dead


@pytest.mark.postgres
def test_silent_server_costs_no_more_than_the_lease(city, settings, monkeypatch):
    """It takes the connection and never answers."""
    import socket

    assert relay.LEASE.total_seconds() > webhooks.TIMEOUT * 2 + relay.RUN * 2 / 3
    monkeypatch.setattr(webhooks, "TIMEOUT", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as server:
        host = f"127.0.0.1:{server.getsockname()[1]}"
        settings.WEBHOOK_HOSTS = [host]
        make_channel(f"http://{host}/")
        told(city)
        assert services.deliver_due() == 0
    assert "imed out" in Delivery.objects.get().last_error


# --- what is said ----------------------------------------------------------------------------------------------------


def test_dingtalk_signs_the_address_and_feishu_the_body(city, ear):
    make_channel(ear.url, "dingtalk", secret="SEC1", name="d")
    make_channel(ear.url, "feishu", secret="SEC2", name="f")
    told(city)
    services.deliver_due()
    by_kind = {"msgtype" in post.body: post for post in ear.heard}
    asked = {name: value[0] for name, value in parse_qs(urlsplit(by_kind[True].path).query).items()}
    expected = hmac.new(b"SEC1", f"{asked['timestamp']}\nSEC1".encode(), hashlib.sha256).digest()
    assert asked["key"] == "k-1"
    assert base64.b64decode(asked["sign"]) == expected
    body = by_kind[False].body
    expected = hmac.new(f"{body['timestamp']}\nSEC2".encode(), b"", hashlib.sha256).digest()
    assert base64.b64decode(body["sign"]) == expected


def test_own_body_is_filled_and_a_title_changes_neither_its_structure_nor_calls_everybody(city, ear):
    title = 'a", "x": "{subject} <at user_id="all"></at>'
    own = json.dumps({"t": "{project} · {unit} · {event}", "n": 1, "list": ["{kind}", {"u": "{url}"}], "id": "{id}"})
    make_channel(ear.url, "custom", body=own, language="en")
    told(city, project=make_draft(city, title=title))
    assert services.deliver_due() == 1
    body = ear.heard[0].body
    assert set(body) == {"t", "n", "list", "id"}
    assert body["n"] == 1
    assert body["list"][0] == "For information"
    assert body["t"].startswith('P800 a", "x": "{subject} ＜at user_id="all"＞')
    assert body["id"] == ear.heard[0].headers["Idempotency-Key"]


# --- where a post may go ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "fits"),
    [
        ("https://im.gov.test/robot?key=1", True),
        ("http://im.gov.test:80/robot", True),
        ("https://IM.gov.test/robot", True),
        ("http://10.1.1.1:8443/x", True),
        ("http://im.gov.test:8080/", False),
        ("http://10.1.1.1/", False),
        ("http://127.0.0.1/", False),
        ("http://im.gov.test@127.0.0.1/", False),
        ("http://user@im.gov.test/", False),
        ("http://im.gov.test.evil.test/", False),
        ("file:///etc/passwd", False),
        ("gopher://im.gov.test/", False),
        ("http://im.gov.test/ HTTP/1.1\r\nX: y", False),
        ("http://im.gov.test:x/", False),
        ("http://[::1]/", False),
        ("//im.gov.test/", False),
        ("", False),
    ],
)
def test_only_named_hosts_are_reached(settings, url, fits):
    settings.WEBHOOK_HOSTS = ["im.gov.test", "10.1.1.1:8443"]
    assert (webhooks.refusal(url) == "") is fits


def test_host_that_is_no_longer_named_is_not_reached(city, ear, settings):
    make_channel(ear.url)
    told(city)
    settings.WEBHOOK_HOSTS = []
    assert services.deliver_due() == 0
    assert ear.heard == []
    assert "WEBHOOK_HOSTS" in Delivery.objects.get().last_error
