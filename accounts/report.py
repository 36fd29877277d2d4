"""The permission table as people read it: "what may I do", the whole table, and docs/permissions.md."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.models import User
from accounts.policy import LABELS, PERMISSIONS
from accounts.roles import ASSIGNABLE, SIDES, Role, Scope

NO = "–"


@dataclass(frozen=True)
class Answer:
    """One permission of one person: how far it reaches, or who holds it instead."""

    name: str
    label: str
    reach: list[str]
    who: list[str]

    @property
    def allowed(self) -> bool:
        """Whether the person holds the permission for anything."""
        return bool(self.reach)


def mine(user: User) -> dict[str, object]:
    """What the page "what may I do here" shows: mandates, an answer to each permission, the whole table."""
    answers = [_answer(user, name) for name in PERMISSIONS]
    return {
        "mandates": user.mandates,
        "answers": answers,
        "allowed_count": sum(answer.allowed for answer in answers),
        "roles": [role.label for role in ASSIGNABLE],
        "table": [(LABELS[name], _cells(name)) for name in PERMISSIONS],
    }


def permission_table() -> str:
    """The table as Markdown in English, for docs/permissions.md; the same text for the same table."""
    with override("en"):
        head = ["permission", "meaning", *(f"{role.label}<br>`{role.value}`" for role in ASSIGNABLE)]
        lines = [_line(head), _line(["---"] * len(head))]
        lines += [_line([f"`{name}`", str(LABELS[name]), *_cells(name)]) for name in PERMISSIONS]
        scopes = [f"- **{scope.label}** (`{scope.value}`): {MEANING[scope]}" for scope in Scope]
        sides = [
            f"- {side}: {', '.join(f'`{role}`' for role in Role if role in roles)}" for side, roles in SIDES.items()
        ]
    return "\n".join([INTRODUCTION, *lines, "", "## Scopes", "", *scopes, "", SEPARATION, *sides, ""])


INTRODUCTION = """# Permissions

Generated from `accounts/policy.py` by `manage.py workflow_docs`; do not edit. A person holds roles, each for one unit.
What is not in the table is refused. Which steps of a case a role may take, and when, is in `workflow.md`.

## Roles and permissions
"""
SEPARATION = """## Separation of duties

Nobody acts on two of these sides of one case:
"""
MEANING = {
    Scope.OWN: "rows of the unit for which the role is held",
    Scope.SUBTREE: "rows of that unit and of every unit below it",
    Scope.ASSIGNED: "rows that were given to this very person",
    Scope.ALL: "every row",
}


def _answer(user: User, name: str) -> Answer:
    grants = PERMISSIONS[name]
    reach = []
    for mandate in user.mandates if user.is_active else ():
        scope = grants.get(Role(mandate.role))
        if scope is not None:
            bound = scope in (Scope.OWN, Scope.SUBTREE)
            words = {"scope": scope.label, "unit": mandate.department.label}
            reach.append(_("%(scope)s: %(unit)s") % words if bound else str(scope.label))
    who = [] if reach else [str(role.label) for role in ASSIGNABLE if role in grants]
    return Answer(name, str(LABELS[name]), list(dict.fromkeys(reach)), who)


def _cells(name: str) -> list[str]:
    grants = PERMISSIONS[name]
    return [str(grants[role].label) if role in grants else NO for role in ASSIGNABLE]


def _line(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"
