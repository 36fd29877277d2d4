"""The import in the browser: choose, check, confirm, result; without a script, and only for the steward."""

import csv
import io
import os
import time
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.roles import Role
from portfolio import uploads
from portfolio.models import System
from portfolio.services import import_systems
from tests.portfolio.making import SYSTEM, changed, jsonl, load, make_person, make_world

pytestmark = pytest.mark.django_db
CHOOSE, CHECK, CONFIRM, CANCEL, RESULT, ERRORS = (
    f"/portfolio/import/{part}" for part in ("", "check/", "confirm/", "cancel/", "result/", "check/errors.csv")
)


@pytest.fixture(autouse=True)
def world(settings, tmp_path):
    """What SYSTEM refers to, and a folder for uploads."""
    settings.MEDIA_ROOT = tmp_path
    make_world()


@pytest.fixture
def steward(client):
    """The signed-in steward."""
    client.force_login(make_person(Role.STEWARD))
    return client


def choose(client, data: bytes, name: str = "systems.jsonl"):
    """Send a file."""
    return client.post(CHOOSE, {"file": SimpleUploadedFile(name, data)})


def waiting() -> list[Path]:
    """Files between check and confirmation."""
    from django.conf import settings

    folder = Path(settings.MEDIA_ROOT) / "imports"
    return list(folder.iterdir()) if folder.exists() else []


def test_choose_check_confirm_result(steward):
    assert choose(steward, jsonl(SYSTEM, changed(code="S002", capabilities=[]))).url == CHECK
    page = steward.get(CHECK)
    assert (page.context["report"].created, page.context["report"].errors) == (2, [])
    assert "统一身份认证平台" in page.content.decode()
    assert not System.objects.exists()
    answer = steward.post(CONFIRM, {"digest": page.context["upload"].digest})
    assert answer.url == RESULT
    assert System.objects.count() == 2
    result = steward.get(RESULT)
    assert result.context["result"]["created"] == 2
    assert "S002" in result.content.decode()
    assert waiting() == []
    assert steward.post(CONFIRM, {"digest": page.context["upload"].digest}).url == CHOOSE


def test_errors_are_shown_by_row_and_field_and_cannot_be_confirmed(steward):
    choose(steward, jsonl(SYSTEM, changed(code="S002", users="-5<b>", capabilities=[])))
    page = steward.get(CHECK)
    text = page.content.decode()
    assert "users" in text
    assert "-5&lt;b&gt;" in text
    assert CONFIRM not in text
    assert steward.post(CONFIRM, {"digest": page.context["upload"].digest}).url == CHECK
    assert not System.objects.exists()
    rows = list(csv.reader(io.StringIO(steward.get(ERRORS).content.decode("utf-8-sig"))))
    assert rows[1][:3] == ["2", "users", "'-5<b>"]


def test_unchanged_file_offers_nothing_to_confirm(steward):
    load(SYSTEM)
    choose(steward, jsonl(SYSTEM))
    assert CONFIRM not in steward.get(CHECK).content.decode()


def test_registry_that_moved_on_since_the_check_is_checked_again(steward):
    choose(steward, jsonl(changed(code="S002")))
    digest = steward.get(CHECK).context["upload"].digest
    load(SYSTEM)  # takes the capability code
    assert steward.post(CONFIRM, {"digest": digest}).url == CHECK
    assert not System.objects.filter(code="S002").exists()
    assert steward.get(CHECK).context["report"].errors


def test_other_file_than_the_one_looked_at_is_not_imported(steward):
    choose(steward, jsonl(SYSTEM))
    digest = steward.get(CHECK).context["upload"].digest
    choose(steward, jsonl(changed(code="S002")))  # in another window
    assert steward.post(CONFIRM, {"digest": digest}).url == CHECK
    assert steward.post(CONFIRM, {}).url == CHECK
    assert not System.objects.exists()
    assert len(waiting()) == 1


def test_discarded_file_is_gone(steward):
    choose(steward, jsonl(SYSTEM))
    assert steward.post(CANCEL).url == CHOOSE
    assert waiting() == []
    assert steward.get(CHECK).url == CHOOSE
    assert steward.get(ERRORS).url == CHOOSE
    assert steward.get(RESULT).url == CHOOSE


def test_file_belongs_to_one_session(steward):
    from django.test import Client

    choose(steward, jsonl(SYSTEM))
    other = Client()
    other.force_login(make_person(Role.STEWARD))
    assert other.get(CHECK).url == CHOOSE
    steward.force_login(make_person(Role.STEWARD))  # somebody else at the same browser
    assert steward.get(CHECK).url == CHOOSE


def test_forgotten_files_are_swept(steward):
    choose(steward, jsonl(SYSTEM))
    old = waiting()[0]
    past = time.time() - uploads.MAX_AGE_S - 60
    os.utime(old, (past, past))
    from django.test import Client

    other = Client()
    other.force_login(make_person(Role.STEWARD))
    choose(other, jsonl(SYSTEM))
    assert old not in waiting()
    assert len(waiting()) == 1
    assert steward.get(CHECK).url == CHOOSE


@pytest.mark.parametrize(
    "name", ["../../etc/passwd.csv", "..\\..\\a.csv", "a\x00b.csv", "/abs.csv", "C:\\x.csv", "\u202evsc.csv"]
)
def test_name_of_the_file_never_becomes_a_path(steward, name, tmp_path):
    upload = SimpleUploadedFile("x.csv", b"code\n")
    upload._name = name
    session = steward.session
    uploads.keep(session, name, b"code\n")
    assert [path.parent for path in waiting()] == [tmp_path / "imports"]
    assert waiting()[0].name.isalnum()
    assert not set(uploads.kept(session).filename) & set("/\\\x00\u202e")


@pytest.mark.parametrize(
    ("data", "name"), [(b"", "a.csv"), (b"x", "a.exe"), (b"x", "a"), (b"x" * (10 * 1024 * 1024 + 1), "a.csv")]
)
def test_unacceptable_file_is_refused_at_its_field(steward, data, name):
    answer = choose(steward, data, name)
    assert answer.status_code == 200
    assert answer.context["form"].errors["file"]
    assert waiting() == []


def test_missing_file_is_refused_at_its_field(steward):
    assert steward.post(CHOOSE, {}).context["form"].errors["file"]
    assert steward.post(CHOOSE, {"file": "text"}).context["form"].errors["file"]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_blank_form_can_be_fetched_and_sent_back(steward, kind):
    answer = steward.get(reverse("portfolio:import_template", args=[kind]))
    assert f"systems-template.{kind}" in answer["Content-Disposition"]
    report = import_systems(answer.content, filename=f"a.{kind}")
    assert [(error.row, error.field) for error in report.errors] == [(None, "")]
    choose(steward, answer.content, f"a.{kind}")
    assert steward.get(CHECK).status_code == 200


def test_import_is_offered_to_the_steward_only(client):
    for role in (Role.APPLICANT, Role.MANAGER, Role.STEWARD):
        client.force_login(make_person(role))
        assert (CHOOSE in client.get("/portfolio/").content.decode()) is (role is Role.STEWARD)


def test_many_errors_are_cut_on_the_page_and_whole_in_the_file(steward):
    choose(steward, jsonl(*(changed(code=f"S{n}", users=-1, capabilities=[]) for n in range(250))))
    assert steward.get(CHECK).content.decode().count('<span class="tc-mono">users</span>') == 200
    assert len(steward.get(ERRORS).content.decode("utf-8-sig").splitlines()) == 251
