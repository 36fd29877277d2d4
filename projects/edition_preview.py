"""Which open proposals a change of the library would touch: a draft edition, a superseded standard, a condition."""

from dataclasses import dataclass, field
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from accounts.models import User
from accounts.policy import require
from projects.models import Project, Version
from projects.queries import facts, reachable, tiers, with_facts
from projects.states import PRE_APPROVAL, State
from standards.applicability import Applicability, applies
from standards.edition_queries import ItemChange
from standards.models import ChecklistItem, Standard

# Not submitted, or to be submitted anew: what is published until then holds for them.
UNPINNED = (State.DRAFT, State.DEFERRED)
PINNED = tuple(state for state in PRE_APPROVAL if state not in UNPINNED)


@dataclass(frozen=True, slots=True)
class Effect:
    """What one changed item does to one proposal: "gained", "lost" or "differently", and why it applies or not."""

    change: ItemChange
    kind: str
    because: str


@dataclass(slots=True)
class Touched:
    """A proposal that the draft edition would ask other things of. is_open: whether the reader may open it."""

    project: Project
    is_open: bool
    effects: list[Effect] = field(default_factory=list)

    def of(self, kind: str) -> list[Effect]:
        """The effects of one kind."""
        return [effect for effect in self.effects if effect.kind == kind]

    @property
    def gained(self) -> list[Effect]:
        """Items that it does not meet now and would meet."""
        return self.of("gained")

    @property
    def lost(self) -> list[Effect]:
        """Items that it meets now and would not meet."""
        return self.of("lost")

    @property
    def differently(self) -> list[Effect]:
        """Items that it meets before and after, worded or weighed differently."""
        return self.of("differently")


@dataclass(frozen=True, slots=True)
class Preview:
    """What publishing a draft would do to the open proposals."""

    touched: list[Touched]
    untouched: int  # drafts that would be asked the same as now
    pinned: list[Project]  # submitted: each keeps its `pinned_edition`
    hidden: int  # submitted ones that the reader may not see


def preview(user: User, changes: list[ItemChange]) -> Preview:
    """Evaluate what a draft edition changes on every open proposal; a constant number of queries.

    changes: from standards.edition_queries.difference. Drafts of other units are named by number and unit alone:
    whoever keeps the checklists has to know whom a change meets, not what a unit is writing.
    """
    require(user, "standards.edit")
    mine = set(reachable(user).order_by().values_list("pk", flat=True))
    drafts = Project.objects.filter(state__in=UNPINNED).select_related("department", "round").order_by("ref")
    known, touched, untouched = tiers(), [], 0
    for project in with_facts(drafts):
        found = facts(project, known)
        effects = [effect for change in changes if (effect := _effect(change, found))]
        if effects:
            touched.append(Touched(project, project.pk in mine, effects))
        untouched += not effects
    rows = list(_pinned())
    seen = [project for project in rows if project.pk in mine]
    return Preview(touched, untouched, seen, len(rows) - len(seen))


def _pinned() -> QuerySet[Project]:
    """Submitted proposals with `edition_id`, the edition that their newest version is pinned to."""
    newest = Version.objects.filter(project=OuterRef("pk")).order_by("-number")
    rows = Project.objects.filter(state__in=PINNED).select_related("department", "round")
    return rows.annotate(
        edition_id=Subquery(newest.values("edition")[:1]), pinned_edition=Subquery(newest.values("edition__name")[:1])
    ).order_by("ref")


def _effect(change: ItemChange, found: dict[str, Any]) -> Effect | None:
    before = applies(change.before.condition, found) if change.before else None
    after = applies(change.after.condition, found) if change.after else None
    met, meets = bool(before and before.applies), bool(after and after.applies)
    if not met and not meets:
        return None
    kind = "differently" if met and meets else "gained" if meets else "lost"
    if kind == "differently" and {field.name for field in change.fields} <= {"position", "source"}:
        return None  # nothing that anybody is asked
    reason = after or before
    return Effect(change, kind, reason.because if reason else "")


@dataclass(frozen=True, slots=True)
class Resting:
    """A submitted proposal whose checklist holds items that rest on a standard."""

    project: Project
    codes: list[str]


def resting_on(user: User, standard: Standard) -> list[Resting]:
    """Submitted proposals the reader may see whose pinned checklist asks items that rest on the standard."""
    require(user, "standards.edit")
    citing = ChecklistItem.objects.filter(pk__in=standard.items.values("pk"))
    citing = citing | ChecklistItem.objects.filter(pk__in=standard.related_items.values("pk"))
    items: dict[int, list[ChecklistItem]] = {}
    for item in citing.order_by("kind", "position"):
        items.setdefault(item.edition_id, []).append(item)
    rows = _pinned().filter(pk__in=reachable(user).order_by().values("pk"))
    found, known = [], tiers()
    project: Any
    for project in with_facts(rows):
        asked = facts(project, known)
        codes = [item.code for item in items.get(project.edition_id, ()) if applies(item.condition, asked).applies]
        if codes:
            found.append(Resting(project, codes))
    return found


@dataclass(frozen=True, slots=True)
class Tried:
    """A condition tried on one proposal."""

    project: Project
    decided: Applicability


def try_on_proposals(user: User, condition: str) -> list[Tried]:
    """The condition on every open proposal the reader may see. Raises ConditionError, PermissionDenied."""
    require(user, "standards.edit")
    rows = reachable(user).filter(state__in=PRE_APPROVAL).select_related("department").order_by("ref")
    known = tiers()
    return [Tried(project, applies(condition, facts(project, known))) for project in with_facts(rows)]
