"""What the planning pages of the demo city show: plan items with money, rounds, leave, ranks, links, commitments."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from accounts.models import Department, User
from accounts.policy import holders
from accounts.roles import Role
from accounts.services import record_edit
from planning.models import IntegrationCommitment, LateFiling, PlanEnvelope, PlanItem, Round
from planning.plan_queries import item_facts
from planning.services import add_commitment, close_commitment, grant_late_filing, open_round, revoke_late_filing
from planning.services.plan import TABLE
from portfolio.models import System
from projects.models import SystemPlanLink
from projects.plan_ranks import ranked_in
from projects.services.ranking import save_ranks

# Which systems serve which plan item.
LINKS = {
    "SZ1-1": ("S001", "S010", "S015"), "SZ1-2": ("S033", "S034", "S098"), "SZ2-1": ("S020", "S094", "S095", "S096"),
    "SZ2-2": ("S024", "S099"), "SZ2-3": ("S071", "S101"), "BM14-1": ("S074",), "SZ3-1": ("S087", "S088"),
    "BM19-1": ("S090", "S092"), "SZ3-2": ("S044", "S045", "S052"), "SZ3-3": ("S037", "S083"), "SZ3-4": ("S079", "S080"),
    "SZ4-1": ("S005", "S108"), "SZ4-2": ("S019", "S040"), "SJ-1": ("S105",), "SJ-2": ("S003",), "SJ-3": ("S114",),
}  # fmt: skip
# Which departmental or superior item a unit cites beside the city's; and who argues for being outside the plan.
ALSO_CITED = {
    "U03": "BM19-1", "U04": "BM19-1", "U02": "BM19-1", "M19": "BM19-2", "M20": "BM20-1", "M16": "BM16-1",
    "M14": "BM14-1", "M05": "BM05-1", "M24": "SJ-1", "M30": "SJ-3",
}  # fmt: skip
OUTSIDE = {
    "P30": "市委专题会议纪要〔2026〕7号要求年内建成，规划编制时未列入。",
    "P41": "港口扩容后引航能力不足，市政府2026年2月专题会议决定应急补建。",
}
SCORES = {"S097": 62, "S074": 66, "S092": 88, "S105": 91}
RANKED = ("P16", "P25", "P35")  # the health commission has not placed its hospital's P34


def load_more_items(path: Path) -> None:
    """Envelopes and owners of the city's items, and the departmental and superior items, where they are missing."""
    units = {unit.code: unit for unit in Department.objects.all()}
    if PlanEnvelope.objects.exists():
        return
    planner, today = User.objects.get(username="planner"), timezone.localdate()
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        row["department"] = units.get(row["department"])
        envelopes, withdrawn = row.pop("envelopes"), row.pop("withdrawn", False)
        parent = row.pop("parent", None)
        more: dict[str, Any] = {"parent": PlanItem.objects.get(code=parent)} if parent else {}
        more |= {"withdrawn_on": today - timedelta(days=30)} if withdrawn else {}
        item, is_new = PlanItem.objects.update_or_create(code=row["code"], defaults={**row, **more})
        PlanEnvelope.objects.bulk_create(
            PlanEnvelope(item=item, year=int(year), amount=amount) for year, amount in envelopes.items()
        )
        if is_new:
            facts = item_facts(PlanItem.objects.get(pk=item.pk))
            record_edit(table=TABLE, key=item.code, actor=planner, before=None, after=facts, reason=item.source)


def plan(current: Round) -> None:
    """Everything else, once the proposals are there; does nothing the second time."""
    if SystemPlanLink.objects.exists():
        return
    _calendar(current)
    systems = {system.code: system.pk for system in System.objects.all()}
    items = {item.code: item.pk for item in PlanItem.objects.all()}
    SystemPlanLink.objects.bulk_create(
        SystemPlanLink(plan_item_id=items[item], system_id=systems[code])
        for item, codes in LINKS.items()
        for code in codes
    )
    for code, score in SCORES.items():
        facts = {"evaluation_score": score, "evaluated_on": date(current.year, 1, 20)}
        System.objects.filter(code=code, evaluation_score=None).update(**facts)
    _late(current)
    _commitments()
    _ranks(current)


def _calendar(current: Round) -> None:
    day = current.closes_on
    Round.objects.filter(pk=current.pk).update(
        announced_on=current.opens_on - timedelta(days=21), endorse_by=day + timedelta(days=15),
        review_by=day + timedelta(days=45), decide_by=day + timedelta(days=75),
        note="先与市数据局沟通再申报；已有平台能够满足的，不再新建。",
    )  # fmt: skip
    today, year = timezone.localdate(), current.year
    days = {"opens_on": today - timedelta(days=210), "closes_on": today - timedelta(days=120)}
    earlier = open_round(code="YH2026-3", name=f"{year}年第三批", name_en=f"Third round of {year}", **days)
    after = {"announced_on": -15, "endorse_by": 105, "review_by": 135, "decide_by": 165}
    dates = {name: earlier.opens_on + timedelta(days=number) for name, number in after.items()}
    Round.objects.filter(pk=earlier.pk).update(**dates)


def _late(current: Round) -> None:
    earlier = Round.objects.get(code="YH2026-3")
    planner, today = User.objects.get(username="planner"), timezone.localdate()
    cases = (
        ("M12", 20, "生态环境部门机构调整，申报材料盖章延后。", "市政府办公室批示〔2026〕31号"),
        ("U12", 12, "原定项目负责人离任，材料需重新核定。", "市规划和自然资源局来函〔2026〕18号"),
    )
    for code, days, reason, basis in cases:
        unit, until = Department.objects.get(code=code), today + timedelta(days=days)
        grant_late_filing(actor=planner, round_id=earlier.pk, department=unit, until=until, reason=reason, basis=basis)
    manager = User.objects.get(username="manager")
    second = LateFiling.objects.get(round=earlier, department__code="U12")
    revoke_late_filing(actor=manager, filing_id=second.pk, reason="项目改在第四批申报。")


def _commitments() -> None:
    planner, today = User.objects.get(username="planner"), timezone.localdate()
    source = "政务信息系统整合共享工作台账"
    cases = (
        ("D08", "“鹭洲e家”社区服务小程序并入云海办移动服务平台", -45, 0),
        ("M20", "危险化学品监测数据接入城市物联感知平台", 90, 0),
        ("M18", "文化场馆预约并入云海文旅公共服务平台", -120, -130),
        ("M11", "地质灾害监测点位数据挂接一网共享平台", 30, 0),
    )
    for code, text, due, done in cases:
        unit = Department.objects.get(code=code)
        due_on = today + timedelta(days=due)
        row = add_commitment(actor=planner, department=unit, text=text, due_on=due_on, source=source)
        if done:
            done_on = today + timedelta(days=done)
            close_commitment(actor=planner, commitment_id=row.pk, done_on=done_on, reason="接口已上线并出具验收记录。")
    assert IntegrationCommitment.objects.filter(done_on=None).exists()


def _ranks(current: Round) -> None:
    health = Department.objects.get(code="M19")
    present = {project.ref for project in ranked_in(current, health)}
    places = {ref: place for place, ref in enumerate((ref for ref in RANKED if ref in present), start=1)}
    endorser = holders(Role.ENDORSER, department_id=health.pk).first()
    if endorser and places:
        save_ranks(actor=endorser, round=current, department=health, places=places, expected={})


def cited_by(code: str, department: str, city_item: PlanItem | None, items: dict[str, PlanItem]) -> dict:
    """What a demo proposal says of the plan: its items, or why it is outside the plan."""
    if code in OUTSIDE:
        return {"plan_items": [], "out_of_plan_reason": OUTSIDE[code]}
    also = items.get(ALSO_CITED.get(department, ""))
    return {"plan_items": [item for item in (city_item, also) if item is not None]}
