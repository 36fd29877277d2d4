"""Tampering is found and the first bad row is named, in the database and in an exported file, with any algorithm."""

import hashlib
import json
import random
import subprocess
import sys
from datetime import timedelta
from io import StringIO

import pytest
from django.conf import settings as project_settings
from django.core.management import CommandError, call_command
from django.db import transaction

from approvals.audit import problems
from approvals.case_file import export
from approvals.management.commands.workflow_docs import WRITERS
from approvals.models import Decision
from approvals.reviews import REVIEW_STEPS
from approvals.verify_case_file import FIELDS, check, first_bad_row
from approvals.workflow import WORKFLOW
from config.demo.walk import Walker
from projects.models import Version
from projects.states import State
from tests.approvals.acting import ITEM, act, answer_all, fresh, guards_down, review_of
from tests.cast import make_case

pytestmark = [pytest.mark.postgres, pytest.mark.django_db]
VERIFIER = project_settings.BASE_DIR / "approvals" / "verify_case_file.py"


@pytest.fixture
def case(city):
    """A case with decisions of persons, reviewers and the system, and two versions."""
    found = make_case(city, State.INTAKE)
    act(found, "return_for_correction", city.intake, items=[ITEM])
    answer_all(found, city.applicant)
    act(found, "resubmit", city.applicant)
    Walker().to(found.ref, State.DECISION)
    return fresh(found)


def broken_after(change) -> list[str]:
    """What the audit says once `change` was made with the guards down; everything is put back."""
    with transaction.atomic():
        with guards_down() as cursor:
            change(cursor)
        said = [line for line in problems() if not line.startswith("database guard")]
        transaction.set_rollback(True)
    return said


def row_of(case, seq):
    """One row, to be written over."""
    return Decision.objects.filter(project=case, seq=seq)


def changes(case, city):
    """Another value for every column of a decision row."""
    row = row_of(case, 6).get()
    other = make_case(city, State.INTAKE, ref="P902")
    return {
        "action": "file", "source": "draft", "target": "approved", "actor": city.manager, "mandate": "manager@M01",
        "on_behalf_of": city.approver,
        "comment": "改过", "payload": {"x": 1}, "checks": [], "version": Version.objects.get(project=other),
        "review": review_of(case, "standards"), "review_source": "passed", "review_target": "failed",
        "taken_at": row.taken_at + timedelta(microseconds=1), "algorithm": "sha256", "previous": "0" * 64,
        "digest": "f" * 64,
    }  # fmt: skip


def test_intact_history_is_called_intact(case):
    assert list(problems()) == []
    call_command("verify_audit", stdout=(said := StringIO()))
    assert said.getvalue() == f"intact: {case.seq} decisions\n"


def test_change_of_any_column_is_found(case, city):
    values = changes(case, city)
    columns = {field.name for field in Decision._meta.concrete_fields} - {"id", "project", "seq"}
    assert set(values) == columns
    for name, value in values.items():
        said = broken_after(lambda _cursor, name=name, value=value: row_of(case, 6).update(**{name: value}))
        reason = (
            "does not continue from the row before it" if name == "previous" else "was changed after it was written"
        )
        assert said == [f"P901 decision 6: {reason}"], name


def test_everything_that_is_hashed_is_in_the_row(case):
    assert set(case.decisions.first().as_row()) == set(FIELDS)


def test_only_the_first_bad_row_of_a_project_is_named(case, city):
    other = make_case(city, State.INTAKE, ref="P902")

    def several(_cursor):
        for project, seq in ((case, 4), (case, 7), (other, 1)):
            row_of(project, seq).update(comment="改过")

    assert broken_after(several) == [
        "P901 decision 4: was changed after it was written",
        "P902 decision 1: was changed after it was written",
    ]


def test_row_that_was_taken_out_is_found(case):
    seq = case.decisions.get(action="endorse").seq
    said = broken_after(lambda cursor: cursor.execute("DELETE FROM approvals_decision WHERE seq = %s", [seq]))
    assert said == [f"P901 decision {seq}: is missing (found {seq + 1})"]


def test_rows_that_changed_places_are_found(case):
    def swap(_cursor):
        for old, new in ((3, 900), (5, 3), (900, 5)):
            row_of(case, old).update(seq=new)

    assert broken_after(swap) == ["P901 decision 3: does not continue from the row before it"]


def test_row_that_was_put_between_is_found(case):
    def insert(_cursor):
        for seq in range(case.seq, 4, -1):
            row_of(case, seq).update(seq=seq + 1)
        extra = row_of(case, 4).get()
        extra.pk, extra.seq, extra.comment, extra.previous = None, 5, "加塞", extra.digest
        extra.save(force_insert=True)

    assert broken_after(insert)[0] == "P901 decision 5: was changed after it was written"


def test_tail_that_was_cut_off_is_found(case):
    said = broken_after(lambda cursor: cursor.execute("DELETE FROM approvals_decision WHERE seq >= %s", [case.seq]))
    assert "P901: the newest decision does not match the project" in said


def test_state_that_was_written_over_is_found(case):
    said = broken_after(lambda cursor: cursor.execute("UPDATE projects_project SET state = 'approved'"))
    assert said == ["P901: is approved, its last decision led to decision"]


def test_version_that_was_changed_is_found(case):
    def grow(_cursor):
        version = Version.objects.get(project=case, number=2)
        version.snapshot["budget"]["lines"][0]["amount"] = "500.00"
        Version.objects.filter(pk=version.pk).update(snapshot=version.snapshot)

    assert broken_after(grow) == ["P901 version 2: was changed after it was submitted"]


def test_version_that_was_changed_with_its_hash_is_found(case):
    def forge(_cursor):
        Version.objects.filter(project=case, number=2).update(snapshot={}, digest=digest_of_nothing())

    assert broken_after(forge)[0].startswith("P901 decision 4: was changed")


def digest_of_nothing():
    """The hash of an empty snapshot."""
    return "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"


def test_command_names_the_first_bad_row_and_fails(case):
    with guards_down():
        row_of(case, 3).update(comment="改过")
    errors = StringIO()
    with pytest.raises(CommandError, match="BROKEN: database guard"):
        call_command("verify_audit", stderr=errors)
    assert "P901 decision 3: was changed after it was written" in errors.getvalue()


# --- algorithms -----------------------------------------------------------------------------------------------------


def reckoned(row):
    """The hash of a row, worked out from what is written about it and not by the product."""
    names = (
        "project seq action source target actor mandate comment payload checks version version_digest review "
        "review_source review_target taken_at algorithm"
    )
    values = [row["previous"], *(row[name] for name in names.split())]
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.new(row["algorithm"], text.encode()).hexdigest()


@pytest.mark.parametrize(("first", "second"), [("sm3", "sha256"), ("sha256", "sm3")])
def test_chain_may_cross_a_change_of_algorithm(city, settings, first, second):
    settings.AUDIT_DIGEST = first
    case = make_case(city, State.INTAKE)
    settings.AUDIT_DIGEST = second
    case = Walker().to(case.ref, State.APPROVED)
    used = list(case.decisions.order_by("seq").values_list("algorithm", flat=True))
    assert used == [first] * 2 + [second] * (case.seq - 2)
    assert list(problems()) == []
    exported = json.loads(json.dumps(export(case)))
    assert check(exported) is None
    assert [row["digest"] for row in exported["decisions"]] == [reckoned(row) for row in exported["decisions"]]
    assert broken_after(lambda _cursor: row_of(case, 2).update(comment="改过")) == [
        "P901 decision 2: was changed after it was written"
    ]


# --- the file -------------------------------------------------------------------------------------------------------


def verify(path):
    """(exit status, what it says) of the stand-alone verifier: no site-packages, no environment, no project."""
    command = [sys.executable, "-S", "-I", str(VERIFIER), *([str(path)] if path else [])]
    done = subprocess.run(command, cwd=path.parent if path else None, check=False, capture_output=True, text=True)
    return done.returncode, done.stdout.strip() + done.stderr.strip()


@pytest.fixture
def case_file(case, tmp_path):
    """The case as `manage.py export_case` writes it."""
    call_command("export_case", case.ref, stdout=(said := StringIO()))
    path = tmp_path / "P901.json"
    path.write_text(said.getvalue(), encoding="utf-8")
    return path


def test_exported_file_is_verified_without_the_product(case, case_file):
    assert verify(case_file) == (0, f"intact: {case.seq} decisions")


def test_changed_file_is_called_broken(case_file):
    text = case_file.read_text(encoding="utf-8")
    case_file.write_text(text.replace("同意申报", "同意审报", 1), encoding="utf-8")
    status, said = verify(case_file)
    assert (status, said.split(" was")[0]) == (1, "BROKEN: decision 2")


def test_verifier_refuses_what_it_cannot_read(tmp_path):
    for text in ("", "{}", "[]", '{"decisions": [{}], "project": {}, "versions": []}', "\x00"):
        path = tmp_path / "x.json"
        path.write_text(text, encoding="utf-8")
        status, said = verify(path)
        assert (status, said[:10]) == (2, "unreadable")
    assert verify(tmp_path / "none.json")[0] == 2
    assert verify(None)[0] == 2


def test_no_changed_byte_goes_unnoticed(case_file):
    whole = json.loads(case_file.read_text(encoding="utf-8"))
    text = json.dumps(whole, ensure_ascii=False)
    chance = random.Random(7)
    for position in chance.sample(range(len(text)), 400):
        old = text[position]
        changed = text[:position] + ("1" if old != "1" else "2") + text[position + 1 :]
        try:
            found = json.loads(changed)
            said = check(found)
        except (ValueError, KeyError, TypeError):
            continue
        assert said is not None or history(found) == history(whole), changed[max(0, position - 40) : position + 40]


def history(case_file):
    """What the file is about; title, unit and format are beside it."""
    project = case_file["project"]
    return project["ref"], project["seq"], project["state"], case_file["versions"], case_file["decisions"]


@pytest.mark.parametrize(
    ("forge", "said"),
    [
        (lambda file: file["decisions"].pop(), "the project has"),
        (lambda file: file["decisions"].pop(3), "decision 4 row 4 is missing"),
        (lambda file: file["project"].update(state="approved"), "the project's state is not"),
        (lambda file: file["project"].update(ref="P1"), "the decisions are another project's"),
        (lambda file: file["versions"].pop(0), "version 1 is missing"),
        (lambda file: file["versions"][1]["snapshot"].clear(), "version 2 was changed"),
        (
            lambda file: file["versions"][1].update(snapshot={}, digest=digest_of_nothing()),
            "version 2 is not the one that was decided on",
        ),
        (lambda file: file["versions"][0].update(submitted_by="manager"), "version 1 was not submitted by"),
        (lambda file: file["decisions"][6].update(checks=[]), "decision 7 was changed"),
    ],
)
def test_forged_file_is_found_out(case, forge, said):
    found = json.loads(json.dumps(export(case)))
    assert check(found) is None
    forge(found)
    assert check(found).startswith(said)


def test_empty_history_is_intact(city):
    assert check(json.loads(json.dumps(export(fresh(make_case(city)))))) is None
    assert first_bad_row([]) is None


def test_export_of_an_unknown_project_says_so():
    with pytest.raises(CommandError, match="no project P999"):
        call_command("export_case", "P999")


# --- generated pages ------------------------------------------------------------------------------------------------


def test_stale_documentation_is_noticed(settings, tmp_path):
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs").mkdir()
    with pytest.raises(CommandError, match="docs/workflow.md is stale"):
        call_command("workflow_docs", "--check")
    call_command("workflow_docs", stdout=StringIO())
    call_command("workflow_docs", "--check", stdout=StringIO())
    for name in WRITERS:
        page = tmp_path / "docs" / name
        text = page.read_text(encoding="utf-8")
        page.write_text(text + " ", encoding="utf-8")
        with pytest.raises(CommandError, match=f"docs/{name} is stale"):
            call_command("workflow_docs", "--check")
        page.write_text(text, encoding="utf-8")


def test_documentation_names_every_arrow():
    text = WRITERS["workflow.md"]()
    for step in (*WORKFLOW, *REVIEW_STEPS):
        assert f"| `{step.source.value}` | `{step.action}` | `{step.target.value}` |" in text
