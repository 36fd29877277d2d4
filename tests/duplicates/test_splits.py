"""Split undertakings and double budgets: each sign, what must not be one, and what must not change it."""

from dataclasses import replace
from decimal import Decimal

import pytest

from duplicates import BudgetLine, Capability, Engine, Proposal, files, report
from duplicates.splits import Contract, hints
from tests.duplicates.cases import make_proposal, make_system, town, yunhai, yunhai_results

TIERS = (Decimal(20), Decimal(100), Decimal(500))
TITLE = "校车安全运行监测平台"


def line(name, amount=10, category="software", **more):
    return BudgetLine(name, Decimal(str(amount)), None, category, **more)


def asked(code, *lines, title="", department="甲局", **more):
    return Proposal(code, title or f"项目{code}", department, "new", None, "", (), tuple(lines), **more)


def kinds(proposal, *peers, **more):
    return {(hint.kind, hint.proposal2) for hint in hints(proposal, peers, (), **more)}


def two(mine, theirs, *, theirs_of="甲局"):
    """The kinds of hints between one line here and one line there."""
    return {kind for kind, _other in kinds(asked("P1", mine), asked("P2", theirs, department=theirs_of))}


# --- a split project ------------------------------------------------------------------------------------------------


def whole():
    texts = ("校车行驶轨迹实时监控与超速报警", "校车驾驶员资格审核", "家长接送通知", "站点客流测算")
    return make_proposal("P1", TITLE, *texts, budget=45)


def halves(proposal, *, names=("P1a", "P1b")):
    """The same project in two proposals of one unit."""
    made = []
    for number, code in enumerate(names):
        kept = proposal.capabilities[number::2]
        lines = tuple(item for item in proposal.budget_lines if item.capability in {one.code for one in kept})
        title = f"{proposal.title}（{'一二'[number]}期）"
        made.append(replace(proposal, code=code, title=title, capabilities=kept, budget_lines=lines))
    return made


def test_splitting_a_project_in_two_is_seen_though_the_parts_share_no_capability():
    one, other = halves(whole())
    found = hints(one, [one, other], (), tiers=TIERS)
    assert [(hint.kind, hint.proposal2, hint.money, hint.limit) for hint in found] == [
        ("split_under_tier", "P1b", Decimal(180), Decimal(100))
    ]
    assert kinds(other, one, tiers=TIERS) == {("split_under_tier", "P1a")}


def test_splitting_in_three_is_seen_where_no_two_parts_reach_the_limit():
    parts = [replace(asked(code, line("开发", 40)), title=f"{TITLE}{code}") for code in ("Pa", "Pb", "Pc")]
    assert kinds(*parts, tiers=TIERS) == {("split_under_tier", "Pb"), ("split_under_tier", "Pc")}
    assert kinds(*parts[:2], tiers=TIERS) == set()


def test_no_split_without_limits_another_unit_another_matter_or_a_part_over_the_limit():
    one, other = halves(whole())
    assert kinds(one, other) == set()
    assert kinds(one, replace(other, department="丙局"), tiers=TIERS) == set()
    assert kinds(one, replace(other, title="养老床位轮候系统"), tiers=TIERS) == set()
    large = replace(other, budget_lines=(line("开发", 120),))
    small = replace(one, budget_lines=(line("开发", 30),))
    assert kinds(small, large, tiers=(Decimal(100),)) == kinds(large, small, tiers=(Decimal(100),)) == set()


def test_generic_titles_are_no_split():
    one, other = (
        asked(code, line("开发", 60), title=title)
        for code, title in (("P1", "信息系统建设项目"), ("P2", "信息系统升级改造项目"))
    )
    assert kinds(one, other, tiers=TIERS) == set()


def test_same_background_makes_a_split_under_other_titles():
    story = "全市校车运行缺乏统一监测，驾驶员资格靠纸质台账，家长无法掌握接送情况，事故隐患排查依靠人工巡查，数据分散在学校与运营公司。"
    one, other = halves(whole())
    renamed = replace(other, title="驾驶员诚信档案", background=story)
    assert kinds(replace(one, background=story), renamed, tiers=TIERS) == {("split_under_tier", "P1b")}
    assert kinds(one, replace(renamed, background=""), tiers=TIERS) == set()


def test_same_capability_in_two_proposals_of_a_unit():
    first = make_proposal("P1", "甲", "独居老人上门探访派单", budget=60)
    second = make_proposal("P2", "乙", "独居老人上门探访派单", budget=60)
    engine = Engine(town(), peers=[first, second], encoder="lexical")
    result = engine.screen(first)
    assert "same_unit" in {hint.kind for hint in result.hints}
    found = hints(first, [second], result.findings, tiers=TIERS)
    assert ("split_under_tier", ("P1-1",)) in {(hint.kind, hint.items) for hint in found}
    assert "same_unit" not in {hint.kind for hint in found}


# --- one cost in two proposals ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (line("窨井水位监测终端", 30, "hardware"), line("窨井水位监测终端采购", 30, "hardware")),
        (line("渣土车轨迹监控开发", 30), line("渣土车轨迹监控模块", 31)),
        (line("Ballast water inspection module", 30), line("Inspection of ballast water", 30)),
    ],
)
def test_same_item_in_other_words_and_nearly_the_same_amount(mine, theirs):
    assert two(mine, theirs) == {"same_cost_item"}
    assert two(mine, theirs, theirs_of="丙局") == {"same_cost_item"}


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (line("服务器", 30, "hardware"), line("服务器", 30, "hardware")),
        (line("项目监理", 9, "supervision"), line("项目监理", 9, "supervision")),
        (line("使用培训", 9, "training"), line("使用培训", 9, "training")),
        (line("软件开发服务费", 30), line("软件开发服务费", 30)),
        (line("云资源扩容", 20, "cloud"), line("云资源扩容", 20, "cloud")),
        (line("改造申请", 18), line("助学申请", 18)),
        (line("渣土车轨迹监控开发", 30), line("渣土车轨迹监控开发", 40)),
        (line("渣土车轨迹监控开发", 30), line("校车轨迹监控开发与驾驶员审核", 30)),
    ],
)
def test_what_is_not_the_same_item(mine, theirs):
    assert two(mine, theirs) == set()


# --- vendor and period, site -----------------------------------------------------------------------------------------

YEAR = {"period_from": "2026-01", "period_to": "2026-12"}
LATER = {"period_from": "2026-10", "period_to": "2027-09"}
AFTER = {"period_from": "2027-01", "period_to": "2027-12"}


def paid(name, amount, vendor="云海数科", months=YEAR, category="software", **more):
    return line(name, amount, category, vendor=vendor, **months, **more)


def test_one_vendor_paid_for_the_same_months():
    found = hints(asked("P1", paid("外呼", 20)), [asked("P2", paid("质检", 90, months=LATER))], ())
    assert [hint.kind for hint in found] == ["same_vendor_period"]
    assert found[0].pairs[0].ground == "云海数科 2026-10–2026-12"


@pytest.mark.parametrize(
    "theirs",
    [
        paid("质检", 90, months=AFTER),
        paid("质检", 90, vendor="海川软件"),
        paid("质检", 90, months={}),
        paid("监理", 9, category="supervision"),
    ],
)
def test_other_months_vendor_or_unknown_months_are_no_sign(theirs):
    assert two(paid("外呼", 20), theirs) == set()


def test_a_vendor_of_two_units_counts_for_the_same_item_only():
    assert two(paid("外呼坐席", 20), paid("数据质检", 90), theirs_of="丙局") == set()
    assert two(paid("外呼坐席租赁", 20), paid("外呼坐席租赁", 90), theirs_of="丙局") == {"same_vendor_period"}


def test_one_place_equipped_twice():
    mine, theirs = (line("服务器", amount, "hardware", site="市民中心三楼机房") for amount in (30, 80))
    assert two(mine, theirs) == {"same_site"}
    assert two(mine, replace(theirs, site="青屿分中心")) == set()
    assert two(mine, replace(theirs, category="software")) == set()
    assert two(mine, theirs, theirs_of="丙局") == set()
    assert two(line("监理", 9, "supervision", site="机房"), line("监理", 9, "supervision", site="机房")) == set()


# --- a running contract -----------------------------------------------------------------------------------------------


def contract(**more):
    made = Contract(
        "YW-1",
        "S074",
        "停车平台",
        "甲局",
        "云海数科",
        "2026-01",
        "2027-12",
        Decimal(60),
        "诱导屏联网维护、同城容灾备份、专席坐席",
    )
    return replace(made, **more)


def test_a_line_that_a_running_contract_pays_already():
    found = hints(asked("P1", line("诱导屏联网", 34), line("欠费追缴", 40)), (), (), contracts=[contract()])
    assert [(hint.kind, hint.proposal2, hint.system, hint.items, hint.money) for hint in found] == [
        ("running_contract", "YW-1", "S074", ("诱导屏联网",), Decimal(34))
    ]


@pytest.mark.parametrize(
    ("item", "running"),
    [
        (line("诱导屏联网", 34), contract(department="丙局")),
        (line("欠费追缴", 40), contract()),
        (line("容灾备份", 40), contract(scope="诱导屏联网维护；不含容灾备份与测评")),
        (line("运维服务", 40), contract(scope="平台运维服务")),
        (line("诱导屏联网", 34, period_from="2028-01", period_to="2028-12"), contract()),
        (line("诱导屏联网监理", 3, "supervision"), contract()),
    ],
)
def test_what_a_contract_does_not_pay(item, running):
    assert hints(asked("P1", item), (), (), contracts=[running]) == ()


# --- what must not change anything ------------------------------------------------------------------------------------


def test_renaming_the_department_changes_nothing():
    data = yunhai()
    renamed = [replace(item, department=f"云海{item.department}中心") for item in data.proposals]
    for before, after in zip(data.proposals, renamed, strict=True):
        findings = yunhai_results()[before.code].findings
        assert hints(before, data.proposals, findings, tiers=TIERS) == hints(after, renamed, findings, tiers=TIERS)


def test_order_of_peers_and_lines_changes_nothing():
    data = yunhai()
    turned = [replace(item, budget_lines=tuple(reversed(item.budget_lines))) for item in reversed(data.proposals)]
    for proposal in data.proposals:
        findings = yunhai_results()[proposal.code].findings
        same = next(item for item in turned if item.code == proposal.code)
        expected = hints(proposal, data.proposals, findings, tiers=TIERS)
        assert hints(same, turned, reversed(findings), tiers=TIERS) == expected


def test_the_planted_split_of_the_demo_city_and_little_else():
    data = yunhai()
    found = {}
    for proposal in data.proposals:
        for hint in hints(proposal, data.proposals, yunhai_results()[proposal.code].findings, tiers=TIERS):
            found.setdefault(hint.kind, set()).add((proposal.code, hint.proposal2))
    assert found["split_under_tier"] == {("P31", "P32"), ("P32", "P31")}
    assert len(found.get("same_cost_item", ())) <= 4


# --- files ------------------------------------------------------------------------------------------------------------


def test_months_of_a_file_are_checked(tmp_path):
    path = tmp_path / "proposals.jsonl"
    text = '{"code": "P1", "budget_lines": [{"name": "x", "amount": 1, "category": "software", "period_from": "%s"}]}'
    path.write_text(text % "2026-13", encoding="utf-8")
    with pytest.raises(files.FileError, match=r"budget_lines\[0\].period_from: must be a year and month"):
        files.proposals(path)
    path.write_text(text % "2026-03", encoding="utf-8")
    assert files.proposals(path)[0].budget_lines[0].period_from == "2026-03"


def test_hints_are_reported_with_both_lines():
    proposal = Proposal(
        "P1", "甲", "甲局", "new", None, "", (Capability("P1-1", "独居老人上门探访派单", budget=Decimal(9)),),
        (line("诱导屏联网", 34),),
    )  # fmt: skip
    result = Engine([*town(), make_system("S09", "停车", "车位查询")], encoder="lexical").screen(proposal, peers=())
    row = report.proposal_row(replace(result, hints=hints(proposal, (), (), contracts=[contract()])))["hints"][0]
    assert row["contract"] == "YW-1"
    assert row["pairs"][0] == {
        "mine": "诱导屏联网", "theirs": contract().scope, "amount": 34, "other_amount": 60, "ground": "云海数科",
    }  # fmt: skip
