"""Fetch proposals for a person, with what their pages need, and derive the facts that the checklists ask for."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import (
    Count,
    DecimalField,
    Exists,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Sum,
    prefetch_related_objects,
)
from django.db.models.functions import Coalesce
from django.http import Http404

from accounts import policy
from accounts.models import Department, User
from planning import queries as planning
from planning.models import Round
from projects.models import (
    BudgetLine,
    Document,
    Finding,
    FunctionItem,
    JointPartner,
    Project,
    ProposedCapability,
    ReuseDeclaration,
    TraceRow,
    Version,
)
from projects.sections.ledger import keep_rule
from projects.sections.nodes import NODES
from projects.sections.reuse import keep_components
from projects.states import ENDINGS, Category, Kind, State

VIEWS = frozenset({"projects.view", "projects.view_draft"})
# Endings after which the other project will not be built as proposed, so a finding against it stops nobody.
NOT_BUILT = ENDINGS - {State.APPROVED, State.FILED}


@dataclass(frozen=True, slots=True)
class Tier:
    """An amount tier: from `low` up to, not including, `high` (万元); None: no limit."""

    code: str
    low: Decimal
    high: Decimal | None


MONEY_FIELD: DecimalField = DecimalField(max_digits=14, decimal_places=2)


def with_amount(projects: QuerySet[Project]) -> QuerySet[Project]:
    """Annotate `amount`, the sum of the lines in 万元; a subquery, so that joins do not multiply it."""
    lines = BudgetLine.objects.filter(project=OuterRef("pk")).order_by().values("project")
    total = Subquery(lines.annotate(sum=Sum("amount")).values("sum"), output_field=MONEY_FIELD)
    return projects.annotate(amount=Coalesce(total, Decimal(0), output_field=MONEY_FIELD))


def with_plan(projects: QuerySet[Project]) -> QuerySet[Project]:
    """Annotate `is_planned`: whether the proposal cites a plan item; the others took the route outside the plan."""
    cited = Project.plan_items.through.objects.filter(project=OuterRef("pk"))
    return projects.annotate(is_planned=Exists(cited))


def reachable(user: User) -> QuerySet[Project]:
    """Proposals the user may know of: submitted ones by projects.view, drafts by projects.view_draft."""
    rows = Project.objects.all()
    submitted = policy.visible(user, "projects.view", rows).exclude(state=State.DRAFT)
    drafts = policy.visible(user, "projects.view_draft", rows).filter(state=State.DRAFT)
    return submitted | drafts


def visible_to(user: User) -> QuerySet[Project]:
    """The same with what a list shows: the amount, the unit and the round."""
    return with_amount(reachable(user)).select_related("department", "round")


def get_for(user: User, ref: str, permission: str = "projects.view") -> Project:
    """The proposal `ref` for a user who holds `permission` for it.

    Raises Http404 where the user may not know of it, PermissionDenied where they may and the permission is not held.
    """
    project = visible_to(user).select_related("predecessor", "edited_by").filter(ref=ref).first()
    if project is None:
        raise Http404(ref)
    if permission not in VIEWS and not policy.allows(user, permission, project):
        raise PermissionDenied(permission)
    return project


def load_parts(project: Project) -> Project:
    """Prefetch what sections.gaps, status and section_snapshot read; returns the same object."""
    prefetch_related_objects(
        [project],
        Prefetch("capabilities", ProposedCapability.objects.select_related("taxonomy__parent", "domain")),
        Prefetch("budget_lines", BudgetLine.objects.select_related("capability")),
        "documents",
        "plan_items",
        "needs",
        "goals",
        "data_requests",
        Prefetch("reuse_declarations", ReuseDeclaration.objects.select_related("component")),
        Prefetch("partners", JointPartner.objects.select_related("department").prefetch_related("capabilities")),
        "fund_scopes",
        Prefetch("trace_rows", TraceRow.objects.select_related("need", "capability")),
        Prefetch("functions", FunctionItem.objects.select_related("capability")),
        "needs",
    )
    keep_components(project)
    keep_rule(project)
    return project


def narrow(
    rows: QuerySet[Project],
    *,
    q: str = "",
    state: str = "",
    department: Department | None = None,
    kind: str = "",
    amount: str = "",
    round: Round | None = None,
) -> QuerySet[Project]:
    """Only the proposals that fit every criterion.

    q: words, each of them in the number, the title or the unit. amount: the code of a tier.
    """
    for word in q.split()[:10]:
        named = Q(department__name__icontains=word) | Q(department__name_en__icontains=word)
        rows = rows.filter(Q(ref__icontains=word) | Q(title__icontains=word) | named)
    exact = {"state": state, "department": department, "kind": kind, "round": round}
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    for tier in tiers() if amount else ():
        if tier.code == amount:
            limits = {"amount__gte": tier.low, **({"amount__lt": tier.high} if tier.high is not None else {})}
            rows = rows.filter(**limits)
    return rows


def tiers() -> list[Tier]:
    """The amount tiers of the policy row, from the smallest."""
    rows, low = [], Decimal(0)
    for row in planning.policy("tiers"):
        high = None if row["below"] is None else Decimal(str(row["below"]))
        rows.append(Tier(row["code"], low, high))
        low = high if high is not None else low
    return rows


def counts_by_state(user: User) -> dict[str, int]:
    """How many visible proposals stand in each state."""
    rows = reachable(user).order_by().values("state").annotate(count=Count("pk", distinct=True))
    return {row["state"]: row["count"] for row in rows}


def departments_of(user: User) -> QuerySet[Department]:
    """Units that have a proposal the user may see."""
    return Department.objects.filter(pk__in=reachable(user).order_by().values("department"))


def document_for(user: User, ref: str, pk: int) -> Document:
    """A document of a proposal that the user may see. Raises Http404."""
    document = get_for(user, ref).documents.filter(pk=pk).first()
    if document is None:
        raise Http404(f"{ref}/{pk}")
    return document


def current_version(project: Project) -> Version | None:
    """What was submitted last, or None."""
    return project.versions.order_by("-number").first()


def current_findings(project: Project) -> QuerySet[Finding]:
    """Findings of the last screening, with what they met."""
    return project.findings.filter(is_current=True).select_related(
        "system__department", "other_project__department", "rule", "run"
    )


def open_findings(project: Project) -> list[Finding]:
    """Findings that nobody has settled and without which nobody may approve (promise 2)."""
    return [
        finding
        for finding in current_findings(project)
        if finding.blocks
        and not finding.is_settled
        and (finding.other_project is None or finding.other_project.state not in NOT_BUILT)
    ]


def with_facts(projects: QuerySet[Project]) -> QuerySet[Project]:
    """Prefetch what `facts` reads, for pages that ask it of many proposals."""
    findings = Prefetch("findings", Finding.objects.filter(is_current=True), to_attr="shown_findings")
    return projects.prefetch_related("capabilities__taxonomy", "budget_lines", "partners", "data_requests", findings)


def facts(project: Project, known_tiers: list[Tier] | None = None) -> dict[str, Any]:
    """What the proposal says, for standards.applicability: every name of FACTS; what is not known is False or 0.

    Whether it is reachable from the internet is taken from what it does where the unit has not said it.
    known_tiers: from `tiers`, where many proposals are asked about.
    """
    findings = project.shown_findings if hasattr(project, "shown_findings") else current_findings(project)
    nodes = {row.taxonomy.code for row in project.capabilities.all() if row.taxonomy}
    lines = list(project.budget_lines.all())
    categories = {line.category for line in lines}
    total = sum((line.amount for line in lines), Decimal(0))
    return {
        "kind": str(project.kind),
        "total_budget": total,
        "mlps_level": project.mlps_level or 0,
        "followup": project.predecessor_id is not None or project.kind in {Kind.UPGRADE, Kind.OM},
        "has_findings": any(finding.blocks for finding in findings),
        "procurement": bool(lines),
        "multi_source": len({line.fund_source for line in lines if line.fund_source}) > 1,
        "supervision_required": Category.SUPERVISION in categories or _tier_of(total, known_tiers) in {"T2", "T3"},
        **_data_facts(project, nodes, categories),
        "joint": bool(project.partners.all()),
        "change": False,  # of a contract: an approved project asks for that, not a proposal
        **{name: bool(getattr(project, name)) for name in ("important_data", "cii", "external_cloud")},
    }


def _tier_of(total: Decimal, known: list[Tier] | None) -> str:
    if known is None:
        return planning.tier_of(total)
    return next(tier.code for tier in known if tier.high is None or total < tier.high)


def _data_facts(project: Project, nodes: set[str], categories: set[str]) -> dict[str, bool]:
    touched = {name: bool(nodes & wanted) for name, wanted in NODES.items()}
    shares = bool(project.data_needs or project.data_requests.all()) and not project.no_data_needed
    has_data = bool(project.data_needs or project.data_catalogue or any(code[0] == "G" for code in nodes))
    return {
        **touched,
        "public_facing": bool(project.public_facing),
        "internet_facing": _internet(project) or touched["internet_facing"],
        "mobile": bool(project.mobile) or touched["mobile"],
        "personal_data": bool(project.personal_data),
        "cloud": Category.CLOUD in categories or touched["cloud"],
        "software_dev": Category.SOFTWARE in categories,
        "handles_data": has_data or Category.DATA in categories,
        "shares_data": shares or touched["shares_data"],
    }


def _internet(project: Project) -> bool:
    return bool(project.public_facing if project.internet_facing is None else project.internet_facing)
