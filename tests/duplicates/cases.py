"""Small inventories and proposals for the engine's tests."""

from __future__ import annotations

import functools
from decimal import Decimal
from pathlib import Path

from duplicates import BudgetLine, Capability, Engine, Proposal, System, files

YUNHAI = Path(__file__).parents[1] / "data" / "yunhai"
NEEDED = [str(YUNHAI / f"{name}.jsonl") for name in ("systems", "proposals", "truth", "verdicts")]


def make_system(
    code, name, *texts, mode="departmental", status="in_operation", department="甲局", description="", **tags
):
    capabilities = tuple(Capability(f"{code}-{n}", text, **tags) for n, text in enumerate(texts, 1))
    return System(code, name, department, status, mode, description, (), capabilities)


def make_proposal(code, title, *texts, department="乙局", predecessor=None, budget=100, lines=None, **tags):
    capabilities = tuple(
        Capability(f"{code}-{n}", text, budget=Decimal(budget), **tags) for n, text in enumerate(texts, 1)
    )
    if lines is None:
        lines = tuple(BudgetLine(f"{item.text}开发", item.budget, item.code, "software") for item in capabilities)
    return Proposal(code, title, department, "new", predecessor, "", capabilities, lines)


@functools.cache
def yunhai():
    return files.labelled(YUNHAI)


@functools.cache
def yunhai_engine(encoder="lexical"):
    data = yunhai()
    return Engine(data.systems, peers=data.proposals, encoder=encoder)


@functools.cache
def yunhai_results(encoder="lexical"):
    engine = yunhai_engine(encoder)
    return {proposal.code: engine.screen(proposal) for proposal in yunhai().proposals}


def town():
    """An inventory of unrelated systems around a few that matter."""
    return [
        make_system(
            "S01",
            "校车运行管理系统",
            "校车行驶轨迹实时监控与超速报警",
            "校车驾驶员资格审核",
            description="中小学校车安全",
        ),
        make_system(
            "S02",
            "渣土车监管系统",
            "渣土车行驶轨迹实时监控与超速报警",
            "渣土消纳场登记",
            description="建筑垃圾运输监管",
        ),
        make_system("S03", "短信平台", "短信集中下发、签名与模板管理", mode="unified", taxonomy="B09"),
        make_system("S04", "养老服务平台", "独居老人上门探访派单", "养老机构床位查询与轮候"),
        make_system("S05", "图书馆系统", "图书借阅与通借通还", "读者证办理"),
        make_system("S06", "信访系统", "来信来访登记", "信访事项交办、督办"),
        make_system("S07", "排水系统", "窨井水位与井盖位移监测", "排水户许可"),
        make_system("S08", "旅游平台", "景区客流监测与限流预警", "旅游投诉受理"),
    ]
