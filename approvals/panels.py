"""Further panels of the case page and of the review page: one row each, shown in this order."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from approvals.models import Case, Review


@dataclass(frozen=True, slots=True)
class CasePanel:
    """A panel of the case page. show: what its template gets as `panel`, or None to leave it out."""

    template: str
    place: str  # "main" or "aside"
    show: Callable[[Case, User], dict[str, Any] | None]


@dataclass(frozen=True, slots=True)
class ReviewPanel:
    """A panel of the review page. show: what its template gets as `panel`, or None to leave it out."""

    template: str
    place: str  # "main" (beside the evidence) or "aside" (above the conclusion)
    show: Callable[[Case, Review, User], dict[str, Any] | None]


CASE_PANELS: tuple[CasePanel, ...] = ()
REVIEW_PANELS: tuple[ReviewPanel, ...] = ()


def case_panels(case: Case, user: User) -> dict[str, list[dict[str, Any]]]:
    """What the case page shows besides its own parts, by place."""
    found: dict[str, list[dict[str, Any]]] = {"main": [], "aside": []}
    for row in CASE_PANELS:
        panel = row.show(case, user)
        if panel is not None:
            found[row.place].append({"template": row.template, "panel": panel})
    return found


def review_panels(case: Case, review: Review, user: User) -> dict[str, list[dict[str, Any]]]:
    """What the review page shows besides its own parts, by place."""
    found: dict[str, list[dict[str, Any]]] = {"main": [], "aside": []}
    for row in REVIEW_PANELS:
        panel = row.show(case, review, user)
        if panel is not None:
            found[row.place].append({"template": row.template, "panel": panel})
    return found
