"""Turn a proposal of the demo city's data into a filled-in draft, through the services that the pages use."""

from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import Department, User
from config.demo import structured
from config.demo.planning import cited_by
from config.demo.tracing import trace
from planning.models import PlanItem, Round
from portfolio.models import CapabilityNode, Domain, System
from projects.models import Project
from projects.services import attach_document, create_project, save_section
from projects.states import DocumentKind, FundSource

# Which plan item covers a business domain (planning/data/yunhai/plan_items.jsonl).
PLAN = {
    "BD22": "SZ1-1", "BD04": "SZ1-2", "BD01": "SZ1-2", "BD19": "SZ1-2", "BD15": "SZ2-1", "BD13": "SZ2-1",
    "BD20": "SZ2-1", "BD03": "SZ2-2", "BD16": "SZ2-2", "BD12": "SZ2-2", "BD09": "SZ2-3", "BD11": "SZ2-3",
    "BD10": "SZ2-3", "BD06": "SZ3-1", "BD05": "SZ3-2", "BD08": "SZ3-2", "BD07": "SZ3-3", "BD17": "SZ3-3",
    "BD14": "SZ3-4", "BD21": "SZ4-1", "BD02": "SZ4-1", "BD18": "SZ4-2",
}  # fmt: skip


class Filler:
    """Writes one proposal after another; reads the catalogues once."""

    def __init__(self, round: Round) -> None:
        self.round = round
        self.nodes = {node.code: node for node in CapabilityNode.objects.all()}
        self.domains = {domain.code: domain for domain in Domain.objects.all()}
        self.departments = {department.code: department for department in Department.objects.all()}
        self.plan_items = {item.code: item for item in PlanItem.objects.all()}

    def file(self, row: dict, actor: User, **extra) -> Project:
        """A complete draft from one row of proposals.jsonl, in the name of `actor`."""
        department = self.departments[row["department"]]
        project = create_project(
            actor=actor, department=department, round=self.round, title=row["title"], kind=row["kind"],
            declared_unclassified=True, ref=row["code"],
        )  # fmt: skip
        for section, data in self._sections(row, department, actor, extra).items():
            save_section(project_id=project.pk, actor=actor, section=section, data=data, expected_revision=None)
        self._after(project, row, actor)
        for kind in self._documents(row):
            attach_document(project_id=project.pk, actor=actor, kind=kind, upload=paper(row, DocumentKind(kind)))
        trace(project, row, department, actor)
        return Project.objects.get(pk=project.pk)

    def _after(self, project: Project, row: dict, actor: User) -> None:
        """What refers to the capabilities by their codes, or follows from them."""
        stored = Project.objects.get(pk=project.pk)
        codes = list(stored.capabilities.values_list("code", flat=True))
        lists: dict[str, dict] = {
            "overview": {"partners": structured.partners(row, self.departments, codes)},
            "solution": {"reuse": structured.reuse(stored, row)},
            "budget": {"fund_scopes": structured.scopes(row)},
        }
        for section, data in lists.items():
            if any(data.values()):
                save_section(project_id=project.pk, actor=actor, section=section, data=data, expected_revision=None)

    def _sections(self, row: dict, department: Department, actor: User, extra: dict) -> dict[str, dict]:
        starts, _until, ends = row["period"].partition("至")
        objects = {capability["object"] for capability in row["capabilities"]}
        domains = [capability["domain"] for capability in row["capabilities"] if capability["domain"]]
        main = max(set(domains), key=lambda code: (domains.count(code), code)) if domains else "BD22"
        predecessor = System.objects.filter(code=row["predecessor"]).first() if row["predecessor"] else None
        texts = _texts(row, department)
        public = bool(objects & {"公众", "企业"})
        mobile = any((item["taxonomy"] or "") == "B02" for item in row["capabilities"])
        return {
            "overview": {
                "title": row["title"], "kind": row["kind"], "build_mode": "departmental", "predecessor": predecessor,
                "starts_on": starts, "ends_on": ends, "summary": texts["summary"],
                "service_objects": "、".join(row["service_objects"]),
                **cited_by(row["code"], row["department"], self.plan_items.get(PLAN[main]), self.plan_items),
                **structured.overview(row),
            },
            "unit": {**texts["unit"], "contact_name": actor.name, "contact_phone": actor.phone},
            "needs": {"background": row["background"], **texts["needs"]},
            "solution": {**texts["solution"], "capabilities": self._capabilities(row)},
            "resources": {**texts["resources"], **structured.requests(row)},
            "security": {
                "mlps_level": _level(row), "public_facing": public, "mobile": mobile,
                "personal_data": "公众" in objects, "security_plan": texts["security"],
                **structured.security(row, public=public, mobile=mobile),
            },
            "management": {**texts["management"], **structured.goals(row)},
            "budget": {"lines": _lines(row)},
            "attachments": {"higher_approval": extra.get("higher_approval", "")},
        }  # fmt: skip

    def _capabilities(self, row: dict) -> list[dict]:
        return [
            {
                "code": "", "text": item["text"], "taxonomy": self.nodes.get(item["taxonomy"]),
                "domain": self.domains.get(item["domain"]), "service_object": item["object"] or "",
            }
            for item in row["capabilities"]
        ]  # fmt: skip

    def _documents(self, row: dict) -> list[str]:
        kinds = ["plan", "basis"]
        return [*kinds, "crypto_plan", "level_report"] if _level(row) >= 3 else kinds


def _level(row: dict) -> int:
    lines = "".join(line["name"] for line in row["budget_lines"])
    return 3 if "三级" in lines or "密评" in lines else 2


def _lines(row: dict) -> list[dict]:
    source = FundSource.DISTRICT if row["department"][0] in "DT" else FundSource.MUNICIPAL
    second = structured.SPLIT_FUNDS.get(row["code"], source)
    return [
        {
            "name": line["name"], "amount": Decimal(str(line["amount"])), "category": line["category"],
            "capability": line["capability"],
            "fund_source": source if line["category"] == "software" else second,
        }
        for line in row["budget_lines"]
    ]  # fmt: skip


def _texts(row: dict, department: Department) -> dict:
    unit, title = department.name, row["title"]
    first = "；".join(item["text"] for item in row["capabilities"][:3])
    items = "、".join(row["items"]) or "按本单位权责清单办理"
    return {
        **_designs(row),
        "summary": f"建设{title}，重点实现：{first}等 {len(row['capabilities'])} 项功能。",
        "unit": {
            "unit_duties": (f"{unit}承担本领域的管理与服务职责，本项目由业务处室提出需求，信息化工作机构组织实施。"),
            "unit_systems": (
                "已在系统台账登记的系统继续使用；本项目涉及的能力优先复用统建平台，原有数据迁移后旧模块停用。"
            ),
        },
        "needs": {
            "necessity": (
                f"现有手段不能满足业务需要。项目建成后，{row['service_objects'][0]}办理时间预计缩短三成以上。"
            ),
            "duty_items": items,
            "users_estimate": f"主要用户：{'、'.join(row['service_objects'])}。业务量按近三年台账测算。",
        },
    }


def _designs(row: dict) -> dict:
    needs = "、".join(row["data_needs"]) or "暂无"
    return {
        "solution": {
            "solution": (
                "采用市政务云部署、前后端分离、按能力分模块建设；身份、证照、消息、地图等能力通过统建平台接口调用。"
            ),
            "reuse_statement": "统一身份认证、一网共享平台、统一消息服务等公共组件一律复用，不另行建设。",
        },
        "resources": {
            "data_needs": f"需共享的数据：{needs}。均通过一网共享平台申请，不重复采集。",
            "data_catalogue": "项目产生的数据编入政务信息资源目录，按有条件共享类挂接，每季度更新。",
        },
        "security": (
            f"拟定网络安全等级保护第{'三' if _level(row) >= 3 else '二'}级，"
            "安全设备与密码服务使用市政务云统一资源，上线前完成测评。"
        ),
        "management": {
            "management": "成立项目组，分需求确认、开发、试运行、验收四个阶段，聘请第三方监理，按季度报送进展。",
            "performance_goals": (
                "上线一年内：业务线上办理率由 40% 提高到 85%；用户满意度不低于 90%。统计口径：系统日志与问卷。"
            ),
            "om_plan": "验收后三年运维，年度费用不高于建设费用的 10%；被替代的模块同步下线。",
        },
    }


def paper(row: dict, kind: DocumentKind) -> SimpleUploadedFile:
    """A small real PDF, so that a download opens; its text is the code and the kind."""
    text = f"{row['code']} {kind.value} (demo document)"
    stream = f"BT /F1 18 Tf 72 760 Td ({text}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body, offsets = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    start = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    body += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    names = {"plan": "建设方案", "basis": "立项依据", "crypto_plan": "密码应用方案", "level_report": "定级报告"}
    return SimpleUploadedFile(f"{row['code']}{names.get(kind.value, '附件')}.pdf", body, content_type="application/pdf")
