"""Starting, editing and deleting proposals through their services."""

import threading
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import default_storage
from django.db import connection
from django.utils import timezone

from accounts.roles import Role
from projects import services
from projects.errors import NotEditable, StaleEdit
from projects.models import Document, Project
from projects.services.papers import MAX_DOCUMENTS
from projects.services.rows import MAX_CAPABILITIES
from projects.states import State
from tests.projects.making import (
    capability_row,
    complete,
    force_state,
    line_row,
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


@pytest.fixture(autouse=True)
def _own_store(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def values_for(actor, **more):
    """Arguments of create_project that work."""
    values = {"actor": actor, "department": actor.department, "title": "平台", "kind": "new", "declared_unclassified": True}
    return {"round": None, **values, **more}


def stored_files():
    """Every file in the document store."""
    return [path for path in Path(default_storage.location).rglob("*") if path.is_file()]


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
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        pytest.skip("threads do not share an SQLite database in memory")
    actor, this_round = make_person(Role.APPLICANT, make_department()), make_round("A")
    refs = []

    def start():
        try:
            refs.append(services.create_project(**values_for(actor, round=this_round)).ref)
        finally:
            connection.close()

    threads = [threading.Thread(target=start) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(refs) == [f"A-{number:04d}" for number in range(1, 9)]


# --- sections -------------------------------------------------------------------------------------------------------
def test_save_counts_and_remembers_who_and_when():
    project = make_project()
    saved = services.save_section(
        project_id=project.pk, actor=project.created_by, section="needs", data={"necessity": " 一\r\n二 "},
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
                project_id=project.pk, actor=project.created_by, section=section, data={column: text}, expected_revision=0
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


# --- rows -----------------------------------------------------------------------------------------------------------
def save_caps(project, *rows):
    """Replace the capabilities; returns (code, text) in order."""
    services.save_capabilities(project_id=project.pk, actor=project.created_by, rows=rows, expected_revision=None)
    return [(row.code.removeprefix(f"{project.ref}-"), row.text) for row in project.capabilities.all()]


def test_capability_codes_stay_with_their_rows():
    project = make_project()
    full = f"{project.ref}-"
    assert save_caps(project, capability_row(text="甲"), capability_row(text="乙"), capability_row(text="丙")) == [
        ("01", "甲"), ("02", "乙"), ("03", "丙")
    ]
    kept = save_caps(
        project, capability_row(code=full + "03", text="丙"), {"code": full + "02", "remove": True},
        capability_row(code=full + "01", text="甲二"), capability_row(text="丁"),
    )
    assert kept == [("03", "丙"), ("01", "甲二"), ("04", "丁")]


def test_capability_sent_again_without_its_code_keeps_it():
    project = make_project()
    save_caps(project, capability_row(text="甲"))
    first = capability_row(code=f"{project.ref}-01", text="甲")
    assert save_caps(project, first, capability_row(text="乙")) == [("01", "甲"), ("02", "乙")]
    again = save_caps(project, first, capability_row(text="乙二"), capability_row(text="丙"))
    assert again == [("01", "甲"), ("02", "乙二"), ("03", "丙")]


def test_capability_code_of_a_submitted_version_is_never_given_again():
    project = complete(make_project())
    save_caps(project, capability_row(code=f"{project.ref}-01"), capability_row(text="乙"))
    services.take_snapshot(project, project.created_by, timezone.now())
    one, two = f"{project.ref}-01", f"{project.ref}-02"
    save_caps(project, {"code": one, "remove": True}, {"code": two, "remove": True})
    assert save_caps(project, capability_row(text="丙")) == [("03", "丙")]


def test_line_follows_its_capability_through_an_edit_and_loses_it_on_removal():
    project = complete(make_project())
    code = project.capabilities.get().code
    save_caps(project, capability_row(code=code, text="改写"))
    assert project.budget_lines.first().capability.text == "改写"
    save_caps(project, {"code": code, "remove": True})
    assert (project.budget_lines.count(), project.budget_lines.first().capability) == (2, None)


@pytest.mark.parametrize(
    "rows",
    [
        [{"code": "P99-01", "text": "x"}],
        [{"code": "", "text": ""}],
        [{"code": "", "text": "长" * 501}],
        *([{"code": "", "text": text}] for text in BAD_TEXTS),
        [{"code": "", "text": "x", "service_object": "外星人"}],
        [{"code": "", "text": "x"}] * (MAX_CAPABILITIES + 1),
    ],
)
def test_bad_capabilities_are_refused_and_the_list_stays(rows):
    project = complete(make_project())
    with pytest.raises(ValidationError) as refused:
        save_caps(project, *rows)
    assert list(refused.value.message_dict) == ["capabilities"]
    assert project.capabilities.get().text == "调度抢险队伍"


def test_capability_of_another_project_or_named_twice_is_refused():
    project, other = complete(make_project()), complete(make_project())
    code = project.capabilities.get().code
    for rows in ([capability_row(code=other.capabilities.get().code)], [capability_row(code=code)] * 2):
        with pytest.raises(ValidationError):
            save_caps(project, *rows)


def save_lines(project, *rows):
    """Replace the budget."""
    services.save_budget(project_id=project.pk, actor=project.created_by, rows=rows, expected_revision=None)
    return [(line.name, line.amount) for line in project.budget_lines.all()]


@pytest.mark.parametrize("amount", BAD_AMOUNTS)
def test_insane_amount_is_refused(amount):
    project = complete(make_project())
    with pytest.raises(ValidationError) as refused:
        save_lines(project, line_row(amount=amount))
    assert list(refused.value.message_dict) == ["lines"]
    assert project.budget_lines.count() == 2


def test_lines_are_replaced_in_order():
    project = make_project()
    assert save_lines(project, line_row(name="甲"), line_row(name="乙", amount="10000000")) == [
        ("甲", Decimal("120.00")), ("乙", Decimal("10000000.00"))
    ]
    assert save_lines(project, line_row(name="丙", amount="0.01")) == [("丙", Decimal("0.01"))]
    assert save_lines(project) == []


def test_line_cannot_point_at_another_projects_capability():
    project, other = make_project(), complete(make_project())
    for change in ({"capability": other.capabilities.get().code}, {"category": "x"}, {"fund_source": "x"}, {"name": ""}):
        with pytest.raises(ValidationError):
            save_lines(project, line_row(**change))


# --- documents ------------------------------------------------------------------------------------------------------
def test_document_is_stored_under_a_random_name():
    project = make_project()
    keys = {"project_id": project.pk, "actor": project.created_by, "kind": "plan"}
    papers = [services.attach_document(upload=make_pdf("../方案.pdf"), **keys) for _ in range(2)]
    assert [paper.name for paper in papers] == ["方案.pdf"] * 2
    assert len({path.name for path in stored_files()}) == 2
    assert all(len(path.name) == 32 and "." not in path.name for path in stored_files())
    assert papers[0].digest == papers[1].digest
    assert Project.objects.get(pk=project.pk).revision == 2


def test_refused_document_leaves_no_file():
    project = make_project()
    keys = {"project_id": project.pk, "actor": project.created_by}
    cases = [("kind", "nonsense", make_pdf()), ("file", "plan", make_pdf("a.exe")), ("file", "plan", make_pdf(content=b""))]
    for field, kind, upload in cases:
        with pytest.raises(ValidationError) as refused:
            services.attach_document(kind=kind, upload=upload, **keys)
        assert list(refused.value.message_dict) == [field]
    assert (stored_files(), Document.objects.count()) == ([], 0)


def test_document_count_is_limited():
    project = make_project()
    paper = services.attach_document(project_id=project.pk, actor=project.created_by, kind="plan", upload=make_pdf())
    paper.pk = None
    Document.objects.bulk_create([Document(**{f.attname: getattr(paper, f.attname) for f in Document._meta.fields})
                                  for _ in range(MAX_DOCUMENTS - 1)])
    with pytest.raises(ValidationError):
        services.attach_document(project_id=project.pk, actor=project.created_by, kind="plan", upload=make_pdf())


def test_file_that_cannot_be_recorded_is_not_kept(monkeypatch):
    project = make_project()

    def fail(self, *args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(Document, "save", fail)
    with pytest.raises(RuntimeError):
        services.attach_document(project_id=project.pk, actor=project.created_by, kind="plan", upload=make_pdf())
    assert stored_files() == []


def test_removal_deletes_the_file_unless_a_version_cites_it(django_capture_on_commit_callbacks):
    project = make_project()
    keys = {"project_id": project.pk, "actor": project.created_by}
    cited = services.attach_document(kind="plan", upload=make_pdf(), **keys)
    services.take_snapshot(project, project.created_by, timezone.now())
    loose = services.attach_document(kind="other", upload=make_pdf(content=b"%PDF-1.4 other"), **keys)
    with django_capture_on_commit_callbacks(execute=True):
        services.remove_document(document_id=cited.pk, **keys)
        services.remove_document(document_id=loose.pk, **keys)
    assert [path.name for path in stored_files()] == [Path(cited.file.name).name]


def test_document_of_another_project_cannot_be_removed():
    project, other = complete(make_project()), make_project()
    with pytest.raises(Document.DoesNotExist):
        services.remove_document(
            project_id=other.pk, document_id=project.documents.first().pk, actor=other.created_by
        )


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
    [("explain", "", "reply_text"), ("explain", " \n", "reply_text"), ("nonsense", "x", "reply"),
     ("explain", "a\0", "reply_text"), ("explain", "长" * 3001, "reply_text")],
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
    [(State.DRAFT, {}), (State.DECISION, {}), (State.APPROVED, {}), (State.REVIEW, {"decision": "not_duplicate"}),
     (State.REVIEW, {"is_current": False})],
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
