"""The order in which a department wants its proposals of a round, and which running systems serve a plan item."""

from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Department, User
from accounts.policy import require
from accounts.services import record_edit
from planning.models import PlanItem, Round
from planning.services.rounds import STALE
from portfolio.models import System
from projects.models import Project, ProjectRank, SystemPlanLink
from projects.plan_ranks import ranked_in

TABLE = "projects.ProjectRank"
HIGHEST = 99


@transaction.atomic
def save_ranks(
    *, actor: User, round: Round, department: Department, places: Mapping[str, int | None], expected: Mapping[str, int]
) -> int:
    """Order the open proposals of a department and the units below it in one round (checklist item PL-03).

    places: reference → place from 1, or None for no place; what is not named keeps its place. expected: the places the
    form was opened on. Returns how many changed. Raises PermissionDenied, ValidationError by reference (none where
    somebody else was faster).
    """
    list(Project.objects.select_for_update().filter(round=round, department__path__startswith=department.path))
    rows = {project.ref: project for project in ranked_in(round, department)}
    for project in rows.values():
        require(actor, "projects.rank", project)
    before = {ref: row.rank.position for ref, row in rows.items() if hasattr(row, "rank")}
    if before != dict(expected):
        raise ValidationError(_(STALE))
    after = {ref: place for ref, place in {**before, **places}.items() if place is not None and ref in rows}
    problems = _place_problems(after)
    if problems:
        raise ValidationError(problems)
    ProjectRank.objects.filter(project__ref__in=before.keys() - after.keys()).delete()
    for ref, place in after.items():
        if before.get(ref) != place:
            facts = {"position": place, "ranked_by": actor, "ranked_at": timezone.now()}
            ProjectRank.objects.update_or_create(project=rows[ref], defaults=facts)
    key = f"{round.code}/{department.code}"
    record_edit(table=TABLE, key=key, actor=actor, before=before, after=after)
    return sum(before.get(ref) != after.get(ref) for ref in before.keys() | after.keys())


def _place_problems(places: Mapping[str, int]) -> dict[str, str]:
    problems, holders = {}, dict[int, str]()
    for ref, place in sorted(places.items()):
        if not 1 <= place <= HIGHEST:
            problems[ref] = _("Enter a place from 1 to %(high)s.") % {"high": HIGHEST}
        elif place in holders:
            problems[ref] = _("%(ref)s has this place already.") % {"ref": holders[place]}
        else:
            holders[place] = ref
    return problems


@transaction.atomic
def link_system(*, actor: User, item: PlanItem, system: System) -> bool:
    """Put a system under a plan item; whether it was not there yet. Raises PermissionDenied, ValidationError."""
    require(actor, "planning.edit")
    if system.status == System.Status.RETIRED:
        raise ValidationError({"system": _("This system is retired.")})
    _link, is_new = SystemPlanLink.objects.get_or_create(system=system, plan_item=item)
    if is_new:
        _record(actor, item, None, {"system": system.code})
    return is_new


@transaction.atomic
def unlink_system(*, actor: User, item: PlanItem, system_code: str) -> bool:
    """Take a system from under a plan item; whether it was there. Raises PermissionDenied."""
    require(actor, "planning.edit")
    gone, _rows = SystemPlanLink.objects.filter(plan_item=item, system__code=system_code).delete()
    if gone:
        _record(actor, item, {"system": system_code}, None)
    return bool(gone)


def _record(actor: User, item: PlanItem, before: dict[str, str] | None, after: dict[str, str] | None) -> None:
    record_edit(table="planning.PlanItem", key=item.code, actor=actor, before=before, after=after)
