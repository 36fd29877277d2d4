"""A same-round finding is shown on both projects, whichever came first."""

import threading
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import timezone

from planning.models import PolicyRow
from projects import screening
from projects.models import Finding
from projects.screening import request_run
from projects.states import Adjudication, Band, Relation, RunStatus, State
from tests.projects.screening_rows import (
    SEAL,
    SMS,
    make_inventory,
    make_policies,
    make_project,
    make_round,
    make_version_again,
    newest,
    screened,
    walk,
)

pytestmark = pytest.mark.django_db
# An SQLite in memory answers a second writer with an error instead of letting it wait.
needs_real_locks = pytest.mark.skipif(connection.vendor == "sqlite", reason="needs a database with waiting writers")


@pytest.fixture(autouse=True)
def _lexical(settings):
    settings.ENCODER = "lexical"
    screening._encoder.cache_clear()
    make_policies()
    make_inventory()


def sides(project):
    """Current same-round findings on a project."""
    return list(Finding.objects.filter(project=project, is_current=True, relation=Relation.SAME_ROUND).order_by("pk"))


def pair(state=State.REVIEW, *, first=((SMS, 40), (SEAL, 60)), second=((SMS, 200),)):
    """A project in `state` that was screened alone, and a later one that meets it, screened."""
    early = make_project("P1", first, state=State.SCREENING)
    screened(early)
    assert sides(early) == []
    if state != State.SCREENING:
        ways = {
            State.REVIEW: ("pass_screening",),
            State.ADJUDICATION: ("pass_screening", "to_adjudication"),
            State.CORRECTION: ("pass_screening", "return_for_correction"),
            State.DECISION: ("pass_screening", "to_decision"),
            State.APPROVED: ("pass_screening", "to_decision", "approve"),
            State.MERGED: ("pass_screening", "to_adjudication", "merge"),
        }
        walk(early, *ways[state])
    late = make_project("P2", second)
    run = screened(late)
    assert run.status == RunStatus.SUCCEEDED, run.error
    return early, late


@pytest.mark.parametrize("state", [State.SCREENING, State.REVIEW, State.ADJUDICATION, State.CORRECTION])
def test_later_project_puts_the_finding_on_both(state):
    early, late = pair(state)
    [mine], [theirs] = sides(late), sides(early)
    assert (mine.other_project, theirs.other_project) == (early, late)
    assert (theirs.capability_code, theirs.matched_code) == ("P1-01", "P2-01")
    assert (mine.capability_code, mine.matched_code) == ("P2-01", "P1-01")
    assert (theirs.capability_text, theirs.matched_text) == (mine.matched_text, mine.capability_text)
    assert (mine.money, theirs.money) == (Decimal(200), Decimal(40))
    assert (mine.band, theirs.band) == (Band.RED, Band.AMBER)
    assert theirs.run == early.runs.first()
    assert late.title in theirs.explanation_zh
    recorded = {row["code"]: row["coverage"] for row in early.runs.first().record["peer_coverage"]}
    assert recorded == {"P2": 0.4}
    assert late.runs.first().record["mirrored_on"] == ["P1"]
    assert [row["coverage"] for row in late.runs.first().record["peer_coverage"]] == [1.0]


def test_evidence_of_the_other_side_points_into_its_own_texts():
    early, late = pair(first=((SMS, 40),), second=(("发送预警短信：" + SMS, 200),))
    [mine], [theirs] = sides(late), sides(early)
    swapped = [(part["existing"], part["proposed"]) for part in theirs.evidence if part["kind"] == "shared_term"]
    assert swapped == [(part["proposed"], part["existing"]) for part in mine.evidence if part["kind"] == "shared_term"]
    for part in theirs.evidence:
        for start, end in part["proposed"]:
            assert part["term"] == theirs.capability_text[start:end] or part["kind"] != "shared_term"
    assert not {"not_covered", "generic"} & {part["kind"] for part in theirs.evidence}


@pytest.mark.parametrize("state", [State.APPROVED, State.DECISION])
def test_project_past_adjudication_is_not_touched(state):
    early, late = pair(state)
    assert [finding.other_project for finding in sides(late)] == [early]
    assert sides(early) == []


def test_ended_project_is_not_compared():
    _early, late = pair(State.MERGED)
    assert sides(late) == []


def test_project_of_another_round_is_not_compared():
    early = make_project("P1", [(SMS, 40)])
    screened(early)
    late = make_project("P2", [(SMS, 40)], round=make_round("R2027"))
    screened(late)
    assert sides(early) + sides(late) == []


def test_second_run_of_the_later_project_adds_no_second_mirror():
    early, late = pair()
    screened(late)
    assert len(sides(early)) == 1
    assert len(sides(late)) == 1


def test_own_run_keeps_the_mirror():
    early, late = pair()
    screened(early)
    [theirs] = sides(early)
    assert theirs.other_project == late
    assert theirs.run == early.runs.first()


def test_decided_pair_is_not_touched():
    early, late = pair()
    Finding.objects.filter(pk=sides(early)[0].pk).update(
        decision=Adjudication.NOT_DUPLICATE, decided_by=early.created_by, decided_at=timezone.now(), band=Band.GREEN
    )
    before = Finding.objects.filter(pk=sides(early)[0].pk).values().get()
    screened(late)
    assert [Finding.objects.filter(pk=finding.pk).values().get() for finding in sides(early)] == [before]


def test_mirror_goes_when_the_other_project_no_longer_asks():
    early, late = pair()
    make_version_again(late, [(SEAL.replace("电子印章", "公文用纸"), 10)])
    screened(late)
    assert [finding for finding in sides(early) if finding.matched_text == SMS] == []


def test_decided_mirror_stays_although_the_other_project_changed():
    early, late = pair()
    Finding.objects.filter(pk=sides(early)[0].pk).update(decision=Adjudication.CUT, decided_at=timezone.now())
    make_version_again(late, [("公文用纸采购登记", 10)])
    screened(late)
    assert [finding.decision for finding in sides(early)] == [Adjudication.CUT]


def test_run_that_was_under_way_fetches_the_other_side():
    """The later project is screened while the earlier one waits: there is no run yet to put the mirror on."""
    early = make_project("P1", [(SMS, 40)])
    waiting = request_run(early, newest(early))
    late = make_project("P2", [(SMS, 200)])
    screened(late)
    assert sides(early) == []
    Finding.objects.filter(project=late).update(score=0.77)
    screening.execute(waiting.pk)
    assert len(sides(early)) == len(sides(late)) == 1


def test_pair_that_only_one_side_sees_is_shown_on_both():
    """What the other project has found against this one is fetched although this comparison does not see it."""
    early, late = pair(first=((SMS, 40), ("社区食堂订餐配送", 60)))
    [mine] = sides(late)
    mine.pk, mine.matched_code, mine.matched_text = None, "P1-02", "社区食堂订餐配送"
    mine.save()
    run = screened(early)
    assert [(row.capability_code, row.band) for row in sides(early)] == [("P1-01", Band.RED), ("P1-02", Band.RED)]
    assert run.band == Band.RED


@pytest.mark.postgres
@needs_real_locks
@pytest.mark.django_db(transaction=True)
def test_two_projects_screened_at_the_same_time_meet_once_on_both():
    both = [make_project(ref, [(SMS, 40)]) for ref in ("P1", "P2")]
    runs = [request_run(project, newest(project)) for project in both]
    start = threading.Barrier(2)

    def work(run):
        try:
            start.wait()
            screening.execute(run.pk)
        finally:
            connection.close()

    workers = [threading.Thread(target=work, args=(run,)) for run in runs]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [project.runs.first().status for project in both] == [RunStatus.SUCCEEDED] * 2
    assert [len(sides(project)) for project in both] == [1, 1]


def test_stale_finding_of_the_other_side_is_not_fetched():
    early, late = pair()
    make_version_again(early, [("社区食堂订餐配送", 60)])
    screened(early)
    assert sides(early) == []


def test_what_is_only_related_counts_on_neither_side():
    bands = {"red": 0.7, "amber": 0.3, "mapped": 0.9, "finding": 1.0, "untagged": 1.0}
    PolicyRow.objects.filter(key="bands").update(value=bands)
    early, late = pair()
    met = Finding.objects.filter(project=late, other_project=early)
    assert [row.relation for row in met] == [Relation.RELATED]
    assert not Finding.objects.filter(other_project=late).exists()
    screened(early)
    assert sides(early) == sides(late) == []
