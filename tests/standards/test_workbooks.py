"""Workbooks: what was exported is read back unchanged; a file changes all it says or nothing; errors name their cell."""

import io

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from standards import importing, services, workbooks
from standards.models import ChecklistItem, Standard
from standards.snapshots import ITEM_FIELDS, STANDARD_FIELDS
from tests.standards.keeping import browser_of, item_of, make_draft, make_keeper

pytestmark = pytest.mark.django_db


@pytest.fixture
def keeper():
    services.seed()
    return make_keeper()


def sheet(*rows):
    """A workbook of these rows, the first of them the headings."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def read_items(data):
    return workbooks.read(data, ITEM_FIELDS)


def exported_items(edition):
    rows = edition.items.select_related("standard").prefetch_related("related")
    return workbooks.write_items(rows)


def test_exported_items_come_back_unchanged_into_an_empty_draft(keeper):
    draft = make_draft(keeper)
    before = exported_items(draft)
    draft.items.all().delete()
    report = importing.import_items(actor=keeper, edition=draft, rows=read_items(before))
    assert (report.count("created"), report.errors) == (56, [])
    assert read_items(exported_items(draft)) == read_items(before)


def test_exported_standards_come_back_unchanged(keeper):
    data = workbooks.write_standards(Standard.objects.select_related("superseded_by"))
    rows = workbooks.read(data, STANDARD_FIELDS)
    again = importing.import_standards(actor=keeper, rows=rows)
    assert (again.changes, again.errors, again.unchanged) == ([], [], 67)
    ChecklistItem.objects.all().delete()
    Standard.objects.update(superseded_by=None)
    Standard.objects.all().delete()
    report = importing.import_standards(actor=keeper, rows=rows)
    assert (report.count("created"), report.errors) == (67, [])
    rewritten = workbooks.write_standards(Standard.objects.select_related("superseded_by"))
    assert workbooks.read(rewritten, STANDARD_FIELDS) == rows


def test_malformed_condition_names_its_cell_and_character_and_nothing_is_written(keeper):
    draft = make_draft(keeper)
    rows = read_items(
        sheet(["code", "question", "condition"], ["SE-04", "改了？", ""], ["SE-05", "x", "mlps_level >= 9"])
    )
    report = importing.import_items(actor=keeper, edition=draft, rows=rows)
    [error] = report.errors
    assert (error.row, error.column, error.value) == (3, "condition", "mlps_level >= 9")
    assert "15" in error.message
    assert item_of(draft, "SE-04").question != "改了？"


@pytest.mark.parametrize(
    ("heading", "value", "column"),
    [
        ("severity", "deadly", "severity"), ("standard", "GB/T 0", "standard"), ("related", "GB/T 0", "related"),
        ("position", "first", "position"), ("valid_from", "soon", "valid_from"), ("question", "", "question"),
        ("source", "", "source"), ("evidence", "x" * 201, "evidence"),
    ],
)  # fmt: skip
def test_each_wrong_cell_is_named(keeper, heading, value, column):
    draft = make_draft(keeper)
    rows = read_items(sheet(["code", heading, "clause"], ["SE-04", value, "新条款"]))
    report = importing.import_items(actor=keeper, edition=draft, rows=rows)
    assert [(error.row, error.column) for error in report.errors] == [(2, column)]
    assert item_of(draft, "SE-04").clause != "新条款"


def test_a_new_row_without_what_it_needs_is_refused_by_column(keeper):
    rows = workbooks.read(sheet(["number", "title"], ["GB/T 1", ""], ["GB/T 1", "又一次"]), STANDARD_FIELDS)
    report = importing.import_standards(actor=keeper, rows=rows)
    assert {(error.row, error.column) for error in report.errors} == {
        (2, "title"), (2, "source"), (3, "number"),
    }  # fmt: skip


def test_dry_run_says_the_same_and_writes_nothing(keeper):
    rows = workbooks.read(
        sheet(
            ["number", "title", "status", "source", "superseded_by"],
            ["GB/T 2-2020", "旧", "已被代替", "公告", "GB/T 2-2026"], ["GB/T 2-2026", "新", "in_force", "公告", ""],
        ),
        STANDARD_FIELDS,
    )  # fmt: skip
    tried = importing.import_standards(actor=keeper, rows=rows, dry_run=True)
    assert Standard.objects.count() == 67
    done = importing.import_standards(actor=keeper, rows=rows)
    assert [(one.key, one.outcome) for one in tried.changes] == [(one.key, one.outcome) for one in done.changes]
    assert done.errors == []
    assert Standard.objects.get(number="GB/T 2-2020").superseded_by.number == "GB/T 2-2026"


@pytest.mark.parametrize(
    "data", [b"", b"PK\x03\x04", b"<html>", sheet(["code", "colour"]), sheet(["question"]), sheet()]
)
def test_unreadable_files_are_refused(data):
    with pytest.raises(ValidationError):
        read_items(data)


def test_row_that_ends_early_and_has_no_key_is_named(keeper):
    draft = make_draft(keeper)
    report = importing.import_items(actor=keeper, edition=draft, rows=read_items(sheet(["question", "code"], ["x"])))
    assert {(error.row, error.column) for error in report.errors} >= {(2, "code")}


def test_texts_that_look_like_formulas_stay_texts(keeper):
    Standard.objects.filter(number="GB/T 22239-2019").update(edition="=1+1")
    data = workbooks.write_standards(Standard.objects.select_related("superseded_by"))
    cells = [cell for row in load_workbook(io.BytesIO(data)).worksheets[0].iter_rows() for cell in row]
    assert [cell.data_type for cell in cells if cell.value == "=1+1"] == ["s"]


def test_pages_check_first_and_write_after_confirmation(keeper):
    client, draft = browser_of(keeper), make_draft(keeper)
    address = reverse("standards:import_items", args=[draft.pk])
    upload = SimpleUploadedFile("items.xlsx", sheet(["code", "clause"], ["SE-04", "第七条"]))
    page = client.post(address, {"file": upload})
    assert page.context["figures"] == {"created": 0, "updated": 1, "same": 0}
    assert item_of(draft, "SE-04").clause != "第七条"
    assert client.post(address, {"rows": page.context["sealed"] + "x"}).status_code == 302
    assert item_of(draft, "SE-04").clause != "第七条"
    elsewhere = reverse("standards:import_standards")
    client.post(elsewhere, {"rows": page.context["sealed"]})
    assert item_of(draft, "SE-04").clause != "第七条"
    client.post(address, {"rows": page.context["sealed"]})
    assert item_of(draft, "SE-04").clause == "第七条"
    broken = client.post(address, {"file": SimpleUploadedFile("x.xlsx", sheet(["code", "condition"], ["SE-04", "fo"]))})
    assert broken.status_code == 422
    assert broken.context["sealed"] == ""
    assert client.get(reverse("standards:export_items", args=[draft.pk])).content[:2] == b"PK"
    assert client.get(reverse("standards:export_standards")).content[:2] == b"PK"
