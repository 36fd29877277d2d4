"""Further panels of the case page and of the review page: one row each, shown in this order."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from approvals import (
    desk_panels,
    escalation_page,
    expert_pages,
    invitation_pages,
    meeting_pages,
    notice_page,
    seat_pages,
    standing_page,
)
from approvals.models import Case, Review


@dataclass(frozen=True, slots=True)
class CasePanel:
    """A panel of the case page. show: what its template gets as `panel`, or None to leave it out."""

    template: str
    place: str  # "top" (above everything), "main" or "aside"
    show: Callable[[Case, User], dict[str, Any] | None]


@dataclass(frozen=True, slots=True)
class ReviewPanel:
    """A panel of the review page. show: what its template gets as `panel`, or None to leave it out."""

    template: str
    place: str  # "main" (beside the evidence) or "aside" (above the conclusion)
    show: Callable[[Case, Review, User], dict[str, Any] | None]


CASE_PANELS: tuple[CasePanel, ...] = (
    CasePanel("approvals/_seats_panel.html", "aside", seat_pages.case_panel),
    CasePanel("approvals/_experts_panel.html", "main", expert_pages.panel),
    CasePanel("approvals/_agenda_panel.html", "aside", meeting_pages.panel),
    CasePanel("approvals/_invitations_panel.html", "aside", invitation_pages.panel),
    CasePanel("approvals/_standing_panel.html", "main", standing_page.panel),
    CasePanel("approvals/_standstill.html", "top", desk_panels.standstill),
    CasePanel("approvals/_questions_panel.html", "main", desk_panels.questions),
    CasePanel("approvals/_escalation_panel.html", "aside", escalation_page.panel),
    CasePanel("approvals/_desk_panel.html", "aside", desk_panels.desk),
    CasePanel("approvals/_notices_panel.html", "aside", notice_page.notices_panel),
)
REVIEW_PANELS: tuple[ReviewPanel, ...] = (
    ReviewPanel("approvals/_seats.html", "aside", seat_pages.review_panel),
    ReviewPanel("approvals/_expert_seat.html", "aside", expert_pages.seat_panel),
    ReviewPanel("approvals/_points_panel.html", "main", expert_pages.points_panel),
    ReviewPanel("approvals/_invitations_panel.html", "aside", invitation_pages.review_panel),
    ReviewPanel("approvals/_lines_panel.html", "aside", notice_page.lines_panel),
    ReviewPanel("approvals/_prepare_panel.html", "aside", notice_page.prepare_panel),
    ReviewPanel("approvals/_questions_panel.html", "main", desk_panels.review_questions),
)


def case_panels(case: Case, user: User) -> dict[str, list[dict[str, Any]]]:
    """What the case page shows besides its own parts, by place."""
    return _by_place(CASE_PANELS, case, user)


def review_panels(case: Case, review: Review, user: User) -> dict[str, list[dict[str, Any]]]:
    """What the review page shows besides its own parts, by place."""
    return _by_place(REVIEW_PANELS, case, review, user)


def _by_place(rows: Iterable[CasePanel | ReviewPanel], *about: Any) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {"top": [], "main": [], "aside": []}
    for row in rows:
        panel = row.show(*about)
        if panel is not None:
            found[row.place].append({"template": row.template, "panel": panel})
    return found
