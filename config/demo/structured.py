"""The structured facts of a demo proposal, from its own row: Article 3, partners, reuse, requests, goals, funds."""

from decimal import Decimal
from typing import Any

from accounts.models import Department
from projects.models import Project
from projects.sections import mandatory_components
from projects.sections.article3 import QUESTIONS
from projects.states import FundSource

LATE_DRAFT = "P45"  # its unit has not come to these facts yet, so its pages show what is missing
CONTRADICTION = "P19"
JOINT = {"P23": ("M15", "M13")}
SPLIT_FUNDS = {"P33": FundSource.SUPERIOR}
COLLECTED = "P05"
EXEMPT = "P25"
COLLECTED_WHY = "共享数据只含重点单位，九小场所须由网格员入户首次采集，采集后共享。"
EXEMPT_WHY = "孕产妇建档在院内专网运行，与互联网隔离；申请以前置机方式每日同步，不直接接入。"
# Words in the name of the data → the unit that has them; the first that fits.
PROVIDERS = (
    (("户籍", "人口", "身份", "机动车", "视频", "雪亮"), "市公安局"),
    (("企业", "市场主体", "法人", "工商", "行业", "营业"), "市市场监督管理局"),
    (("社保", "失业", "用工"), "市人力资源和社会保障局"),
    (("医", "健康", "病", "死", "出生", "出入院", "肿瘤", "生育"), "市卫生健康委员会"),
    (("气象", "雷达", "台风", "潮"), "市气象局"),
    (("不动产", "地灾", "地址", "宅基地", "遥感", "房屋"), "市规划和自然资源局"),
    (("学籍", "教职工", "学生"), "市教育局"),
)
ASKING = "市数据局"
CYCLES = ("业务线上办理率", "群众满意度", "平均办理时间", "数据自动核验率")


def overview(row: dict) -> dict[str, Any]:
    """Answers to Article 3; the partners of the one joint project are written once its capabilities have codes."""
    if row["code"] == LATE_DRAFT:
        return {}
    answers: dict[str, Any] = {question.code: False for question in QUESTIONS}
    answers["line_business"] = True
    answers["supervision"] = any((item["taxonomy"] or "").startswith("E") for item in row["capabilities"])
    if row["code"] == CONTRADICTION:
        answers |= {"shared_base": True, "city_wide": True, "line_business": False, "supervision": False}
        answers["reason"] = (
            "监测对象分属燃气、供水、桥梁等行业主管部门，前端传感和处置流程由本单位负责；"
            "预警算法和地图已使用统建平台，本项目只建设专业监测模块。"
        )
    return {"article3": answers}


def partners(row: dict, units: dict[str, Department], codes: list[str]) -> list[dict]:
    """Two partners, each with capabilities of its own; the rest is built by the lead unit."""
    named = JOINT.get(row["code"], ())
    scopes = ("水旱灾害监测点接入与水情会商模块。", "房屋与市政设施风险普查模块。")
    total = sum(Decimal(str(line["amount"])) for line in row["budget_lines"])
    return [
        {
            "department": units[code], "scope": scopes[number], "capabilities": codes[number * 2 : number * 2 + 2],
            "amount": (total * Decimal("0.15")).quantize(Decimal("0.01")),
        }
        for number, code in enumerate(named)
    ]  # fmt: skip


def security(row: dict, *, public: bool, mobile: bool) -> dict[str, Any]:
    """What is exposed, and whether the data are important ones."""
    if row["code"] == LATE_DRAFT:
        return {}
    return {
        "internet_facing": public or mobile, "important_data": row["code"] == CONTRADICTION, "cii": False,
        "external_cloud": False,
    }  # fmt: skip


def requests(row: dict) -> dict[str, Any]:
    """One request for each data need of the row, or the word that there is none."""
    if row["code"] == LATE_DRAFT:
        return {}
    found = [_request(row, name) for name in row["data_needs"]]
    if row["code"] == COLLECTED:
        found[-1] |= {
            "channel": "collected",
            "reason": COLLECTED_WHY,
        }
    return {"data_requests": found, "no_data_needed": not found}


def _request(row: dict, name: str) -> dict[str, str]:
    provider = next((unit for words, unit in PROVIDERS if any(word in name for word in words)), ASKING)
    return {
        "name": name, "provider": provider, "purpose": f"用于{row['capabilities'][0]['text']}"[:200],
        "legal_basis": "《政务数据共享条例》；本单位权责清单", "channel": "shared", "reason": "",
    }  # fmt: skip


def goals(row: dict) -> dict[str, Any]:
    """Two goals that can be measured, with figures from the number of the row."""
    if row["code"] == LATE_DRAFT:
        return {}
    number = int(row["code"][1:])
    due = f"{int(row['period'].partition('至')[2][:4]) + 1}-12"
    first = {
        "name": CYCLES[number % 2], "base": f"{40 + number % 20}%", "target": f"{85 + number % 10}%", "due": due,
        "method": "系统日志按月统计，年末由本单位抽查 200 件核对。",
    }  # fmt: skip
    second = {
        "name": CYCLES[2], "base": f"{6 + number % 5} 个工作日", "target": f"{2 + number % 3} 个工作日", "due": due,
        "method": "按受理至办结的时间戳计算平均值。",
    }  # fmt: skip
    return {"goals": [first, second]}


def scopes(row: dict) -> list[dict]:
    """What each of two sources pays for, where the row has two."""
    if row["code"] not in SPLIT_FUNDS:
        return []
    return [
        {"fund_source": FundSource.MUNICIPAL, "scope": "软件开发与系统集成。", "document": "云财预〔2026〕18号"},
        {
            "fund_source": SPLIT_FUNDS[row["code"]], "scope": "云资源、安全测评等配套支出，专款专用。",
            "document": "省级海洋专项资金下达通知（粤财农〔2026〕27号）",
        },
    ]  # fmt: skip


def reuse(project: Project, row: dict) -> list[dict]:
    """All mandatory components are used; one unit asks for an exemption."""
    if row["code"] == LATE_DRAFT:
        return []
    found: list[dict] = [{"component": system.code, "choice": "reuse"} for system in mandatory_components(project)]
    if row["code"] == EXEMPT and found:
        found[0] |= {
            "choice": "exempt",
            "reason": EXEMPT_WHY,
        }
    return found
