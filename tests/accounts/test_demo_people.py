"""The demo accounts: who they are, loaded once, refused in production; the system account; the first administrator."""

from io import StringIO

import pytest
from django.contrib.auth.hashers import identify_hasher
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from accounts.models import Assignment, Department, User
from accounts.roles import ADMINISTRATORS, Role
from accounts.services import DemoRefused, create_account, grant, load_departments, load_people, system_user
from tests.accounts.people import PASSWORD, make_department, make_person

pytestmark = pytest.mark.django_db
DESIGN = {  # design §8 and where each of them sits
    "applicant": "applicant@U03",
    "applicant2": "applicant@M15",
    "endorser": "endorser@M19",
    "endorser_m01": "endorser@M01",
    "intake": "intake@M01",
    "planner": "planner@M01",
    "requirements": "requirements@M01",
    "standards": "standards@M01",
    "expert1": "expert@U08",
    "expert2": "expert@U12",
    "expert3": "expert@M04",
    "manager": "manager@M01",
    "approver": "approver@M01",
    "finance": "finance@M02",
    "steward": "steward@M01",
    "auditor": "auditor@M01",
    "secadmin": "secadmin@M01",
    "sysadmin": "sysadmin@M01",
    "planner2": "planner@M03",
    "requirements2": "requirements@M02",
    "standards2": "standards@M04",
    "manager2": "manager@M01",
    "approver2": "approver@M27",
    "clerk_m01": "applicant@M01",
    "clerk_t04": "applicant@T04",
}


@pytest.fixture
def yunhai(settings):
    """The departments and demo accounts of the city."""
    settings.DEMO = True
    load_departments()
    load_people(PASSWORD)


def test_demo_accounts_are_those_of_the_design(yunhai):
    people = User.objects.prefetch_related("assignments__department")
    found = {person.username: " ".join(a.mandate for a in person.assignments.all()) for person in people}
    assert {name: found.get(name) for name in DESIGN} == DESIGN


def test_every_unit_has_a_clerk_and_every_supervisor_an_endorser(yunhai):
    parents = Department.objects.filter(children__isnull=False)
    assert not Department.objects.exclude(assignments__role=Role.APPLICANT).exists()
    assert not parents.exclude(assignments__role=Role.ENDORSER).exists()


@pytest.mark.parametrize("role", [Role.PLANNER, Role.REQUIREMENTS, Role.STANDARDS, Role.MANAGER, Role.APPROVER])
def test_own_unit_cases_can_be_handled_by_another_unit(role, yunhai):
    assert Assignment.objects.filter(role=role).values("department").distinct().count() >= 2


def test_demo_people_have_names_phones_and_invalid_addresses(yunhai):
    people = User.objects.all()
    assert len({person.name for person in people}) == len(people) == 116
    for person in people:
        assert person.email == f"{person.username}@yunhai.invalid"
        assert person.phone.startswith("5555 01")
        assert person.name_en
        assert person.department_id


def test_demo_accounts_load_once(yunhai):
    before = list(User.objects.values()), list(Assignment.objects.values())
    load_people("another-password")
    assert (list(User.objects.values()), list(Assignment.objects.values())) == before


def test_demo_accounts_share_one_argon2_hash(yunhai):
    hashes = set(User.objects.values_list("password", flat=True))
    assert len(hashes) == 1
    assert identify_hasher(hashes.pop()).algorithm == "argon2"


@pytest.mark.parametrize(("demo", "password"), [(False, PASSWORD), (True, "")])
def test_demo_accounts_are_refused_in_production(demo, password, settings):
    settings.DEMO = demo
    load_departments()
    with pytest.raises(DemoRefused):
        load_people(password)
    assert not User.objects.exists()


def test_nobody_is_administrator_and_something_else(yunhai):
    for person in User.objects.filter(assignments__role__in=ADMINISTRATORS):
        assert person.assignments.count() == 1


def test_system_account_is_made_once():
    first, second = system_user(), system_user()
    assert first == second
    assert first.is_active
    assert not first.has_usable_password()
    assert not first.may_sign_in


def test_nobody_is_given_the_role_of_the_system():
    person, unit = make_person("x"), make_department()
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.create(user=person, role=Role.SYSTEM, department=unit)


# --- accounts made by an administrator --------------------------------------------------------------------------------


def test_new_account_has_a_one_time_password():
    user, password = create_account(username="Zhang.San", roles=[Role.SECADMIN], department=make_department())
    assert user.username == "zhang.san"
    assert user.check_password(password)
    assert user.must_change_password
    assert len(password) >= 16


@pytest.mark.parametrize("username", ["", "a b", "taken", "Taken", "x" * 151])
def test_bad_or_taken_username_is_refused(username):
    unit = make_department()
    make_person("taken")
    with pytest.raises(ValidationError) as refused:
        create_account(username=username, roles=[Role.SYSADMIN], department=unit)
    assert "username" in refused.value.message_dict
    assert User.objects.count() == 1


@pytest.mark.parametrize(
    ("administrator", "other"),
    [
        (one, other)
        for one in sorted(ADMINISTRATORS)
        for other in (Role.SYSADMIN, Role.SECADMIN, Role.AUDITOR, Role.APPROVER, Role.APPLICANT)
        if one != other
    ],
)
def test_administrator_holds_no_second_role(administrator, other):
    unit = make_department()
    person = make_person("one", administrator, department=unit)
    with pytest.raises(ValidationError):
        grant(person, other, unit)
    assert person.assignments.count() == 1


def test_business_roles_add_up():
    first, second = make_department("M01"), make_department("M02")
    person = make_person("one", Role.PLANNER, department=first)
    assert not person.holds(Role.EXPERT)
    grant(person, Role.EXPERT, second)
    assert person.holds(Role.EXPERT)


def test_withdrawn_role_is_put_back_in_force():
    unit = make_department()
    person = make_person("one", Role.PLANNER, department=unit)
    person.assignments.update(is_active=False)
    assert grant(person, Role.PLANNER, unit).is_active
    assert person.assignments.count() == 1


def command(*words):
    """What the command prints."""
    call_command("create_administrator", *words, stdout=(said := StringIO()))
    return said.getvalue()


def test_first_administrator_of_an_empty_system():
    said = command("root1", "--unit", "A01", "--unit-name", "数据局")
    person = User.objects.get(username="root1")
    assert [a.mandate for a in person.assignments.all()] == ["sysadmin@A01"]
    assert person.check_password(said.split()[-1])
    assert not person.is_superuser


def test_further_administrator_joins_the_first_unit():
    make_department("M01")
    command("guard", "--role", "secadmin")
    assert User.objects.get(username="guard").mandates[0].mandate == "secadmin@M01"


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (["new"], "--unit"),
        (["new", "--unit", "M77"], "--unit-name"),
        (["new", "--unit", "m 77", "--unit-name", "局"], None),
        (["two words", "--unit", "M77", "--unit-name", "局"], None),
        (["new", "--unit", "M77", "--unit-name", "局", "--role", "sysadmin", "--role", "approver"], None),
        (["new", "--role", "system"], "role"),
    ],
)
def test_command_says_what_is_wrong_and_creates_nothing(words, what):
    with pytest.raises(CommandError, match=what):
        command(*words)
    assert not User.objects.exists()
    assert not Department.objects.exists()
