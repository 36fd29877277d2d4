"""The permission table against a table written by hand, asked in both directions."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from accounts import policy
from accounts.models import Assignment, User
from accounts.roles import ASSIGNABLE, Role
from tests.accounts.people import make_department, make_person

pytestmark = pytest.mark.django_db

# From domain.md §8, by hand; what is not here is refused. "all" comes last: every role named after it reaches all rows.
DESK = "all: intake planner requirements standards manager approver auditor"
EVERYONE = (
    "all: applicant endorser intake planner requirements standards expert manager approver finance steward auditor"
)
EXPECTED = {
    "projects.view": f"own: applicant; subtree: endorser; assigned: expert; {DESK} finance",
    "projects.view_draft": "own: applicant; subtree: endorser; all: auditor",
    "projects.create": "own: applicant",
    "projects.edit": "own: applicant",
    "projects.reply": "own: applicant",
    "projects.urge": "own: applicant; subtree: endorser; all: intake manager",
    "projects.copy": "all: intake planner requirements standards manager approver",
    "questions.ask": "all: intake planner requirements standards manager approver",
    "invitations.send": "all: planner requirements standards manager",
    "notices.prepare": "assigned: expert; all: intake planner requirements standards manager approver",
    "reviews.assign": "all: manager",
    "experts.view": "all: intake manager approver auditor",
    "experts.edit": "all: manager",
    "meetings.view": f"{DESK} finance",
    "meetings.edit": "all: manager",
    "meetings.release": "all: approver",
    "calendar.view": f"{EVERYONE} secadmin sysadmin",
    "calendar.import": "all: planner manager",
    "escalations.view": "all: manager approver auditor",
    "portfolio.view": EVERYONE,
    "portfolio.edit": "all: steward",
    "portfolio.import": "all: steward",
    "standards.view": f"{EVERYONE} secadmin sysadmin",
    "standards.edit": "all: standards",
    "planning.view": EVERYONE,
    "planning.edit": "all: planner",
    "planning.overview": f"{DESK} finance",
    "planning.late_filing": "all: planner manager",
    "needs.view": f"own: applicant; subtree: endorser; {DESK} finance",
    "needs.file": "own: applicant",
    "needs.decide": "all: planner requirements",
    "projects.rank": "subtree: endorser",
    "standards.waive": "all: manager",
    "obligations.view": f"own: applicant; subtree: endorser; {DESK}",
    "obligations.close": "all: planner requirements standards",
    "policies.view": f"{EVERYONE} secadmin sysadmin",
    "policies.edit": "all: manager",
    "policies.log": "all: planner requirements standards manager auditor",
    "duplicates.view": f"{DESK} finance",
    "duplicates.adjudicate": "all: manager",
    "duplicates.quality": "all: manager auditor",
    "duplicates.export": "all: manager",
    "audit.view": "all: auditor",
    "audit.export": "all: auditor",
    "accounts.view": "all: sysadmin secadmin auditor",
    "accounts.unlock": "all: secadmin",
    "accounts.substitute": EVERYONE,
    "accounts.substitute_others": "all: manager secadmin",
    "notifications.view": f"{EVERYONE} secadmin sysadmin",
    "notifications.retry": "all: sysadmin",
    "notifications.settings": "all: sysadmin",
}
# Which of the four rows below each scope reaches.
REACH = {
    "own": {"own"},
    "subtree": {"own", "subordinate"},
    "assigned": {"self"},
    "all": {"own", "subordinate", "other", "self"},
    "": set(),
}


def expected_scope(permission, role):
    """The scope in the table above, "" for none."""
    for part in EXPECTED[permission].split("; "):
        scope, _colon, roles = part.partition(": ")
        if role.value in roles.split():
            return scope
    return ""


@pytest.fixture
def rows(monkeypatch):
    """One row in the own unit, one below, one elsewhere; people stand for rows, because they have a department too."""
    monkeypatch.setattr(User, "ASSIGNED_LOOKUPS", (("pk", {}),), raising=False)  # a person is "assigned" their own row
    own, other = make_department("M1"), make_department("M19")  # a prefix as text, not as a unit
    below = make_department("U03", parent=own)
    units = {"own": own, "subordinate": below, "other": other}
    return {name: make_person(name, department=unit) for name, unit in units.items()}


def make_holder(rows, role):
    """A person who holds `role` for the unit of the own row and sits elsewhere."""
    holder = make_person(f"holder_{role.value}", department=rows["other"].department)
    Assignment.objects.create(user=holder, role=role, department=rows["own"].department)
    return holder


def test_every_permission_is_expected():
    assert set(policy.PERMISSIONS) == set(EXPECTED) == set(policy.LABELS)


@pytest.mark.parametrize("role", ASSIGNABLE)
def test_both_directions_agree_with_the_table(role, rows):
    holder = make_holder(rows, role)
    row_of = {**rows, "self": holder}
    for permission in EXPECTED:
        wanted = REACH[expected_scope(permission, role)]
        seen = set(policy.visible(holder, permission, User.objects.all()))
        assert {name for name, row in row_of.items() if row in seen} == wanted, permission
        assert {name for name, row in row_of.items() if policy.allows(holder, permission, row)} == wanted, permission
        assert policy.has_permission(holder, permission) is bool(wanted), permission


def test_several_roles_add_up(rows):
    holder = make_holder(rows, Role.ENDORSER)
    Assignment.objects.create(user=holder, role=Role.APPLICANT, department=rows["other"].department)
    seen = policy.visible(holder, "projects.view", User.objects.exclude(pk=holder.pk))
    assert set(seen) == {rows["own"], rows["subordinate"], rows["other"]}
    assert all(policy.allows(holder, "projects.view", row) for row in rows.values())
    assert not policy.allows(holder, "projects.edit", rows["own"])


def test_withdrawn_role_gives_nothing(rows):
    holder = make_holder(rows, Role.MANAGER)
    holder.assignments.update(is_active=False)
    assert not policy.has_permission(User.objects.get(pk=holder.pk), "projects.view")


def test_inactive_person_and_visitor_may_nothing(rows):
    holder = make_holder(rows, Role.AUDITOR)
    holder.is_active = False
    for nobody in (holder, AnonymousUser()):
        for permission in EXPECTED:
            assert not policy.has_permission(nobody, permission)
            assert not policy.allows(nobody, permission, rows["own"])
            assert not policy.visible(nobody, permission, User.objects.all()).exists()


def test_unknown_permission_is_an_error(rows):
    holder = make_holder(rows, Role.MANAGER)
    for ask in (
        lambda: policy.has_permission(holder, "projects.veiw"),
        lambda: policy.allows(holder, "projects.veiw", rows["own"]),
        lambda: policy.visible(holder, "projects.veiw", User.objects.all()),
        lambda: policy.require(AnonymousUser(), "projects.veiw"),
    ):
        with pytest.raises(KeyError):
            ask()


def test_require_names_the_missing_permission(rows):
    holder = make_holder(rows, Role.STEWARD)
    policy.require(holder, "portfolio.edit", rows["other"])
    with pytest.raises(PermissionDenied, match=r"policies\.edit"):
        policy.require(holder, "policies.edit")


def test_superuser_gets_nothing_from_the_table(rows):
    root = make_person("root", is_superuser=True)
    assert not policy.has_permission(root, "projects.view")


def test_django_asks_the_same_table(rows):
    holder = make_holder(rows, Role.APPLICANT)
    assert holder.has_perm("projects.edit")
    assert holder.has_perm("projects.edit", rows["own"])
    assert not holder.has_perm("projects.edit", rows["other"])
    assert not holder.has_perm("policies.edit")
    assert holder.has_module_perms("projects")
    assert not holder.has_module_perms("audit")


def test_holders_are_active_people_of_the_unit(rows):
    here, elsewhere = (
        make_holder(rows, Role.ENDORSER),
        make_person("e2", "endorser", department=rows["other"].department),
    )
    gone = make_person("e3", "endorser", department=rows["own"].department, is_active=False)
    assert set(policy.holders(Role.ENDORSER)) == {here, elsewhere}
    assert list(policy.holders(Role.ENDORSER, department_id=rows["own"].department_id)) == [here]
    assert gone not in policy.holders(Role.ENDORSER)
    assert policy.departments_for(here, "projects.view") == [rows["own"].department_id]
    assert policy.departments_for(here, "projects.create") == []
