"""Load the demo city: catalogues, accounts, systems, one open round, and 45 proposals spread over the states."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.services import load_departments, load_people
from config.demo.clocks import load_clocks
from config.demo.contacts import name_contacts
from config.demo.contracts import load_contracts
from config.demo.decisions import add_synonyms, decide
from config.demo.desk import load_desk
from config.demo.experts import load_experts, load_pool, to_known_panel
from config.demo.facts import Filler
from config.demo.library import keep_library
from config.demo.needs import link_needs, load_needs
from config.demo.planning import load_more_items, plan
from config.demo.revisions import revised
from config.demo.rules import keep_rules
from config.demo.seats import signed_together
from config.demo.waivers import age_waivers, assess, cured, waived, wanting
from config.demo.walk import Stuck, Walker
from planning.models import Round
from planning.services import load_plan_items, open_round
from portfolio.services import import_systems, load_negative_rules, load_taxonomy
from projects.models import Project
from projects.services.overlaps import report_overlaps
from projects.states import State
from standards.services import seed

YUNHAI = "data/yunhai"
CODE = "YH2026"

# Where each proposal is walked to; those not named are left under review.
REACHES: dict[str, State] = {
    "P44": State.DRAFT, "P45": State.DRAFT, "P39": State.DRAFT,
    "P07": State.ENDORSEMENT, "P24": State.ENDORSEMENT,
    "P29": State.INTAKE, "P36": State.INTAKE, "P41": State.INTAKE,
    "P03": State.ADJUDICATION, "P01": State.ADJUDICATION, "P04": State.ADJUDICATION, "P05": State.ADJUDICATION,
    "P06": State.ADJUDICATION, "P10": State.ADJUDICATION, "P17": State.ADJUDICATION, "P18": State.ADJUDICATION,
    "P20": State.ADJUDICATION, "P15": State.ADJUDICATION,
    "P35": State.EXPERT_REVIEW, "P40": State.EXPERT_REVIEW, "P30": State.EXPERT_REVIEW,
    "P38": State.DECISION, "P42": State.DECISION, "P37": State.DECISION,
    "P28": State.APPROVED, "P43": State.APPROVED, "P33": State.APPROVED,
}  # fmt: skip


def load(say: Callable[[str], None]) -> bool:
    """Load what is missing; returns whether anything was loaded. Each proposal is one transaction: a second call
    after an interruption goes on where the first stopped."""
    base = Path(settings.BASE_DIR)
    lines = (base / "projects" / YUNHAI / "proposals.jsonl").read_text("utf-8").splitlines()
    rows = [json.loads(line) for line in lines]
    if Project.objects.filter(ref__in=[row["code"] for row in rows]).count() == len(rows):
        return False
    say("departments, accounts, taxonomy, standards, systems …")
    load_departments()
    load_people(settings.DEMO_PASSWORD)
    load_taxonomy()
    load_negative_rules()
    seed()
    load_plan_items(base / "planning" / YUNHAI / "plan_items.jsonl")
    load_more_items(base / "planning" / YUNHAI / "plan_more.jsonl")
    report = import_systems(base / "portfolio" / YUNHAI / "systems.jsonl")
    if report.errors:
        raise Stuck(f"systems.jsonl: {report.errors[0]}")
    name_contacts()
    load_pool()
    load_contracts(base / "portfolio" / YUNHAI / "contracts.jsonl")
    _proposals(rows, say)
    _afterwards()
    say("overlaps among existing systems …")
    report_overlaps()
    return True


@transaction.atomic
def _afterwards() -> None:
    """What people did once the proposals were on their way."""
    decide()
    add_synonyms()
    age_waivers()
    keep_library()
    keep_rules()
    plan(Round.objects.get(code=CODE))
    load_clocks()
    load_experts()
    load_desk()


def _proposals(rows: list[dict], say: Callable[[str], None]) -> None:
    today = timezone.localdate()
    current = open_round(
        code=CODE, name="2026年第四批", name_en="Fourth round of 2026",
        opens_on=today - timedelta(days=60), closes_on=today + timedelta(days=60),
    )  # fmt: skip
    load_needs(current)
    filler, walker = Filler(current), Walker()
    present = set(Project.objects.values_list("ref", flat=True))
    for number, row in enumerate(rows, start=1):
        if row["code"] not in present:
            say(f"proposals … {number}/{len(rows)}")
            with transaction.atomic():
                _one(filler, walker, row)


def _one(filler: Filler, walker: Walker, row: dict) -> None:
    code = row["code"]
    actor = User.objects.get(username=f"clerk_{row['department'].lower()}")
    special = SPECIAL.get(code)
    extra = {"higher_approval": "粤发改投审〔2026〕118号"} if code == "P11" else {}
    filler.file(row, actor, **extra)
    link_needs(code)
    assess(code, actor)
    if special:
        special(walker, code)
    elif REACHES.get(code, State.REVIEW) != State.DRAFT:
        walker.to(code, REACHES.get(code, State.REVIEW))


def _item(section: str, problem: str, suggestion: str) -> dict[str, str]:
    return {"section": section, "problem": problem, "suggestion": suggestion}


def _returned(walker: Walker, ref: str) -> None:
    case = walker.to(ref, State.INTAKE)
    items = [
        _item("budget", "云资源费用没有测算依据。", "补充云资源测算表，注明规格和单价来源。"),
        _item("needs", "业务量数据缺少年份。", "补充近三年业务量。"),
    ]
    walker.take(case, "return_for_correction", walker.people["intake"], "请一次性补正以下事项。", items=items)


def _filed(walker: Walker, ref: str) -> None:
    case = walker.to(ref, State.INTAKE)
    walker.take(case, "file", walker.people["intake"], "上级已批复立项，按规定备案。")


def _redirected(walker: Walker, ref: str) -> None:
    case = walker.to(ref, State.ADJUDICATION)
    if case.state != State.ADJUDICATION:
        return
    opinion = "云政通已提供全部六项功能，开通单位账号即可使用。"
    walker.take(case, "redirect", walker.people["manager"], opinion, target_system="S005")


def _merged(walker: Walker, ref: str) -> None:
    case = walker.to(ref, State.ADJUDICATION)
    if case.state != State.ADJUDICATION:
        return
    walker.take(case, "merge", walker.people["manager"], "与随手拍项目同单位同能力，合并建设。", target_project="P31")


def _deferred(walker: Walker, ref: str) -> None:
    case = walker.to(ref, State.DECISION)
    approver = User.objects.get(username="approver")
    walker.take(case, "defer", approver, "待审计数据标准发布后再议，退回需求库。")


def _withdrawn(walker: Walker, ref: str) -> None:
    case = walker.to(ref, State.INTAKE)
    walker.take(case, "withdraw", walker.clerk(case), "街道整合方案调整，先行撤回。")


def _rejected(walker: Walker, ref: str) -> None:
    case = walker.to(ref, State.DECISION)
    approver = User.objects.get(username="approver")
    walker.take(case, "reject", approver, "主要功能已由养老服务平台提供，不予立项。")


def _stated(walker: Walker, ref: str) -> None:
    walker.state_beforehand(ref)
    walker.to(ref, REACHES[ref])


def _half_reviewed(walker: Walker, ref: str) -> None:
    case = walker.to(ref, State.REVIEW)
    walker.review(case, "planning")


SPECIAL: dict[str, Callable[[Walker, str], None]] = {
    "P04": _stated,
    "P02": _redirected,
    "P08": _rejected,
    "P11": _filed,
    "P12": _half_reviewed,
    "P13": _returned,
    "P14": revised,
    "P16": _returned,
    "P21": signed_together,
    "P22": cured,
    "P28": waived(20, State.APPROVED),
    "P31": wanting,
    "P35": to_known_panel,
    "P37": waived(60, State.DECISION),
    "P43": waived(60, State.APPROVED),
    "P26": _withdrawn,
    "P27": _deferred,
    "P32": _merged,
}
