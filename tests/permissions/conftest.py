"""One town for all tests of a module: it is built once, and every request is taken back."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client, override_settings

from accounts.models import User
from tests.permissions.expected import PEOPLE
from tests.permissions.town import make_town


class Undo(Exception):
    """Takes back what a request has done."""


@pytest.fixture(scope="module", autouse=True)
def _settings_of_tests(tmp_path_factory):
    """As in the other families, for as long as the town stands."""
    folder = tmp_path_factory.mktemp("town")
    mail = "django.core.mail.backends.locmem.EmailBackend"
    changes = {"ENCODER": "lexical", "MEDIA_ROOT": folder, "CELERY_BROKER_URL": None, "EMAIL_BACKEND": mail}
    with override_settings(**changes, LANGUAGE_CODE="en"):
        yield


@pytest.fixture(scope="module")
def town(django_db_setup, django_db_blocker, _settings_of_tests):
    """Built in a transaction that is never committed; the tests of the module carry the mark django_db."""
    with django_db_blocker.unblock(), transaction.atomic():
        name = str(connection.settings_dict["NAME"])
        assert "memory" in name or "test" in name, f"{name} is not a database of tests"
        yield make_town()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def browsers(town):
    """A fresh browser of whoever is named, signed in; "anon" is nobody. A 500 is an answer like others."""
    sessions = {}
    for name in PEOPLE[1:]:
        client = Client()
        client.force_login(User.objects.get(pk=getattr(town, name).pk))
        sessions[name] = client.cookies[settings.SESSION_COOKIE_NAME].value

    def browser(name: str) -> Client:
        client = Client(raise_request_exception=False)
        if name in sessions:
            client.cookies[settings.SESSION_COOKIE_NAME] = sessions[name]
        return client

    return browser


@pytest.fixture
def undone():
    """A block whose writes are taken back."""

    @contextmanager
    def block() -> Iterator[None]:
        try:
            with transaction.atomic():
                yield
                raise Undo
        except Undo:
            pass

    return block
