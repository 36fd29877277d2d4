"""The pages of notices: whose they are, what they show, how little they ask the database."""

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from approvals.models import CarbonCopy
from approvals.services import perform
from notifications import context, services
from notifications.models import Notification
from projects.states import State
from tests.cast import make_case, person
from tests.notifications.making import give_mail, make_draft, make_notices

INDEX, FAILED = reverse("notifications:index"), reverse("notifications:failed")


def sign_in(user, language="zh-hans") -> Client:
    client = Client()
    client.force_login(user)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return client


def page_of(notice) -> str:
    return reverse("notifications:open", args=[notice.pk])


def retry_of(notice) -> str:
    return reverse("notifications:retry", args=[notice.pk])


@pytest.fixture
def intake_case(city):
    """A case at the intake desk, with the notice that says so."""
    return make_case(city, State.INTAKE)


@pytest.mark.parametrize(
    ("language", "words"),
    [("zh-hans", ("通知", "待受理：P901", "未读")), ("en", ("Notifications", "For intake check: P901", "Unread"))],
)
def test_index_shows_own_notices_in_the_language_of_the_page(city, intake_case, language, words):
    text = sign_in(city.intake, language).get(INDEX).text
    assert all(word in text for word in words)
    assert "P901" not in sign_in(city.approver, language).get(INDEX).text


def test_strangers_sign_in_and_people_without_a_role_are_refused(city, intake_case):
    nobody = person("nobody", None, city.office)
    notice = Notification.objects.get(event="to_check")
    for address in (INDEX, FAILED, page_of(notice)):
        assert Client().get(address).status_code == 302
        assert sign_in(nobody).get(address).status_code == 403
    assert sign_in(nobody).post(reverse("notifications:mark_all_read")).status_code == 403


@pytest.mark.parametrize("role", [role for role in Role if role != Role.SYSTEM])
def test_everybody_has_a_list_and_the_administrator_alone_the_failed_ones(city, role):
    user = person("reader", role, city.office)
    (notice,) = make_notices(user, None, is_dead=True)
    client = sign_in(user)
    assert client.get(INDEX).status_code == 200
    assert client.get(page_of(notice)).status_code == 302
    allowed = role == Role.SYSADMIN
    assert client.get(FAILED).status_code == (200 if allowed else 403)
    assert (FAILED in client.get(INDEX).text) is allowed
    assert client.post(retry_of(notice)).status_code == (302 if allowed else 403)
    assert Notification.objects.get(pk=notice.pk).is_dead is not allowed


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_empty_lists_say_what_will_come(city, language):
    client = sign_in(city.sysadmin, language)
    for address in (INDEX, f"{INDEX}?unread=1", FAILED):
        assert "tc-empty" in client.get(address).text


def test_unread_filter_and_pages(city):
    make_notices(city.intake, make_draft(city), 60)
    make_notices(city.intake, None, 45, read_at=timezone.now())
    client = sign_in(city.intake)
    assert client.get(INDEX).context["page"].paginator.count == 105
    assert len(client.get(INDEX).context["rows"]) == 50
    assert len(client.get(f"{INDEX}?page=3").context["rows"]) == 5
    unread = client.get(f"{INDEX}?unread=1&page=2")
    assert len(unread.context["rows"]) == 10
    assert unread.context["tabs"][1]["count"] == 60
    assert "?unread=1&amp;page=1" in unread.text
    for page in ("x", "-1", "99", "%00"):
        assert client.get(f"{INDEX}?page={page}").status_code == 200


def test_row_that_no_message_fits_does_not_bring_the_list_down(city):
    make_notices(city.intake, None, event="of an older release")
    make_notices(city.intake, None, payload={"surprise": 1})
    assert sign_in(city.intake).get(INDEX).status_code == 200


def test_opening_marks_as_read_and_leads_to_the_case(city, intake_case):
    notice = Notification.objects.get(event="to_check")
    answer = sign_in(city.intake).get(page_of(notice))
    assert answer.headers["Location"] == reverse("approvals:case", args=["P901"])
    first = Notification.objects.get(pk=notice.pk).read_at
    assert first is not None
    sign_in(city.intake).get(page_of(notice))
    assert Notification.objects.get(pk=notice.pk).read_at == first


@pytest.mark.parametrize("pk", [0, 10**30])
def test_notice_of_somebody_else_is_not_found(city, intake_case, pk):
    notice = Notification.objects.get(event="to_check")
    assert sign_in(city.sysadmin).get(page_of(notice)).status_code == 404
    assert sign_in(city.intake).get(f"{INDEX}{pk}/").status_code == 404
    assert Notification.objects.get(pk=notice.pk).read_at is None


def test_reader_who_may_not_see_the_case_stays_in_the_list(city, intake_case):
    (notice,) = make_notices(city.sysadmin, intake_case)
    answer = sign_in(city.sysadmin).get(page_of(notice), follow=True)
    assert answer.redirect_chain == [(INDEX, 302)]
    assert Notification.objects.get(pk=notice.pk).read_at is not None
    assert "已标为已读" in answer.text


def test_reading_a_copy_is_its_receipt(city):
    colleague = person("finance2", Role.FINANCE, city.finance_unit)
    case = make_case(city, State.INTAKE, amount="10.00")
    perform(case_id=case.pk, action="file", actor=city.intake, comment="备案")
    notice = Notification.objects.get(recipient=city.finance, event="copied")
    sign_in(city.finance).get(page_of(notice))
    assert CarbonCopy.objects.get(user=city.finance).read_at is not None
    assert CarbonCopy.objects.get(user=colleague).read_at is None
    services.mark_all_read(colleague)
    assert CarbonCopy.objects.get(user=colleague).read_at is not None


def test_mark_all_read_is_for_ones_own_and_by_post_alone(city, intake_case):
    make_notices(city.intake, None, 3)
    make_notices(city.planner, None, 2)
    client, address = sign_in(city.intake), reverse("notifications:mark_all_read")
    assert client.get(address).status_code == 405
    assert "4" in client.post(address, follow=True).text
    assert not Notification.objects.filter(recipient=city.intake, read_at=None).exists()
    assert Notification.objects.filter(recipient=city.planner, read_at=None).count() == 2


# --- failed deliveries ----------------------------------------------------------------------------------------------


def test_failed_page_names_the_delivery_but_not_the_business(city, intake_case):
    give_mail(city.intake)
    make_notices(city.intake, intake_case, is_dead=True, attempts=12, last_error="SMTPDataError: <b>550</b>")
    text = sign_in(city.sysadmin, "en").get(FAILED).text
    assert "intake@yunhai.invalid" in text
    assert "SMTPDataError: &lt;b&gt;550&lt;/b&gt;" in text
    assert "Project approved" in text
    assert "P901" not in text
    assert intake_case.title not in text


def test_retry_sends_again_at_once(city, intake_case, mailoutbox, django_capture_on_commit_callbacks):
    give_mail(city.intake)
    (notice,) = make_notices(city.intake, intake_case, is_dead=True, attempts=12)
    client = sign_in(city.sysadmin)
    assert client.get(retry_of(notice)).status_code == 405
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(retry_of(notice)).status_code == 302
    assert len(mailoutbox) == 1
    assert client.post(retry_of(notice)).status_code == 404  # no longer given up


# --- the navigation -------------------------------------------------------------------------------------------------


def counts_for(user) -> dict:
    request = RequestFactory().get("/")
    request.user = user
    return context.counts(request)


def test_counts_of_the_navigation(city, intake_case):
    user = User.objects.get(username="intake")
    _ = user.mandates  # the navigation has loaded them
    with CaptureQueriesContext(connection) as queries:
        counts = counts_for(user)
        assert len(queries) == 0  # nothing is counted that is not shown
        assert (counts["unread_count"], counts["todo_count"]) == (1, 1)
        assert f"{counts['unread_count']} {counts['todo_count']}" == "1 1"
        assert len(queries) == 2


def test_nobody_has_nothing_to_do():
    assert counts_for(AnonymousUser()) == {"unread_count": 0, "todo_count": 0}
    assert context.counts(RequestFactory().get("/")) == {"unread_count": 0, "todo_count": 0}


def test_navigation_shows_the_counts(city, intake_case):
    text = sign_in(city.intake).get(INDEX).text
    assert text.count('<span class="tc-n">1<') == 2


@pytest.mark.parametrize("address", [INDEX, f"{INDEX}?unread=1", FAILED])
def test_queries_do_not_grow_with_the_list(city, intake_case, address):
    client = sign_in(city.sysadmin)
    client.get(address)
    counted = []
    for count in (1, 29):
        for number in range(count):
            make_notices(city.sysadmin, make_draft(city, f"Q{count}{number:02}"), is_dead=True)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        counted.append(len(queries))
    assert counted[0] == counted[1]
    assert counted[0] <= 15  # the failed ones are counted for each outbox and by error
