"""Signing in: Argon2, lock-out and release, no sign-up, no way for the system account, safe redirects."""

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.queries import locks
from accounts.roles import Role
from accounts.services import create_account, system_user
from tests.accounts.people import PASSWORD, make_department, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_counters():
    """The sign-in form's own rate limit lives in the cache, which outlives a test."""
    cache.clear()


@pytest.fixture
def person():
    """Somebody who can sign in."""
    return make_person("wang", "applicant", department=make_department(), password=PASSWORD)


def sign_in(client, username="wang", password=PASSWORD, **more):
    """Post the sign-in form."""
    return client.post(reverse("account_login"), {"login": username, "password": password, **more})


def signed_in(client):
    """Whether the browser holds a session of somebody."""
    return "_auth_user_id" in client.session


def test_right_password_signs_in(client, person):
    response = sign_in(client)
    assert response.status_code == 302
    assert response["Location"] == "/"
    assert client.session["_auth_user_id"] == str(person.pk)


def test_user_name_in_capitals_is_the_same_account(client, person):
    sign_in(client, "  WANG ")
    assert signed_in(client)


def test_password_is_stored_with_argon2(person):
    assert person.password.startswith("argon2$argon2id$")


@pytest.mark.parametrize(("username", "password"), [("wang", "wrong"), ("nobody", PASSWORD), ("wang", "")])
def test_wrong_password_gets_a_message_and_keeps_the_name(username, password, client, person):
    response = sign_in(client, username, password)
    assert response.status_code == 200
    assert response.context["form"].errors
    assert f'value="{username}"' in response.content.decode()
    assert not signed_in(client)


def test_wrong_password_and_unknown_name_get_the_same_message(client, person):
    texts = [list(sign_in(client, name, "wrong").context["form"].non_field_errors()) for name in ("wang", "nobody")]
    assert texts[0] == texts[1] != []


def lock(client, username="wang"):
    """Five wrong passwords; the last answer."""
    return [sign_in(client, username, f"wrong-{n}") for n in range(5)][-1]


def test_fifth_failure_locks_and_the_right_password_is_refused(client, person):
    assert [sign_in(client, password="wrong").status_code for _n in range(4)] == [200] * 4
    assert sign_in(client, password="wrong").status_code == 429
    response = sign_in(client)
    assert response.status_code == 429
    assert "account/locked.html" in [template.name for template in response.templates]
    assert not signed_in(client)
    assert list(locks()) == ["wang"]


def test_other_spellings_of_a_name_count_together(client, person):
    for spelling in ("wang", "Wang", "WANG", "wAng", "ｗａｎｇ"):
        last = sign_in(client, spelling, "wrong")
    assert last.status_code == 429


def test_lock_of_one_person_does_not_touch_another(client, person):
    make_person("li", password=PASSWORD)
    lock(client)
    sign_in(client, "li")
    assert signed_in(client)


def test_success_before_the_fifth_failure_starts_the_count_anew(client, person):
    for _round in range(2):
        for _n in range(4):
            sign_in(client, password="wrong")
        assert sign_in(client).status_code == 302
        client.logout()


def test_lock_opens_by_itself_after_a_quarter_of_an_hour(client, person):
    with time_machine.travel("2026-11-23T09:00:00+08:00", tick=False) as clock:
        lock(client)
        clock.shift(14 * 60)
        assert list(locks()) == ["wang"]
        clock.shift(2 * 60)
        assert not locks()
        sign_in(client)
        assert signed_in(client)


def test_security_administrator_releases_the_lock(client, person):
    lock(client)
    guard = Client()
    guard.force_login(make_person("guard", "secadmin", department=person.department))
    shown = guard.get(reverse("accounts:people"), {"state": "locked"})
    assert [row.username for row in shown.context["page"]] == ["wang"]
    address = reverse("accounts:unlock", args=[person.pk])
    assert address in shown.content.decode()
    assert guard.post(address).status_code == 302
    sign_in(client)
    assert signed_in(client)


@pytest.mark.parametrize("role", ["sysadmin", "auditor", "manager", "applicant"])
def test_only_the_security_administrator_releases_locks(role, client, person):
    lock(client)
    other = Client()
    other.force_login(make_person("other", role, department=person.department))
    assert other.post(reverse("accounts:unlock", args=[person.pk])).status_code == 403
    assert other.post(reverse("accounts:unlock", args=[0])).status_code == 403
    assert sign_in(client).status_code == 429


def test_release_of_nobody_is_404(client):
    client.force_login(make_person("guard", "secadmin", department=make_department()))
    assert client.post(reverse("accounts:unlock", args=[0])).status_code == 404
    assert client.get(reverse("accounts:unlock", args=[0])).status_code == 405


def test_nobody_signs_up(client):
    form = {"username": "new", "password1": PASSWORD, "password2": PASSWORD}
    assert client.post(reverse("account_signup"), form).status_code == 200
    assert client.get(reverse("account_signup")).status_code == 200
    assert not User.objects.exists()
    assert reverse("account_signup") not in client.get(reverse("account_login")).content.decode()


@pytest.mark.parametrize(
    ("target", "ends_at"),
    [
        ("/me/permissions/", "/me/permissions/"),
        ("https://evil.invalid/", "/"),
        ("//evil.invalid/", "/"),
        ("/\\evil.invalid/", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_redirect_after_sign_in_stays_on_the_site(target, ends_at, client, person):
    assert sign_in(client, next=target)["Location"] == ends_at


@pytest.mark.parametrize("make", [system_user, lambda: make_person("root", is_superuser=True)])
def test_account_that_may_not_sign_in_is_refused_even_with_its_password(make, client):
    account = make()
    account.set_password(PASSWORD)
    account.save()
    response = sign_in(client, account.username)
    assert response.status_code == 200
    assert response.context["form"].errors
    assert not signed_in(client)


def test_system_account_cannot_come_in_by_another_way(rf):
    from allauth.account.adapter import get_adapter
    from django.core.exceptions import PermissionDenied

    request = rf.post("/")
    with pytest.raises(PermissionDenied):
        get_adapter(request).pre_login(request, system_user(), email_verification="none")


def test_inactive_person_gets_no_session(client, person):
    User.objects.update(is_active=False)
    sign_in(client)
    assert not signed_in(client)


def test_visitor_is_led_to_the_sign_in_page_and_back(client, person):
    wanted = reverse("accounts:permissions")
    response = client.get(wanted)
    assert response["Location"] == f"{reverse('account_login')}?next={wanted}"


# --- one-time passwords -----------------------------------------------------------------------------------------------


def test_one_time_password_opens_only_the_page_that_replaces_it(client):
    user, password = create_account(username="new", roles=[Role.SYSADMIN], department=make_department())
    change = reverse("account_change_password")
    assert sign_in(client, "new", password).status_code == 302
    for closed in (reverse("accounts:permissions"), reverse("accounts:people"), reverse("mfa_index")):
        assert client.get(closed)["Location"] == change
    assert client.get(change).status_code == 200
    form = {"oldpassword": password, "password1": PASSWORD, "password2": PASSWORD}
    assert client.post(change, form).status_code == 302
    assert client.get(reverse("accounts:permissions")).status_code == 200
    user.refresh_from_db()
    assert not user.must_change_password
    assert not user.check_password(password)


def test_weak_new_password_is_refused_with_a_message(client):
    _user, password = create_account(username="new", roles=[Role.SYSADMIN], department=make_department())
    sign_in(client, "new", password)
    form = {"oldpassword": password, "password1": "12345", "password2": "12345"}
    response = client.post(reverse("account_change_password"), form)
    assert response.status_code == 200
    assert response.context["form"].errors["password1"]
    assert client.get(reverse("accounts:permissions")).status_code == 302
