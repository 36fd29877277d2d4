"""One town for all tests of a module: it is built once, and every request is taken back."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import transaction
from django.test import Client, override_settings

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
    """Built in a transaction that is never committed."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield make_town()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def browsers(town):
    """Who is signed in by name; "anon" is nobody. A 500 is an answer here, so that one test can list them all."""

    def browser(name: str) -> Client:
        if name not in made:
            made[name] = Client(raise_request_exception=False)
            if name != "anon":
                made[name].force_login(getattr(town, name))
        return made[name]

    made: dict[str, Client] = {}
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
