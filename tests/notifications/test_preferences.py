"""What a person wants by mail: at once, in the daily digest, not at all, not at night; nothing is lost."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from notifications import digests, editing, services, settings_page
from notifications.models import Digest, MailPreference, Notification
from notifications.names import Event, Mailing, MessageRole
from planning.models import CalendarDay
from tests.cast import make_city
from tests.notifications.making import at_once, give_mail, make_draft, make_notices

pytestmark = pytest.mark.django_db
CITY = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 11, 30)
CHOICE = {"act": "instant", "inform": "digest", "copies": "none", "urgent_anyway": True}
NO_QUIET = {"quiet_from": None, "quiet_until": None}


def at(day: date, hour: int, minute: int = 0):
    """The clock of this machine."""
    return time_machine.travel(datetime(day.year, day.month, day.day, hour, minute, tzinfo=CITY), tick=False)


@pytest.fixture
def reader(city):
    give_mail(city.intake)
    editing.save_preferences(city.intake, **CHOICE, **NO_QUIET)
    return city.intake


@pytest.fixture
def project(city):
    return make_draft(city)


def make_all(reader, project):
    """One of each sort."""
    for event, role in (("to_check", "act"), ("approved", "inform"), ("copied", "inform")):
        make_notices(reader, project, event=event, role=role)


def test_each_sort_goes_its_own_way(reader, project, mailoutbox):
    with at(MONDAY, 10):
        make_all(reader, project)
        services.deliver_due()
    assert len(mailoutbox) == 1
    rows = {row.event: row for row in Notification.objects.all()}
    assert rows["to_check"].delivered_at
    assert (rows["approved"].in_digest, rows["approved"].delivered_at) == (True, None)
    assert (rows["copied"].in_digest, bool(rows["copied"].delivered_at)) == (False, True)
    assert Notification.objects.filter(recipient=reader).count() == 3  # the list in the product has them all


def test_without_a_choice_everything_comes_at_once(city, project, mailoutbox):
    give_mail(city.planner)
    make_all(city.planner, project)
    services.deliver_due()
    assert len(mailoutbox) == 3


def test_duties_are_never_kept_from_anybody(reader):
    with pytest.raises(ValidationError):
        editing.save_preferences(reader, **{**CHOICE, "act": "none"}, **NO_QUIET)


# --- the digest ------------------------------------------------------------------------------------------------------


def pile(reader, project, day, hour, count=1):
    """Notices that came then and wait for the digest."""
    with at(day, hour):
        rows = make_notices(reader, project, count)
        services.deliver_due()
    return rows


def test_digest_is_one_mail_with_everything_that_came_before_half_past_eight(reader, project, mailoutbox):
    rows = pile(reader, project, MONDAY - timedelta(days=3), 10, 2)
    with at(MONDAY, 9, 5):
        make_notices(reader, project)
        assert services.deliver_due() == 1
        assert services.deliver_due() == 0
    (mail,) = mailoutbox
    assert "2026-11-30" in mail.subject
    for row in rows:
        assert f"/notifications/{row.pk}/" in mail.body
    assert mail.body.count("P800") == 2
    digest = Digest.objects.get()
    assert mail.extra_headers["Message-ID"] == f"<digest-{digest.pk}@yunhai.invalid>"
    assert digest.notices.exclude(delivered_at=None).count() == 2
    assert digests.waiting().count() == 1  # came after half past eight: the next working day


@pytest.mark.parametrize(
    ("day", "hour", "minute", "made"),
    [
        (MONDAY, 8, 29, 0),
        (MONDAY, 8, 30, 1),
        (MONDAY, 23, 0, 1),  # missed, made up the same day
        (MONDAY + timedelta(days=1), 7, 0, 0),
        (MONDAY + timedelta(days=1), 8, 30, 1),  # or the next
        (MONDAY + timedelta(days=5), 12, 0, 0),  # Saturday
    ],
)
def test_digest_comes_on_working_days_at_half_past_eight(reader, project, day, hour, minute, made):
    pile(reader, project, MONDAY - timedelta(days=1), 12)
    with at(day, hour, minute):
        assert digests.make_due() == made


def test_digest_follows_the_calendar_of_the_city(reader, project):
    """A holiday has none, a Saturday that is worked has one."""
    pile(reader, project, MONDAY - timedelta(days=1), 12)
    saturday = MONDAY + timedelta(days=5)
    CalendarDay.objects.update_or_create(day=MONDAY, defaults={"is_workday": False, "name": "x"})
    CalendarDay.objects.update_or_create(day=saturday, defaults={"is_workday": True, "name": "x"})
    with at(MONDAY, 9):
        assert digests.make_due() == 0
    with at(saturday, 9):
        assert digests.make_due() == 1


@pytest.mark.parametrize("choice", [{"inform": "instant"}, {"inform": "none"}])
def test_nothing_is_lost_when_the_choice_changes_meanwhile(reader, project, choice, mailoutbox):
    pile(reader, project, MONDAY - timedelta(days=1), 12)
    editing.save_preferences(reader, **{**CHOICE, **choice}, **NO_QUIET)
    with at(MONDAY, 8, 31):
        services.deliver_due()
    assert len(mailoutbox) == 1


def test_digest_that_failed_keeps_its_notices_and_is_put_back(city, reader, project, settings, mailoutbox):
    settings.EMAIL_BACKEND = "tests.notifications.making.PickyServer"
    type(reader).objects.filter(pk=reader.pk).update(email="poison@yunhai.invalid")
    pile(reader, project, MONDAY - timedelta(days=1), 12)
    with at(MONDAY, 8, 31):
        services.deliver_due()
    assert "550" in Digest.objects.get().last_error
    Digest.objects.update(is_dead=True)
    assert Notification.objects.filter(delivered_at=None).count() == 1
    type(reader).objects.filter(pk=reader.pk).update(email="good@yunhai.invalid")
    assert services.retry_all("digest", Digest.objects.get().last_error, city.sysadmin) == 1
    services.deliver_due()
    assert len(mailoutbox) == 1
    assert not Notification.objects.filter(delivered_at=None).exists()


@pytest.mark.postgres
def test_two_schedulers_make_one_digest(shared_database, mailoutbox):
    city = make_city()
    give_mail(city.intake)
    editing.save_preferences(city.intake, **CHOICE, **NO_QUIET)
    pile(city.intake, make_draft(city), MONDAY - timedelta(days=1), 12, 5)
    with at(MONDAY, 8, 31):
        results = at_once(*[digests.make_due] * 4)
        services.deliver_due()
    assert sum(results) == 1
    assert Digest.objects.get().notices.count() == 5
    assert len(mailoutbox) == 1


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_digest_is_grouped_and_speaks_the_readers_language(reader, project, language, mailoutbox):
    type(reader).objects.filter(pk=reader.pk).update(language=language)
    editing.save_preferences(reader, act="digest", inform="digest", copies="digest", urgent_anyway=True, **NO_QUIET)
    with at(MONDAY - timedelta(days=1), 12):
        make_all(reader, project)
        services.deliver_due()
    with at(MONDAY, 8, 31):
        services.deliver_due()
    (mail,) = mailoutbox
    with override(language):
        labels = [str(role.label) for role in MessageRole]
    assert all(f"{label} 1" in mail.subject for label in labels)
    assert mail.body.index(labels[0]) < mail.body.index(labels[1])


# --- quiet hours -----------------------------------------------------------------------------------------------------

NIGHT = {"quiet_from": time(22), "quiet_until": time(7)}


def test_mails_wait_until_the_quiet_hours_end(reader, project, mailoutbox):
    editing.save_preferences(reader, **CHOICE, **NIGHT)
    with at(MONDAY, 23):
        make_notices(reader, project, event="to_check", role="act")
        make_notices(reader, project, event="escalated", role="act")
        services.deliver_due()
    assert len(mailoutbox) == 1
    assert Notification.objects.get(event="escalated").delivered_at
    waiting = Notification.objects.get(event="to_check")
    assert (waiting.attempts, waiting.delivered_at) == (0, None)
    assert waiting.available_at.astimezone(CITY) == datetime(2026, 12, 1, 7, 0, tzinfo=CITY)


def test_escalation_waits_too_where_its_reader_says_so(reader, project, mailoutbox):
    editing.save_preferences(reader, **{**CHOICE, "urgent_anyway": False}, **NIGHT)
    with at(MONDAY, 23):
        make_notices(reader, project, event="escalated", role="act")
        services.deliver_due()
    assert mailoutbox == []


@pytest.mark.parametrize("missing", ["quiet_from", "quiet_until"])
def test_one_time_alone_says_nothing(reader, missing):
    with pytest.raises(ValidationError) as caught:
        editing.save_preferences(reader, **CHOICE, **{**NIGHT, missing: None})
    assert missing in caught.value.message_dict


minutes = st.integers(0, 1439).map(lambda n: time(n // 60, n % 60))


@given(first=minutes, last=minutes, now=minutes)
def test_quiet_hours_end_within_a_day_at_the_time_that_was_given(first, last, now):
    moment = datetime.combine(MONDAY, now, CITY)
    end = MailPreference(quiet_from=first, quiet_until=last).quiet_end(moment)
    if end is None:
        return
    assert timedelta(0) < end - moment <= timedelta(days=1)
    assert end.astimezone(CITY).time() == last
    assert MailPreference(quiet_from=first, quiet_until=last).quiet_end(end) is None


# --- the page --------------------------------------------------------------------------------------------------------


def test_page_says_what_the_choice_means_and_keeps_it(city, client):
    client.force_login(city.intake)
    page = "/notifications/preferences/"
    assert client.get(page).status_code == 200
    entered = {"act": "digest", "inform": "none", "copies": "none", "quiet_from": "22:00", "quiet_until": "07:00"}
    assert client.post(page, entered).status_code == 302
    row = MailPreference.objects.get(user=city.intake)
    assert (row.act, row.inform, row.copies, row.urgent_anyway) == ("digest", "none", "none", False)
    give_mail(city.intake)
    text = client.get(page).text
    for word in ("08:30", "22:00", "07:00"):
        assert word in text


@pytest.mark.parametrize("wrong", [{"act": "none"}, {"inform": "weekly"}, {"quiet_from": "25:00"}, {"quiet_until": ""}])
def test_page_refuses_what_does_not_fit_and_keeps_what_was_typed(city, client, wrong):
    client.force_login(city.intake)
    entered = {"act": "digest", "inform": "none", "copies": "none", "quiet_from": "22:00", "quiet_until": "07:00"}
    answer = client.post("/notifications/preferences/", {**entered, **wrong})
    assert answer.status_code == 422
    assert not MailPreference.objects.exists()
    assert "tc-summary" in answer.text


def test_next_digest_is_named(reader):
    with at(MONDAY, 8, 0):
        assert settings_page.next_digest(reader) == MONDAY
    with at(MONDAY, 9, 0):
        assert settings_page.next_digest(reader) == MONDAY + timedelta(days=1)
    with at(MONDAY + timedelta(days=4), 9, 0):
        assert settings_page.next_digest(reader) == MONDAY + timedelta(days=7)


def test_every_notice_has_a_way(reader):
    preference = MailPreference(user=reader)
    for event in Event:
        for role in ("act", "inform"):
            assert preference.mailing(Notification(event=event, role=role)) in Mailing
