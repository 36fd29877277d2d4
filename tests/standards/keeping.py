"""Somebody who keeps the library, with a browser, and a draft edition to work on."""

from django.test import Client

from accounts.models import Assignment, Department, User
from accounts.roles import Role
from standards import editions
from standards.models import ChecklistEdition


def make_keeper(username="keeper", role=Role.STANDARDS):
    """A person of the data administration with one role."""
    unit, _made = Department.objects.get_or_create(code="T09", defaults={"name": "标准处", "kind": "municipal"})
    user = User.objects.create(username=username, name=username, department=unit)
    Assignment.objects.create(user=user, role=role, department=unit)
    return user


def browser_of(user):
    """A browser in which that person is signed in."""
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(user)
    return client


def make_draft(actor, code="2027"):
    """A draft edition: a copy of the one in force."""
    return editions.start_draft(actor=actor, edition=ChecklistEdition(code=code, name=f"{code}版"))


def item_of(edition, code):
    """One item of an edition, with what its values need."""
    return edition.items.select_related("standard", "edition").get(code=code)


def values_of(form):
    """What a browser would post back from a form as the page shows it."""
    found = {}
    for field in form:
        value = field.value()
        if value not in (None, ""):
            found[field.html_name] = value
    return found
