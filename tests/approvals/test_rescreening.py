"""A change of the registry: the open cases that it concerns are screened again, the others and the settled ones not."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from approvals import rescreening, tasks
from approvals.case_file import export
from approvals.models import RegistryCheck
from approvals.screening_services import screen_and_advance
from portfolio import services
from portfolio.imports.facts import CapabilityFacts, SystemFacts
from portfolio.models import Capability, System
from portfolio.signals import inventory_changed
from projects import screening
from projects.models import Finding, ScreeningRun
from projects.states import RunStatus, State
from tests.approvals.acting import act, fresh, pass_reviews, put, said
from tests.cast import TEXTS, make_case
from tests.projects.making import make_system

pytestmark = pytest.mark.django_db
SAME, OTHER = TEXTS[1], TEXTS[3]


def newest(project):
    """The newest run of a project."""
    return ScreeningRun.objects.filter(project=project).order_by("-pk").first()


def register(city, code="S950", text=SAME):
    """A new system with this capability, without any signal."""
    system = make_system(city.office, code, name=f"系统{code}", description="")
    Capability.objects.create(system=system, code=f"{code}-01", text=text)
    return system


def worked():
    """Look at the changes and carry out what was queued, as the task does."""
    queued = rescreening.rescreen_affected()
    for run in queued:
        screen_and_advance(run)
    return queued


@pytest.mark.parametrize("state", [State.REVIEW, State.ADJUDICATION])
def test_new_system_that_does_the_same_is_found_in_an_open_case(city, state):
    case = make_case(city, State.REVIEW, text=SAME)
    put(case, state)
    before = newest(case)
    assert worked() == []
    register(city)
    assert len(worked()) == 1
    run = newest(case)
    assert (run.status, run.registry_check.because) == (RunStatus.SUCCEEDED, ["S950"])
    assert run.pk != before.pk
    assert Finding.objects.filter(project=case, is_current=True, system__code="S950", run=run).exists()
    assert worked() == []  # once


def test_system_on_another_matter_changes_nothing(city):
    case = make_case(city, State.REVIEW, text=SAME)
    before = newest(case)
    register(city, text="锅炉压力容器检验")
    assert worked() == []
    assert newest(case) == before
    assert before.registry_check.seen > 0


def test_only_the_case_that_is_concerned_is_screened_again(city):
    one, other = make_case(city, State.REVIEW, text=SAME), make_case(city, State.REVIEW, ref="P902", text=OTHER)
    register(city, text=SAME)
    worked()
    assert [run.registry_check.because for run in one.runs.order_by("pk")] == [[], ["S950"]]
    assert [run.registry_check.because for run in other.runs.order_by("pk")] == [[]]


def test_system_that_a_finding_points_at_is_looked_at_whatever_it_says_now(city):
    case = make_case(city, State.REVIEW, text=SAME)
    system = register(city)
    worked()
    Capability.objects.filter(system=system).update(text="锅炉压力容器检验")
    assert len(worked()) == 1
    assert newest(case).registry_check.because == ["S950"]
    assert not Finding.objects.filter(project=case, is_current=True, system=system).exclude(relation="related").exists()


@pytest.mark.parametrize("state", [State.EXPERT_REVIEW, State.DECISION])
def test_settled_case_is_told_and_not_taken_back(city, client, state):
    case = make_case(city, state, text=SAME, amount="150.00")
    before, seq = newest(case), fresh(case).seq
    register(city)
    assert worked() == []
    check = RegistryCheck.objects.get(run=before)
    assert (newest(case), check.since, fresh(case).state, fresh(case).seq) == (before, ["S950"], state, seq)
    client.force_login(city.manager)
    page = client.get(reverse("approvals:case", args=[case.ref])).content.decode()
    assert reverse("portfolio:system", args=["S950"]) in page
    assert export(fresh(case))["screenings"][-1]["changed_since"] == ["S950"]
    register(city, "S951")
    worked()
    assert RegistryCheck.objects.get(run=before).since == ["S950", "S951"]


@pytest.mark.parametrize("state", [State.DRAFT, State.INTAKE, State.APPROVED])
def test_case_that_is_not_screened_now_is_left_alone(city, state):
    case = make_case(city, state, text=SAME)
    before = newest(case)
    register(city)
    assert worked() == []
    assert newest(case) == before


def test_waiting_and_failed_runs_are_left_alone(city):
    case = make_case(city, State.REVIEW, text=SAME)
    register(city)
    for status in (RunStatus.QUEUED, RunStatus.FAILED):
        ScreeningRun.objects.filter(project=case).update(status=status)
        assert worked() == []
    ScreeningRun.objects.filter(project=case).update(status=RunStatus.RUNNING, started_at=timezone.now())
    assert len(rescreening.rescreen_affected()) == 1  # what is under way may have read the registry before


def test_gate_is_shut_while_the_new_run_waits_and_after_it_failed(city, monkeypatch):
    case = make_case(city, State.REVIEW, text=SAME)
    register(city, text=SAME)
    (run,) = rescreening.rescreen_affected()
    pass_reviews(case, "planning", "requirements", "standards")
    assert fresh(case).state == State.REVIEW
    monkeypatch.setattr(screening.store, "save", lambda *_: 1 / 0)
    screen_and_advance(run)
    assert newest(case).status == RunStatus.FAILED
    assert fresh(case).state == State.REVIEW
    assert worked() == []
    monkeypatch.undo()
    assert said(case, "rescreen", city.planner) == "refused"
    act(case, "rescreen", city.manager)
    screen_and_advance(newest(case).pk)
    assert fresh(case).state == State.ADJUDICATION


def test_screening_again_is_not_for_a_run_that_succeeded(city):
    case = make_case(city, State.REVIEW, text=SAME)
    assert said(case, "rescreen", city.manager) == "blocked"


@pytest.mark.parametrize("decision", ["cut", "reuse", "not_duplicate", "merge"])
def test_what_was_decided_answered_and_dated_stands(city, decision):
    case = make_case(city, State.REVIEW, text=SAME)
    register(city)
    worked()
    found = timezone.now() - timedelta(days=9)
    facts = {"decision": decision, "decided_by": city.manager, "decided_at": timezone.now(), "reason": "理由",
             "reply": "explain", "reply_text": "不同", "replied_at": found, "found_at": found}  # fmt: skip
    old = Finding.objects.get(project=case, is_current=True, system__code="S950")
    Finding.objects.filter(pk=old.pk).update(**facts)
    register(city, "S951")
    assert len(worked()) == 1
    row = Finding.objects.get(project=case, is_current=True, system__code="S950")
    assert row.pk != old.pk
    assert (row.decision, row.reason, row.reply_text, row.found_at) == (decision, "理由", "不同", found)
    fresh_one = Finding.objects.get(project=case, is_current=True, system__code="S951")
    assert (fresh_one.decision, fresh_one.found_at > found) == ("", True)
    old.refresh_from_db()
    assert (old.is_current, old.decision) == (False, decision)


def test_import_sets_it_going_after_the_commit(city, django_capture_on_commit_callbacks):
    case = make_case(city, State.REVIEW, text=SAME)
    facts = SystemFacts("S900", {}, [CapabilityFacts("S900-01", SAME)])
    with django_capture_on_commit_callbacks(execute=True):
        services.save_system(facts=facts, version=System.objects.get(code="S900").version)
    assert newest(case).registry_check.because == ["S900"]
    assert newest(case).status == RunStatus.SUCCEEDED


def test_with_a_broker_a_worker_does_it(city, settings, monkeypatch, django_capture_on_commit_callbacks):
    case = make_case(city, State.REVIEW, text=SAME)
    register(city)
    settings.CELERY_BROKER_URL = "redis://nowhere"
    called = []
    monkeypatch.setattr(tasks.rescreen_affected, "delay", lambda: called.append("look"))
    monkeypatch.setattr(tasks.screen, "delay", called.append)
    inventory_changed.send(sender=System, codes=("S950",))
    assert called == ["look"]
    with django_capture_on_commit_callbacks(execute=True):
        tasks.rescreen_affected()
    assert called == ["look", newest(case).pk]
    assert newest(case).status == RunStatus.QUEUED


def test_two_looks_at_once_queue_one_run(city):
    case = make_case(city, State.REVIEW, text=SAME)
    register(city)
    stale = newest(case)
    assert len(rescreening.rescreen_affected()) == 1
    assert rescreening._note(stale, ["S950"], 10**6) is None
    assert case.runs.count() == 2


def test_case_page_says_why_it_was_screened_again(city, client):
    case = make_case(city, State.REVIEW, text=SAME)
    register(city)
    worked()
    client.force_login(city.manager)
    page = client.get(reverse("approvals:case", args=[case.ref])).content.decode()
    assert reverse("portfolio:system", args=["S950"]) in page
    assert export(fresh(case))["screenings"][-1]["because_of"] == ["S950"]


@pytest.mark.django_db(transaction=True)
def test_doorbell_that_does_not_ring_undoes_nothing(city, monkeypatch, caplog):
    case = make_case(city, State.INTAKE, text=SAME)

    def broken(_run_id):
        raise ConnectionError("no broker")

    monkeypatch.setattr(tasks, "screen", broken)
    act(case, "accept", city.intake)
    assert fresh(case).state == State.SCREENING
    assert newest(case).status == RunStatus.QUEUED  # the sweep takes it up
    assert "no broker" in caplog.text
