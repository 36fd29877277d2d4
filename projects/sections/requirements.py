"""REQUIRED: which fact is required from which state. It drives form, meter, guards, check page, reviewers' panel."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from projects.sections import parts, tracing
from projects.sections.gap import Gap
from projects.sections.reuse import is_build
from projects.states import Category, DocumentKind, Kind, State

if TYPE_CHECKING:
    from projects.models import Project

Condition = Callable[["Project"], bool]
# The way of a proposal: a fact that is required from one state is required in all that come after it.
ORDER = (
    *(State.DRAFT, State.ENDORSEMENT, State.INTAKE, State.SCREENING, State.REVIEW),
    *(State.ADJUDICATION, State.EXPERT_REVIEW, State.DECISION, State.APPROVED),
)


class Severity(TextChoices):
    """What an open row is called: something is not there, or what is there contradicts a rule. Both block."""

    BLOCKING = "blocking", _("missing")
    PROBLEM = "problem", _("contradiction")


@dataclass(frozen=True, slots=True)
class Required:
    """One row: `code` is section.fact, where a fact is a column of the proposal or a part of it.

    label: what it is called where the column does not say it. check: how it is looked at; None: the column is filled
    in. applies, when: of which proposals it is required, and the same in words. from_state: what cannot be entered
    without it. at_submission: looked at only while the unit can still edit, since it rests on the registry, which may
    change afterwards and counts for nobody who has submitted. source: of the rule.
    """

    code: str
    label: Promise | None = None
    check: Callable[["Project"], Iterable[Gap]] | None = None
    applies: Condition | None = None
    when: Promise | None = None
    from_state: State = State.ENDORSEMENT
    severity: Severity = Severity.BLOCKING
    source: str = ""
    at_submission: bool = False

    @property
    def section(self) -> str:
        """Code of the section in which it is filled in."""
        return self.code.partition(".")[0]

    @property
    def fact(self) -> str:
        """Column or part."""
        return self.code.partition(".")[2]

    def is_asked(self, project: "Project") -> bool:
        """Whether this proposal needs it at all."""
        return self.applies is None or self.applies(project)


def follows_on(project: "Project") -> bool:
    """An upgrade or operation and maintenance: both continue a system."""
    return project.kind in {Kind.UPGRADE, Kind.OM}


def needs_data(project: "Project") -> bool:
    """It is not declared that no data of others are needed."""
    return not project.no_data_needed


def is_joint(project: "Project") -> bool:
    """Other units build it, too."""
    return bool(project.partners.all())


def has_several_sources(project: "Project") -> bool:
    """More than one source of funds pays for its lines."""
    return len(parts.fund_amounts(project)) > 1


def is_level_three(project: "Project") -> bool:
    """MLPS level 3 or above is proposed."""
    return (project.mlps_level or 0) >= 3


def is_software_build(project: "Project") -> bool:
    """Software is developed or adapted for it."""
    return project.kind in {Kind.NEW, Kind.UPGRADE} and any(
        line.category == Category.SOFTWARE for line in project.budget_lines.all()
    )


def _columns(section: str, *names: str, **more: Any) -> tuple[Required, ...]:
    return tuple(Required(f"{section}.{name}", **more) for name in names)


PROBLEM = Severity.PROBLEM
JOINT: dict[str, Any] = {"applies": is_joint, "when": _("joint project"), "source": "国办发〔2019〕57号; PL-05"}
LEVEL_3: dict[str, Any] = {"applies": is_level_three, "when": _("MLPS level 3 or above")}
ART3 = "穗政数〔2020〕6号 Art. 3; PL-02"
CHAPTERS = "建设开发类项目方案编写规范 (2020)"

REQUIRED: tuple[Required, ...] = (
    # 1 overview
    *_columns("overview", "title", "kind", "build_mode", source=CHAPTERS),
    Required(
        "overview.predecessor", applies=follows_on, when=_("upgrade, operation and maintenance"), source="PL-08",
    ),
    *_columns("overview", "starts_on", "ends_on", "summary", "service_objects", source=CHAPTERS),
    Required("overview.plan_items", _("Plan item, or the reason for none"), parts.plan_item_or_reason, source="PL-01"),
    Required("overview.article3", _("Build mode test, answered"), parts.article3_answered, source=ART3),
    Required(
        "overview.article3_reason", _("Build mode as the test suggests, or explained"), parts.article3_explained,
        severity=PROBLEM, source=ART3,
    ),
    Required("overview.partners", _("Part and capabilities of each partner"), parts.partners_described, **JOINT),
    Required(
        "overview.partners_overlap", _("No capability built by two partners"), parts.partners_do_not_overlap,
        severity=PROBLEM, **JOINT,
    ),
    Required(
        "overview.partners_amount", _("Partners' money within the estimate"), parts.partners_within_total,
        severity=PROBLEM, **JOINT,
    ),
    # 2 unit
    *_columns("unit", "unit_duties", "unit_systems", "contact_name", "contact_phone", source=CHAPTERS),
    # 3 needs
    *_columns("needs", "background", "necessity", source=CHAPTERS),
    Required(
        "needs.users_estimate", applies=is_build, when=_("new build, upgrade, service purchase"),
        from_state=State.SCREENING, source="RQ-02",
    ),
    # (the requirement table adds its row here: its check may yield gaps of several sections)
    Required(
        "needs.trace", _("A line with need, duty and test for each capability"), tracing.needs_traced,
        source="RQ-01; RQ-03", at_submission=True,
    ),
    # 4 solution
    *_columns("solution", "solution", "reuse_statement", source=CHAPTERS),
    Required("solution.capabilities", _("At least one capability"), parts.a_capability, source="RQ-03"),
    Required("solution.capability_text", _("Text of each capability"), parts.capability_text, source="RQ-03"),
    Required("solution.capability_domain", _("Business domain of each capability"), parts.capability_domain),
    Required("solution.capability_object", _("Service object of each capability"), parts.capability_object),
    Required(
        "solution.reuse", _("Declaration on each mandatory common component"), parts.reuse_declared,
        applies=is_build, when=_("new build, upgrade, service purchase"), source="RQ-06; PF-01 … PF-05",
        at_submission=True,
    ),
    # 5 information resources
    Required("resources.data_needs", applies=needs_data, when=_("data of others are needed"), source="RQ-08"),
    Required("resources.data_catalogue", source="DA-01"),
    Required("resources.data_requests", _("Sharing requests, or none needed"), parts.requests_listed, source="RQ-08"),
    Required(
        "resources.data_requests_none", _("No request where none is needed"), parts.requests_not_contradicted,
        severity=PROBLEM, source="RQ-08",
    ),
    Required(
        "resources.data_requests_complete", _("Unit, purpose and legal basis of each request"), parts.requests_complete,
        source="政务数据共享条例",
    ),
    Required(
        "resources.channels", _("Reason for each request outside the platform"), parts.channels_explained,
        severity=PROBLEM, source="政务数据共享条例; RQ-08, DA-02",
    ),
    # 6 security
    *_columns("security", "mlps_level", "public_facing", "internet_facing", "mobile", "personal_data", source="SE-01"),
    *_columns("security", "important_data", "cii", "external_cloud", source="SE-06; SE-07; IN-05"),
    Required("security.security_plan", source="SE-02"),
    # 7 management
    *_columns("management", "management", "performance_goals", "om_plan", source=CHAPTERS),
    Required("management.goals", _("At least one measurable goal"), parts.a_goal, source="RQ-07"),
    Required(
        "management.goals_complete", _("Base, target, date and method of each goal"), parts.goals_complete,
        source="RQ-07",
    ),
    # 8 budget
    Required("budget.lines", _("At least one budget line"), parts.a_line, source=CHAPTERS),
    Required("budget.fund_source", _("Source of funds of each line"), parts.line_sources, source="PL-06"),
    Required("budget.mapping", _("Software money mapped to capabilities"), parts.money_mapped, severity=PROBLEM),
    Required(
        "budget.fund_scopes", _("What each source of funds pays for"), parts.scopes_described,
        applies=has_several_sources, when=_("several sources of funds"), source="PL-06",
    ),
    Required(
        "budget.estimate", _("Functions counted, and a large deviation from the estimate explained"),
        tracing.estimate_stands, applies=is_software_build, when=_("new build, upgrade"),
        source="RQ-03; RQ-09; GB/T 36964-2018", at_submission=True,
    ),
    # 9 attachments
    Required("attachments.plan", DocumentKind.PLAN.label, parts.document(DocumentKind.PLAN), source=CHAPTERS),
    Required("attachments.basis", DocumentKind.BASIS.label, parts.document(DocumentKind.BASIS), source=CHAPTERS),
    Required(
        "attachments.crypto_plan", DocumentKind.CRYPTO_PLAN.label, parts.document(DocumentKind.CRYPTO_PLAN),
        severity=PROBLEM, source="密码法 §27; GB/T 39786 (SE-04)", **LEVEL_3,
    ),
    Required(
        "attachments.level_report", DocumentKind.LEVEL_REPORT.label, parts.document(DocumentKind.LEVEL_REPORT),
        from_state=State.APPROVED, source="GB/T 22240 (SE-01)", **LEVEL_3,
    ),
)  # fmt: skip


def asked_of(project: "Project", state: State) -> list[Required]:
    """The rows that this proposal has to satisfy before it may enter `state`."""
    place = ORDER.index(state)
    return [row for row in REQUIRED if ORDER.index(row.from_state) <= place and row.is_asked(project)]


def wording(row: Required) -> str:
    """From when it is required, as the form says it beside the field."""
    return str(STAGES[row.from_state])


STAGES: dict[State, Promise] = {
    State.ENDORSEMENT: _("required to submit"),
    State.SCREENING: _("required before acceptance"),
    State.APPROVED: _("required before approval"),
}
