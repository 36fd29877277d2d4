"""Needs as files: out and in again unchanged, a dry run first, every error in its cell, nothing half-written."""

import csv
import io

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from openpyxl import Workbook

from planning.models import Need
from portfolio.exporting import KINDS
from projects.need_sheets import rows_of
from projects.services.need_imports import import_needs
from tests.planning.asking import close, make_call, make_need

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english(settings):
    settings.LANGUAGE_CODE = "en"


ROW = {
    "title": "冷链温度", "problem": "抄表", "wanted": "自动采集", "duty_item": "储运", "users": "60 家",
    "contact_name": "林悦", "contact_phone": "0101",
}  # fmt: skip


@pytest.fixture
def call(city):
    return make_call()


def sheet(*rows):
    names = list(dict.fromkeys(name for row in rows for name in row))
    return KINDS["xlsx"].write([names, *([row.get(name, "") for name in names] for row in rows)])


def take(actor, *rows, **more):
    return import_needs(actor=actor, data=sheet(*rows), filename="needs.xlsx", **more)


def errors(report):
    return {(error.row, error.field) for error in report.errors}


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_out_and_in_again_changes_nothing(city, call, kind):
    make_need(city.applicant, call, title="=1+1", problem="第一行\n第二行")
    make_need(city.applicant2, call, estimate=None)
    close(call)  # an unchanged row needs no window
    data = KINDS[kind].write(rows_of(Need.objects.select_related("call", "department", "group", "lead", "same_as")))
    report = import_needs(actor=city.planner, data=data, filename=f"x.{kind}")
    assert report.errors == []
    assert (report.changes, report.unchanged) == (0, 2)


def test_a_unit_brings_in_drafts_and_filed_needs(city, call):
    report = take(
        city.applicant,
        {**ROW, "estimate": "38.5"},
        {**ROW, "title": "第二项", "status": "已报送"},
        {"title": "只有一行"},
    )
    assert report.errors == []
    rows = Need.objects.order_by("code").values_list("code", "status", "department__code", "estimate")
    assert [(code, status) for code, status, *_rest in rows] == [
        ("N2027-001", "draft"),
        ("N2027-002", "filed"),
        ("N2027-003", "draft"),
    ]
    assert {unit for _code, _status, unit, _sum in rows} == {"U03"}


def test_a_dry_run_says_the_same_and_writes_nothing(city, call):
    report = take(city.applicant, ROW, ROW | {"title": "第二项"}, dry_run=True)
    assert (len(report.created), Need.objects.count()) == (2, 0)


def test_one_wrong_cell_anywhere_and_nothing_is_written(city, call):
    need = make_need(city.applicant, call)
    report = take(
        city.applicant,
        {"code": need.code, "title": "改名"},
        {**ROW, "estimate": "很多"},
        {**ROW, "urgency": "soon"},
        {**ROW, "call": "NONE"},
        {**ROW, "users": "", "status": "filed"},
        {"title": ""} | {"problem": "x"},
        {**ROW, "department": "不存在"},
        {**ROW, "status": "maybe"},
    )
    wanted = {
        (3, "estimate"),
        (4, "urgency"),
        (9, "status"),
        (5, "call"),
        (6, "users"),
        (7, "title"),
        (8, "department"),
    }
    assert errors(report) >= wanted
    assert Need.objects.get().title == need.title


def test_a_unit_writes_no_rows_of_others(city, call):
    theirs = make_need(city.applicant2, call)
    report = take(city.applicant, {"code": theirs.code, "title": "x"}, {**ROW, "department": "M15"})
    assert errors(report) == {(2, "code"), (3, "department")}
    assert take(city.planner, {"code": theirs.code, "title": "经核对"}).errors == []
    assert Need.objects.get().title == "经核对"


def test_the_window_and_the_decision_hold_for_files_too(city, call):
    need, decided = make_need(city.applicant, call), make_need(city.applicant, call)
    Need.objects.filter(pk=decided.pk).update(status="decided", mode="own")
    assert errors(take(city.applicant, {"code": decided.code, "title": "x"})) == {(2, "status")}
    close(call)
    assert errors(take(city.applicant, {"code": need.code, "title": "x"})) == {(2, "status")}


def test_what_the_office_fills_in_is_not_read(city, call):
    need = make_need(city.applicant, call)
    take(city.planner, {"code": need.code, "title": "x", "mode": "refused", "reason": "y"})
    assert Need.objects.get().mode == ""


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "x.csv"),
        (b"PK\x03\x04 rubbish", "x.xlsx"),
        (b"a,b", "x.pdf"),
        (b"colour,title\nx,y", "x.csv"),
        (b"code\n1", "x.csv"),
    ],
)
def test_a_file_that_is_none(city, data, name):
    report = import_needs(actor=city.planner, data=data, filename=name)
    assert report.errors
    assert not Need.objects.exists()


def test_who_may_bring_in_files(city):
    with pytest.raises(PermissionDenied):
        take(city.manager, ROW)


def test_the_pages_check_then_write_and_the_export_is_filtered(city, call):
    browser = Client()
    browser.force_login(city.applicant)
    upload = SimpleUploadedFile("needs.xlsx", sheet(ROW))
    page = browser.post("/needs/import/", {"file": upload}, follow=True)
    assert "Import 1 need" in page.content.decode()
    assert not Need.objects.exists()
    browser.post("/needs/import/confirm/", {"digest": "of another file"})
    assert not Need.objects.exists()
    browser.post("/needs/import/confirm/", {"digest": page.context["upload"].digest})
    assert Need.objects.get().title == ROW["title"]
    make_need(city.applicant, call, title="甲"), make_need(city.applicant2, call, title="乙")
    browser.force_login(city.planner)
    text = browser.get("/needs/pool/export.csv?department=M15").content.decode("utf-8-sig")
    assert [row["title"] for row in csv.DictReader(io.StringIO(text))] == ["乙"]


def test_error_cell_and_formula_without_result_are_no_empty_cells(city, call):
    book = Workbook()
    book.active.append(["title", "problem", "wanted"])
    book.active.append(["冷链温度", "=A1&A2", "自动采集"])
    out = io.BytesIO()
    book.save(out)
    report = import_needs(actor=city.applicant, data=out.getvalue(), filename="needs.xlsx")
    assert [(error.row, "Column B" in error.message) for error in report.errors] == [(2, True)]
    assert not Need.objects.exists()
