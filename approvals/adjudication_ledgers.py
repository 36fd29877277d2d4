"""The ledgers behind the board: what was cut, which exceptions stand and until when, whose data is insufficient."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from accounts import policy as permissions
from accounts.models import User
from approvals.adjudication_board import WAITING
from approvals.models import Approval
from projects.models import Finding, Project, ScreeningRun, Version
from projects.queries import NOT_BUILT
from projects.states import TO_CORRECT, Adjudication, Band, State

SOON = timedelta(days=30)
CUTTING = (*sorted(TO_CORRECT), Adjudication.MERGE, Adjudication.REJECT)
ENDED_FOR_DUPLICATION = Q(state__in=[State.MERGED, State.REUSE]) | Q(
    state=State.REJECTED, decisions__source=State.ADJUDICATION, decisions__target=State.REJECTED
)


def cuts(user: User) -> list[dict[str, Any]]:
    """Projects from which an adjudication took money: asked, granted and the difference in 万元, the largest first.

    Asked: the first version submitted. Granted: the approved amount, nothing for a project that ended as a duplicate,
    else the newest version. Three queries. Raises PermissionDenied.
    """
    permissions.require(user, "duplicates.view")
    decided = Q(pk__in=Finding.objects.filter(decision__in=CUTTING).values("project"))
    projects = Project.objects.filter(decided | ENDED_FOR_DUPLICATION).distinct().select_related("department")
    versions = Version.objects.filter(project=OuterRef("pk")).values("amount")
    approvals = Approval.objects.filter(project=OuterRef("pk")).order_by("-pk").values("amount")
    found = list(
        projects.annotate(
            asked=Subquery(versions.order_by("number")[:1]),
            reviewed=Subquery(versions.order_by("-number")[:1]),
            approved=Subquery(approvals[:1]),
        )
    )
    reasons = _reasons(found)
    lines = [_cut(project, reasons[project.pk]) for project in found]
    return sorted((line for line in lines if line["cut"] > 0), key=lambda line: (-line["cut"], line["project"].ref))


def _cut(project: Any, findings: list[Finding]) -> dict[str, Any]:
    asked = project.asked or Decimal(0)
    reasons = {str(finding.get_decision_display()) for finding in findings}
    granted = Decimal(0) if project.state in NOT_BUILT else project.approved or project.reviewed or Decimal(0)
    return {
        "project": project,
        "reasons": sorted(reasons) or [project.get_state_display()],
        "people": sorted({finding.decided_by.label for finding in findings if finding.decided_by}),
        "asked": asked,
        "granted": granted,
        "cut": asked - granted,
    }


def _reasons(projects: Iterable[Project]) -> dict[int, list[Finding]]:
    grouped: dict[int, list[Finding]] = defaultdict(list)
    found = Finding.objects.filter(project__in=[project.pk for project in projects], decision__in=CUTTING)
    for finding in found.select_related("decided_by"):
        grouped[finding.project_id].append(finding)
    return grouped


def totals(lines: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """The sums of a cut ledger."""
    listed = list(lines)
    sums = {name: sum((line[name] for line in listed), Decimal(0)) for name in ("asked", "granted", "cut")}
    return {**sums, "projects": len(listed)}


def exceptions(user: User) -> QuerySet[Finding]:
    """Exceptions in force or expired on projects that go on, the first to expire first. Raises PermissionDenied."""
    permissions.require(user, "duplicates.view")
    found = Finding.objects.filter(is_current=True, decision=Adjudication.EXCEPTION)
    related = ("project__department", "system", "other_project", "rule", "decided_by")
    return found.exclude(project__state__in=NOT_BUILT).select_related(*related).order_by("expires_on", "pk")


def with_expiry(findings: Iterable[Any]) -> list[Any]:
    """The same findings, each with `expiry`: over, soon (30 days) or nothing."""
    today, listed = timezone.localdate(), list(findings)
    for finding in listed:
        end = finding.expires_on
        over = end is not None and end < today
        finding.expiry = "over" if over else "soon" if end is not None and end <= today + SOON else ""
    return listed


def insufficient(user: User) -> list[ScreeningRun]:
    """Newest runs that could not judge a project under way for want of data. Raises PermissionDenied."""
    permissions.require(user, "duplicates.view")
    newest = ScreeningRun.objects.filter(project=OuterRef("project")).order_by("-pk").values("pk")[:1]
    runs = ScreeningRun.objects.filter(pk=Subquery(newest), band=Band.INSUFFICIENT, project__state__in=WAITING)
    return list(runs.select_related("project__department").order_by("project__ref")[:50])
