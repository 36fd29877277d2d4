"""Plan items from a workbook: what is exported comes back unchanged, errors name row and column, nothing by halves."""

import io
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from openpyxl import Workbook

from planning.models import PlanEnvelope, PlanItem
from portfolio.exporting import write_sheets
from projects.plan_item_queries import items_to_export
from projects.plan_sheets import rows_of
from projects.services.plan_import import import_items

pytestmark = pytest.mark.django_db
YEAR = timezone.localdate().year
HEAD = ["code", "title", "year_from", "year_to", "source", "parent", str(YEAR)]
ROW = ["A", "甲", YEAR, YEAR + 1, "规划", None, 120]


@pytest.fixture(autouse=True)
def _in_english(settings):
    settings.LANGUAGE_CODE = "en"


def book(*rows):
    made = Workbook()
    for row in rows:
        made.active.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def bring(city, *rows, dry_run=False, data=None):
    return import_items(actor=city.planner, data=data or book(*rows), filename="plan.xlsx", dry_run=dry_run)


def places(report):
    return [(error.row, error.field) for error in report.errors]


def stored():
    return [list(row) for row in rows_of(items_to_export())]


def test_new_items_with_parents_in_any_order(city):
    report = bring(city, HEAD, ["A-1", "子", YEAR, YEAR, "规划", "A", "1,000.5"], ROW)
    assert (report.errors, report.created) == ([], 2)
    assert PlanItem.objects.get(code="A-1").parent.code == "A"
    assert PlanEnvelope.objects.get(item__code="A-1").amount == Decimal("1000.50")


def test_what_is_exported_changes_nothing_and_rebuilds_the_plan(city):
    bring(city, HEAD, ROW, ["A-1", "子", YEAR, YEAR, "规划", "A", 5])
    PlanItem.objects.filter(code="A-1").update(title="=1+1")
    PlanItem.objects.filter(code="A").update(department=city.water, level="department", summary="一\n二", envelope=200)
    data, before = write_sheets({"plan": rows_of(items_to_export())}), stored()
    report = bring(city, data=data)
    assert (report.errors, report.changes, report.unchanged) == ([], [], 2)
    PlanItem.objects.filter(code="A-1").delete()
    PlanItem.objects.all().delete()
    assert bring(city, data=data).created == 2
    assert stored() == before


def test_dry_run_writes_nothing_and_says_what_would_change(city):
    bring(city, HEAD, ROW)
    report = bring(city, HEAD, ["A", "乙", *ROW[2:]], ["B", "丙", *ROW[2:]], dry_run=True)
    assert [(one.code, one.is_new, one.fields) for one in report.changes][0] == ("A", False, ("title",))
    assert report.created == 1
    assert PlanItem.objects.get().title == "甲"


def test_columns_that_are_missing_stay_and_empty_cells_clear(city):
    bring(city, HEAD, ROW)
    report = bring(city, ["code", "title"], ["A", "乙"])
    assert report.updated == 1
    item = PlanItem.objects.get()
    assert (item.title, item.source, item.envelopes.get().amount) == ("乙", "规划", 120)
    bring(city, ["code", str(YEAR)], ["A", None])
    assert not item.envelopes.exists()


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (["B", None, YEAR, YEAR, "规划", None, 1], [(3, "title")]),
        (["B", "x", YEAR, YEAR - 1, "规划", None, None], [(3, "year_to")]),
        (["B", "x", "去年", YEAR, "规划", None, None], [(3, "year_from")]),
        (["B", "x", YEAR, YEAR, "规划", "ZZ", None], [(3, "parent")]),
        (["B", "x", YEAR, YEAR, "规划", None, "很多"], [(3, str(YEAR))]),
        (["B", "x", YEAR, YEAR, "规划", None, -1], [(3, str(YEAR))]),
        (["B", "x", YEAR + 1, YEAR + 1, "规划", None, 1], [(3, str(YEAR))]),
        (["A", "x", YEAR, YEAR, "规划", None, 1], [(3, "code")]),
        (["b", "x", YEAR, YEAR, "规划", None, 1], [(3, "code")]),
        (["B", "x", YEAR, YEAR, "规划", "B", 1], [(3, "parent")]),
        (["B", "x", YEAR, YEAR, None, None, 1.234], [(3, "source"), (3, str(YEAR))]),
    ],
)
def test_each_error_names_its_cell_and_nothing_is_written(city, row, expected):
    report = bring(city, HEAD, ROW, row)
    assert sorted(places(report)) == sorted(expected)
    assert not PlanItem.objects.exists()


def test_unknown_columns_and_wrong_files_are_refused(city):
    assert places(bring(city, [*HEAD, "colour"], [*ROW, "red"])) == [(1, "colour")]
    assert places(bring(city, ["title"], ["甲"])) == [(1, "code")]
    assert places(bring(city, HEAD)) == [(None, "")]
    assert "workbooks" in import_items(actor=city.planner, data=b"a,b", filename="x.csv").errors[0].message
    assert import_items(actor=city.planner, data=b"PK\x03\x04", filename="x.xlsx").errors
    with pytest.raises(PermissionDenied):
        import_items(actor=city.manager, data=book(HEAD, ROW), filename="x.xlsx")


def test_a_formula_without_its_result_is_named(city):
    report = bring(city, HEAD, [*ROW[:6], "=1+1"])
    assert "Column G holds a formula without a result" in report.errors[0].message
    assert not PlanItem.objects.exists()


def test_two_rows_below_each_other_are_no_tree(city):
    report = bring(city, HEAD, ["A", "x", YEAR, YEAR, "规划", "B", None], ["B", "x", YEAR, YEAR, "规划", "A", None])
    assert report.errors
    assert not PlanItem.objects.exists()


def test_chinese_headings_are_read(city):
    head = ["条目编号", "条目名称", "层级", "起始年度", "终止年度", "来源文件", f"{YEAR}年"]
    assert bring(city, head, ["A", "甲", "部门规划", YEAR, YEAR, "规划", 3]).errors == []
    assert PlanItem.objects.get().level == "department"


def test_pages_check_first_and_then_import(client, city):
    client.force_login(city.planner)

    def upload(*rows):
        file = SimpleUploadedFile("plan.xlsx", book(*rows))
        return client.post(reverse("plan:import_items"), {"file": file}, follow=True)

    page = upload(HEAD, [*ROW[:3], YEAR - 1, *ROW[4:]])
    assert "year_to" in page.content.decode()
    page = upload(HEAD, ROW)
    assert not PlanItem.objects.exists()
    digest = page.context["upload"].digest
    assert client.post(reverse("plan:import_confirm"), {"digest": "other"}).url == reverse("plan:import_items")
    assert client.post(reverse("plan:import_confirm"), {"digest": digest}).url == reverse("plan:items")
    assert PlanItem.objects.count() == 1
    assert client.get(reverse("plan:import_check")).url == reverse("plan:import_items")
    page = client.get(reverse("plan:export"))
    assert page["Content-Disposition"].startswith('attachment; filename="plan-items-')
