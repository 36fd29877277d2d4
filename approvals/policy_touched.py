"""Open cases with what a change of a policy row could touch: amounts, expert opinions, screenings, reviews."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from accounts.models import User
from approvals.models import Case, Review
from approvals.names import OPEN, UNIFIED_KINDS
from planning.queries import tier_in
from projects import queries as projects
from projects.models import Project, ScreeningRun, Version
from projects.states import PRE_APPROVAL, State


def open_cases(user: User, states: Iterable[str] = PRE_APPROVAL) -> QuerySet[Project]:
    """Proposals that nobody has decided, in those states and within the user's reach; `filed`: the newest amount."""
    newest = Version.objects.filter(project=OuterRef("pk")).order_by("-number").values("amount")[:1]
    rows = projects.visible_to(user).filter(state__in=[*states]).annotate(filed=Subquery(newest))
    return rows.order_by("state_since", "pk")


def tier_by(tiers: list[dict[str, Any]], project: Project) -> str:
    """The tier of a row of `open_cases` by a value of the row "tiers"."""
    filed: Decimal | None = project.filed  # type: ignore[attr-defined]
    return tier_in(tiers, project.amount if filed is None else filed)  # type: ignore[attr-defined]


def opinions(rows: Iterable[Project]) -> dict[int, int]:
    """How many expert opinions on the newest version each case has, by key of the project; three queries for all."""
    cases = Case.objects.in_bulk([row.pk for row in rows])
    for version in Version.objects.filter(project__in=cases).order_by("number"):
        cases[version.project_id].__dict__["current_version"] = version
    for case in cases.values():
        case.__dict__["all_reviews"] = []
    for review in Review.objects.filter(project__in=cases).order_by("-pk"):
        cases[review.project_id].all_reviews.append(review)
    return {pk: case.expert_opinions() for pk, case in cases.items() if "current_version" in case.__dict__}


def screened_at(rows: Iterable[Project]) -> dict[int, datetime]:
    """When the newest screening of each case ended, by key of the project; one query."""
    runs = ScreeningRun.objects.filter(project__in=[row.pk for row in rows], finished_at__isnull=False)
    return {pk: ended for pk, ended in runs.order_by("pk").values_list("project_id", "finished_at") if ended}


def waiting_kinds(rows: Iterable[Project]) -> dict[int, set[str]]:
    """Which of the three reviews of each case are still open, by key of the project; one query."""
    found: dict[int, set[str]] = {}
    pks = [row.pk for row in rows if row.state == State.REVIEW]
    seats = Review.objects.filter(project__in=pks, kind__in=UNIFIED_KINDS, status__in=OPEN)
    for project, kind in seats.values_list("project_id", "kind"):
        found.setdefault(project, set()).add(kind)
    return found
