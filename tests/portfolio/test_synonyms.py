"""The city's own synonym groups: what may be added, who may, and what the engine is given."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.roles import ASSIGNABLE, Role
from portfolio.models import SynonymGroup
from portfolio.queries import synonyms
from portfolio.synonyms import add_group, shipped, switch_group
from tests.accounts.people import make_department, make_person

pytestmark = pytest.mark.django_db
WORDS = ("云海通", "云海一号通")


@pytest.fixture
def manager():
    """Who may change what is compared."""
    return make_person("manager", Role.MANAGER, department=make_department("M01"))


def add(actor, **more):
    """A group with everything in order, but for what is given."""
    return add_group(**{"actor": actor, "kind": "platform", "members": WORDS, "source": "统建清单"} | more)


def test_group_is_compared_with_only_while_it_is_switched_on(manager):
    group = add(manager)
    assert synonyms() == ()
    assert synonyms(on=[group.pk]) == (("platform", WORDS, "统建清单"),)
    switch_group(actor=manager, group_id=group.pk, on=True)
    assert synonyms() == (("platform", WORDS, "统建清单"),)
    assert synonyms(off=[group.pk]) == ()
    switch_group(actor=manager, group_id=group.pk, on=False)
    assert synonyms() == ()
    group.refresh_from_db()
    assert group.switched_by == manager


def test_rows_come_in_a_fixed_order(manager):
    for kind, words in (("platform", ("乙乙", "丙丙")), ("domain", ("甲甲", "丁丁")), ("platform", ("戊戊", "己己"))):
        switch_group(actor=manager, group_id=add(manager, kind=kind, members=words).pk, on=True)
    assert [row[1][0] for row in synonyms()] == ["甲甲", "乙乙", "戊戊"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"kind": "thing"}, "kind"),
        ({"source": " "}, "source"),
        ({"members": ("云海通",)}, "members"),
        ({"members": ("云海通", "云海通")}, "members"),
        ({"members": ("ＡＢＣ", "abc")}, "members"),
        ({"members": ("云海通", "云")}, "members"),
        ({"members": ("云海通", "云海\x07通")}, "members"),
        ({"members": ("云海通", "长" * 41)}, "members"),
        ({"members": tuple(f"词语{number}" for number in range(21))}, "members"),
    ],
)
def test_wrong_group_is_refused_by_field(manager, wrong, field):
    with pytest.raises(ValidationError) as refusal:
        add(manager, **wrong)
    assert list(refusal.value.message_dict) == [field]
    assert not SynonymGroup.objects.exists()


def test_words_may_widen_a_shipped_group_and_not_join_two(manager):
    (_kind, first, _source), (_kind, second, _source) = shipped()[:2]
    assert add(manager, members=(first[0], "云海通")).pk
    for words in ((first[0], second[0]), first[:2]):
        with pytest.raises(ValidationError):
            add(manager, members=words)


def test_group_whose_words_came_into_another_cannot_be_switched_on(manager):
    early, late = add(manager), add(manager, members=("云海通", "云通"))
    switch_group(actor=manager, group_id=late.pk, on=True)
    other = add(manager, members=("云海一号通", "一号通"))
    switch_group(actor=manager, group_id=other.pk, on=True)
    with pytest.raises(ValidationError):
        switch_group(actor=manager, group_id=early.pk, on=True)
    early.refresh_from_db()
    assert not early.is_active


@pytest.mark.parametrize("role", [role for role in ASSIGNABLE if role is not Role.MANAGER])
def test_only_managers_change_synonyms(manager, role):
    group, other = add(manager), make_person("x", role, department=manager.department)
    for act in (lambda: add(other), lambda: switch_group(actor=other, group_id=group.pk, on=True)):
        with pytest.raises(PermissionDenied):
            act()
    assert not SynonymGroup.objects.filter(is_active=True).exists()
