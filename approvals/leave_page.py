"""What the pages of substitution and handover show."""

from typing import Any

from django.utils.translation import gettext as _

from accounts import substitutions
from accounts.models import User
from accounts.policy import has_permission
from accounts.roles import SIDES
from approvals.handover import rows_of
from approvals.queries import inbox
from approvals.standing import conflict, mandate_for
from approvals.workflow import WORKFLOW
from planning.queries import policy

MOST_LOOKED_AT = 30


def longest() -> int:
    """The longest substitution in days (policy row)."""
    return policy("substitution_days")


def page(user: User, principal: User) -> dict[str, Any]:
    """The leave of `principal` as `user` sees it."""
    rows = substitutions.of_person(principal)
    return {
        "principal": principal,
        "own": user.pk == principal.pk,
        "rights": substitutions.lent_by(principal),
        "away": [row for row in rows if row.principal_id == principal.pk],
        "stands_in": [row for row in rows if row.substitute_id == principal.pk],
        "longest": longest(),
        "may_for_others": has_permission(user, "accounts.substitute_others"),
    }


def foreseen(principal: User, substitute: User) -> list[str]:
    """What the substitute will not be able to do, seen beforehand; a warning, not a refusal."""
    warnings = []
    lent = {held.role for held in substitutions.lent_by(principal).lent}
    own = {held.role for held in substitute.mandates}
    for side, roles in SIDES.items():
        codes = {role.value for role in roles}
        if lent & codes and any(own & {role.value for role in other} for name, other in SIDES.items() if name != side):
            warnings.append(
                _("%(name)s also works on another side: where they acted on a case themselves, they cannot act for "
                  "somebody else on it, and the other way round.") % {"name": substitute.label}
            )  # fmt: skip
            break
    for project in inbox(principal)[:MOST_LOOKED_AT]:
        reason = _kept_out(principal, substitute, project)
        if reason:
            warnings.append(f"{project.ref} {project.title}: {reason}")
    return warnings


def _kept_out(principal: User, substitute: User, project: Any) -> str | None:
    """Why the substitute could not take the step that waits for the principal."""
    for step in WORKFLOW:
        if step.source == project.state and step.duty and not step.is_automatic:
            mandate = mandate_for(project, principal, step.by)
            if mandate:
                return conflict(project, substitute, mandate.split("@")[0])
    return None


def handover_page(user: User, person: User) -> dict[str, Any]:
    """Everything that lies with `person`, and who stands in. Whoever may see no cases gets numbers only."""
    rows = rows_of(person)
    sees = user.pk == person.pk or has_permission(user, "reviews.assign")
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.kind] = counts.get(row.kind, 0) + 1
    return {
        "person": person,
        "own": user.pk == person.pk,
        "rows": rows if sees else [],
        "counts": counts,
        "sees": sees,
        "keys": [row.key for row in rows if row.key] if sees else [],
        "substitute": substitutions.substitute_of(person),
        "planned": [row for row in substitutions.running_and_planned() if row.principal_id == person.pk],
    }
