"""The cast: one person per role and two applicant units, and a project walked to any state through the door."""

from copy import copy
from decimal import Decimal
from types import SimpleNamespace

from django.db.models import Model

from accounts.models import Assignment, Department, User
from accounts.roles import Role
from approvals.models import ExpertProfile
from config.demo.walk import Walker
from planning.models import PolicyRow
from portfolio.models import Capability
from projects.models import Project
from projects.services import attach_document, create_project, save_budget, save_capabilities, save_section
from projects.states import State
from standards.models import ChecklistEdition, ChecklistItem, Standard
from standards.services import seed
from tests.projects import making

OFFICE = {
    "intake": Role.INTAKE, "planner": Role.PLANNER, "requirements": Role.REQUIREMENTS, "standards": Role.STANDARDS,
    "manager": Role.MANAGER, "approver": Role.APPROVER, "steward": Role.STEWARD, "auditor": Role.AUDITOR,
    "secadmin": Role.SECADMIN, "sysadmin": Role.SYSADMIN,
}  # fmt: skip


def person(username: str, role: Role | None, department: Department, **more) -> User:
    """A person with one role; no password (tests use force_login)."""
    user = User.objects.create(username=username, name=username, department=department, **more)
    if role:
        Assignment.objects.create(user=user, role=role, department=department)
    return user


CATALOGUE: dict[type[Model], list[Model]] = {}


def lay_catalogue() -> None:
    """The shipped standards and checklists: loaded and checked once in a process, then laid again as they were."""
    if not CATALOGUE:
        seed()
        tables = (ChecklistEdition, Standard, ChecklistItem, ChecklistItem.related.through)
        CATALOGUE.update({table: list(table.objects.order_by("pk")) for table in tables})
        return
    for table, rows in CATALOGUE.items():
        table.objects.bulk_create([copy(row) for row in rows])


def make_city() -> SimpleNamespace:
    """Units, people by role, an open round, the checklist, a taxonomy and one system that nothing resembles."""
    office = Department.objects.create(code="M01", name="市数据局", name_en="Data Administration", kind="municipal")
    health = Department.objects.create(code="M19", name="市卫健委", name_en="Health Commission", kind="municipal")
    hospital = Department.objects.create(
        code="U03", name="市妇幼保健院", name_en="Hospital", kind="subordinate", parent=health
    )
    water = Department.objects.create(code="M15", name="市水务局", name_en="Water Bureau", kind="municipal")
    finance = Department.objects.create(code="M02", name="市财政局", name_en="Finance Bureau", kind="municipal")
    school = Department.objects.create(code="U08", name="职业学院", name_en="College", kind="subordinate", parent=water)
    cast = SimpleNamespace(
        office=office, health=health, hospital=hospital, water=water, finance_unit=finance, school=school
    )
    cast.applicant = person("applicant", Role.APPLICANT, hospital)
    cast.applicant2 = person("applicant2", Role.APPLICANT, water)
    cast.endorser = person("endorser", Role.ENDORSER, health)
    for name, role in OFFICE.items():
        setattr(cast, name, person(name, role, office))
    cast.finance = person("finance", Role.FINANCE, finance)
    cast.experts = [person(f"expert{n}", Role.EXPERT, school) for n in (1, 2, 3, 4, 5)]
    for number, expert in enumerate(cast.experts, start=1):
        fields = ["architecture", "security"] if number % 2 else ["cost", "data"]
        ExpertProfile.objects.create(user=expert, employer=f"单位{number}", fields=fields)
    cast.expert1 = cast.experts[0]
    # Panels of all five, so that every draw seats the same people; the starting row asks for seven in tier T3.
    PolicyRow.objects.filter(key="expert_quorum").update(value={"T2": 5, "T3": 5})
    cast.round = making.make_round("R2026")
    lay_catalogue()
    making.make_taxonomy()
    cast.system = making.make_system(
        office, "S900", name="渔船北斗终端管理系统", description="渔船定位终端的登记与发放"
    )
    Capability.objects.create(system=cast.system, code="S900-01", text="渔船北斗终端登记发放")
    return cast


TEXTS = ("调度抢险队伍", "孕产妇建档随访", "疫苗冷链温度监测", "排水井盖巡查登记", "图书借阅登记", "渣土车辆核准")


def make_case(
    cast: SimpleNamespace, state: State = State.DRAFT, *, ref: str = "P901", actor: User | None = None,
    amount: str = "50.00", text: str = TEXTS[1],
) -> Project:  # fmt: skip
    """A complete proposal of the actor's unit (the hospital by default) walked to `state` through the door.

    amount: of its one software line, in 万元; 50 is tier T1 (no experts), 150 tier T2 (five experts).
    text: its one capability; the default resembles nothing in the city.
    """
    actor = actor or cast.applicant
    project = create_project(
        actor=actor, department=actor.department, round=cast.round, title=f"项目 {ref}", kind="new",
        declared_unclassified=True, ref=ref,
    )  # fmt: skip
    fill(project, actor, amount=amount, text=text)
    Walker().to(ref, state)
    return Project.objects.get(ref=ref)


def fill(project: Project, actor: User, *, amount: str, text: str) -> None:
    """Every required fact."""
    for section, texts in making.TEXTS.items():
        values = {**texts, **making.LISTS.get(section, {})}
        save_section(project_id=project.pk, actor=actor, section=section, data=values, expected_revision=None)
    rows = [making.capability_row(text=text, service_object="公众")]
    save_capabilities(project_id=project.pk, actor=actor, rows=rows, expected_revision=None)
    code = project.capabilities.get().code
    lines = [making.line_row(amount=Decimal(amount), capability=code)]
    save_budget(project_id=project.pk, actor=actor, rows=lines, expected_revision=None)
    making.trace_all(project, actor)
    for kind in ("plan", "basis"):
        attach_document(project_id=project.pk, actor=actor, kind=kind, upload=making.make_pdf())


def duplicate_text(cast: SimpleNamespace) -> str:
    """A capability text that the city's one system already provides, so that a case goes to adjudication."""
    return cast.system.capabilities.get().text
