"""The cast at their browsers, once in Chinese and once in English."""

from types import SimpleNamespace

import pytest

from accounts.models import User
from tests.cast import make_city
from tests.journeys.people import Person


@pytest.fixture(params=["zh-hans", "en"])
def language(request):
    """The language in which everybody reads."""
    return request.param


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
