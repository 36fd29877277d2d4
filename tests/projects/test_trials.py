"""What would change: tried in processes of their own, shown, and put in force only when nothing came in between."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.roles import ASSIGNABLE, Role
from duplicates import lexicon
from planning.queries import policy
from portfolio.models import Capability, SynonymGroup
from portfolio.queries import synonyms
from portfolio.synonyms import add_group, switch_group
from projects import trials as running
from projects.models import Finding, ScreeningRun, Trial
from projects.services import trials
from tests.accounts.people import make_department, make_person
from tests.projects.screening_rows import FLOOD, SMS, make_inventory, make_policies, make_project, make_system

pytestmark = pytest.mark.django_db
# The one proposal: two thirds of its money are covered by S1.
STRICTER = {"red": 0.6, "amber": 0.2, "mapped": 0.9}


@pytest.fixture
def manager(settings):
    """Who may change policy, in a city with a registry and one proposal."""
    settings.ENCODER = "lexical"
    make_policies()
    make_inventory()
    make_project(capabilities=((FLOOD, 66), ("孕产妇建档随访", 34)))
    return make_person("manager", Role.MANAGER, department=make_department("M01"))


def tried(trial):
    """The trial, carried out here as the worker does."""
    return running.execute(trial.pk)


def adopt(trial, actor, **more):
    """Put thresholds in force, with everything in order but for what is given."""
    facts = {"source": "纪要", "note": "", "valid_from": timezone.localdate()} | more
    return trials.adopt_thresholds(trial_id=trial.pk, actor=actor, **facts)


def test_thresholds_are_tried_and_nothing_else_happens(manager):
    trial = tried(trials.try_thresholds(actor=manager, value=STRICTER))
    assert (trial.status, trial.error) == (Trial.Status.DONE, "")
    (row,) = trial.result["proposals"]
    assert (row["proposal"], row["before"], row["after"]) == ("P1", "amber", "red")
    assert (row["stake_before"], row["stake_after"]) == ("66.00", "66.00")
    (change,) = trial.result["changes"]
    assert (change["kind"], change["target"], change["before"]["band"], change["after"]["band"]) == (
        "changes", "S1", "amber", "red",
    )  # fmt: skip
    assert trial.result["kinds"] == {"appears": 0, "disappears": 0, "changes": 1}
    assert (trial.done <= trial.total, trial.total) == (True, 2)
    assert not ScreeningRun.objects.exists()
    assert not Finding.objects.exists()
    assert policy("bands") != STRICTER


def test_what_was_tried_is_put_in_force_once(manager):
    trial = tried(trials.try_thresholds(actor=manager, value=STRICTER))
    row = adopt(trial, manager)
    assert (policy("bands"), row.changed_by, row.source) == (STRICTER, manager, "纪要")
    with pytest.raises(ValidationError):
        adopt(trial, manager, valid_from=timezone.localdate() + timedelta(days=9))


def test_what_was_not_tried_to_the_end_or_on_other_thresholds_is_not_put_in_force(manager):
    waiting, late = (trials.try_thresholds(actor=manager, value={**STRICTER, "red": red}) for red in (0.65, 0.75))
    with pytest.raises(ValidationError):
        adopt(waiting, manager)
    Trial.objects.filter(pk__in=[waiting.pk, late.pk]).update(status=Trial.Status.DONE)
    adopt(waiting, manager)
    with pytest.raises(ValidationError):
        adopt(late, manager, valid_from=timezone.localdate() + timedelta(days=9))
    assert policy("bands", timezone.localdate() + timedelta(days=20))["red"] == 0.65


@pytest.mark.parametrize("value", [{**STRICTER, "amber": 0.9}, {"red": 0.7, "amber": 0.3, "mapped": 0.9}])
def test_nonsense_and_no_change_are_refused(manager, value):
    with pytest.raises(ValidationError):
        trials.try_thresholds(actor=manager, value=value)
    assert not Trial.objects.exists()


def test_synonyms_are_tried_apart_from_this_process(manager):
    make_system("S9", "泊位云图看板", name="城市泊位系统")
    Capability.objects.filter(code="S9-01").update(text="鱼鳞图册在线浏览")
    make_project("P2", capabilities=(("阡陌卷宗在线浏览", 50),))
    stamp, groups = lexicon.stamp(), lexicon.groups()
    asked = trials.try_group(actor=manager, kind="object", members=["鱼鳞图册", "阡陌卷宗"], source="市档案馆")
    trial = tried(asked)
    assert (trial.status, trial.error) == (Trial.Status.DONE, "")
    appeared = [row for row in trial.result["changes"] if row["proposal"] == "P2"]
    assert [(row["kind"], row["target"]) for row in appeared] == [("appears", "S9")]
    assert (lexicon.stamp(), lexicon.groups()) == (stamp, groups)
    assert synonyms() == ()
    group = trials.adopt_synonyms(trial_id=trial.pk, actor=manager)
    assert group.is_active
    assert synonyms() == (("object", ("鱼鳞图册", "阡陌卷宗"), "市档案馆"),)
    off = tried(trials.try_switch(actor=manager, group_id=group.pk))
    assert [row["kind"] for row in off.result["changes"]] == ["disappears"]
    assert not trials.adopt_synonyms(trial_id=off.pk, actor=manager).is_active


def test_synonyms_that_others_switched_in_between_are_tried_again(manager):
    asked = trials.try_group(actor=manager, kind="object", members=["鱼鳞图册", "阡陌卷宗"], source="市档案馆")
    Trial.objects.update(status=Trial.Status.DONE)
    other = add_group(actor=manager, kind="object", members=["甲甲册", "乙乙册"], source="x")
    switch_group(actor=manager, group_id=other.pk, on=True)
    with pytest.raises(ValidationError):
        trials.adopt_synonyms(trial_id=asked.pk, actor=manager)
    assert SynonymGroup.objects.filter(is_active=True).get() == other


def test_empty_registry_ends_in_the_record(manager):
    trial = trials.try_thresholds(actor=manager, value=STRICTER)
    Capability.objects.all().delete()
    make_system("S0", SMS).__class__.objects.all().delete()
    found = tried(trial)
    assert (found.status, found.error) == (Trial.Status.FAILED, running.EMPTY)


def test_worker_that_breaks_ends_in_the_record(manager, monkeypatch):
    trial = trials.try_thresholds(actor=manager, value=STRICTER)
    monkeypatch.setattr(running, "LONGEST", -1.0)
    found = tried(trial)
    assert (found.status, found.error) == (Trial.Status.FAILED, running.TOO_LONG)
    again = trials.try_thresholds(actor=manager, value=STRICTER)
    Trial.objects.filter(pk=again.pk).update(after={"thresholds": STRICTER, "synonyms": [["no such kind", ["x"], ""]]})
    monkeypatch.setattr(running, "LONGEST", 60.0)
    found = tried(again)
    assert found.status == Trial.Status.FAILED
    assert "kind" in found.error


def test_carried_out_once(manager):
    trial = trials.try_thresholds(actor=manager, value=STRICTER)
    Trial.objects.filter(pk=trial.pk).update(status=Trial.Status.RUNNING, started_at=timezone.now())
    assert tried(trial).status == Trial.Status.RUNNING
    assert not trial.is_over
    Trial.objects.filter(pk=trial.pk).update(started_at=timezone.now() - timedelta(minutes=11))
    assert Trial.objects.get(pk=trial.pk).is_over


@pytest.mark.parametrize("role", [role for role in ASSIGNABLE if role is not Role.MANAGER])
def test_only_managers_try_and_adopt(manager, role):
    other = make_person("x", role, department=manager.department)
    trial = trials.try_thresholds(actor=manager, value=STRICTER)
    Trial.objects.update(status=Trial.Status.DONE)
    group = add_group(actor=manager, kind="object", members=["甲甲册", "乙乙册"], source="x")
    for act in (
        lambda: trials.try_thresholds(actor=other, value=STRICTER),
        lambda: trials.try_group(actor=other, kind="object", members=["丙丙册", "丁丁册"], source="x"),
        lambda: trials.try_switch(actor=other, group_id=group.pk),
        lambda: adopt(trial, other),
        lambda: trials.adopt_synonyms(trial_id=trial.pk, actor=other),
    ):
        with pytest.raises(PermissionDenied):
            act()
