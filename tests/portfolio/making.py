"""Departments, people, systems and files of systems for the tests of the registry."""

import io
import itertools
import json
import zipfile

import openpyxl

from accounts.models import Assignment, Department, User
from accounts.roles import Role
from portfolio.models import Capability, CapabilityNode, Domain, System
from portfolio.services import import_systems

NUMBERS = itertools.count(1)
CAPABILITY = {"code": "S001-01", "text": "扫码登录与单点跳转", "taxonomy": "A01", "domain": "BD22", "object": "公众"}
SYSTEM = {
    "code": "S001",
    "name": "统一身份认证平台",
    "aliases": ["云海通行证", "市统一认证中心"],
    "department": "M01",
    "status": "in_operation",
    "build_mode": "unified",
    "built_on": "2018-11-20",
    "annual_om_cost": 168,
    "build_cost": 1260.5,
    "users": 5280000,
    "mlps_level": 3,
    "on_gov_cloud": True,
    "description": "一个账号登录各系统",
    "provides": "扫码登录",
    "department_keeps": "维护业务角色",
    "contact_name": "周岚",
    "contact_phone": "020-5555 0101",
    "capabilities": [CAPABILITY],
}


def make_department(code: str = "", name: str = "市政务服务和数据管理局", **more) -> Department:
    """A municipal unit."""
    code = code or f"U{next(NUMBERS)}"
    return Department.objects.create(code=code, name=name, kind="municipal", **more)


def make_person(role: Role | None, department: Department | None = None, **more) -> User:
    """A person with one role."""
    department = department or Department.objects.first() or make_department()
    name = f"person{next(NUMBERS)}"
    person = User.objects.create(username=name, password="!", department=department, name=name, **more)
    if role:
        Assignment.objects.create(user=person, role=role, department=department)
    return person


def make_world() -> Department:
    """The department, taxonomy nodes and domains that SYSTEM names."""
    root = CapabilityNode.objects.create(code="A", name="身份与信任", name_en="Identity & trust")
    CapabilityNode.objects.create(code="A01", name="统一身份认证/单点登录", name_en="Single sign-on", parent=root)
    CapabilityNode.objects.create(code="A02", name="组织与用户目录", name_en="User directory", parent=root)
    Domain.objects.create(code="BD15", name="应急消防", name_en="Emergency")
    Domain.objects.create(code="BD22", name="政务服务", name_en="Government services")
    make_department("M02", "市财政局", name_en="Finance Bureau")
    return make_department("M01", name_en="Data Administration")


def make_system(code: str = "", texts: tuple[str, ...] = (), **more) -> System:
    """A system in operation with these capabilities."""
    code = code or f"T{next(NUMBERS):03}"
    more.setdefault("department", Department.objects.order_by("code").first() or make_department())
    values = {"name": f"系统{code}", "status": "in_operation", "build_mode": "departmental", **more}
    system = System.objects.create(code=code, **values)
    for position, text in enumerate(texts):
        Capability.objects.create(system=system, code=f"{code}-{position + 1:02}", text=text, position=position)
    return system


def changed(**more) -> dict:
    """SYSTEM with other values; None of a key takes it away."""
    return {key: value for key, value in (SYSTEM | more).items() if value is not ...}


def jsonl(*systems: dict) -> bytes:
    """A JSON Lines file."""
    return "\n".join(json.dumps(system, ensure_ascii=False) for system in systems).encode()


def load(*systems: dict, dry_run: bool = False):
    """Import these systems from JSON Lines."""
    return import_systems(jsonl(*systems), filename="systems.jsonl", dry_run=dry_run)


def xlsx(*rows: list, sheet: str = "systems", prepare=None) -> bytes:
    """A workbook with these rows; `prepare` may change the sheet before it is saved."""
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    if prepare:
        prepare(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def repacked(data: bytes, **entries: bytes) -> bytes:
    """The same archive with some entries (`name=bytes`, "__" for "/", "_x" for ".xml") replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        wanted = {name.replace("__", "/").replace("_x", ".xml"): content for name, content in entries.items()}
        for name in old.namelist():
            if name not in wanted:
                new.writestr(name, old.read(name))
        for name, content in wanted.items():
            new.writestr(name, content)
    return out.getvalue()


def places(report) -> list[tuple]:
    """Where the errors of a report are."""
    return [(error.row, error.field) for error in report.errors]


def stored() -> list[dict]:
    """Everything the registry holds, in a fixed order and without keys that differ from run to run."""
    capabilities = Capability.objects.order_by("code").values(
        "code", "position", "text", "taxonomy__code", "domain__code", "service_object", "system__code"
    )
    systems = System.objects.order_by("code").values()
    return [*({k: v for k, v in row.items() if k not in ("id", "updated_at")} for row in systems), *capabilities]
