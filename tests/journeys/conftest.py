"""The cast at their browsers, once in Chinese and once in English."""

import os
from types import SimpleNamespace

import pytest

from accounts.models import User
from tests.cast import make_city
from tests.journeys.people import Person

LANGUAGES = ("zh-hans", "en")


def pytest_generate_tests(metafunc):
    """The language in which everybody reads: of each journey one, in turn by its name; EVERY_RULE=1 takes both."""
    if "language" in metafunc.fixturenames:
        turn = sum(map(ord, metafunc.function.__name__)) % 2
        chosen = LANGUAGES if os.environ.get("EVERY_RULE") else LANGUAGES[turn : turn + 1]
        metafunc.parametrize("language", chosen)


@pytest.fixture
def town(db):
    """Units, one person per role, an open round, one existing system."""
    return make_city()


@pytest.fixture
def people(town, language):
    """Everybody of the cast, each with a browser of their own."""
    return SimpleNamespace(
        **{user.username: Person(user, language) for user in User.objects.exclude(username="system")}
    )
