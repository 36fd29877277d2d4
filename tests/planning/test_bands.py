"""Changing the screening thresholds: what is refused, what stays as history, and from when it holds."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.roles import ASSIGNABLE, Role
from planning.models import PolicyRow
from planning.policy_rows import bands_problems
from planning.queries import history, policy
from planning.services import change_bands
from tests.accounts.people import make_department, make_person
from tests.projects.screening_rows import make_policies

pytestmark = pytest.mark.django_db
GOOD = {"red": 0.6, "amber": 0.2, "mapped": 0.9}
TODAY = timezone.localdate


@pytest.fixture
def manager():
    """Who may change policy."""
    make_policies()
    PolicyRow.objects.filter(key="bands").exclude(valid_from=date(2020, 1, 1)).delete()
    return make_person("manager", Role.MANAGER, department=make_department("M01"))


def change(actor, **more):
    """A change with everything in order, but for what is given."""
    facts = {"value": GOOD, "source": "纪要〔2026〕3号", "note": "", "valid_from": TODAY(), "actor": actor}
    return change_bands(**facts | {"expected": history("bands")[0].pk} | more)


def test_new_row_holds_from_its_day_and_the_old_one_stays(manager):
    old = policy("bands")
    change(manager, valid_from=TODAY() + timedelta(days=3), note="误报偏多")
    assert policy("bands") == old
    assert policy("bands", TODAY() + timedelta(days=3)) == GOOD
    new, before = history("bands")
    assert (before.value, before.valid_until, before.valid_from) == (old, TODAY() + timedelta(days=2), date(2020, 1, 1))
    assert (new.changed_by, new.source, new.note, new.valid_until) == (manager, "纪要〔2026〕3号", "误报偏多", None)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"source": "  "}, "source"),
        ({"valid_from": date(2020, 2, 1)}, "valid_from"),
        ({"value": {**GOOD, "amber": 0.6}}, "amber"),
        ({"value": {"red": 0.6, "amber": 0.2}}, "mapped"),
    ],
)
def test_wrong_field_is_named_and_nothing_is_written(manager, wrong, field):
    with pytest.raises(ValidationError) as refusal:
        change(manager, **wrong)
    assert list(refusal.value.message_dict) == [field]
    assert len(history("bands")) == 1
    assert history("bands")[0].valid_until is None


def test_second_change_of_a_day_would_overwrite_the_first_and_is_refused(manager):
    change(manager)
    with pytest.raises(ValidationError) as refusal:
        change(manager, value={**GOOD, "red": 0.65})
    assert list(refusal.value.message_dict) == ["valid_from"]
    assert policy("bands") == GOOD


def test_change_that_was_worked_out_on_another_row_is_refused(manager):
    seen = history("bands")[0].pk
    change(manager)
    with pytest.raises(ValidationError):
        change(manager, expected=seen, valid_from=TODAY() + timedelta(days=5))
    assert len(history("bands")) == 2


@pytest.mark.parametrize("role", [role for role in ASSIGNABLE if role is not Role.MANAGER])
def test_only_managers_change_policy(manager, role):
    with pytest.raises(PermissionDenied):
        change(make_person("x", role, department=manager.department))


@pytest.mark.parametrize(
    ("value", "fields"),
    [
        (GOOD, set()),
        ({**GOOD, "finding": 0.4, "related": 0.1}, set()),
        ({**GOOD, "red": 1.01}, {"red"}),
        ({**GOOD, "amber": -0.1}, {"amber"}),
        ({**GOOD, "amber": 0}, {"amber"}),
        ({**GOOD, "mapped": 0}, {"mapped"}),
        ({**GOOD, "finding": 0.1, "related": 0.1}, {"related"}),
        ({**GOOD, "finding": 0.4, "untagged": 0.5}, {"untagged"}),
        ({**GOOD, "finding": 0.4, "untagged": 0.2, "related": 0.2}, {"related"}),
        ({**GOOD, "green": 0.1}, {"green"}),
        ({}, {"red", "amber", "mapped"}),
    ],
)
def test_limits_must_make_sense_together(value, fields):
    assert set(bands_problems(value)) == fields
