"""Read the order of a department's proposals in a round, and who else of a round or a plan item is still open."""

from collections import Counter

from django.db.models import F, QuerySet
from django.http import Http404

from accounts import policy
from accounts.models import Department, User
from planning.models import PlanItem, Round
from projects.models import Project
from projects.queries import reachable, with_amount
from projects.states import ENDINGS, State


def first_level(department: Department) -> Department:
    """The first-level budget unit above a unit, or the unit itself."""
    code = department.path.split("/")[0]
    return department if department.code == code else Department.objects.get(code=code)


def ranked_in(round: Round, department: Department) -> QuerySet[Project]:
    """Submitted, undecided proposals of a unit and those below it in a round; ranked ones first, in their order."""
    rows = Project.objects.filter(round=round, department__path__startswith=department.path)
    rows = rows.exclude(state__in=(*ENDINGS, State.DRAFT, State.DEFERRED))
    return (
        with_amount(rows).select_related("rank", "department").order_by(F("rank__position").asc(nulls_last=True), "ref")
    )


def units_to_rank(user: User) -> list[Department]:
    """Units whose proposals the user may order."""
    return list(Department.objects.filter(pk__in=policy.departments_for(user, "projects.rank")))


def unit_to_rank(user: User, code: str) -> Department:
    """The unit of that code (the first one where none is named), if the user may order its proposals.

    Raises PermissionDenied for who orders nothing, Http404 for another unit.
    """
    policy.require(user, "projects.rank")
    units = units_to_rank(user)
    found = next((unit for unit in units if unit.code == code), None) if code else units[0]
    if found is None:
        raise Http404(code)
    return found


def rivals(project: Project) -> int:
    """How many proposals the first-level unit of a proposal has open in its round, this one included."""
    root = project.department.path.split("/")[0] + "/"
    rows = Project.objects.filter(round=project.round_id, department__path__startswith=root)
    return rows.exclude(state__in=(*ENDINGS, State.DRAFT, State.DEFERRED)).count()


def rank_hint_due(project: Project) -> bool:
    """Whether the unit has several proposals in the round and has given this one no place: a hint, never a guard."""
    return not hasattr(project, "rank") and rivals(project) > 1


class Touched:
    """Which open proposals a change touches: those that the user may see, and how many drafts beside them."""

    def __init__(self, user: User, rows: QuerySet[Project]) -> None:
        open_rows = rows.exclude(state__in=ENDINGS)
        submitted = policy.visible(user, "projects.view", open_rows.exclude(state=State.DRAFT))
        self.rows = list(submitted.select_related("department").order_by("state", "ref"))
        self.drafts = open_rows.filter(state=State.DRAFT).count()

    @property
    def by_state(self) -> list[tuple[str, int]]:
        """Label of a state and how many stand in it, in the order of the way."""
        counts = Counter(project.state for project in self.rows)
        return [(str(state.label), counts[state.value]) for state in State if counts[state.value]]


def touched_by_round(user: User, round: Round) -> Touched:
    """Open proposals of a round."""
    return Touched(user, Project.objects.filter(round=round))


def touched_by_item(user: User, item: PlanItem) -> Touched:
    """Open proposals that cite a plan item."""
    return Touched(user, Project.objects.filter(plan_items=item))


def states_in(user: User, round: Round) -> list[tuple[State, int]]:
    """How many proposals of a round that the user may know of stand in each state."""
    rows = reachable(user).filter(round=round).order_by().values_list("state", flat=True)
    counts = Counter(rows)
    return [(state, counts[state.value]) for state in State if counts[state.value]]
