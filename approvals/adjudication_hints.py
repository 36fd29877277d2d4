"""The signs of split projects and double budgets on one case, as the desk reads them."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accounts.models import User
from accounts.policy import has_permission
from projects.models import CostHint, Project
from projects.states import HintKind


@dataclass(frozen=True, slots=True)
class Shown:
    """One hint with this case on the left; `is_own` is False where the other case's screening found it."""

    hint: CostHint
    other: Project | None
    pairs: list[dict[str, Any]]
    is_own: bool

    @property
    def kind(self) -> HintKind:
        """What it is a sign of."""
        return HintKind(self.hint.kind)


def hints_of(user: User, project: Project) -> list[Shown]:
    """What the newest screenings say of this project and of others of which it is the counterpart, dearest first.

    Only for who sees the duplicate board: a line names another unit's money. One query; nothing for others.
    """
    if not has_permission(user, "duplicates.view"):
        return []
    related = ("project__department", "other_project__department", "noted_by")
    rows = CostHint.objects.filter(is_current=True).select_related(*related)
    found = list(rows.filter(project=project) | rows.filter(other_project=project))
    own = [row for row in found if row.project_id == project.pk]
    others = [row for row in found if row.project_id != project.pk]
    known = {(row.kind, row.other_project_id) for row in own}
    shown = [Shown(row, row.other_project, [_money(pair) for pair in row.pairs], True) for row in own]
    shown += [
        Shown(row, row.project, [_turned(_money(pair)) for pair in row.pairs], False)
        for row in others
        if (row.kind, row.project_id) not in known
    ]
    return sorted(shown, key=lambda one: (-one.hint.money, one.hint.kind, one.hint.pk))


def _money(pair: dict[str, Any]) -> dict[str, Any]:
    return pair | {"amount": Decimal(pair["amount"]), "other_amount": Decimal(pair["other_amount"])}


def _turned(pair: dict[str, Any]) -> dict[str, Any]:
    return pair | {
        "mine": pair["theirs"], "theirs": pair["mine"], "amount": pair["other_amount"], "other_amount": pair["amount"],
    }  # fmt: skip
