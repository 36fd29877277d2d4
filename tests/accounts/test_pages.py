"""The personal pages: what may I do, profile, language, and the list of accounts."""

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils.translation import override

from accounts import report
from accounts.policy import PERMISSIONS
from accounts.roles import ASSIGNABLE, Role
from tests.accounts.people import make_department, make_person

pytestmark = pytest.mark.django_db
COOKIE = settings.LANGUAGE_COOKIE_NAME


@pytest.fixture
def unit():
    """A department with a name in both languages."""
    return make_department("M15", name="市水务局", name_en="Municipal Water Affairs Bureau")


@pytest.fixture
def reader(unit, client):
    """An applicant whose browser asks for Chinese."""
    person = make_person("reader", "applicant", department=unit, name="李文博", name_en="Li Wenbo")
    client.force_login(person)
    return person


def page(client, name, **query):
    """The text of a page."""
    response = client.get(reverse(name), query, headers={"Accept-Language": "zh-CN"})
    assert response.status_code == 200
    return response.content.decode()


# --- what may I do ----------------------------------------------------------------------------------------------------


def test_page_answers_every_permission_and_says_who_can(client, reader):
    response = client.get(reverse("accounts:permissions"))
    answers = {answer.name: answer for answer in response.context["answers"]}
    assert set(answers) == set(PERMISSIONS)
    assert answers["projects.create"].allowed
    assert "市水务局" in answers["projects.create"].reach[0]
    assert not answers["policies.edit"].allowed
    assert answers["policies.edit"].who == [str(Role.MANAGER.label)]
    assert len(response.context["table"][0][1]) == len(ASSIGNABLE)
    assert "<details" in response.content.decode()


def test_page_works_without_any_role(client):
    client.force_login(make_person("nobody"))
    response = client.get(reverse("accounts:permissions"))
    assert response.status_code == 200
    assert response.context["allowed_count"] == 0


@pytest.mark.parametrize("role", ASSIGNABLE)
def test_page_shows_the_roles_of_everyone(role, client, unit):
    client.force_login(make_person("x", role, department=unit))
    assert str(role.label) in page(client, "accounts:permissions")


def test_document_has_a_row_for_every_permission_and_a_column_for_every_role():
    text = report.permission_table()
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    assert len(rows) == len(PERMISSIONS)
    assert {line.count("|") for line in rows} == {len(ASSIGNABLE) + 3}
    assert "| `accounts.unlock` | Release locked sign-ins |" in text
    with override("zh-hans"):
        assert report.permission_table() == text


# --- language ---------------------------------------------------------------------------------------------------------


def switch(client, language, **more):
    """Press the language switch."""
    return client.post(reverse("set_language"), {"language": language, **more})


def test_language_switch_lasts_on_the_person_and_in_the_browser(client, reader):
    assert "市水务局" in page(client, "accounts:profile")
    response = switch(client, "en", next="/me/permissions/?x=1")
    assert response["Location"] == "/me/permissions/?x=1"
    assert client.cookies[COOKIE].value == "en"
    reader.refresh_from_db()
    assert reader.language == "en"
    assert "Municipal Water Affairs Bureau" in page(client, "accounts:profile")


def test_language_of_the_person_holds_in_a_new_browser(client, reader):
    reader.language = "en"
    reader.save()
    text = page(client, "accounts:profile")
    assert '<html lang="en">' in text
    assert "Municipal Water Affairs Bureau" in text


def test_choice_of_the_browser_wins_over_the_person(client, reader):
    reader.language = "en"
    reader.save()
    client.cookies[COOKIE] = "zh-hans"
    assert "市水务局" in page(client, "accounts:profile")
    client.cookies[COOKIE] = "xx"  # not a choice at all
    assert "Municipal Water Affairs Bureau" in page(client, "accounts:profile")


def test_visitor_switches_the_language_too(client):
    assert switch(client, "en", next=reverse("account_login")).status_code == 302
    assert client.cookies[COOKIE].value == "en"


def test_unknown_language_changes_nothing(client, reader):
    response = switch(client, "fr", next="/me/")
    assert response["Location"] == "/me/"
    assert COOKIE not in client.cookies
    reader.refresh_from_db()
    assert reader.language == ""


@pytest.mark.parametrize("target", ["https://evil.invalid/", "//evil.invalid/", "javascript:alert(1)", ""])
def test_language_switch_stays_on_the_site(target, client):
    assert switch(client, "en", next=target)["Location"] == "/"


def test_language_switch_returns_to_the_page_it_came_from(client):
    answer = client.post(reverse("set_language"), {"language": "en"}, headers={"Referer": "http://testserver/me/"})
    assert answer["Location"] == "http://testserver/me/"


def test_language_switch_wants_a_form(client):
    assert client.get(reverse("set_language")).status_code == 405


# --- profile ----------------------------------------------------------------------------------------------------------


def test_profile_keeps_phone_and_language_and_nothing_else(client, reader):
    form = {"phone": "5555 0199", "language": "en", "name": "别人", "is_superuser": "on", "username": "boss"}
    assert client.post(reverse("accounts:profile"), form).status_code == 302
    reader.refresh_from_db()
    assert (reader.phone, reader.language, reader.name, reader.username) == ("5555 0199", "en", "李文博", "reader")
    assert not reader.is_superuser
    assert '<html lang="en">' in page(client, "accounts:profile")
    client.post(reverse("accounts:profile"), {"phone": "", "language": ""})
    assert '<html lang="zh-Hans">' in page(client, "accounts:profile")


@pytest.mark.parametrize(("field", "value"), [("phone", "call me"), ("phone", "5" * 41), ("language", "fr")])
def test_profile_says_what_is_wrong_at_the_field(field, value, client, reader):
    response = client.post(reverse("accounts:profile"), {"phone": "", "language": "", field: value})
    assert response.status_code == 200
    assert list(response.context["form"].errors) == [field]


def test_profile_leads_to_password_and_second_factor(client, reader):
    text = page(client, "accounts:profile")
    assert reverse("account_change_password") in text
    assert reverse("mfa_index") in text


# --- the list of accounts ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ASSIGNABLE)
def test_accounts_are_shown_to_administrators_and_auditors_only(role, client, unit):
    client.force_login(make_person("x", role, department=unit))
    may = role in {Role.SYSADMIN, Role.SECADMIN, Role.AUDITOR}
    assert client.get(reverse("accounts:people")).status_code == (200 if may else 403)
    assert (reverse("accounts:people") in page(client, "accounts:permissions")) is may


@pytest.fixture
def admin(client, unit):
    """A system administrator at the browser."""
    person = make_person("root1", "sysadmin", department=make_department("M01"))
    client.force_login(person)
    return person


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "李文"}, ["reader"]),
        ({"q": "water li"}, ["reader"]),
        ({"q": "M15"}, ["gone", "reader"]),
        ({"q": "nothing like it"}, []),
        ({"role": "applicant"}, ["reader"]),
        ({"state": "inactive"}, ["gone"]),
        ({"state": "locked"}, []),
        ({"role": "no such", "state": "no such", "page": "x"}, ["gone", "reader", "root1"]),
    ],
)
def test_accounts_are_found(query, found, client, admin, unit):
    make_person("reader", "applicant", department=unit, name="李文博", name_en="Li Wenbo")
    make_person("gone", department=unit, is_active=False, name="")
    response = client.get(reverse("accounts:people"), query)
    assert [person.username for person in response.context["page"]] == found


def test_accounts_take_the_same_queries_for_one_and_for_thirty(client, admin, unit, django_assert_max_num_queries):
    def count():
        with django_assert_max_num_queries(15) as seen:
            client.get(reverse("accounts:people"))
        return len(seen)

    count()
    one = count()
    for n in range(30):
        make_person(f"p{n}", "applicant", "expert", department=unit)
    assert count() == one


def test_accounts_come_fifty_to_a_page(client, admin, unit):
    for n in range(60):
        make_person(f"p{n:02d}", department=unit)
    response = client.get(reverse("accounts:people"), {"page": 2})
    assert len(response.context["page"]) == 11
