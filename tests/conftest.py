"""Fixtures of all families: the cast, and a flush that the database guards let pass."""

import gc

import pytest
from django.test import TransactionTestCase

from tests.cast import make_city
from tests.guards_off import drop_guards

# The loaded product is a great many objects that stay: looking through them again and again costs a tenth of the time.
gc.freeze()
gc.set_threshold(100_000, 20, 50)


@pytest.fixture(autouse=True)
def _settings_of_tests(settings, tmp_path):
    """Fast and offline: words only, documents in a temporary folder, no broker unless a test asks for one."""
    settings.ENCODER = "lexical"
    settings.MEDIA_ROOT = tmp_path / "documents"
    settings.CELERY_BROKER_URL = None
    settings.SWEEPS_IN_PROCESS = False
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.STATIC_ROOT.mkdir(exist_ok=True)


@pytest.fixture(autouse=True, scope="session")
def _flush_past_the_guards():
    """A test with real transactions ends with a flush, which the append-only tables refuse: take the guards down."""
    original = TransactionTestCase._fixture_teardown

    def teardown(self):
        drop_guards()
        original(self)

    TransactionTestCase._fixture_teardown = teardown
    yield
    TransactionTestCase._fixture_teardown = original


@pytest.fixture
def city(db):
    """Units, one person per role, an open round."""
    return make_city()
