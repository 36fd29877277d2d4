"""A small registry, proposals of one round, and runs, for the tests of screening and of its pages."""

from datetime import date
from decimal import Decimal

from django.db import models
from django.utils import timezone

from accounts.models import User
from approvals.models import Decision
from approvals.recording import write
from approvals.workflow import WORKFLOW
from planning.models import PolicyRow, Round
from planning.policy_rows import STARTING_ROWS
from portfolio.models import Capability, CapabilityNode, Domain, NegativeRule, System
from projects.models import BudgetLine, Finding, Project, ProposedCapability, ScreeningRun, Version
from projects.screening import execute, request_run
from projects.services import take_snapshot
from projects.states import Band, Relation, RunStatus, State
from tests.accounts.people import make_department, make_person

FLOOD = "汛期值班排班、险情上报，向抢险队伍下达调度指令"
SMS = "向公众发送内涝预警短信"
SEAL = "电子印章制作和签章验证"
# The way of each state that the tests need, as actions of the workflow table.
WAY = {
    State.DRAFT: (),
    State.ENDORSEMENT: ("submit",),
    State.INTAKE: ("submit", "skip_endorsement"),
    State.SCREENING: ("submit", "skip_endorsement", "accept"),
    State.REVIEW: ("submit", "skip_endorsement", "accept", "pass_screening"),
    State.ADJUDICATION: ("submit", "skip_endorsement", "accept", "pass_screening", "to_adjudication"),
    State.DECISION: ("submit", "skip_endorsement", "accept", "pass_screening", "to_decision"),
    State.APPROVED: ("submit", "skip_endorsement", "accept", "pass_screening", "to_decision", "approve"),
    State.MERGED: ("submit", "skip_endorsement", "accept", "pass_screening", "to_adjudication", "merge"),
    State.CORRECTION: ("submit", "skip_endorsement", "return_for_correction"),
    State.WITHDRAWN: ("withdraw",),
}
ADDED_LATER = ("resubmit", "accept", "pass_screening", "to_adjudication")


def make_policies():
    """The starting policy rows, in force for long."""
    for key, (value, source) in STARTING_ROWS.items():
        defaults = {"value": value, "source": source}
        PolicyRow.objects.get_or_create(key=key, valid_from=date(2020, 1, 1), defaults=defaults)


def make_round(code="R2026"):
    """An open application round."""
    found, _ = Round.objects.get_or_create(
        code=code,
        defaults={"name": code, "year": 2026, "opens_on": date(2020, 1, 1), "closes_on": date(2099, 1, 1)},
    )
    return found


def make_system(code="S1", text=FLOOD, *, name="", department=None, **facts):
    """An existing system with one capability."""
    unit = department or make_department(f"U{code}")
    facts = {"status": System.Status.IN_OPERATION, "build_mode": "departmental"} | facts
    system = System.objects.create(code=code, name=name or f"系统{code}", department=unit, **facts)
    Capability.objects.create(system=system, code=f"{code}-01", text=text)
    return system


def make_inventory():
    """Thirty systems on other matters, so that words have frequencies, and one flood-control system."""
    unit = make_department("UX", name="市应急管理局")
    for number, matter in enumerate(("养老", "停车", "公园", "图书", "体育", "环卫", "供水", "燃气", "地铁", "公交")):
        make_system(f"X{number}", f"{matter}服务预约登记和统计分析", department=unit, name=f"{matter}服务平台")
    return make_system("S1", FLOOD, department=unit, name="防汛防旱指挥调度系统", contact_name="刘向东")


def make_project(ref="P1", capabilities=((FLOOD, 100),), *, department=None, state=State.SCREENING, **facts):
    """A proposal in `state` with its first version; each capability is (text, money in 万元) with one software line."""
    unit = department or make_department(f"D{ref}")
    author = User.objects.filter(username=f"author-{ref}").first() or make_person(f"author-{ref}", department=unit)
    facts = {"title": f"项目{ref}", "round": make_round()} | facts
    project = Project.objects.create(ref=ref, department=unit, created_by=author, declared_unclassified=True, **facts)
    set_capabilities(project, capabilities)
    if state != State.DRAFT:
        make_version(project)
    walk(project, *WAY[state])
    return project


def set_capabilities(project, capabilities):
    """Replace the capabilities and their lines."""
    project.budget_lines.all().delete()
    project.capabilities.all().delete()
    for number, (text, money) in enumerate(capabilities, start=1):
        code = f"{project.ref}-{number:02}"
        row = ProposedCapability.objects.create(project=project, code=code, position=number, text=text)
        if money:
            BudgetLine.objects.create(project=project, name=text[:20], amount=Decimal(money), capability=row)


def make_version(project):
    """Freeze the proposal as it is now."""
    return take_snapshot(project, project.created_by, timezone.now())


def walk(project, *actions, actor=None):
    """Move a project along legal arrows with a decision row for each, without asking guards."""
    for action in actions:
        step = next(step for step in WORKFLOW if step.source == project.state and step.action == action)
        decision = Decision(
            project=project, seq=project.seq + 1, action=action, source=step.source, target=step.target,
            actor=actor or project.created_by, mandate="test", comment="", taken_at=timezone.now(),
        )  # fmt: skip
        write(decision)
        moved = {"state": step.target, "seq": decision.seq, "state_since": decision.taken_at}
        models.QuerySet(Project).filter(pk=project.pk).update(**moved)
        project.refresh_from_db()


def screened(project):
    """Screen the newest version; returns the run."""
    return execute(request_run(project, project.versions.first()).pk)


def make_run(project, **facts):
    """A succeeded run on the newest version, without comparing anything."""
    facts = {"status": RunStatus.SUCCEEDED, "finished_at": timezone.now(), "band": Band.AMBER} | facts
    return ScreeningRun.objects.create(project=project, version=project.versions.first(), **facts)


def make_finding(project, run=None, *, system=None, band=Band.AMBER, relation=Relation.DUPLICATE, **facts):
    """A finding against a system (or `other_project`, `rule`), as a run would have stored it."""
    run = run or project.runs.filter(status=RunStatus.SUCCEEDED).first() or make_run(project)
    facts = {"capability_code": f"{project.ref}-01", "capability_text": FLOOD, "matched_code": "S1-01",
             "matched_text": FLOOD, "score": 0.9, "money": Decimal("100.00"),
             "found_at": run.finished_at or timezone.now()} | facts  # fmt: skip
    return Finding.objects.create(project=project, run=run, system=system, band=band, relation=relation, **facts)


def make_version_again(project, capabilities):
    """What a correction brings: new capabilities and the next version. The project stays where it is."""
    set_capabilities(project, capabilities)
    return make_version(project)


def make_rule(code="N1", keyword="电子印章"):
    """A ban of the negative list."""
    title = "不得新建电子印章系统"
    return NegativeRule.objects.create(code=code, title=title, keywords=[keyword], ban=True, source="test")


def make_node(code="E01", name="指挥调度"):
    """A node of the capability tree."""
    return CapabilityNode.objects.get_or_create(code=code, defaults={"name": name})[0]


def make_domain(code="BD01", name="应急"):
    """A business domain."""
    return Domain.objects.get_or_create(code=code, defaults={"name": name})[0]


def newest(project):
    """The newest version of a project."""
    return Version.objects.filter(project=project).order_by("-number").first()
