"""Replace the structured lists of a proposal: partners, reuse, sharing requests, goals, scopes of sources of funds."""

from collections.abc import Callable, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from projects.limits import check_money, check_month
from projects.models import DataRequest, FundScope, JointPartner, PerformanceGoal, Project, ReuseDeclaration
from projects.sections import fund_amounts, mandatory_components
from projects.services.rows import Row, one_of, plain, refuse_too_many
from projects.states import FundSource

MAX_GOALS, MAX_REQUESTS, MAX_PARTNERS = 50, 100, 20


def replace_goals(project: Project, rows: Sequence[Row]) -> None:
    """Make `rows` {name, base, target, due (year-month), method} the performance goals."""
    refuse_too_many("goals", rows, MAX_GOALS)
    _in_order(project.goals, rows, lambda: PerformanceGoal(project=project), _fill_goal)


def replace_requests(project: Project, rows: Sequence[Row]) -> None:
    """Make `rows` {name, provider, purpose, legal_basis, channel, reason} the sharing requests."""
    refuse_too_many("data_requests", rows, MAX_REQUESTS)
    _in_order(project.data_requests, rows, lambda: DataRequest(project=project), _fill_request)


def replace_partners(project: Project, rows: Sequence[Row]) -> None:
    """Make `rows` {department, scope, capabilities (codes), amount (万元 or None)} the partners.

    A unit stands once, and the applicant is no partner of itself.
    """
    refuse_too_many("partners", rows, MAX_PARTNERS)
    kept = [row for row in rows if not row.get("remove")]
    units = [row["department"].pk for row in kept]
    if len(units) != len(set(units)) or project.department_id in units:
        raise ValidationError({"partners": _("Each partner stands once, and the applicant unit is none of them.")})
    present = {row.department_id: row for row in project.partners.all()}
    project.partners.exclude(department__in=units).delete()
    own = {row.code: row for row in project.capabilities.all()}
    for row in kept:
        department = row["department"]
        partner = present.get(department.pk) or JointPartner(project=project, department=department)
        partner.scope = plain("partners", row.get("scope"), 500, required=False)
        partner.amount = _money(row.get("amount"))
        partner.save()
        if strange := set(row.get("capabilities") or ()) - own.keys():
            raise ValidationError({"partners": _("Unknown capability: %(code)s.") % {"code": sorted(strange)[0]}})
        partner.capabilities.set([own[code] for code in row.get("capabilities") or ()])


def replace_reuse(project: Project, rows: Sequence[Row]) -> None:
    """Make `rows` {component (its code), choice, reason} the declarations on the components that must be reused.

    A row on a component that the proposal does not need (any more) is left out.
    """
    needed = {row.code: row for row in mandatory_components(project)}
    said = {row["component"]: row for row in rows if row["component"] in needed}
    project.reuse_declarations.exclude(component__code__in=said).delete()
    present = {row.component.code: row for row in project.reuse_declarations.select_related("component")}
    for code, row in said.items():
        declared = present.get(code) or ReuseDeclaration(project=project, component=needed[code])
        declared.choice = one_of("reuse", row.get("choice") or "", ["", *ReuseDeclaration.Choice.values])
        declared.reason = plain("reuse", row.get("reason"), 500, required=False)
        declared.save()


def replace_scopes(project: Project, rows: Sequence[Row]) -> None:
    """Make `rows` {fund_source, scope, document} what each source of funds pays for.

    A row on a source that no line names, and every row where there is one source only, is left out.
    """
    used = set(fund_amounts(project))
    said = {row["fund_source"]: row for row in rows if row["fund_source"] in used and len(used) > 1}
    project.fund_scopes.exclude(fund_source__in=said).delete()
    present = {row.fund_source: row for row in project.fund_scopes.all()}
    for source, row in said.items():
        scope = present.get(source) or FundScope(project=project)
        scope.fund_source = one_of("fund_scopes", source, FundSource.values)
        scope.scope = plain("fund_scopes", row.get("scope"), 500, required=False)
        scope.document = plain("fund_scopes", row.get("document"), 200, required=False)
        scope.save()


def _in_order(stored: Any, rows: Sequence[Row], make: Callable[[], Any], fill: Callable[[Any, Row], None]) -> None:
    """The rows take the places of the present ones one by one; what is left over goes."""
    kept = [row for row in rows if not row.get("remove")]
    present = list(stored.all())
    for position, row in enumerate(kept):
        item = present[position] if position < len(present) else make()
        item.position = position + 1
        fill(item, row)
        item.save()
    stored.filter(pk__in=[item.pk for item in present[len(kept) :]]).delete()


def _fill_goal(goal: PerformanceGoal, row: Row) -> None:
    goal.name = plain("goals", row.get("name"), 120)
    goal.base = plain("goals", row.get("base"), 60, required=False)
    goal.target = plain("goals", row.get("target"), 60, required=False)
    goal.method = plain("goals", row.get("method"), 300, required=False)
    try:
        goal.due = check_month(row.get("due") or "")
    except ValidationError as error:
        raise ValidationError({"goals": error}) from error


def _fill_request(request: DataRequest, row: Row) -> None:
    request.name = plain("data_requests", row.get("name"), 200)
    limits = {"provider": 120, "purpose": 300, "legal_basis": 200, "reason": 300}
    for name, limit in limits.items():
        setattr(request, name, plain("data_requests", row.get(name), limit, required=False))
    channel = row.get("channel") or DataRequest.Channel.SHARED.value
    request.channel = one_of("data_requests", channel, DataRequest.Channel.values)


def _money(value: Any) -> Any:
    if value in (None, ""):
        return None
    try:
        return check_money(value)
    except ValidationError as error:
        raise ValidationError({"partners": error}) from error
