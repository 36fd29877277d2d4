"""What earlier answers and decisions still say when a project is screened again."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from projects import queries, screening
from projects.models import Finding
from projects.states import Adjudication, Relation, Reply
from tests.projects.screening_rows import (
    FLOOD,
    make_inventory,
    make_policies,
    make_project,
    make_version_again,
    screened,
)

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


@pytest.fixture(autouse=True)
def _lexical(settings):
    settings.ENCODER = "lexical"
    screening._encoder.cache_clear()
    make_policies()
    make_inventory()


def found(project):
    """The current finding of the first capability."""
    return Finding.objects.get(project=project, is_current=True, relation=Relation.DUPLICATE, capability_code="P1-01")


def decided(project, decision, **facts):
    """The project screened, its finding decided."""
    screened(project)
    facts = {"decided_by": project.created_by, "decided_at": timezone.now(), "reason": "因为"} | facts
    Finding.objects.filter(pk=found(project).pk).update(decision=decision, **facts)
    return found(project)


def again(project, capabilities=((FLOOD, 100),)):
    """A new version, screened."""
    make_version_again(project, capabilities)
    screened(project)
    return found(project)


def test_only_the_newest_run_is_current():
    project = make_project()
    screened(project)
    screened(project)
    assert Finding.objects.filter(is_current=True).values("run").distinct().count() == 1
    assert Finding.objects.filter(is_current=False).exists()


@pytest.mark.parametrize(
    ("decision", "facts"),
    [
        (Adjudication.NOT_DUPLICATE, {}),
        (Adjudication.EXCEPTION, {"reason_code": "legal_compliance", "expires_on": TODAY() + timedelta(days=2)}),
    ],
)
def test_decision_that_lets_the_pair_stay_is_carried_over(decision, facts):
    project = make_project()
    before = decided(project, decision, **facts)
    after = again(project)
    assert after.pk != before.pk
    for name in ("decision", "reason_code", "reason", "decided_by", "decided_at", "expires_on"):
        assert getattr(after, name) == getattr(before, name)
    assert queries.open_findings(project) == []


def test_expired_exception_is_open_again():
    project = make_project()
    decided(project, Adjudication.EXCEPTION, expires_on=TODAY() - timedelta(days=1), reason_code="pilot_with_sunset")
    assert again(project).decision == ""


@pytest.mark.parametrize("capability", [(FLOOD + "，并归档", 100), ("防汛" + FLOOD, 100)])
def test_changed_text_is_a_new_question(capability):
    project = make_project()
    decided(project, Adjudication.NOT_DUPLICATE)
    assert again(project, [capability]).decision == ""


def test_changed_registry_text_is_a_new_question():
    project = make_project()
    system = decided(project, Adjudication.NOT_DUPLICATE).system
    system.capabilities.update(text=FLOOD + "，并归档")
    assert again(project).decision == ""


@pytest.mark.parametrize("decision", [Adjudication.CUT, Adjudication.REUSE, Adjudication.UPGRADE])
def test_cut_is_remembered_with_the_money_it_touched(decision):
    project = make_project()
    decided(project, decision)
    after = again(project, [(FLOOD, 60)])
    assert (after.decision, after.prior_decision, after.prior_money) == ("", decision, Decimal(100))
    assert not after.is_settled


def test_cut_is_remembered_although_the_text_was_changed():
    project = make_project()
    decided(project, Adjudication.CUT)
    after = again(project, [(FLOOD + "，并归档", 60)])
    assert (after.prior_decision, after.prior_money) == (Adjudication.CUT, Decimal(100))


def carried_out(project):
    """A cut, the cut version, and the manager's second word on it."""
    decided(project, Adjudication.CUT)
    second = again(project, [(FLOOD, 60)])
    Finding.objects.filter(pk=second.pk).update(
        decision=Adjudication.CUT, decided_by=project.created_by, decided_at=timezone.now()
    )
    assert found(project).is_settled


@pytest.mark.parametrize(("money", "settled"), [(60, True), (50, True), (61, False), (100, False)])
def test_cut_that_was_carried_out_stays_settled_while_the_money_stays_cut(money, settled):
    project = make_project()
    carried_out(project)
    assert again(project, [(FLOOD, money)]).is_settled is settled


def test_later_decision_on_the_pair_wins():
    project = make_project()
    decided(project, Adjudication.NOT_DUPLICATE, decided_at=timezone.now() - timedelta(days=2))
    Finding.objects.filter(pk=again(project).pk).update(decision=Adjudication.REJECT, decided_at=timezone.now())
    assert again(project).decision == ""


def test_answer_is_carried_over_while_the_texts_stand():
    project = make_project()
    screened(project)
    said = {"reply": Reply.EXPLAIN, "reply_text": "对象不同", "replied_by": project.created_by}
    said["replied_at"] = timezone.now()
    Finding.objects.filter(pk=found(project).pk).update(**said)
    after = again(project, [(FLOOD, 90)])
    assert {name: getattr(after, name) for name in said} == said
    assert again(project, [(FLOOD + "，并归档", 90)]).reply == ""


def test_another_projects_decisions_do_not_count():
    decided(make_project(), Adjudication.NOT_DUPLICATE)
    other = make_project("P2", department=Finding.objects.first().project.department)
    screened(other)
    assert not Finding.objects.filter(project=other, system__isnull=False).exclude(decision="").exists()


def twins(text=FLOOD):
    """Two capabilities in the same words, screened: their findings against the one system."""
    project = make_project(capabilities=((text, 100), (text, 40)))
    screened(project)
    return project, *pair(project)


def pair(project):
    """The current findings of both, in the order of their codes."""
    found = Finding.objects.filter(project=project, is_current=True, relation=Relation.DUPLICATE)
    first, second = found.order_by("capability_code")
    return first, second


def decide(finding, decision, **facts):
    """Write a decision on one finding."""
    facts = {"decided_by": finding.project.created_by, "decided_at": timezone.now(), "reason": "因为"} | facts
    Finding.objects.filter(pk=finding.pk).update(decision=decision, **facts)


def test_of_two_capabilities_in_the_same_words_each_keeps_its_own_decision():
    project, first, second = twins()
    decide(first, Adjudication.REJECT)
    decide(second, Adjudication.NOT_DUPLICATE)
    for _time in range(2):  # the run is repeated, and repeated
        screened(project)
        assert [finding.decision for finding in pair(project)] == [Adjudication.REJECT, Adjudication.NOT_DUPLICATE]


def test_false_positive_is_one_for_a_capability_that_repeats_the_words():
    project, first, _second = twins()
    decide(first, Adjudication.NOT_DUPLICATE)
    screened(project)
    assert [finding.decision for finding in pair(project)] == [Adjudication.NOT_DUPLICATE] * 2


@pytest.mark.parametrize("decision", [Adjudication.EXCEPTION, Adjudication.CUT])
def test_exception_or_cut_speaks_of_its_own_money_alone(decision):
    project, first, _second = twins()
    decide(first, decision, expires_on=TODAY() + timedelta(days=9), reason_code="pilot_with_sunset")
    screened(project)
    assert pair(project)[1].decision == ""


def test_dismissed_pair_stays_dismissed_however_often_it_is_screened():
    project = make_project()
    before = decided(project, Adjudication.NOT_DUPLICATE)
    for _time in range(3):
        screened(project)
    after = found(project)
    assert (after.decision, after.decided_at) == (Adjudication.NOT_DUPLICATE, before.decided_at)


@pytest.mark.parametrize(("days", "settled"), [(-1, False), (0, True), (1, True), (None, True)])
def test_exception_holds_through_its_last_day(days, settled):
    expires = None if days is None else TODAY() + timedelta(days=days)
    finding = Finding(decision=Adjudication.EXCEPTION, expires_on=expires)
    assert (finding.is_settled, finding.has_lapsed, finding.awaits_decision) == (settled, not settled, not settled)
