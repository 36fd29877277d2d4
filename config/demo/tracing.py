"""Fill the requirement table, the function list and the estimate of a demo proposal from its own data."""

from collections.abc import Iterator
from decimal import Decimal

from accounts.models import Department, User
from planning.queries import policy
from projects.estimating import Counted, estimate, points
from projects.models import Project
from projects.services import save_functions, save_trace

# Proposals whose estimate lies far from the asked money, with the share that is counted and what the unit says.
DEVIATES = {
    "P13": ("0.62", "含全市景区 46 处点位的接口对接与历史数据清洗，标准方法不计此类工作量，已附第三方询价。"),
    "P19": ("0.66", "物联感知接入涉及 11 家权属单位，协议适配按人日单独测算，另附测算表。"),
    "P34": ("0.60", "专病库需逐病种建模和标注，人工标注工时不在功能点内，按三甲医院同类项目单价测算。"),
}
# Show pieces: drafts in which something is deliberately still missing.
NO_TEST, NO_COUNT, SHORT_COUNT = "P39", "P39", "P45"
USERS = {
    "公众": "群众", "企业": "企业", "本部门": "本单位工作人员", "跨部门": "协同部门", "基层": "镇街和村居工作人员",
    "领导": "分管领导", "系统": "对接系统",
}  # fmt: skip
PAINS = (
    "{who}反映‘{what}’仍靠纸面登记和电话转告，办理进度无法跟踪",
    "‘{what}’的数据散在多张表格里，{who}每月要花三个工作日汇总核对",
    "{who}需要在一处完成‘{what}’，目前要重复填报两次以上",
    "‘{what}’没有预警和留痕，问题多在事后检查时才发现",
    "{who}需要随时掌握‘{what}’的最新情况，现有月报滞后二十天以上",
)
TESTS = (
    "随机抽取 30 笔业务，全流程线上办结率不低于 95%，过程留痕完整",
    "并发 200 人时页面响应不超过 3 秒，连续运行 72 小时无中断",
    "与人工台账比对 100 条记录，一致率不低于 99%",
    "预置 20 个超期场景，10 分钟内全部提醒到责任人",
    "由 5 名实际使用人独立操作，10 分钟内完成且无需指导",
    "数据按日更新，从一网共享平台取得的字段零重复录入",
)
# Of one bundle: type, what is counted, how many; 65 function points where all is new.
BUNDLE = (
    ("ILF", "{what}数据", 2), ("EIF", "共享平台引用数据", 1), ("EI", "{what}登记、修改与审核", 4),
    ("EO", "{what}统计、预警与通知", 2), ("EQ", "{what}查询与详情", 3),
)  # fmt: skip


def trace(project: Project, row: dict, department: Department, actor: User) -> None:
    """Write both tables for a proposal of proposals.jsonl; deterministic."""
    codes = dict(zip([item["code"] for item in row["capabilities"]], _stored_codes(project), strict=True))
    lines = [_line(row, item, codes[item["code"]], number, department) for number, item in _numbered(row)]
    save_trace(project_id=project.pk, actor=actor, rows=lines, expected_revision=None)
    if row["kind"] in {"new", "upgrade"}:
        share, reason = DEVIATES.get(row["code"], ("0.35" if row["code"] == SHORT_COUNT else "0.94", ""))
        functions = list(_functions(row, codes, Decimal(share)))
        factors = {"application": "business", "quality": "ordinary", "language": "general", "team": "other"}
        save_functions(
            project_id=project.pk, actor=actor, rows=functions, expected_revision=None, factors=factors, reason=reason
        )


def _stored_codes(project: Project) -> list[str]:
    return list(project.capabilities.order_by("position").values_list("code", flat=True))


def _numbered(row: dict) -> Iterator[tuple[int, dict]]:
    """Capabilities with a number that differs between proposals, so that not all tables begin alike."""
    return enumerate(row["capabilities"], start=int(row["code"][1:]))


def _line(row: dict, item: dict, code: str, number: int, department: Department) -> dict[str, str]:
    who, what = USERS.get(item["object"] or "", "工作人员"), _what(item["text"])
    duties = row["items"] or [f"{department.name}权责清单：{what}相关管理职责"]
    is_untested = row["code"] == NO_TEST and item is row["capabilities"][-1]
    return {
        "need_text": PAINS[number % len(PAINS)].format(who=who, what=what),
        "duty_item": duties[number % len(duties)],
        "capability": code,
        "criterion": "" if is_untested else TESTS[number % len(TESTS)],
    }


def _functions(row: dict, codes: dict[str, str], share: Decimal) -> Iterator[dict]:
    """As many bundles for each capability as its software money would pay for, times `share`."""
    rule, reuse = policy("function_points"), "medium" if row["kind"] == "upgrade" else ""
    per_point = estimate([Counted("ILF", 1000)], rule).cost / 10000
    size = points([Counted(kind, count, reuse if kind == "ILF" else "") for kind, _name, count in BUNDLE], rule)
    for item in row["capabilities"]:
        lines = [line for line in row["budget_lines"] if line["capability"] == item["code"]]
        money = sum((Decimal(str(line["amount"])) for line in lines if line["category"] == "software"), Decimal(0))
        if not money or (row["code"] == NO_COUNT and item is row["capabilities"][-1]):
            continue
        bundles = max(1, round(money * share / per_point / size))
        for kind, name, count in BUNDLE:
            yield {
                "capability": codes[item["code"]], "name": name.format(what=_what(item["text"])), "type": kind,
                "count": count * bundles, "reuse": reuse if kind == "ILF" else "",
            }  # fmt: skip


def _what(text: str) -> str:
    """The head of a capability's text, without what follows a mark."""
    head = text
    for mark in "：:，,；;（(、":
        head = head.partition(mark)[0] or head
    return head[:20]
