"""Files of systems: every accepted kind and encoding reads the same, everything else is refused with a reason."""

import csv
import io
import json

import pytest

from portfolio.imports import reading
from portfolio.models import System
from portfolio.services import import_systems
from tests.portfolio.making import CAPABILITY, SYSTEM, changed, jsonl, load, make_world, places, stored, xlsx

pytestmark = pytest.mark.django_db

PLAIN = [name for name in SYSTEM if name != "capabilities"]
FLAT = ["capability_code", "capability_text", "taxonomy", "domain", "object"]


@pytest.fixture(autouse=True)
def world():
    """What SYSTEM refers to."""
    make_world()


def cells(system: dict = SYSTEM) -> list:
    """The facts of a system as cells."""
    return [";".join(v) if isinstance(v, list) else v for v in (system.get(name) for name in PLAIN)]


def csv_text(*rows: list, delimiter: str = ",") -> str:
    """A CSV file as text."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return out.getvalue()


def with_text() -> list[list]:
    """A table whose capabilities stand as JSON in one cell."""
    return [[*PLAIN, "capabilities"], [*cells(), json.dumps([CAPABILITY], ensure_ascii=False)]]


def with_rows() -> list[list]:
    """A table with a row per capability."""
    return [[*PLAIN, *FLAT], [*cells(), *CAPABILITY.values()]]


@pytest.fixture
def expected():
    """The registry after importing SYSTEM from JSON Lines."""
    assert load(SYSTEM).created == 1
    found = stored()
    System.objects.all().delete()
    return found


@pytest.mark.parametrize("table", [with_text, with_rows])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030", "gbk"])
def test_csv_of_every_encoding_reads_the_same(expected, encoding, table):
    report = import_systems(csv_text(*table()).encode(encoding), filename="systems.csv")
    assert report.errors == []
    assert stored() == expected


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "gb18030"])
def test_jsonl_of_every_encoding_reads_the_same(expected, encoding):
    report = import_systems(jsonl(SYSTEM).decode().encode(encoding), filename="systems.jsonl")
    assert report.errors == []
    assert stored() == expected


@pytest.mark.parametrize("table", [with_text, with_rows])
def test_xlsx_reads_the_same(expected, table):
    report = import_systems(xlsx(*table()), filename="systems.xlsx")
    assert report.errors == []
    assert stored() == expected


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_csv_with_another_delimiter_reads_the_same(expected, delimiter):
    text = csv_text(*with_rows(), delimiter=delimiter)
    assert import_systems(text.encode("utf-16"), filename="systems.csv").errors == []
    assert stored() == expected


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_csv_with_any_line_end_reads_the_same(expected, end):
    text = csv_text(*with_rows()).replace("\r\n", end)
    assert import_systems(text.encode(), filename="systems.csv").errors == []
    assert stored() == expected


def test_chinese_headings_and_words_are_read(expected):
    chinese = {
        "code": "系统编码",
        "name": "系统名称",
        "department": "建设单位",
        "status": "运行情况",
        "users": "用户数量",
    }
    values = {
        "department": "市政务服务和数据管理局",
        "status": "在用",
        "build_mode": "统建",
        "mlps_level": "第三级",
        "on_gov_cloud": "是",
        "built_on": "2018年11月20日",
        "aliases": "云海通行证；市统一认证中心",
    }
    heading, row = with_rows()
    heading = [chinese.get(name, name.upper()) for name in heading]
    row = [values.get(name, cell) for name, cell in zip([*PLAIN, *FLAT], row, strict=True)]
    assert import_systems(csv_text(heading, row).encode(), filename="a.csv").errors == []
    assert stored() == expected


def test_several_rows_are_one_system_with_several_capabilities():
    second = ["S001-02", "人脸核验", "A02", "政务服务", "系统间"]
    rows = [*with_rows(), ["S001", *[""] * (len(PLAIN) - 1), *second]]
    assert import_systems(csv_text(*rows).encode(), filename="a.csv").errors == []
    found = System.objects.get().capabilities.values_list("code", "position", "taxonomy__code", "domain__code")
    assert list(found) == [("S001-01", 0, "A01", "BD22"), ("S001-02", 1, "A02", "BD22")]


def test_contradicting_row_of_the_same_system_is_named():
    other = cells(changed(name="别的平台"))
    rows = [*with_rows(), [*other, "S001-02", "人脸核验", "A02", "BD22", "公众"]]
    report = import_systems(csv_text(*rows).encode(), filename="a.csv")
    assert places(report) == [(3, "name")]


def test_formula_marks_that_an_export_added_are_taken_off():
    rows = [["code", "name", "department", "status", "build_mode"], ["S9", "'=1+1 平台", "M01", "retired", "unified"]]
    assert import_systems(csv_text(*rows).encode(), filename="a.csv").errors == []
    assert System.objects.get().name == "=1+1 平台"


def whole(name: str, encoding: str) -> bytes:
    """A file that would be imported if the name could be believed."""
    return f"code,name,department,status,build_mode\nS1,{name},M01,retired,unified\n".encode(encoding)


def line(**more) -> str:
    """A JSON line that would be imported but for what is replaced in it."""
    return json.dumps(changed(capabilities=[], **more))


REFUSED = {
    "empty": (b"", "a.csv"),
    "blank": (b" \n\n ", "a.jsonl"),
    "only a heading": (b"code,name\n", "a.csv"),
    "other kind": (b"code,name\n1,2\n", "a.pdf"),
    "workbook under another name": (xlsx(["code"]), "a.csv"),
    "old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "a.xls"),
    "zip that is no workbook": (b"PK\x03\x04nonsense", "a.xlsx"),
    "image": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0\0\0\x01\0", "a.csv"),
    "big5": (whole("電子證照交換平臺與資料共享中心", "big5"), "a.csv"),
    "shift-jis": (whole("統合認証基盤、電子証明書システム", "shift_jis"), "a.csv"),
    "euc-jp": (whole("統合認証基盤、電子証明書システム", "euc_jp"), "a.csv"),
    "euc-kr": (whole("통합 인증 플랫폼 전자 증명서 시스템과 자료의 관리", "euc_kr"), "a.csv"),
    "utf-32": (whole("平台", "utf-32"), "a.csv"),
    "odd utf-16": (b"\xff\xfec\0o\0d\0e\0,", "a.csv"),
    "marked utf-8 and is not": (b"\xef\xbb\xbf" + "code,name\nS1,统一平台".encode("gbk"), "a.csv"),
    "sep line": (b"sep=;\ncode;name\n", "a.csv"),
    "open quotation": (whole('"open', "utf-8"), "a.csv"),
    "text after quotation": (whole('"a"b', "utf-8"), "a.csv"),
    "huge cell": (b"code,name\nS1," + b"x" * 200_000, "a.csv"),
    "no code column": (b"name,department\nx,M01\n", "a.csv"),
    "column twice": (b"code,name,name\nS1,a,b\n", "a.csv"),
    "both kinds of capabilities": (b"code,capabilities,capability_text\nS1,,\n", "a.csv"),
    "taxonomy without text": (b"code,taxonomy\nS1,A01\n", "a.csv"),
    "list instead of lines": (b'[{"code": "S1"}]', "a.json"),
    "not json": (b"{code: S1}\n", "a.jsonl"),
    "deep json": (b'{"code":' + b"[" * 100_000, "a.jsonl"),
    "long number": (line(users=1234).replace("1234", "9" * 5000).encode(), "a.jsonl"),
    "nan": (line(build_cost=1234).replace("1234", "NaN").encode(), "a.jsonl"),
    "key twice": (line(code="S1").replace("{", '{"code":"S2",', 1).encode(), "a.jsonl"),
    "bare control character": (line(name="a-b").replace("a-b", "a\x01b").encode(), "a.jsonl"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_unreadable_file_is_refused_with_a_reason(name):
    data, filename = REFUSED[name]
    report = import_systems(data, filename=filename)
    assert report.errors
    assert all(error.message for error in report.errors)
    assert not System.objects.exists()


def test_file_over_the_limit_is_refused(monkeypatch):
    monkeypatch.setattr(reading, "MAX_BYTES", 100)
    assert places(import_systems(b"x" * 101, filename="a.csv")) == [(None, "")]


def test_unknown_column_is_refused_with_what_was_meant():
    report = import_systems(b"code,name,departmnt\nS1,a,M01\n", filename="a.csv")
    assert places(report) == [(1, "departmnt")]
    assert "department" in report.errors[0].message


def test_unknown_json_key_is_refused_with_what_was_meant():
    report = load(changed(statuss="retired", capabilities=[CAPABILITY | {"taxonmy": "A01"}]))
    assert places(report) == [(1, "statuss"), (1, "capabilities[1].taxonmy")]
    assert "“status”" in report.errors[0].message
    assert "“taxonomy”" in report.errors[1].message


def test_cell_without_heading_is_named():
    report = import_systems(b"code,name\nS1,a,stray\n", filename="a.csv")
    assert places(report)[0] == (2, "")


def test_undecodable_byte_is_named_by_row_and_column():
    text = csv_text(["code", "name", "description"], ["S1", "统一平台", "好的系统说明"], ["S2", "交换平台", "共享数据"])
    data = text.encode().replace("共享".encode(), "共".encode() + b"\xff")
    report = import_systems(data, filename="a.csv")
    assert (3, "description") in places(report)
    assert "0xFF" in next(error.message for error in report.errors if error.field == "description")


def test_mixed_encodings_are_named_not_stored():
    lines = jsonl(SYSTEM, changed(code="S002", capabilities=[])).split(b"\n")
    data = lines[0] + b"\n" + lines[1].decode().encode("gb18030")
    report = import_systems(data, filename="a.jsonl")
    assert report.errors
    assert not System.objects.exists()


@pytest.mark.parametrize("wrong", ["gbk", "latin-1", "cp1252"])
def test_text_that_was_decoded_wrongly_before_is_refused(wrong):
    garbled = "统一身份认证云平台".encode().decode(wrong, "replace").replace("\ufffd", "?")
    report = load(changed(name=garbled))
    assert places(report) == [(1, "name")]
