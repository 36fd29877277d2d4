"""Decisions as a labelled set: what it says of each pair, and that the engine can measure itself on it."""

import json
import subprocess
import sys
import zipfile
from io import BytesIO

import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from duplicates import files
from projects import screening
from projects.labels import archive, labelled_set
from projects.models import Finding
from projects.states import Adjudication
from tests.projects.screening_rows import (
    FLOOD,
    SEAL,
    SMS,
    make_inventory,
    make_policies,
    make_project,
    make_system,
    make_version_again,
    screened,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def project(settings):
    """A project that meets three systems, screened."""
    settings.ENCODER = "lexical"
    screening._encoder.cache_clear()
    make_policies()
    make_inventory()
    make_system("S2", SMS)
    make_system("S3", SEAL)
    project = make_project(capabilities=((FLOOD, 70), (SMS, 20), (SEAL, 10)))
    screened(project)
    assert judged(project).count() == 3
    return project


def judged(project):
    """The findings that count."""
    return Finding.objects.filter(project=project, is_current=True).exclude(relation="related")


def decide(project, **decisions):
    """Decide findings by the system they meet: S1="cut", …"""
    for code, decision in decisions.items():
        facts = {"decided_by": project.created_by, "decided_at": timezone.now(), "reason": "因为"}
        assert judged(project).filter(system__code=code).update(decision=decision, **facts) == 1


def matches(rows):
    """Capability → its matches."""
    return {row["capability"]: row["matches"] for row in rows["truth"]}


def test_each_decision_says_what_it_means(project):
    decide(project, S1=Adjudication.CUT, S2=Adjudication.NOT_DUPLICATE)
    rows = labelled_set()
    assert matches(rows) == {
        "P1-01": [{"system": "S1", "capability": "S1-01", "grade": 2}],
        "P1-02": [],
        "P1-03": [{"system": "S3", "capability": "S3-01", "grade": 1, "excluded": True}],
    }
    assert [row["code"] for row in rows["proposals"]] == ["P1"]
    assert len(rows["systems"]) == 13
    assert rows["verdicts"] == []  # one finding is not judged yet


@pytest.mark.parametrize(
    ("last", "verdict", "main"),
    [
        (Adjudication.REUSE, "duplicate", ["S1", "S2", "S3"]),
        (Adjudication.EXCEPTION, "duplicate", ["S1", "S2", "S3"]),
        (Adjudication.NOT_DUPLICATE, "duplicate", ["S1", "S2"]),
    ],
)
def test_verdict_follows_the_money_that_was_confirmed(project, last, verdict, main):
    decide(project, S1=Adjudication.CUT, S2=Adjudication.MERGE, S3=last)
    assert labelled_set()["verdicts"] == [{"proposal": "P1", "verdict": verdict, "main_systems": main}]


def test_all_dismissed_is_no_duplicate(project):
    decide(project, S1="not_duplicate", S2="not_duplicate", S3="not_duplicate")
    rows = labelled_set()
    assert rows["verdicts"] == [{"proposal": "P1", "verdict": "none", "main_systems": []}]
    assert list(matches(rows).values()) == [[], [], []]


def test_what_was_reworded_since_is_no_label(project):
    decide(project, S1=Adjudication.CUT, S2=Adjudication.CUT)
    make_version_again(project, ((FLOOD + "，并归档", 70), (SMS, 20)))
    rows = labelled_set()
    assert list(matches(rows)) == ["P1-02"]
    Finding.objects.get(system__code="S2", is_current=True).system.capabilities.update(text="别的")
    assert matches(labelled_set())["P1-02"][0]["excluded"] is True


def test_copied_decision_is_one_label_and_one_round_may_be_chosen(project):
    decide(project, S1=Adjudication.NOT_DUPLICATE)
    before = labelled_set()
    screened(project)
    assert labelled_set() == before
    assert labelled_set("R2026") == before
    assert labelled_set("R1")["proposals"] == []


def test_archive_holds_the_four_files_and_is_the_same_for_the_same_rows(project):
    decide(project, S1=Adjudication.CUT)
    data = archive(labelled_set())
    assert data == archive(labelled_set())
    with zipfile.ZipFile(BytesIO(data)) as bundle:
        assert bundle.namelist() == ["systems.jsonl", "proposals.jsonl", "truth.jsonl", "verdicts.jsonl"]
        assert json.loads(bundle.read("proposals.jsonl"))["capabilities"][0]["budget"] == 70


def test_engine_measures_and_fits_itself_on_the_export(project, tmp_path):
    decide(project, S1=Adjudication.CUT, S2=Adjudication.REUSE, S3=Adjudication.NOT_DUPLICATE)
    call_command("export_labels", out=tmp_path, verbosity=0)
    labelled = files.labelled(tmp_path)  # what duplicates.fit reads a folder with
    assert len(labelled.truth) == 2
    assert len(labelled.verdicts) == 1
    names = [f"--{name}={tmp_path / name}.jsonl" for name in ("systems", "proposals", "truth", "verdicts")]
    done = subprocess.run(
        [sys.executable, "-m", "duplicates", "evaluate", *names, "--encoder", "lexical", "--json"],
        cwd=settings.BASE_DIR, capture_output=True, text=True, check=True,
    )  # fmt: skip
    figures = json.loads(done.stdout)
    assert figures["pairs"]["recall"] == 1.0
    assert figures["pairs"]["precision"] == pytest.approx(2 / 3, abs=0.001)  # the dismissed one is a false alarm
    assert figures["verdicts"]["accuracy"] == 1.0


def test_folder_that_cannot_be_written_is_named(project, tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_labels", out=tmp_path / "file" / "under", verbosity=0)
