"""Who may take a step: mandates, separation of duties, and the people to ask."""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Assignment, User
from accounts.policy import holders
from accounts.reading import once
from accounts.roles import SIDES, Role
from approvals.names import REVIEWER, ReviewStatus, SeatState
from approvals.step import Step

if TYPE_CHECKING:
    from approvals.models import Review
    from projects.models import Project


@dataclass(frozen=True, slots=True)
class Right:
    """The mandate under which a step is taken, as "role@unit", and the assignment that gives it (none: the system)."""

    mandate: str
    held: Assignment | None = None

    def principal(self, actor: User) -> User | None:
        """In whose stead `actor` uses it, or None where it is their own (代理: "B for A")."""
        return self.held.user if self.held is not None and self.held.user_id != actor.pk else None


def right_for(project: "Project", actor: User, roles: Container[str], *, of: int | None = None) -> Right | None:
    """The right under which `actor` may act on `project` in one of `roles`; None when there is none.

    of: the person whose seat or review it is about; that person's own right comes first, then the manager's.
    """
    if Role.SYSTEM in roles:
        return Right("system") if actor.username == "system" else None
    found = held_by(project, actor, roles)
    if of is not None:
        found.sort(key=lambda held: (held.user_id != of or held.role == Role.MANAGER, held.role != Role.MANAGER))
    return Right(found[0].mandate, found[0]) if found else None


def mandate_for(project: "Project", actor: User, roles: Container[str]) -> str | None:
    """The same as text: "role@unit"."""
    right = right_for(project, actor, roles)
    return right.mandate if right else None


def held_by(project: "Project", actor: User, roles: Container[str]) -> list[Assignment]:
    """The assignments under which `actor` may act on `project` in one of `roles`: own ones, then lent ones."""
    if not actor.is_authenticated or not actor.is_active:
        return []
    return [held for held in actor.mandates if held.role in roles and _reaches(held, project)]


def _reaches(held: Assignment, project: "Project") -> bool:
    if held.role == Role.APPLICANT:
        return held.department_id == project.department_id
    if held.role == Role.ENDORSER:
        return held.department_id == project.department.parent_id
    return True


def conflict(project: "Project", actor: User, role: str) -> str | None:
    """Why `actor` must keep out of `project` in `role` although the role would allow it (promise 4), or None.

    Source: domain reference §3.5 invariant 4 and §8, separation.
    """
    return once(("conflict", project.pk, actor.pk, role), lambda: _conflict(project, actor, role))


def _conflict(project: "Project", actor: User, role: str) -> str | None:
    if role in SIDES["applicant"] or role == Role.SYSTEM:
        return _other_side(project, actor, "applicant") if role != Role.SYSTEM else None
    units = {actor.department_id, *(held.department_id for held in actor.mandates if held.role in SIDES["applicant"])}
    if project.department_id in units:
        return _("You belong to the applicant unit, so another person has to act.")
    prepared = actor.pk in {project.created_by_id, project.edited_by_id}
    if prepared or project.versions.filter(submitted_by=actor).exists():
        return _("You prepared this project, so another person has to act.")
    side = next((name for name, roles in SIDES.items() if role in roles), None)
    return _other_side(project, actor, side) if side else None


def _other_side(project: "Project", actor: User, side: str) -> str | None:
    taken = project.decisions.filter(Q(actor=actor) | Q(on_behalf_of=actor)).values_list("mandate", flat=True)
    acted = {mandate.split("@")[0] for mandate in taken}
    for name, roles in SIDES.items():
        if name != side and acted & {role.value for role in roles}:
            return _("You have already acted on this project in another capacity, so another person has to act.")
    return None


def conflict_in_stead(project: "Project", held: Assignment | None, actor: User) -> str | None:
    """Separation of duties binds whoever acts in somebody's stead, and the person they stand in for."""
    if held is None:  # the system
        return None
    reason = conflict(project, actor, held.role)
    if reason or held.user_id == actor.pk:
        return reason
    if conflict(project, held.user, held.role) is None:
        return None
    return _("You act for %(name)s, who must keep out of this project.") % {"name": held.user.label}


def stands_for(actor: User, role: str) -> set[int]:
    """Keys of the actor and of the people in whose stead they hold `role`."""
    return {actor.pk, *(held.user_id for held in actor.mandates if held.role == role)}


def review_conflict(review: "Review", actor: User) -> str | None:
    """The same for a review as a whole, which belongs to who leads it, or to who stands in for them."""
    if review.reviewer_id and review.reviewer_id not in stands_for(actor, REVIEWER[review.kind]):
        return _("This review is held by %(name)s.") % {"name": review.reviewer.label}
    return seat_conflict(review, actor)


def seat_conflict(review: "Review", actor: User) -> str | None:
    """The same for one seat of a review; who stepped back once does not sit again."""
    recused = review.project.reviews.filter(kind=review.kind, reviewer=actor, status=ReviewStatus.RECUSED)
    seats = review.project.reviews.filter(kind=review.kind, seats__holder=actor, seats__state=SeatState.RECUSED)
    if recused.exclude(pk=review.pk).exists() or seats.exclude(pk=review.pk).exists():
        return _("You recused yourself from this review.")
    return conflict(review.project, actor, REVIEWER[review.kind])


def kept_out(project: "Project", people: Iterable[int], role: str) -> set[int]:
    """Which of these people must keep out of `project` in `role`: the same rules as conflict, for many at once."""
    asked = set(people)
    applicants = [held.value for held in SIDES["applicant"]]
    unit = Q(department=project.department_id) | Q(
        assignments__role__in=applicants, assignments__is_active=True, assignments__department=project.department_id
    )
    out = set(User.objects.filter(unit, pk__in=asked).values_list("pk", flat=True))
    out |= asked & {project.created_by_id, project.edited_by_id}
    out |= asked & set(project.versions.values_list("submitted_by", flat=True))
    own = next((roles for roles in SIDES.values() if role in roles), frozenset[Role]())
    others = {held.value for roles in SIDES.values() if roles != own for held in roles}
    for actor, principal, mandate in project.decisions.values_list("actor", "on_behalf_of", "mandate"):
        if mandate.split("@")[0] in others:
            out |= asked & {actor, principal}
    return out


def people_for(project: "Project", step: Step, *, limit: int = 5) -> list[User]:
    """Who may take `step` on `project`: for "who can help" and for recipients. At most `limit` people."""
    people: list[User] = []
    for role in step.by:
        if role == Role.SYSTEM:
            continue
        unit = {Role.APPLICANT: project.department_id, Role.ENDORSER: project.department.parent_id or 0}.get(role)
        held = holders(role, department_id=unit)
        if role not in SIDES["applicant"]:
            held = held.exclude(department_id=project.department_id)
        people += [person for person in held[:limit] if person not in people]
    return people[:limit]


def names_of(people: Iterable[User]) -> list[str]:
    """Names with phone where there is one, as a refusal shows them."""
    return [f"{person.label} {person.phone}".strip() for person in people]
