"""Statements on duplicates: who may make them, what they need, how long they hold, where they go."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from accounts.models import Assignment
from accounts.roles import Role
from projects import screening
from projects.errors import NotEditable
from projects.models import DuplicateStatement, Finding, Project
from projects.screening_rehearsal import rehearsal_of
from projects.sections import digest_of, section_snapshot, standing_statements
from projects.services import Statement, state_on_duplicates
from projects.states import Reply, State
from tests.accounts.people import make_person
from tests.projects.screening_rows import (
    FLOOD,
    SEAL,
    SMS,
    make_inventory,
    make_policies,
    make_project,
    make_rule,
    make_version,
    screened,
    set_capabilities,
    walk,
)

pytestmark = pytest.mark.django_db
DIFFERENT = "现有系统只管汛期，本项目还管冬季除雪和道路结冰。"


@pytest.fixture(autouse=True)
def _lexical(settings):
    settings.ENCODER = "lexical"
    screening._encoder.cache_clear()
    make_policies()
    yield
    screening._encoder.cache_clear()


@pytest.fixture
def system():
    """The flood-control system that the draft meets."""
    return make_inventory()


@pytest.fixture
def draft(system):
    """A draft of one capability that the system has."""
    project = make_project(state=State.DRAFT)
    Assignment.objects.create(user=project.created_by, role=Role.APPLICANT, department=project.department)
    return project


def said(system, **more):
    values = {"code": "P1-01", "wording": FLOOD, "target": system, "matched": (FLOOD,), "kind": "explain"}
    return Statement(**{**values, "text": DIFFERENT, **more})


def state(project, *statements, actor=None):
    return state_on_duplicates(project_id=project.pk, actor=actor or project.created_by, statements=statements)


def submitted(project):
    """The draft as a version, where it is screened."""
    make_version(project)
    walk(project, "submit", "skip_endorsement", "accept")
    screened(project)
    return Finding.objects.get(project=project, is_current=True, relation="duplicate")


def test_red_finding_of_a_draft_is_asked_about_until_it_is_answered(draft, system):
    assert [row.system for row in rehearsal_of(draft).unanswered] == [system]
    assert (Finding.objects.count(), draft.runs.count()) == (0, 0)
    state(draft, said(system))
    assert rehearsal_of(draft).unanswered == []


def test_changed_capability_is_asked_about_again(draft, system):
    state(draft, said(system))
    set_capabilities(draft, [(FLOOD.replace("汛期", "汛期和台风期间"), 100)])
    assert [row.system for row in rehearsal_of(draft).unanswered] == [system]
    assert standing_statements(draft) == []


def test_other_wording_of_the_system_is_asked_about_again(draft, system):
    state(draft, said(system, matched=("别的能力",)))
    assert len(rehearsal_of(draft).unanswered) == 1


def test_unified_platform_is_asked_about_in_any_band(draft, system):
    set_capabilities(draft, [(FLOOD, 1), ("河道采砂许可证核发", 99)])
    assert rehearsal_of(draft).unanswered == []
    system.build_mode = "unified"
    system.save()
    assert [row.relation for row in rehearsal_of(draft).unanswered] == ["unified"]


def test_negative_list_is_asked_about_and_answered(draft):
    rule = make_rule()
    set_capabilities(draft, [(SEAL, 100)])
    assert [row.rule for row in rehearsal_of(draft).unanswered] == [rule]
    state(draft, Statement("P1-01", SEAL, rule, ("不得新建电子印章系统",), "explain", DIFFERENT))
    assert rehearsal_of(draft).unanswered == []


def test_empty_registry_and_broken_engine_are_said_and_ask_nothing(monkeypatch, caplog):
    draft = make_project(state=State.DRAFT)
    assert rehearsal_of(draft).problem
    assert rehearsal_of(draft).unanswered == []
    make_inventory()
    monkeypatch.setattr(screening, "portfolio", None)
    assert "AttributeError" in rehearsal_of(draft).problem


def test_engine_that_is_busy_is_not_waited_for_without_end(draft, monkeypatch):
    monkeypatch.setattr(screening, "PATIENCE", 0.01)
    with screening._bench:
        assert rehearsal_of(draft).problem


# --- carried on -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "text"), [("explain", DIFFERENT), ("reuse", "")])
def test_statement_is_the_reply_to_the_finding(draft, system, kind, text):
    (row,) = state(draft, said(system, kind=kind, text=text))
    found = submitted(draft)
    assert (found.reply, found.reply_text, found.replied_by, found.replied_at) == (
        kind, text, draft.created_by, row.stated_at,
    )  # fmt: skip
    assert found.decision == ""


def test_later_answer_outlives_an_older_statement(draft, system):
    state(draft, said(system))
    found = submitted(draft)
    Finding.objects.filter(pk=found.pk).update(reply="remove", reply_text="", replied_at=timezone.now())
    screened(draft)
    assert Finding.objects.get(project=draft, is_current=True, relation="duplicate").reply == "remove"


def test_newest_statement_counts_and_the_first_is_kept(draft, system):
    state(draft, said(system))
    state(draft, said(system, kind="reuse", text=""))
    assert DuplicateStatement.objects.count() == 2
    assert [row.kind for row in standing_statements(draft)] == [Reply.REUSE]
    assert submitted(draft).reply == "reuse"


# --- frozen ---------------------------------------------------------------------------------------------------------


def test_version_without_statements_keeps_its_digest(draft):
    version = make_version(draft)
    assert "statements" not in version.snapshot
    assert "statements" not in version.sections
    assert digest_of(section_snapshot(Project.objects.get(pk=draft.pk))) == version.digest


def test_statements_are_frozen_and_make_no_section_another(draft, system):
    before = make_version(draft)
    state(draft, said(system))
    after = make_version(draft)
    (row,) = after.snapshot["statements"]["rows"]
    assert (row["capability"], row["text"], row["system"], row["kind"]) == ("P1-01", FLOOD, "S1", "explain")
    assert (row["statement"], row["by"]) == (DIFFERENT, draft.created_by.username)
    assert {name: after.sections[name] for name in before.sections} == before.sections
    assert before.digest != after.digest == digest_of(section_snapshot(Project.objects.get(pk=draft.pk)))


def test_renamed_system_leaves_the_version_unchanged(draft, system):
    state(draft, said(system))
    version = make_version(draft)
    system.name, system.department_keeps = "改名了", "别的"
    system.save()
    assert digest_of(section_snapshot(Project.objects.get(pk=draft.pk))) == version.digest


# --- refused --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "more",
    [
        {"text": ""},
        {"text": "业务对象不同"},
        {"text": "   短 短 短 短 短 短  "},
        {"text": "字" * 3001},
        {"text": "看不见的\u202e控制字符也要拒绝"},
        {"kind": "remove"},
        {"kind": ""},
        {"wording": SMS},
        {"code": "P1-99"},
    ],
)
def test_statement_that_does_not_do_is_refused_whole(draft, system, more):
    revision = draft.revision
    with pytest.raises(ValidationError):
        state(draft, said(system), said(system, **more))
    assert DuplicateStatement.objects.count() == 0
    assert Project.objects.get(pk=draft.pk).revision == revision


def test_retired_system_is_never_reused(draft, system):
    system.status = "retired"
    system.save()
    with pytest.raises(ValidationError):
        state(draft, said(system, kind="reuse"))


def test_reuse_needs_a_system_and_nobody_duplicates_himself(draft):
    other = make_project("P2", state=State.DRAFT)
    with pytest.raises(ValidationError):
        state(draft, said(other, kind="reuse"))
    with pytest.raises(ValidationError):
        state(draft, said(draft))


def test_only_the_units_clerk_states_and_only_on_a_draft(draft, system):
    stranger = make_person("stranger")
    with pytest.raises(PermissionDenied):
        state(draft, said(system), actor=stranger)
    make_version(draft)
    walk(draft, "submit")
    with pytest.raises(NotEditable):
        state(draft, said(system))
