"""What an import does to the registry: what the file says, all of it or nothing, every error by row and field."""

import datetime
import json
from decimal import Decimal

import pytest

from accounts.models import Department
from portfolio.imports.report import Outcome, printable
from portfolio.models import Capability, System
from portfolio.services import import_systems
from portfolio.signals import inventory_changed
from tests.portfolio.making import CAPABILITY, SYSTEM, changed, jsonl, load, make_world, places, stored

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def world():
    """What SYSTEM refers to."""
    make_world()


def test_every_field_is_stored():
    report = load(SYSTEM)
    assert (report.created, report.updated, report.unchanged, report.errors) == (1, 0, 0, [])
    system = System.objects.get()
    assert system.department.code == "M01"
    assert (system.build_cost, system.annual_om_cost) == (Decimal("1260.50"), Decimal(168))
    assert (system.built_on, system.users, system.mlps_level) == (datetime.date(2018, 11, 20), 5280000, 3)
    assert (system.on_gov_cloud, system.aliases) == (True, ["云海通行证", "市统一认证中心"])
    assert "tysfrzpt" in system.pinyin
    capability = system.capabilities.get()
    assert (capability.text, capability.service_object) == ("扫码登录与单点跳转", "公众")
    assert (capability.taxonomy.code, capability.domain.code) == ("A01", "BD22")


def test_repeated_import_changes_nothing():
    load(SYSTEM)
    before = list(System.objects.values()), list(Capability.objects.values())
    report = load(SYSTEM)
    assert (report.created, report.updated, report.unchanged) == (0, 0, 1)
    assert (list(System.objects.values()), list(Capability.objects.values())) == before


def test_dry_run_says_the_same_and_writes_nothing():
    report = load(SYSTEM, dry_run=True)
    assert (report.created, report.changes[0].capabilities_added) == (1, 1)
    assert not System.objects.exists()
    load(SYSTEM)
    before = stored()
    report = load(changed(name="新名称", capabilities=[]), dry_run=True)
    assert (report.updated, report.removed_capabilities, report.changes[0].fields) == (1, 1, ("name",))
    assert stored() == before


def test_changed_fields_and_capabilities_are_named_and_written():
    load(SYSTEM)
    earlier = System.objects.get().updated_at
    other = CAPABILITY | {"code": "S001-02", "text": "人脸核验"}
    report = load(changed(name="认证平台", users=None, capabilities=[CAPABILITY | {"domain": "BD15"}, other]))
    change = report.changes[0]
    assert (change.outcome, set(change.fields)) == (Outcome.UPDATED, {"name", "users"})
    assert (change.capabilities_added, change.capabilities_changed, change.capabilities_removed) == (1, 1, 0)
    system = System.objects.get()
    assert (system.name, system.users, system.updated_at > earlier) == ("认证平台", None, True)
    assert "rzpt" in system.pinyin
    assert "tysfrzpt" not in system.pinyin
    assert [c.domain.code for c in system.capabilities.all()] == ["BD15", "BD22"]


def test_removed_capability_is_removed_and_changes_the_system():
    load(SYSTEM)
    version = System.objects.get().version
    report = load(changed(capabilities=[]))
    assert (report.updated, report.removed_capabilities) == (1, 1)
    assert not Capability.objects.exists()
    assert System.objects.get().version != version


def test_what_the_file_does_not_mention_stays():
    load(SYSTEM, changed(code="S002", capabilities=[]))
    report = load({"code": "S001", "users": 7})
    assert (report.updated, report.changes[0].fields) == (1, ("users",))
    system = System.objects.get(code="S001")
    assert (system.users, system.description, system.capabilities.count()) == (7, SYSTEM["description"], 1)
    assert System.objects.filter(code="S002").exists()


def test_capabilities_without_codes_are_numbered_and_keep_their_numbers():
    rows = [{"text": text} for text in ("甲", "乙", "乙")]
    load(changed(capabilities=rows))
    assert list(Capability.objects.values_list("code", "text")) == [
        ("S001-01", "甲"),
        ("S001-02", "乙"),
        ("S001-03", "乙"),
    ]
    assert load(changed(capabilities=rows)).unchanged == 1
    load(changed(capabilities=[{"text": "丙"}, *rows]))
    assert dict(Capability.objects.values_list("code", "text")) == {
        "S001-01": "甲",
        "S001-02": "乙",
        "S001-03": "乙",
        "S001-04": "丙",
    }


def test_department_taxonomy_and_domain_are_found_by_name():
    named = CAPABILITY | {"taxonomy": "a01 统一身份认证/单点登录", "domain": "政务服务"}
    report = load(changed(department="Data Administration", capabilities=[named]))
    assert report.errors == []
    assert Capability.objects.get().taxonomy.code == "A01"


def test_ambiguous_department_name_asks_for_the_code():
    Department.objects.create(code="M03", name="市财政局", kind="municipal")
    assert places(load(changed(department="市财政局"))) == [(1, "department")]


def test_unknown_department_suggests_the_near_one():
    report = load(changed(department="市财政"))
    assert places(report) == [(1, "department")]
    assert "市财政局" in report.errors[0].message


BAD = {
    "code": [None, "", "平台", "a b", "-x", "x" * 21, True, [], {}, "S\x00"],
    "name": [None, "", "  ", "x" * 121, "a\x00b", "a\nb", "a\u202eb", "\ud800", "a\ufffdb", "\ufdd0", True, ["a"], {}],
    "aliases": [[1], "a;" * 21 + "b" * 61, ["x" * 61], ["a;b"], ["a\x07"], {}, [f"n{i}" for i in range(21)]],
    "department": [None, "", "M99", 7, True, ["M01"]],
    "status": [None, "", "running", "在", 1, True],
    "build_mode": [None, "", "自己", []],
    "built_on": [
        "2019",
        "2019-13-01",
        "2019-02-29",
        "31.02.2020",
        "1066-01-01",
        "9999-01-01",
        "yesterday",
        43789,
        True,
    ],
    "build_cost": [-1, "-1", "1e5", "1.005", 0.001, "NaN", "12万元", "1,26", 10**12, 10**400, True, [], "１．２３４"],
    "annual_om_cost": ["abc", 1e300, "∞"],
    "users": [-1, 1.5, "1.5", 2**31, "many", True],
    "mlps_level": [0, 6, "六级", "3.5", True],
    "on_gov_cloud": ["maybe", 2, "2"],
    "description": ["x" * 4001, "a\x00", "\x1b[31m", False, []],
    "contact_name": ["x" * 61, "a\tb"],
    "contact_phone": ["1" * 41],
    "capabilities": ["text", {}, [1], [[]], 5, [{"code": "S001-01", "text": "x"}] * 501],
}


@pytest.mark.parametrize(("field", "value"), [(field, value) for field, values in BAD.items() for value in values])
def test_bad_value_is_named_by_row_and_field(field, value):
    good = changed(code="S900", capabilities=[])
    report = import_systems(jsonl_of(good, changed(**{field: value})), filename="a.jsonl")
    assert places(report) == [(2, field)]
    assert report.errors[0].message
    assert "\x00" not in report.errors[0].value
    report.errors[0].value.encode()
    assert not System.objects.exists()


def jsonl_of(*systems: dict) -> bytes:
    """JSON Lines in plain ASCII, so that characters no encoding can carry arrive as escapes."""
    return "\n".join(json.dumps(system) for system in systems).encode()


BAD_CAPABILITY = {
    "code": ["能力", "x" * 31, True],
    "text": [None, "", "x" * 501, "a\x00", "a\nb", [], True],
    "taxonomy": ["Z99", 7, True],
    "domain": ["BD99", []],
    "object": ["所有人", "public", 1],
}


@pytest.mark.parametrize(("field", "value"), [(f, value) for f, values in BAD_CAPABILITY.items() for value in values])
def test_bad_capability_is_named_by_its_place(field, value):
    report = import_systems(jsonl_of(changed(capabilities=[CAPABILITY | {field: value}])), filename="a.jsonl")
    assert places(report) == [(1, f"capabilities[1].{field}")]
    assert not System.objects.exists()


def test_all_errors_of_all_rows_are_collected():
    rows = [changed(code=f"S{n}", users=-1, mlps_level=9, department="M99", capabilities=[]) for n in range(5)]
    report = load(*rows)
    assert len(report.errors) == 15
    assert {error.row for error in report.errors} == {1, 2, 3, 4, 5}


def test_one_error_anywhere_writes_nothing():
    good = [changed(code=f"S{n}", capabilities=[]) for n in range(20)]
    assert load(*good, changed(code="S99", users="x", capabilities=[])).errors
    assert not System.objects.exists()


def test_new_system_needs_what_says_what_it_is():
    assert places(load({"code": "S001"})) == [(1, name) for name in ("name", "department", "status", "build_mode")]


@pytest.mark.parametrize("field", ["name", "department", "status", "build_mode"])
def test_required_fact_cannot_be_emptied(field):
    load(SYSTEM)
    assert places(load({"code": "S001", field: ""})) == [(1, field)]


def test_system_code_twice_names_both_rows():
    report = load(SYSTEM, SYSTEM | {"capabilities": []})
    assert places(report) == [(2, "code")]
    assert "1" in report.errors[0].message


def test_capability_code_twice_is_refused():
    report = load(SYSTEM, changed(code="S002"))
    assert places(report) == [(2, "capabilities[1].code")]


def test_capability_code_of_another_system_is_refused():
    load(SYSTEM)
    report = load(changed(code="S002"))
    assert places(report) == [(1, "capabilities[1].code")]
    assert "S001" in report.errors[0].message


def test_capability_code_taken_by_another_system_while_numbering_is_an_error_not_a_crash():
    load(changed(code="X", capabilities=[CAPABILITY]))
    report = load(changed(capabilities=[{"text": "甲"}]))
    assert len(report.errors) == 1
    assert not System.objects.filter(code="S001").exists()


def test_change_is_told_after_the_commit(django_capture_on_commit_callbacks):
    heard = []

    def listen(codes, **_kwargs):
        heard.append(codes)

    inventory_changed.connect(listen)
    with django_capture_on_commit_callbacks(execute=True):
        load(SYSTEM)
        assert heard == []
    with django_capture_on_commit_callbacks(execute=True):
        load(SYSTEM)
        load(changed(users=-1))
        load(changed(users=5), dry_run=True)
    assert heard == [("S001",)]


def test_number_of_queries_does_not_grow_with_the_file(django_assert_max_num_queries):
    rows = [changed(code=f"S{n}", capabilities=[CAPABILITY | {"code": f"S{n}-01"}]) for n in range(200)]
    with django_assert_max_num_queries(40):  # with the search index
        load(*rows)
    rows = [row | {"users": 3} for row in rows]
    with django_assert_max_num_queries(40):
        assert load(*rows).updated == 200


def test_shown_value_is_short_and_harmless():
    assert printable("a" * 100) == "a" * 60 + "…"
    assert printable("x\x00\udcff\n") == "x\\u0000\\xff "


def test_surrogate_escaped_bytes_do_not_reach_the_registry():
    data = jsonl(SYSTEM).replace("登录各系统".encode(), b"\xfe\xff")
    report = import_systems(data, filename="a.jsonl")
    assert (1, "description") in places(report)
