"""What the engine must see, must not see, and must refuse."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duplicates import (
    Band,
    BudgetLine,
    Engine,
    Kind,
    NegativeRule,
    Reason,
    Relation,
    ScreeningError,
    System,
    Thresholds,
    Verdict,
)
from duplicates.explain import sentence
from tests.duplicates.cases import make_proposal, make_system, town, yunhai, yunhai_engine, yunhai_results


def make_engine(*extra, **options):
    return Engine([*town(), *extra], encoder="lexical", **options)


def counted(result):
    return {(item.capability, item.system or item.proposal2) for item in result.findings if item.counts}


def test_engine_finds_a_renamed_function():
    tags = {"taxonomy": "K07", "domain": "BD08"}
    care = make_system("S40", "养老探访系统", "独居老人上门探访、任务分派", **tags)
    proposal = make_proposal("P1", "长者关爱项目", "空巢长者上门看望任务派发", **tags)
    assert ("P1-1", "S40") in counted(make_engine(care).screen(proposal))


def test_business_object_decides_between_twins():
    result = make_engine().screen(make_proposal("P1", "校园巴士安全项目", "学生接送车轨迹监控和超速告警"))
    best = result.findings[0]
    assert best.system == "S01"
    assert all(item.score < best.score for item in result.findings if item.system == "S02")


def test_generic_modules_never_count():
    generic = ("用户管理", "日志管理", "统计报表")
    engine = make_engine(make_system("S50", "某系统", *generic))
    result = engine.screen(make_proposal("P1", "某项目", *generic))
    assert counted(result) == set()
    assert result.band is Band.INSUFFICIENT
    assert "texts_say_nothing" in result.insufficient_reasons
    shown = [item for item in result.findings if item.system == "S50"]
    assert shown
    assert all(any(part.kind is Kind.GENERIC for part in item.evidence) for item in shown)


def test_generic_module_among_words_of_doing_never_counts():
    engine = make_engine(make_system("S50", "城市运行平台", "城市体征指标监测大屏", mode="unified"))
    result = engine.screen(make_proposal("P1", "科创大脑", "综合展示大屏"))
    assert counted(result) == set()
    assert result.band is Band.INSUFFICIENT


def test_same_words_about_another_object_never_count():
    matters = ("养老", "停车", "公园", "图书", "水务", "体育", "殡葬", "旅游")
    inventory = [
        make_system(f"T{matter}", f"{matter}服务平台", f"{matter}服务预约登记和统计分析") for matter in matters
    ]
    for encoder in ("lexical", "use"):
        engine = Engine(inventory, encoder=encoder)
        assert counted(engine.screen(make_proposal("P1", "宠物服务平台", "宠物服务预约登记和统计分析"))) == set()
        same = engine.screen(make_proposal("P2", "停车服务", "停车服务登记预约与统计"))
        assert counted(same) == {("P2-1", "T停车")}


def test_predecessor_and_retired_are_left_out_and_shown():
    text = "校车行驶轨迹实时监控与超速报警"
    engine = make_engine(make_system("S60", "旧校车系统", text, status="retired"))
    result = engine.screen(make_proposal("P1", "校车系统升级", text, predecessor="S01"))
    reasons = {(item.system, item.reason) for item in result.excluded}
    assert {("S01", Reason.PREDECESSOR), ("S60", Reason.RETIRED)} <= reasons
    assert not {"S01", "S60"} & {item.system for item in result.findings}
    assert result.verdict is Verdict.NONE


def test_same_round_is_found_in_both_directions():
    one = make_proposal("P1", "小场所安全码", "沿街店铺普查登记并赋码", "群众扫码反映隐患")
    two = make_proposal("P2", "店铺安全项目", "店铺普查登记、一店一码", "市民扫码反映店铺隐患", department="丙局")
    engine = make_engine(peers=[one, two])
    for mine, other in ((one, two), (two, one)):
        result = engine.screen(mine)
        assert any(item.relation is Relation.SAME_ROUND and item.proposal2 == other.code for item in result.findings)
        assert result.peers[0].proposal == other.code


def test_own_earlier_version_is_left_out():
    old = make_proposal("P1", "小场所安全码", "沿街店铺普查登记并赋码")
    new = replace(old, title="小场所安全码（修改）")
    result = make_engine(peers=[old]).screen(new)
    assert [item.reason for item in result.excluded if item.proposal2 == "P1"] == [Reason.OWN_VERSION]
    assert not [item for item in result.findings if item.proposal2]


def dunning_proposal():
    proposal = make_proposal("P1", "催缴项目", "催缴短信群发", "疫苗冷链温度记录", "候鸟迁徙路线标注", "古籍修复工艺")
    first, *rest = proposal.capabilities
    return replace(proposal, capabilities=(replace(first, taxonomy="B09"), *rest))


def test_unified_platform_blocks_whatever_its_share():
    result = make_engine().screen(dunning_proposal())
    hit = next(item for item in result.findings if item.system == "S03" and item.counts)
    assert hit.relation is Relation.UNIFIED
    assert hit.band is Band.AMBER
    assert result.coverage < 0.3
    assert result.band is Band.AMBER


def test_unified_only_where_reuse_is_mandatory():
    engine = make_engine(reuse_mandatory=["A01"])
    result = engine.screen(dunning_proposal())
    assert {item.relation for item in result.findings if item.system == "S03" and item.counts} == {Relation.DUPLICATE}


def test_small_proposal_inside_a_big_system_is_a_duplicate():
    big = make_system(
        "S70", "大平台", "校服尺码采集", *(f"{word}登记" for word in ("苗木", "雕塑", "泵房", "冰场", "茶园", "瓷窑"))
    )
    result = Engine([big, *town()], encoder="lexical").screen(make_proposal("P1", "校服项目", "校服尺码采集"))
    assert result.band is Band.RED
    assert result.verdict is Verdict.DUPLICATE
    assert result.systems[0].coverage == 1.0


def test_union_of_three_systems_covers_what_none_does():
    result = make_engine().screen(
        make_proposal("P1", "综合平台", "图书借阅与通借通还", "景区客流监测与限流预警", "来信来访登记")
    )
    assert set(result.union) == {"S05", "S08", "S06"}
    assert result.union_coverage == 1.0
    assert all(item.coverage < 0.7 for item in result.systems)
    assert all(item.band is Band.RED for item in result.findings if item.counts)


def test_under_declared_money_is_insufficient():
    lines = (BudgetLine("登记", Decimal(50), "P1-1", "software"), BudgetLine("其他开发", Decimal(50), None, "software"))
    result = make_engine().screen(make_proposal("P1", "项目", "候鸟迁徙路线标注", lines=lines))
    assert (result.band, result.verdict, result.mapped_share) == (Band.INSUFFICIENT, Verdict.INSUFFICIENT, 0.5)
    assert result.insufficient_reasons == ("unmapped_money",)


def test_proposal_without_capabilities_is_insufficient():
    result = make_engine().screen(
        make_proposal("P1", "项目", lines=(BudgetLine("开发", Decimal(9), None, "software"),))
    )
    assert result.band is Band.INSUFFICIENT
    assert "no_capabilities" in result.insufficient_reasons


def test_negative_list_bans_and_warns():
    rules = [
        NegativeRule("N1", "不得新建机房", ("新建机房",), ban=True),
        NegativeRule("N2", "慎购打印机", ("打印机",), ban=False),
    ]
    lines = (BudgetLine("打印机采购", Decimal(3), None, "hardware"), BudgetLine("开发", Decimal(9), "P1-1", "software"))
    result = make_engine(negative_rules=rules).screen(make_proposal("P1", "项目", "新建机房一处", lines=lines))
    bands = {item.rule: item.band for item in result.findings if item.relation is Relation.NEGATIVE}
    assert bands == {"N1": Band.RED, "N2": Band.AMBER}
    assert result.band is Band.RED


def test_evidence_spans_cut_the_shared_words_out_of_both_texts():
    for result in itertools.islice(yunhai_results().values(), 12):
        for item in result.findings:
            for part in item.evidence:
                assert all(0 <= start < end <= len(item.text) for start, end in part.proposed)
                assert all(0 <= start < end <= len(item.matched_text) for start, end in part.existing)


def test_evidence_of_a_synonym_names_both_wordings():
    result = make_engine().screen(make_proposal("P1", "长者项目", "独居长者上门探访派活"))
    parts = [
        part for item in result.findings if item.system == "S04" for part in item.evidence if part.kind is Kind.SYNONYM
    ]
    assert {("派活", "派单")} <= {(part.term, part.other) for part in parts}


def test_sentences_exist_in_both_languages():
    for item in yunhai_results()["P01"].findings:
        assert item.system_name in sentence(item, "zh")
        assert sentence(item, "en").endswith(".")


def test_money_of_findings_is_the_budget_of_the_capability():
    result = make_engine().screen(make_proposal("P1", "项目", "来信来访登记", budget=37))
    assert result.findings[0].money == Decimal(37)
    assert result.systems[0].money == Decimal(37)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda: Engine([], encoder="lexical"), "empty"),
        (lambda: Engine([*town(), *town()], encoder="lexical"), "twice"),
        (lambda: make_engine(peers=[make_proposal("P1", "a", "b")] * 2), "twice"),
        (lambda: make_engine().screen(make_proposal("P1", "a", "b", budget=Decimal("NaN"))), "not a number"),
        (lambda: make_engine().screen(make_proposal("P1", "a", "b", budget=-1)), "negative"),
    ],
)
def test_engine_fails_loudly(change, message):
    with pytest.raises(ScreeningError, match=message):
        change()


class Broken:
    """An encoder that works once and then returns nonsense."""

    name = "broken"

    def __init__(self):
        self.calls = 0

    def encode(self, texts):
        self.calls += 1
        return np.full((len(texts), 4), 1.0 if self.calls == 1 else np.nan, dtype=np.float32)


class Absent:
    """An encoder that cannot be loaded."""

    name = "absent"

    def encode(self, texts):
        raise ImportError("not installed")


def test_absent_encoder_degrades_and_says_so():
    engine = Engine(town(), encoder=Absent())
    assert engine.record.encoder == "lexical"
    assert "not installed" in engine.record.degraded_reason
    assert engine.screen(make_proposal("P1", "a", "来信来访登记")).findings


def test_encoder_that_breaks_in_the_middle_fails_the_run():
    engine = Engine(town(), encoder=Broken())
    with pytest.raises(ScreeningError, match="broken"):
        engine.screen(make_proposal("P1", "a", "来信来访登记"))


def test_unknown_encoder_is_refused():
    with pytest.raises(ValueError, match="word2vec"):
        Engine(town(), encoder="word2vec")


def test_preview_answers_like_screening_and_empty_text_is_silent():
    engine = make_engine()
    assert engine.preview("   ") == []
    assert engine.preview("来信来访登记")[0].system == "S06"


def test_order_of_input_changes_nothing():
    data = yunhai()
    chooser = random.Random(7)
    systems = [
        replace(s, capabilities=tuple(chooser.sample(s.capabilities, len(s.capabilities)))) for s in data.systems
    ]
    chooser.shuffle(systems)
    peers = chooser.sample(data.proposals, len(data.proposals))
    engine = Engine(systems, peers=peers, encoder="lexical")
    for proposal in data.proposals[:8]:
        shuffled = replace(
            proposal, capabilities=tuple(chooser.sample(proposal.capabilities, len(proposal.capabilities)))
        )
        assert engine.screen(shuffled) == yunhai_results()[proposal.code]
    assert engine.record == yunhai_engine().record


def test_an_unrelated_system_removes_no_finding():
    data = yunhai()
    extra = make_system("S999", "天文馆星象仪系统", "星象仪投影校准", "陨石标本编号", "日冕观测值守")
    engine = Engine([*data.systems, extra], peers=data.proposals, encoder="lexical")
    for proposal in data.proposals:
        assert counted(yunhai_results()[proposal.code]) <= counted(engine.screen(proposal))


def test_renaming_departments_changes_no_finding():
    data = yunhai()

    def renamed(items):
        return [replace(item, department=f"改名后的{item.department}") for item in items]

    proposals = renamed(data.proposals)
    engine = Engine(renamed(data.systems), peers=proposals, encoder="lexical")
    for proposal in proposals:
        assert engine.screen(proposal).findings == yunhai_results()[proposal.code].findings


def test_boilerplate_everywhere_changes_no_verdict():
    data = yunhai()
    phrase = "深入贯彻落实，依托大数据、云计算、人工智能等新一代信息技术，"

    def pad(items):
        return tuple(replace(item, text=phrase + item.text) for item in items)

    peers = [replace(item, capabilities=pad(item.capabilities)) for item in data.proposals]
    engine = Engine(
        [replace(s, capabilities=pad(s.capabilities)) for s in data.systems], peers=peers, encoder="lexical"
    )
    for proposal in peers:
        assert engine.screen(proposal).verdict == yunhai_results()[proposal.code].verdict


def test_splitting_a_capability_hides_nothing():
    whole = make_proposal("P1", "项目", "校车行驶轨迹实时监控与超速报警", "候鸟迁徙路线标注")
    halves = make_proposal("P1", "项目", "校车行驶轨迹实时监控", "校车超速报警", "候鸟迁徙路线标注")
    assert counted(make_engine().screen(whole)) == {("P1-1", "S01")}
    assert {("P1-1", "S01"), ("P1-2", "S01")} <= counted(make_engine().screen(halves))


WIDE = {ord("0") + i: chr(0xFF10 + i) for i in range(10)} | {ord("A") + i: chr(0xFF21 + i) for i in range(26)}


def test_width_and_traditional_script_change_nothing():
    plain = make_proposal("P1", "OCR项目", "校车行驶轨迹实时监控与超速报警")
    other = make_proposal("P1", "OCR项目".translate(WIDE), "校車行駛軌跡實時監控與超速報警")
    one, two = make_engine().screen(plain), make_engine().screen(other)
    assert [(i.system, i.score) for i in one.findings] == [(i.system, i.score) for i in two.findings]


@given(st.lists(st.text(max_size=40), max_size=4), st.text(max_size=20))
@settings(max_examples=60, deadline=None)
def test_any_text_gives_a_lawful_result(texts, title):
    result = make_engine().screen(make_proposal("P1", title, *texts))
    assert 0.0 <= result.coverage <= 1.0
    assert result.union_coverage <= result.coverage + 1e-6
    assert all(0.0 <= item.score <= 1.0 for item in result.findings)
    if not any(text.strip() for text in texts):
        assert result.band is Band.INSUFFICIENT


def test_a_very_long_and_a_very_wide_proposal_are_answered():
    long = make_engine().screen(make_proposal("P1", "长", "来信来访登记，" * 1500 + "\x00🚀"))
    assert ("P1-1", "S06") in counted(long)
    wide = make_engine().screen(make_proposal("P2", "宽", *(f"第{n}号来信来访登记" for n in range(500))))
    assert len(wide.findings) >= 1


def test_thresholds_move_bands_not_scores():
    proposal = make_proposal("P1", "项目", "来信来访登记", "候鸟迁徙路线标注")
    usual = make_engine().screen(proposal)
    assert (usual.coverage, usual.band, usual.verdict) == (0.5, Band.AMBER, Verdict.PARTIAL)
    strict = make_engine(thresholds=Thresholds(red=0.4)).screen(proposal)
    loose = make_engine(thresholds=Thresholds(red=0.9, amber=0.8)).screen(proposal)
    assert (strict.band, loose.band) == (Band.RED, Band.GREEN)
    assert [item.score for item in strict.findings] == [item.score for item in loose.findings]


def test_split_hint_names_the_units_other_proposal():
    line = (BudgetLine("店铺普查登记软件", Decimal(90), "P1-1", "software"),)
    one = make_proposal("P1", "小场所一期", "沿街店铺普查登记并赋码", lines=line)
    two = make_proposal("P2", "小场所二期", "沿街店铺普查登记赋码", lines=(replace(line[0], capability="P2-1"),))
    kinds = {(hint.kind, hint.proposal2) for hint in make_engine(peers=[one, two]).screen(one).hints}
    assert kinds == {("same_unit", "P2"), ("same_cost_item", "P2")}


def test_missing_tag_is_suggested_from_neighbours():
    found = [item for code in ("P13", "P44") for item in yunhai_results()[code].suggestions]
    assert found
    assert all(item.suggested != item.claimed for item in found)


@pytest.mark.parametrize("encoder", ["lexical", "use"])
def test_system_that_only_has_a_description_is_found_whoever_owns_it(encoder):
    tracker = System(
        "S90", "Permit tracker", "office", "in_operation", "departmental",
        "Tracks building permit applications, inspections and fees for the city planning office", (), (),
    )  # fmt: skip
    care = make_system("S91", "Elderly care platform", "Scheduling home visits for elderly people living alone")
    engine = Engine([tracker, care], encoder=encoder)
    result = engine.screen(make_proposal("P1", "Permits", "Online building permit application tracking"))
    assert counted(result) == {("P1-1", "S90")}
    assert all(item.low_confidence for item in result.findings if item.system == "S90")
