"""What is missing in the lists of a proposal: one check per row of the table of required facts."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from planning.queries import policy
from projects.sections.article3 import CODES, REASON, contradicts, suggest
from projects.sections.gap import Gap
from projects.sections.reuse import mandatory_components
from projects.states import Category, DocumentKind, FundSource

if TYPE_CHECKING:
    from projects.models import BudgetLine, Project

Check = Callable[["Project"], Iterator[Gap]]


def plan_item_or_reason(project: "Project") -> Iterator[Gap]:
    """A plan item is cited, or the reason for being outside the plan is given."""
    if not project.plan_items.all() and not project.out_of_plan_reason.strip():
        message = _("No plan item is cited and no reason is given for being outside the plan.")
        yield Gap("overview", "plan_items", message)


def article3_answered(project: "Project") -> Iterator[Gap]:
    """Every question of the build mode test has an answer."""
    if left := len(CODES - project.article3.keys()):
        message = _("The build mode test has %(n)s questions without an answer.") % {"n": left}
        yield Gap("overview", "article3", message)


def article3_explained(project: "Project") -> Iterator[Gap]:
    """A build mode other than the suggested one is explained."""
    if contradicts(project) and not project.article3.get(REASON):
        message = _("The build mode test suggests %(suggested)s, the proposal says %(chosen)s: explain why.")
        about = {"suggested": suggest(project.article3).label, "chosen": project.get_build_mode_display()}
        yield Gap("overview", "article3", message % about, problem=True)


def partners_described(project: "Project") -> Iterator[Gap]:
    """Each partner has its part and its capabilities."""
    for partner in project.partners.all():
        if not partner.scope.strip() or not partner.capabilities.all():
            message = _("Partner %(name)s has no part of the scope or no capability.")
            yield Gap("overview", "partners", message % {"name": partner.department.label})


def partners_do_not_overlap(project: "Project") -> Iterator[Gap]:
    """No capability is built by two partners (国办发〔2019〕57号: no overlapping content)."""
    builder: dict[int, Any] = {}
    for partner in project.partners.all():
        for capability in partner.capabilities.all():
            first = builder.setdefault(capability.pk, partner)
            if first is not partner:
                message = _("Capability %(code)s is built by two partners: %(one)s and %(other)s.")
                about = {
                    "code": capability.code,
                    "one": first.department.label,
                    "other": partner.department.label,
                }
                yield Gap("overview", "partners", message % about, problem=True)


def partners_within_total(project: "Project") -> Iterator[Gap]:
    """The partners together spend at most the whole estimate, in 万元."""
    spent = sum((partner.amount or Decimal(0) for partner in project.partners.all()), Decimal(0))
    total = sum((line.amount for line in project.budget_lines.all()), Decimal(0))
    if spent > total:
        message = _("The partners' money, %(spent)s, is more than the estimate of %(total)s × 10,000 CNY.")
        yield Gap("overview", "partners", message % {"spent": f"{spent:.2f}", "total": f"{total:.2f}"}, problem=True)


def a_capability(project: "Project") -> Iterator[Gap]:
    """There is at least one."""
    if not project.capabilities.all():
        yield Gap("solution", "capabilities", _("There is no capability yet."))


def capability_text(project: "Project") -> Iterator[Gap]:
    """Each capability says what it does."""
    yield from _capabilities(project, lambda row: row.text.strip(), _("Capability %(code)s has no text."))


def capability_domain(project: "Project") -> Iterator[Gap]:
    """Each capability has its business domain."""
    yield from _capabilities(project, lambda row: row.domain_id, _("Capability %(code)s has no business domain."))


def capability_object(project: "Project") -> Iterator[Gap]:
    """Each capability says whom it serves."""
    yield from _capabilities(project, lambda row: row.service_object, _("Capability %(code)s has no service object."))


def _capabilities(project: "Project", is_there: Callable[[Any], Any], message: str) -> Iterator[Gap]:
    for row in project.capabilities.all():
        if not is_there(row):
            yield Gap("solution", row.code, message % {"code": row.code})


def reuse_declared(project: "Project") -> Iterator[Gap]:
    """Each mandatory component is declared on; not using it has a reason (checklist item RQ-06)."""
    declared = {row.component_id: row for row in project.reuse_declarations.all()}
    for component in mandatory_components(project):
        row, about = declared.get(component.pk), {"code": component.code, "name": component.name}
        if row is None or not row.choice:
            message = _("Common component %(code)s %(name)s: not declared whether it is used.")
            yield Gap("solution", "reuse", message % about)
        elif row.choice != row.Choice.REUSE and not row.reason.strip():
            message = _("Common component %(code)s %(name)s: no reason is given for not using it.")
            yield Gap("solution", "reuse", message % about)


def requests_listed(project: "Project") -> Iterator[Gap]:
    """What is needed from others is listed, or it is declared that nothing is needed."""
    if not project.data_requests.all() and not project.no_data_needed:
        message = _("No sharing request is listed, and it is not declared that no data of others are needed.")
        yield Gap("resources", "data_requests", message)


def requests_not_contradicted(project: "Project") -> Iterator[Gap]:
    """Nothing is listed where nothing is needed."""
    if project.no_data_needed and project.data_requests.all():
        message = _("Sharing requests are listed although it is declared that no data of others are needed.")
        yield Gap("resources", "data_requests", message, problem=True)


def requests_complete(project: "Project") -> Iterator[Gap]:
    """Each request names the unit, the purpose and the legal basis (政务数据共享条例)."""
    for row in project.data_requests.all():
        wanted = (
            (row.provider, _("Sharing request “%(name)s” names no unit that has the data.")),
            (row.purpose, _("Sharing request “%(name)s” does not say what for.")),
            (row.legal_basis, _("Sharing request “%(name)s” has no legal basis.")),
        )
        for value, message in wanted:
            if not value.strip():
                yield Gap("resources", "data_requests", message % {"name": row.name})


def channels_explained(project: "Project") -> Iterator[Gap]:
    """Data that do not come through the platform have a reason (checklist items RQ-08 and DA-02)."""
    for row in project.data_requests.all():
        if row.channel != row.Channel.SHARED and not row.reason.strip():
            message = _("Sharing request “%(name)s” says no reason for not going through the sharing platform.")
            yield Gap("resources", "data_requests", message % {"name": row.name}, problem=True)


def a_goal(project: "Project") -> Iterator[Gap]:
    """There is at least one measurable goal (checklist item RQ-07)."""
    if not project.goals.all():
        yield Gap("management", "goals", _("There is no measurable performance goal yet."))


def goals_complete(project: "Project") -> Iterator[Gap]:
    """Each goal has base, target, date and method."""
    for goal in project.goals.all():
        wanted = (
            (goal.base, _("Goal “%(name)s” has no base value.")),
            (goal.target, _("Goal “%(name)s” has no target value.")),
            (goal.due, _("Goal “%(name)s” has no date.")),
            (goal.method, _("Goal “%(name)s” does not say how it is measured.")),
        )
        for value, message in wanted:
            if not value.strip():
                yield Gap("management", "goals", message % {"name": goal.name})


def a_line(project: "Project") -> Iterator[Gap]:
    """Money is asked for."""
    if not sum((line.amount for line in project.budget_lines.all()), Decimal(0)) > 0:
        yield Gap("budget", "lines", _("There is no budget line yet."))


def line_sources(project: "Project") -> Iterator[Gap]:
    """Each line says who pays."""
    for line in project.budget_lines.all():
        if not line.fund_source:
            yield Gap("budget", "lines", _("Budget line “%(name)s” has no source of funds.") % {"name": line.name})


def money_mapped(project: "Project") -> Iterator[Gap]:
    """Software money must lead to capabilities, or the duplicate check could be escaped (domain reference §6.6)."""
    software = [line for line in project.budget_lines.all() if line.category == Category.SOFTWARE]
    loose = unmapped(project)
    asked, amount = (sum((line.amount for line in lines), Decimal(0)) for lines in (software, loose))
    if not amount or (asked - amount) / asked >= Decimal(str(policy("bands")["mapped"])):
        return
    names = _(", ").join(line.name for line in loose[:5])
    message = _("%(share)s %% of the software money is mapped to no capability: %(names)s.")
    yield Gap("budget", "lines", message % {"share": f"{amount * 100 / asked:.1f}", "names": names}, problem=True)


def scopes_described(project: "Project") -> Iterator[Gap]:
    """Where several sources pay, each says what its money buys (checklist item PL-06)."""
    described = {row.fund_source for row in project.fund_scopes.all() if row.scope.strip()}
    for source in fund_amounts(project):
        if source not in described:
            message = _("Source of funds “%(name)s”: not said what it pays for.")
            yield Gap("budget", "fund_scopes", message % {"name": FundSource(source).label})


def document(kind: DocumentKind) -> Check:
    """A check that a document of `kind` is attached."""

    def check(project: "Project") -> Iterator[Gap]:
        if kind not in {paper.kind for paper in project.documents.all()}:
            yield Gap("attachments", kind.value, _("Document missing: %(kind)s.") % {"kind": kind.label})

    return check


def unmapped(project: "Project") -> list["BudgetLine"]:
    """Software lines that belong to no capability."""
    lines = project.budget_lines.all()
    return [line for line in lines if line.category == Category.SOFTWARE and line.capability_id is None]


def fund_amounts(project: "Project") -> dict[str, Decimal]:
    """What each source of funds pays in 万元, from the budget lines, in the order of the sources."""
    amounts: dict[str, Decimal] = {}
    for line in project.budget_lines.all():
        if line.fund_source:
            amounts[line.fund_source] = amounts.get(line.fund_source, Decimal(0)) + line.amount
    return {source: amounts[source] for source in FundSource.values if source in amounts}
