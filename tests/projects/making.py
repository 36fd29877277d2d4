"""Units, people, rounds and proposals for the tests of the projects app."""

import datetime
import itertools
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from accounts.models import Assignment, Department, User
from accounts.roles import Role
from planning.models import PlanItem, Round
from portfolio.models import CapabilityNode, Domain, System
from projects import services
from projects.models import Finding, OverlapDismissal, OverlapReport, Project, ScreeningRun, SystemOverlap
from tests.guards_off import drop_guards

NUMBERS = itertools.count(1)
PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
NONE_OF_THEM = dict.fromkeys(("shared_base", "city_wide", "reusable", "supervision"), False)
TEXTS: dict = {
    "overview": {
        "build_mode": "departmental",
        "article3": {**NONE_OF_THEM, "line_business": True},
        "starts_on": "2026-03",
        "ends_on": "2027-02",
        "summary": "建设内涝防治平台",
        "service_objects": "本单位工作人员",
        "out_of_plan_reason": "市政府常务会议纪要〔2025〕12号",
    },
    "unit": {"unit_duties": "水务管理", "unit_systems": "无", "contact_name": "李文博", "contact_phone": "5555 0101"},
    "needs": {
        "background": "人工登记",
        "necessity": "每年 40 起内涝",
        "duty_items": "",
        "users_estimate": "约 200 人，每年 40 起",
    },
    "solution": {"solution": "云上部署", "reuse_statement": "复用统一身份认证"},
    "resources": {"data_needs": "气象数据", "data_catalogue": "积水点目录"},
    "security": {
        "mlps_level": 2,
        "public_facing": False,
        "internet_facing": False,
        "mobile": False,
        "personal_data": False,
        "important_data": False,
        "cii": False,
        "external_cloud": False,
        "security_plan": "按二级防护",
    },
    "management": {"management": "成立专班", "performance_goals": "响应时间缩短一半", "om_plan": "质保三年"},
}


GOAL = {
    "name": "平均处置时间", "base": "60 分钟", "target": "30 分钟", "due": "2027-12", "method": "系统日志统计",
}  # fmt: skip
REQUEST = {
    "name": "雨量实况", "provider": "市气象局", "purpose": "内涝预警", "legal_basis": "政务数据共享条例",
    "channel": "shared", "reason": "",
}  # fmt: skip
# The lists that every proposal needs, by section.
LISTS = {"resources": {"data_requests": [REQUEST]}, "management": {"goals": [GOAL]}}


def posted(section: str) -> dict[str, str]:
    """The same values as the form of the section sends them, without the counters of its lists."""
    words = {True: "true", False: "false"}
    values: dict[str, str] = {}
    for name, value in TEXTS.get(section, {}).items():
        if isinstance(value, dict):
            values |= {f"{name}_{code}": words[answer] for code, answer in value.items()}
        else:
            values[name] = words[value] if isinstance(value, bool) else str(value)
    for name, rows in LISTS.get(section, {}).items():
        for number, row in enumerate(rows):
            values |= {f"{name}-{number}-{cell}": value for cell, value in row.items()}
    return values


def make_department(name: str = "市水务局", **more) -> Department:
    """A municipal unit with its own code."""
    return Department.objects.create(code=f"U{next(NUMBERS)}", name=name, kind="municipal", **more)


def make_person(role: Role | None, department: Department, **more) -> User:
    """A person with one role for one unit."""
    name = more.pop("username", f"user{next(NUMBERS)}")
    person = User.objects.create(username=name, department=department, name=name, **more)
    if role:
        Assignment.objects.create(user=person, role=role, department=department)
    return person


def make_round(code: str = "", *, open_now: bool = True) -> Round:
    """A round that is open today, or was last year."""
    today = timezone.localdate()
    start = today - datetime.timedelta(days=10 if open_now else 400)
    code = code or f"R{next(NUMBERS)}"
    return Round.objects.create(
        code=code, name=f"批次 {code}", year=today.year, opens_on=start, closes_on=start + datetime.timedelta(days=40)
    )


def make_taxonomy() -> tuple[CapabilityNode, Domain]:
    """One leaf of the tree and one domain."""
    parent, _made = CapabilityNode.objects.get_or_create(code="F", defaults={"name": "城市运行"})
    node, _made = CapabilityNode.objects.get_or_create(code="F02", defaults={"name": "指挥调度", "parent": parent})
    domain, _made = Domain.objects.get_or_create(code="BD15", defaults={"name": "应急消防"})
    return node, domain


def make_system(department: Department, code: str = "", **more) -> System:
    """A system in operation."""
    code = code or f"S{next(NUMBERS)}"
    values = {"name": f"系统 {code}", "status": "in_operation", "build_mode": "departmental", **more}
    return System.objects.create(code=code, department=department, **values)


def make_plan_item(code: str = "") -> PlanItem:
    """A plan item of these years."""
    code = code or f"G{next(NUMBERS)}"
    return PlanItem.objects.create(code=code, title=f"任务 {code}", year_from=2020, year_to=2040, source="规划")


def make_project(actor: User | None = None, **more) -> Project:
    """An empty draft of the actor's unit."""
    actor = actor or make_person(Role.APPLICANT, make_department())
    values = {
        "department": actor.department,
        "round": more.pop("round", None) or make_round(),
        "title": "内涝防治智慧管理平台",
        "kind": "new",
        "declared_unclassified": True,
        **more,
    }
    return services.create_project(actor=actor, **values)


def make_pdf(name: str = "方案.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    """A file as a browser sends it."""
    return SimpleUploadedFile(name, content, content_type="application/octet-stream")


def capability_row(**more) -> dict:
    """A complete row of the capability list, as the service takes it."""
    node, domain = make_taxonomy()
    return {"code": "", "text": "调度抢险队伍", "taxonomy": node, "domain": domain, "service_object": "跨部门", **more}


def line_row(**more) -> dict:
    """A complete row of the budget, as the service takes it."""
    values = {"name": "调度模块开发", "amount": Decimal("120.00"), "category": "software", "capability": None}
    return {**values, "fund_source": "municipal", **more}


def complete(project: Project) -> Project:
    """Fill in everything that submission needs."""
    actor = project.created_by
    for section, texts in TEXTS.items():
        values = {**texts, **LISTS.get(section, {})}
        services.save_section(project_id=project.pk, actor=actor, section=section, data=values, expected_revision=None)
    services.save_capabilities(project_id=project.pk, actor=actor, rows=[capability_row()], expected_revision=None)
    code = project.capabilities.get().code
    lines = [line_row(capability=code), line_row(name="云资源", amount=Decimal("30.50"), category="cloud")]
    services.save_budget(project_id=project.pk, actor=actor, rows=lines, expected_revision=None)
    trace_all(project, actor)
    for kind in ("plan", "basis"):
        services.attach_document(project_id=project.pk, actor=actor, kind=kind, upload=make_pdf())
    return Project.objects.get(pk=project.pk)


def trace_all(project: Project, actor: User) -> None:
    """A line with need, duty and test for each capability, and its functions counted."""
    codes = list(project.capabilities.values_list("code", flat=True))
    rows = [
        {
            "need_text": f"需求 {code}",
            "duty_item": "防汛抢险指挥",
            "capability": code,
            "criterion": "抽查 30 笔全部留痕",
        }
        for code in codes
    ]
    services.save_trace(project_id=project.pk, actor=actor, rows=rows, expected_revision=None)
    functions = [{"capability": code, "name": "登记", "type": "EI", "count": 150, "reuse": ""} for code in codes]
    services.save_functions(
        project_id=project.pk, actor=actor, rows=functions, expected_revision=None, reason="含数据迁移"
    )


def force_state(project: Project, state: str) -> Project:
    """Put the row into a state as only a test may: the facts under test do not depend on how it got there."""
    drop_guards()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE projects_project SET state = %s, seq = seq + 1 WHERE id = %s", [state, project.pk])
    return Project.objects.get(pk=project.pk)


def make_finding(project: Project, **more) -> Finding:
    """A red finding of a screening of a fresh version."""
    version = services.take_snapshot(project, project.created_by, timezone.now())
    run = ScreeningRun.objects.create(project=project, version=version, status="succeeded")
    values = {
        "capability_code": "X-01",
        "capability_text": "调度",
        "relation": "duplicate",
        "band": "red",
        "score": 0.9,
        "money": Decimal("10.00"),
        **more,
    }
    return Finding.objects.create(project=project, run=run, **values)


def make_overlap(system: System, manager: User) -> tuple[SystemOverlap, OverlapDismissal]:
    """A report in which a twin of `system` could be merged into it, and another pair that `manager` dismissed."""
    twin, third = (make_system(system.department, annual_om_cost=40, build_cost=200) for _number in range(2))
    row = {"policy": "test", "min_share": "0.30", "om_saved": "0.60", "migration": "0.10", "years": 5, "source": "test"}
    report = OverlapReport.objects.create(
        started_at=timezone.now(), succeeded=True, assumptions=row,
        record={"compared": 3, "systems": System.objects.count(), "retired": [], "degraded": "", "overlaps": 2},
    )  # fmt: skip
    pair = {"member": "X-01", "member_text": "甲", "target": "Y-01", "target_text": "乙", "score": 0.9}
    facts = {"report": report, "target": system, "is_candidate": True, "pairs": [pair], "member_share": "1.0000"}
    facts |= {"target_share": "0.5000", "yearly_cost": 40, "build_cost": 200, "saved_yearly": 24, "one_off": 20}
    overlap = SystemOverlap.objects.create(member=twin, digest="a", net=100, **facts)
    SystemOverlap.objects.create(member=third, digest="b", net=100, **facts)
    dismissal = OverlapDismissal.objects.create(
        first=system, second=third, digest="b", reason="业务对象不同", decided_by=manager
    )
    return overlap, dismissal
