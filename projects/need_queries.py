"""What became of needs: the proposals that came of them with state and approved amount, and back."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F

from accounts import policy
from accounts.models import User
from planning import need_queries
from planning.models import Need
from planning.need_queries import BUILT
from portfolio.models import System
from projects import queries
from projects.models import Project
from projects.queries import NOT_BUILT


@dataclass(frozen=True, slots=True)
class Offspring:
    """A proposal that came of a need. approved: in 万元, None until then; is_seen: whether the reader may open it."""

    project: Project
    approved: Decimal | None
    is_seen: bool


@dataclass(frozen=True, slots=True)
class Origin:
    """A need that a proposal came from; is_seen: whether the reader may open it."""

    need: Need
    is_seen: bool


def offspring_of(need: Need, user: User) -> list[Offspring]:
    """The proposals that came of a need, also of the one into which it was merged; three queries.

    Drafts of others are told of, not shown: the unit has a right to know that somebody builds.
    """
    of = [need.pk, need.same_as_id] if need.same_as_id else [need.pk]
    rows = Project.objects.filter(needs__in=of).select_related("department", "round").distinct()
    projects = list(rows.annotate(approved=F("approval__amount")).order_by("ref"))
    seen = set(queries.reachable(user).filter(pk__in=[row.pk for row in projects]).values_list("pk", flat=True))
    return [Offspring(row, row.approved, row.pk in seen) for row in projects]


def origins_of(project: Project, user: User) -> list[Origin]:
    """The needs that a proposal came from; two queries."""
    needs = list(project.needs.select_related("department", "call").order_by("code"))
    known = need_queries.visible_to(user).filter(pk__in=[need.pk for need in needs])
    seen = set(known.values_list("pk", flat=True)) if needs else set()
    return [Origin(need, need.pk in seen) for need in needs]


def live_proposals(needs: Iterable[Need]) -> dict[int, Project]:
    """Need → a proposal that came of it and that may still be built, for those that have one. One query."""
    rows = Project.needs.through.objects.filter(need__in=[need.pk for need in needs])
    rows = rows.exclude(project__state__in=NOT_BUILT).select_related("project")
    return {row.need_id: row.project for row in rows.order_by("-project__pk")}


def states_of(needs: Iterable[Need]) -> dict[int, list[Project]]:
    """Need → the proposals that came of it, for a list. One query."""
    found: dict[int, list[Project]] = {}
    rows = Project.needs.through.objects.filter(need__in=[need.pk for need in needs]).select_related("project")
    for row in rows.order_by("project__ref"):
        found.setdefault(row.need_id, []).append(row.project)
    return found


def target_of(need: Need) -> System | None:
    """The system to upgrade or to connect to, with its owner; None where none is named or it is gone."""
    if not need.target_system:
        return None
    return System.objects.select_related("department").filter(code=need.target_system).first()


def startable(need: Need, user: User) -> bool:
    """Whether the user may start a proposal from a need: to be built, by the user's unit, and none came of it yet."""
    decided = need.status == Need.Status.DECIDED and need.mode in BUILT and need.same_as_id is None
    ours = decided and need.lead_id in policy.departments_for(user, "projects.create")
    return ours and not live_proposals([need])


def together_with(need: Need, user: User) -> list[Need]:
    """The needs that one proposal may answer with this one: same group, mode, lead and target; itself first."""
    if not need.group_id:
        return [need]
    same = need_queries.visible_to(user).filter(
        group=need.group_id, status=Need.Status.DECIDED, mode=need.mode, lead=need.lead_id,
        target_system=need.target_system, same_as=None,
    )  # fmt: skip
    taken = live_proposals(others := [row for row in same.select_related("department") if row.pk != need.pk])
    return [need, *(row for row in others if row.pk not in taken)]
