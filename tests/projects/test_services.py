"""Starting, editing and deleting proposals through their services."""

import threading
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import default_storage
from django.db import connection

from accounts.roles import Role
from projects import services
from projects.errors import NotEditable, StaleEdit
from projects.models import Document, Project
from projects.states import State
from tests.projects.making import (
    complete,
    force_state,
    make_department,
    make_finding,
    make_pdf,
    make_person,
    make_project,
    make_round,
)

pytestmark = pytest.mark.django_db
BAD_TEXTS = ["a\0b", "a\ud800b", "a\x1bb", "a\u202eb", "a\u2066b", "\x85"]
BAD_AMOUNTS = ["NaN", "1e309", "-1", "0", "10000000.01", "1.005", "Infinity", "", None, "一百", "0x10", "1_0" * 200]


def values_for(actor, **more):
    """Arguments of create_project that work."""
    values = {"actor": actor, "department": actor.department, "title": "平台", "kind": "new"}
    return {"round": None, "declared_unclassified": True, **values, **more}


def stored_files():
    """Every file in the document store."""
    return [path for path in Path(default_storage.location).rglob("*") if path.is_file()]


def at_once(count, act):
    """What `act(number)` gave in as many threads."""
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        pytest.skip("threads do not share an SQLite database in memory")
    answers = []

    def run(number):
        try:
            answers.append(act(number))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[number]) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


# --- starting -------------------------------------------------------------------------------------------------------
def test_create_numbers_within_the_round():
    actor, this_round = make_person(Role.APPLICANT, make_department()), make_round("YH2026")
    refs = [services.create_project(**values_for(actor, round=this_round)).ref for _ in range(3)]
    assert refs == ["YH2026-0001", "YH2026-0002", "YH2026-0003"]


def test_create_counts_past_four_digits_and_ignores_other_rounds():
    actor, this_round = make_person(Role.APPLICANT, make_department()), make_round("A")
    for ref in ("A-9999", "A-10000", "A-B-0777", "A-x"):
        services.create_project(**values_for(actor, round=this_round, ref=ref))
    assert services.create_project(**values_for(actor, round=this_round)).ref == "A-10001"


def test_create_takes_the_next_number_when_one_is_taken_meanwhile(monkeypatch):
    from projects.services import drafts

    actor, this_round = make_person(Role.APPLICANT, make_department()), make_round("A")
    services.create_project(**values_for(actor, round=this_round))
    refs = iter(["A-0001", "A-0001", "A-0002"])
    monkeypatch.setattr(drafts, "_next_ref", lambda _round: next(refs))
    assert services.create_project(**values_for(actor, round=this_round)).ref == "A-0002"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"declared_unclassified": False}, "declared_unclassified"),
        ({"declared_unclassified": "yes"}, "declared_unclassified"),
        ({"title": "  "}, "title"),
        ({"title": "长" * 121}, "title"),
        *(({"title": text}, "title") for text in BAD_TEXTS),
        ({"kind": "other"}, "kind"),
    ],
)
def test_create_refuses_by_field_and_stores_nothing(change, field):
    actor = make_person(Role.APPLICANT, make_department())
    with pytest.raises(ValidationError) as refused:
        services.create_project(**values_for(actor, round=make_round(), **change))
    assert list(refused.value.message_dict) == [field]
    assert not Project.objects.exists()


def test_create_refuses_closed_round_other_unit_and_other_role():
    actor, other = make_person(Role.APPLICANT, make_department()), make_department("市财政局")
    cases = [
        ("round", values_for(actor, round=make_round(open_now=False))),
        ("department", values_for(actor, round=make_round(), department=other)),
        ("department", values_for(make_person(Role.PLANNER, other), round=make_round())),
    ]
    for field, values in cases:
        with pytest.raises(ValidationError) as refused:
            services.create_project(**values)
        assert list(refused.value.message_dict) == [field]


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_create_by_many_at_once_gives_each_a_number():
    actor, this_round = make_person(Role.APPLICANT, make_department()), make_round("A")
    projects = at_once(8, lambda _number: services.create_project(**values_for(actor, round=this_round)))
    assert sorted(project.ref for project in projects) == [f"A-{number:04d}" for number in range(1, 9)]


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgres
def test_save_by_two_at_once_has_one_winner_each_time():
    project = make_project()
    people = [make_person(Role.APPLICANT, project.department) for _ in range(2)]
    for revision in range(20):

        def save(number, revision=revision):
            data = {"necessity": f"{revision}-{number}"}
            keys = {"project_id": project.pk, "actor": people[number], "section": "needs"}
            try:
                return services.save_section(data=data, expected_revision=revision, **keys).necessity
            except StaleEdit as stale:
                return stale

        first, second = at_once(2, save)
        (won,) = [answer for answer in (first, second) if isinstance(answer, str)]
        stored = Project.objects.get(pk=project.pk)
        assert (stored.necessity, stored.revision) == (won, revision + 1)


# --- sections -------------------------------------------------------------------------------------------------------
def test_save_counts_and_remembers_who_and_when():
    project = make_project()
    saved = services.save_section(
        project_id=project.pk,
        actor=project.created_by,
        section="needs",
        data={"necessity": " 一\r\n二 "},
        expected_revision=0,
    )
    stored = Project.objects.get(pk=project.pk)
    assert (saved.revision, stored.revision, stored.necessity) == (1, 1, "一\n二")
    assert (stored.edited_by, stored.edited_at is not None) == (project.created_by, True)


def test_second_editor_is_told_who_saved_and_nothing_is_lost():
    project = make_project()
    first, second = project.created_by, make_person(Role.APPLICANT, project.department, username="second")
    keys = {"project_id": project.pk, "section": "needs", "expected_revision": 0}
    services.save_section(actor=first, data={"necessity": "甲"}, **keys)
    with pytest.raises(StaleEdit) as refused:
        services.save_section(actor=second, data={"necessity": "乙", "background": "乙"}, **keys)
    assert (refused.value.who, refused.value.revision, refused.value.when is not None) == (first.label, 1, True)
    stored = Project.objects.get(pk=project.pk)
    assert (stored.necessity, stored.background, stored.revision) == ("甲", "", 1)


@pytest.mark.parametrize("state", [state for state in State if state not in {State.DRAFT, State.CORRECTION}])
def test_every_write_is_refused_outside_draft_and_correction(state):
    project = complete(make_project())
    paper = project.documents.first()
    before = Project.objects.get(pk=project.pk).revision
    force_state(project, state)
    keys = {"project_id": project.pk, "actor": project.created_by}
    writes = [
        lambda: services.save_section(section="needs", data={"necessity": "x"}, expected_revision=before, **keys),
        lambda: services.save_capabilities(rows=[], expected_revision=before, **keys),
        lambda: services.save_budget(rows=[], expected_revision=before, **keys),
        lambda: services.attach_document(kind="other", upload=make_pdf(), **keys),
        lambda: services.remove_document(document_id=paper.pk, **keys),
        lambda: services.delete_draft(**keys),
    ]
    for write in writes:
        with pytest.raises(NotEditable):
            write()
    assert Project.objects.get(pk=project.pk).revision == before
    assert project.capabilities.count() == 1


def test_correction_can_be_edited():
    project = force_state(make_project(), State.CORRECTION)
    services.save_section(
        project_id=project.pk, actor=project.created_by, section="needs", data={"necessity": "x"}, expected_revision=0
    )


def test_stranger_may_not_write():
    project = complete(make_project())
    other = make_person(Role.APPLICANT, make_department("市财政局"))
    planner = make_person(Role.PLANNER, project.department)
    for actor in (other, planner):
        keys = {"project_id": project.pk, "actor": actor}
        for write in (
            lambda keys=keys: services.save_budget(rows=[], expected_revision=None, **keys),
            lambda keys=keys: services.attach_document(kind="other", upload=make_pdf(), **keys),
            lambda keys=keys: services.remove_document(document_id=project.documents.first().pk, **keys),
            lambda keys=keys: services.delete_draft(**keys),
        ):
            with pytest.raises(PermissionDenied):
                write()


@pytest.mark.parametrize("text", BAD_TEXTS)
def test_unreadable_text_is_refused_at_its_field(text):
    project = make_project()
    for section, column in (("needs", "necessity"), ("unit", "contact_name"), ("attachments", "higher_approval")):
        with pytest.raises(ValidationError) as refused:
            services.save_section(
                project_id=project.pk,
                actor=project.created_by,
                section=section,
                data={column: text},
                expected_revision=0,
            )
        assert list(refused.value.message_dict) == [column]


@pytest.mark.parametrize(
    ("section", "column", "value"),
    [
        ("needs", "necessity", "长" * 10_001),
        ("unit", "contact_name", "长" * 61),
        ("overview", "title", ""),
        ("overview", "kind", "other"),
        ("overview", "build_mode", "other"),
        ("overview", "starts_on", "2026-13"),
        ("overview", "starts_on", "0000-01"),
        ("overview", "ends_on", "9999-99"),
        ("security", "mlps_level", 5),
        ("security", "mlps_level", -1),
        ("security", "mobile", "maybe"),
    ],
)
def test_insane_value_is_refused_at_its_field(section, column, value):
    project = make_project()
    with pytest.raises(ValidationError) as refused:
        services.save_section(
            project_id=project.pk, actor=project.created_by, section=section, data={column: value}, expected_revision=0
        )
    assert list(refused.value.message_dict) == [column]
    assert Project.objects.get(pk=project.pk).revision == 0


def test_end_before_start_is_refused_against_what_is_stored():
    project = make_project()
    keys = {"project_id": project.pk, "actor": project.created_by, "section": "overview", "expected_revision": None}
    services.save_section(data={"starts_on": "2026-03"}, **keys)
    with pytest.raises(ValidationError, match="."):
        services.save_section(data={"ends_on": "2026-02"}, **keys)


def test_column_of_another_section_is_a_programming_error():
    project = make_project()
    keys = {"project_id": project.pk, "actor": project.created_by, "expected_revision": 0}
    for section, data in (("needs", {"title": "x"}), ("needs", {"state": "approved"}), ("nowhere", {})):
        with pytest.raises(KeyError):
            services.save_section(section=section, data=data, **keys)


# --- deleting -------------------------------------------------------------------------------------------------------
def test_draft_is_deleted_with_rows_and_files(django_capture_on_commit_callbacks):
    project = complete(make_project())
    with django_capture_on_commit_callbacks(execute=True):
        services.delete_draft(project_id=project.pk, actor=project.created_by)
    assert (Project.objects.count(), Document.objects.count(), stored_files()) == (0, 0, [])


# --- answers to findings ----------------------------------------------------------------------------------------------
def test_reply_is_recorded_with_person_and_time():
    project = make_project()
    finding = make_finding(project)
    force_state(project, State.REVIEW)
    services.reply_to_finding(finding_id=finding.pk, actor=project.created_by, reply="explain", text="服务对象不同")
    finding.refresh_from_db()
    assert (finding.reply, finding.reply_text, finding.replied_by) == ("explain", "服务对象不同", project.created_by)


@pytest.mark.parametrize(
    ("reply", "text", "field"),
    [
        ("explain", "", "reply_text"),
        ("explain", " \n", "reply_text"),
        ("nonsense", "x", "reply"),
        ("explain", "a\0", "reply_text"),
        ("explain", "长" * 3001, "reply_text"),
    ],
)
def test_bad_reply_is_refused_by_field(reply, text, field):
    project = make_project()
    finding = make_finding(project)
    force_state(project, State.REVIEW)
    with pytest.raises(ValidationError) as refused:
        services.reply_to_finding(finding_id=finding.pk, actor=project.created_by, reply=reply, text=text)
    assert list(refused.value.message_dict) == [field]


@pytest.mark.parametrize("reply", ["reuse", "remove"])
def test_other_replies_need_no_text(reply):
    project = make_project()
    finding = make_finding(project)
    force_state(project, State.ADJUDICATION)
    assert services.reply_to_finding(finding_id=finding.pk, actor=project.created_by, reply=reply).reply == reply


@pytest.mark.parametrize(
    ("state", "change"),
    [
        (State.DRAFT, {}),
        (State.DECISION, {}),
        (State.APPROVED, {}),
        (State.REVIEW, {"decision": "not_duplicate"}),
        (State.REVIEW, {"is_current": False}),
    ],
)
def test_reply_is_refused_outside_its_time(state, change):
    project = make_project()
    finding = make_finding(project, **change)
    if state != State.DRAFT:
        force_state(project, state)
    with pytest.raises(NotEditable):
        services.reply_to_finding(finding_id=finding.pk, actor=project.created_by, reply="reuse")


def test_only_the_units_applicant_replies():
    project = make_project()
    finding = make_finding(project)
    force_state(project, State.REVIEW)
    for actor in (make_person(Role.APPLICANT, make_department("x")), make_person(Role.ENDORSER, project.department)):
        with pytest.raises(PermissionDenied):
            services.reply_to_finding(finding_id=finding.pk, actor=actor, reply="reuse")
