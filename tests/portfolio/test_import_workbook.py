"""Workbooks: spreadsheet habits read like a hand-made table, and what would harm the server is refused unopened."""

import datetime
import io
import random
import string
import time
import tracemalloc
import zipfile

import pytest
from openpyxl.worksheet.datavalidation import DataValidation

from portfolio import blank
from portfolio.imports import archive
from portfolio.models import System
from portfolio.services import import_systems
from tests.portfolio.making import make_world, places, repacked, xlsx

pytestmark = pytest.mark.django_db

HEADING = ["code", "name", "department", "status", "build_mode"]
ROW = ["S1", "平台", "M01", "retired", "unified"]
SHEET = "xl__worksheets__sheet1_x"


@pytest.fixture(autouse=True)
def world():
    """What ROW refers to."""
    make_world()


def load(data: bytes):
    """Import a workbook."""
    return import_systems(data, filename="systems.xlsx")


def one(heading: list, row: list, **more):
    """Import a workbook with one system and return it."""
    report = load(xlsx([*HEADING, *heading], [*ROW, *row], **more))
    assert report.errors == []
    return System.objects.get()


def test_numbers_in_text_columns_become_texts():
    report = load(xlsx([*HEADING, "contact_phone"], [1001, 12345, "M01", "retired", "unified", 13800138000]))
    assert report.errors == []
    assert list(System.objects.values_list("code", "name", "contact_phone")) == [("1001", "12345", "13800138000")]


def test_number_that_lost_digits_is_refused():
    report = load(xlsx([*HEADING, "contact_phone"], [*ROW, 440100199001011234567]))
    assert places(report) == [(2, "contact_phone")]


def test_text_that_became_a_date_is_refused():
    report = load(xlsx(HEADING, [datetime.date(2026, 1, 2), *ROW[1:]]))
    assert places(report) == [(2, "code")]


@pytest.mark.parametrize("value", [datetime.date(2019, 3, 15), datetime.datetime(2019, 3, 15, 8), 43539, "2019-03-15"])  # noqa: DTZ001
def test_date_cells_and_day_numbers_are_dates(value):
    assert one(["built_on"], [value]).built_on == datetime.date(2019, 3, 15)


def test_day_number_of_a_1904_workbook():
    data = xlsx([*HEADING, "built_on"], [*ROW, 42077])
    book = (
        zipfile.ZipFile(io.BytesIO(data))
        .read("xl/workbook.xml")
        .replace(b"<workbookPr />", b'<workbookPr date1904="1"/>')
    )
    assert load(repacked(data, **{"xl__workbook_x": book})).errors == []
    assert System.objects.get().built_on == datetime.date(2019, 3, 15)


@pytest.mark.parametrize("value", [2019, 43539.0 * 3, -1])
def test_number_that_is_no_date_is_refused(value):
    assert places(load(xlsx([*HEADING, "built_on"], [*ROW, value]))) == [(2, "built_on")]


def test_sum_with_binary_dust_is_rounded():
    assert str(one(["build_cost"], [0.1 + 0.2]).build_cost) == "0.30"


def test_yes_no_cells():
    assert one(["on_gov_cloud"], [True]).on_gov_cloud is True


def test_merged_cells_mean_their_value_everywhere():
    rows = [[*HEADING, "capability_text"], [*ROW, "甲"], [*[None] * 5, "乙"], [*[None] * 5, "丙"]]

    def merge(book):
        for letter in "ABCDE":
            book.active.merge_cells(f"{letter}2:{letter}4")

    assert load(xlsx(*rows, prepare=merge)).errors == []
    assert [c.text for c in System.objects.get().capabilities.all()] == ["甲", "乙", "丙"]


def test_blank_rows_and_empty_tail_change_nothing_and_rows_keep_their_numbers():
    def far(book):
        book.active["XFD1048576"].number_format = "0.00"  # formatted, empty

    report = load(xlsx([None], HEADING, [None], ROW, [None], [*ROW[:1], "重复", *ROW[2:]], prepare=far))
    assert places(report) == [(6, "code")]


def test_hidden_rows_are_read_and_hidden_sheets_are_not():
    def hide(book):
        book.active.row_dimensions[2].hidden = True
        other = book.create_sheet("old", 0)
        other.append(["something", "else"])
        other.sheet_state = "hidden"

    report = load(xlsx(HEADING, ROW, sheet="表", prepare=hide))
    assert (report.created, report.notes) == (1, [])


def test_other_visible_sheet_is_mentioned():
    report = load(xlsx(HEADING, ROW, prepare=lambda book: book.create_sheet("more")))
    assert (report.created, len(report.notes)) == (1, 1)


def test_named_sheet_is_read_wherever_it_stands():
    assert load(xlsx(HEADING, ROW, sheet="系统台账", prepare=lambda book: book.create_sheet("cover", 0))).created == 1


def test_formula_without_result_is_named():
    report = load(xlsx(HEADING, [ROW[0], '="平"&"台"', *ROW[2:]]))
    assert report.errors[0].row == 2
    assert "B" in report.errors[0].message


def test_formula_with_result_is_its_result():
    data = xlsx(HEADING, ROW)
    sheet = zipfile.ZipFile(io.BytesIO(data)).read("xl/worksheets/sheet1.xml").decode()
    cell = '<c r="B2" t="inlineStr"><is><t>平台</t></is></c>'
    assert cell in sheet
    sheet = sheet.replace(cell, '<c r="B2" t="str"><f>"平"&amp;"台"</f><v>平台</v></c>')
    assert load(repacked(data, **{SHEET: sheet.encode()})).errors == []
    assert System.objects.get().name == "平台"


def test_error_cell_is_named():
    report = load(xlsx([*HEADING, "users"], [*ROW, "#N/A"]))
    assert [(error.row, error.value) for error in report.errors] == [(2, "#N/A")]


def test_blank_form_is_an_empty_import_and_filled_in_a_good_one():
    data = blank.blank_xlsx()
    assert [error.row for error in load(data).errors] == [None]
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book["systems"]
    assert {type(rule) for rule in sheet.data_validations.dataValidation} == {DataValidation}
    assert len(sheet.data_validations.dataValidation) == len(blank.choices())
    names = [cell.value for cell in sheet[1]]
    values = {"code": "0001", "name": "平台", "capability_text": "甲", **{n: v[0] for n, v in blank.choices().items()}}
    for name, value in values.items():
        sheet.cell(2, names.index(name) + 1, value)
    out = io.BytesIO()
    book.save(out)
    report = load(out.getvalue())
    assert (report.errors, report.notes, report.created) == ([], [], 1)
    assert System.objects.get().code == "0001"


# --- what would harm -------------------------------------------------------------------------------------------------


def sheet_xml(rows: str, before: str = "") -> bytes:
    """A worksheet with these rows."""
    name = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<?xml version="1.0"?>{before}<worksheet xmlns="{name}"><sheetData>{rows}</sheetData></worksheet>'.encode()


def refused(data: bytes) -> str:
    """The one error for a file that was not opened, after little time and memory."""
    tracemalloc.start()
    began = time.monotonic()
    report = load(data)
    taken, (_now, peak) = time.monotonic() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(report.errors) == 1
    assert not System.objects.exists()
    assert taken < 20
    assert peak < 60_000_000
    return report.errors[0].message


BASE = xlsx(HEADING, ROW)


def test_zip_bomb_is_refused_unopened(monkeypatch):
    monkeypatch.setattr(archive, "_rebuild", lambda source: pytest.fail("opened"))
    out = io.BytesIO()
    with (
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb,
        bomb.open("xl/workbook.xml", "w", force_zip64=True) as entry,
    ):
        for _ in range(300):
            entry.write(b" " * 1024 * 1024)
    assert len(out.getvalue()) < 1_000_000
    assert refused(out.getvalue())


def test_zip_bomb_that_lies_about_its_size_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/workbook.xml", b" " * 30_000_000)
    data = out.getvalue().replace((30_000_000).to_bytes(4, "little"), (1000).to_bytes(4, "little"))
    assert refused(data)


def test_reading_stops_at_the_limit_whatever_was_declared(monkeypatch):
    monkeypatch.setattr(archive, "MAX_UNPACKED", 3000)
    monkeypatch.setattr(archive, "_check_directory", lambda source: None)
    assert refused(BASE)


def test_too_many_entries_are_refused():
    assert refused(repacked(BASE, **{f"xl__x{n}": b"" for n in range(1001)}))


DOCTYPES = {
    "entity bomb": '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>',
    "external entity": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    "external dtd": '<!DOCTYPE a SYSTEM "http://example.invalid/a.dtd">',
    "bare doctype": "<!DOCTYPE a>",
}


@pytest.mark.parametrize("name", DOCTYPES)
@pytest.mark.parametrize("part", [SHEET, "xl__workbook_x", "xl__anything.bin"])
def test_entities_are_refused(name, part):
    assert refused(repacked(BASE, **{part: sheet_xml("", DOCTYPES[name])}))


HARMFUL = {
    "cell far away": '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
    "empty text far away": '<row r="1"><c r="XFD1048576" t="inlineStr"><is><t></t></is></c></row>',
    "column far away": '<row><c r="ZZZ1"><v>1</v></c></row>',
    "too many rows": "".join(f'<row r="{n}"><c><v>1</v></c></row>' for n in range(1, 50_010)),
}


@pytest.mark.parametrize("name", HARMFUL)
def test_sheet_that_would_fill_the_memory_is_refused(name):
    assert refused(repacked(BASE, **{SHEET: sheet_xml(HARMFUL[name])}))


def test_one_long_text_named_a_million_times_is_refused():
    shared = f'<sst xmlns="x"><si><t>{"长" * 30_000}</t></si></sst>'.encode()
    cells = "".join('<row><c t="s"><v>0</v></c></row>' for _ in range(9_000))
    assert refused(repacked(BASE, **{"xl__sharedStrings_x": shared, SHEET: sheet_xml(cells)}))


def test_merging_that_would_take_forever_is_refused():
    merges = "".join("<mergeCell ref='A1:CV50000'/>" for _ in range(10_001))
    sheet = sheet_xml('<row r="49000"><c r="CV49000"><v>1</v></c></row>').replace(
        b"</worksheet>", f"<mergeCells>{merges}</mergeCells></worksheet>".encode()
    )
    assert load(repacked(BASE, **{SHEET: sheet})).errors


DAMAGED = {
    "macros": repacked(BASE, **{"xl__vbaProject.bin": b"x"}),
    "no workbook": repacked(BASE).replace(b"xl/workbook.xml", b"xl/workbook.xmx"),
    "half": BASE[: len(BASE) // 2],
    "sheet is no xml": repacked(BASE, **{SHEET: b"nonsense"}),
    "sheet is half xml": repacked(BASE, **{SHEET: sheet_xml("<row")}),
    "no sheets": repacked(BASE, **{"xl__workbook_x": b"<workbook/>"}),
    "crc": BASE.replace(
        zipfile.ZipFile(io.BytesIO(BASE)).getinfo("xl/workbook.xml").CRC.to_bytes(4, "little"), b"\1\2\3\4"
    ),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damaged_workbook_is_refused(name):
    assert load(DAMAGED[name]).errors
    assert not System.objects.exists()


def test_no_random_damage_is_a_crash():
    chance = random.Random(7)
    for _ in range(150):
        data = bytearray(BASE)
        for _ in range(chance.choice((1, 3, 30))):
            data[chance.randrange(4, len(data))] = chance.randrange(256)
        load(bytes(data))


def test_no_random_text_is_a_crash():
    chance = random.Random(8)
    letters = string.printable + "统一平台，；\0\x1b\ufeff\u202e"
    for suffix in ("csv", "jsonl"):
        for _ in range(150):
            text = "code,name,users\n" + "".join(chance.choices(letters, k=chance.randrange(200)))
            import_systems(text.encode(chance.choice(["utf-8", "gb18030", "utf-16"])), filename=f"a.{suffix}")
