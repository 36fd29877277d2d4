"""Who may take a step: mandates, separation of duties, and the people to ask."""

from collections.abc import Container, Iterable
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from accounts.models import Assignment, User
from accounts.policy import holders
from accounts.roles import SIDES, Role
from approvals.names import REVIEWER, ReviewStatus
from approvals.step import Step

if TYPE_CHECKING:
    from approvals.models import Review
    from projects.models import Project


def mandate_for(project: "Project", actor: User, roles: Container[str]) -> str | None:
    """The right under which `actor` may act on `project` in one of `roles`, as "role@unit"; None when there is none."""
    if Role.SYSTEM in roles:
        return "system" if actor.username == "system" else None
    if not actor.is_authenticated or not actor.is_active:
        return None
    for held in actor.mandates:
        if held.role in roles and _reaches(held, project):
            return held.mandate
    return None


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
    taken = project.decisions.filter(actor=actor).values_list("mandate", flat=True)
    acted = {mandate.split("@")[0] for mandate in taken}
    for name, roles in SIDES.items():
        if name != side and acted & {role.value for role in roles}:
            return _("You have already acted on this project in another capacity, so another person has to act.")
    return None


def review_conflict(review: "Review", actor: User) -> str | None:
    """The same for a review; who stepped back once does not sit again, and a seat belongs to who took it."""
    if review.reviewer_id and review.reviewer_id != actor.pk:
        return _("This review is held by %(name)s.") % {"name": review.reviewer.label}
    recused = review.project.reviews.filter(kind=review.kind, reviewer=actor, status=ReviewStatus.RECUSED)
    if recused.exclude(pk=review.pk).exists():
        return _("You recused yourself from this review.")
    return conflict(review.project, actor, REVIEWER[review.kind])


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
