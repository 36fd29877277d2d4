"""What the matching engine is given, the shipped lists, and the import command."""

import json
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

import duplicates
from portfolio import queries
from portfolio.models import Capability, CapabilityNode, Domain, NegativeRule, System
from portfolio.pinyin import spell
from portfolio.services import YUNHAI, import_systems, load_negative_rules, load_taxonomy
from tests.portfolio.making import SYSTEM, changed, jsonl, load, make_department, make_system, make_world

pytestmark = pytest.mark.django_db


def test_inventory_says_everything_that_is_compared():
    make_world()
    load(SYSTEM, changed(code="S002", status="retired", aliases=[], capabilities=[{"code": "S002-01", "text": "甲"}]))
    first, second = queries.inventory()
    assert first == duplicates.System(
        code="S001",
        name="统一身份认证平台",
        department="M01",
        status="in_operation",
        build_mode="unified",
        description="一个账号登录各系统",
        aliases=("云海通行证", "市统一认证中心"),
        capabilities=(duplicates.Capability("S001-01", "扫码登录与单点跳转", "A01", "BD22", "公众", Decimal(0)),),
    )
    assert (second.status, second.capabilities) == ("retired", (duplicates.Capability("S002-01", "甲"),))


def test_inventory_costs_two_queries_whatever_its_size(django_assert_num_queries):
    make_department()
    for _ in range(30):
        make_system(texts=("甲", "乙"), department=make_department())
    with django_assert_num_queries(2):
        assert len(queries.inventory()) == 30


def test_negative_rules_are_plain_facts(django_assert_num_queries):
    NegativeRule.objects.create(code="N1", title="机房", keywords=["新建机房"], ban=True, source="规则")
    with django_assert_num_queries(1):
        assert queries.negative_rules() == [duplicates.NegativeRule("N1", "机房", ("新建机房",), True)]


def test_fingerprint_moves_with_what_is_compared_and_with_nothing_else():
    make_world()
    load(SYSTEM)
    before = queries.fingerprint()
    assert len(before) == 64
    load(SYSTEM)
    System.objects.update(users=3, contact_name="别人")
    assert queries.fingerprint() == before
    seen = {before}
    for model, change in (
        (Capability, {"text": "改"}),
        (Capability, {"taxonomy": None}),
        (Capability, {"service_object": "企业"}),
        (System, {"status": "retired"}),
        (System, {"name": "改"}),
        (System, {"aliases": []}),
    ):
        model.objects.update(**change)
        seen.add(queries.fingerprint())
    assert len(seen) == 7


def test_shipped_taxonomy_is_loaded_once_and_brought_back_in_line():
    assert load_taxonomy() == 130
    assert load_taxonomy() == 0
    assert CapabilityNode.objects.filter(parent=None).count() == 12
    assert CapabilityNode.objects.get(code="A01").parent.code == "A"
    CapabilityNode.objects.filter(code="A01").update(name="x")
    Domain.objects.filter(code="BD01").update(name_en="x")
    CapabilityNode.objects.create(code="Z01", name="本市自加")
    assert load_taxonomy() == 2
    assert CapabilityNode.objects.filter(code="Z01").exists()


def test_shipped_negative_list_is_loaded_once_and_names_its_sources():
    assert load_negative_rules() == NegativeRule.objects.count() >= 10
    assert load_negative_rules() == 0
    for rule in NegativeRule.objects.all():
        assert rule.source
        assert rule.title_en
        assert rule.keywords == list(dict.fromkeys(rule.keywords))


def make_city() -> None:
    """Departments that the shipped systems name, and the taxonomy."""
    load_taxonomy()
    lines = (YUNHAI / "systems.jsonl").read_text(encoding="utf-8").splitlines()
    for code in sorted({json.loads(line)["department"] for line in lines}):
        make_department(code, f"单位{code}")


def test_shipped_systems_are_imported_once():
    make_city()
    report = import_systems(YUNHAI / "systems.jsonl")
    assert (report.created, report.errors) == (120, [])
    assert Capability.objects.count() == 620
    assert System.objects.filter(build_mode="unified").count() == 26
    assert import_systems(str(YUNHAI / "systems.jsonl")).unchanged == 120
    assert not System.objects.filter(pinyin="").exists()


@pytest.mark.parametrize(
    ("name", "spelled"),
    [
        ("重庆", "重庆 chongqing cq"),
        ("12345热线", "12345热线 12345rexian 12345rx"),
        ("ＡＰＰ Store", "appstore"),
        ("", ""),
    ],
)
def test_names_are_spelled(name, spelled):
    assert spell([name]) == spelled


# --- the command -----------------------------------------------------------------------------------------------------


def run(*arguments, capsys) -> tuple[str, str]:
    """Output of the command."""
    call_command("import_systems", *map(str, arguments))
    return capsys.readouterr()


def test_command_imports_and_reports(tmp_path, capsys):
    make_world()
    file = tmp_path / "systems.jsonl"
    file.write_bytes(jsonl(SYSTEM))
    out, _err = run(file, "--dry-run", capsys=capsys)
    assert "1" in out
    assert not System.objects.exists()
    run(file, capsys=capsys)
    assert System.objects.count() == 1
    file.write_bytes(jsonl(changed(name="新名称")))
    out, _err = run(file, capsys=capsys)
    assert "S001" in out
    assert "name" in out


def test_command_names_every_error_and_fails(tmp_path, capsys):
    make_world()
    file = tmp_path / "systems.jsonl"
    file.write_bytes(jsonl(changed(users=-1), changed(code="S002", department="M99", capabilities=[])))
    with pytest.raises(CommandError, match="2") as failure:
        run(file, capsys=capsys)
    assert failure.value.returncode == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert "users" in lines[0]
    assert "1" in lines[0]
    assert "department" in lines[1]
    assert "M99" in lines[1]
    assert not System.objects.exists()


@pytest.mark.parametrize("arguments", [["missing.jsonl"], ["."], []])
def test_command_without_a_readable_file_says_so(arguments, capsys):
    with pytest.raises(CommandError) as failure:
        run(*arguments, capsys=capsys)
    assert str(failure.value)
