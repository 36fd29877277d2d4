"""Departments and people for the tests of accounts."""

from accounts.models import Assignment, Department, User
from accounts.roles import Role

PASSWORD = "a-long-enough-password-1"


def make_department(code="M90", *, parent=None, name="", **fields):
    """A department, municipal unless it has a parent."""
    kind = Department.Kind.SUBORDINATE if parent else Department.Kind.MUNICIPAL
    return Department.objects.create(code=code, name=name or f"单位{code}", kind=kind, parent=parent, **fields)


def make_person(username="person", *roles, department=None, password=None, **fields):
    """A person with these roles for `department`; a usable password costs a tenth of a second, so only on request."""
    person = User(username=username, name=fields.pop("name", username), department=department, **fields)
    person.set_password(password) if password else person.set_unusable_password()
    person.save()
    for role in roles:
        Assignment.objects.create(user=person, role=Role(role), department=department)
    return person
