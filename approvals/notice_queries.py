"""Correction notices as a person sees them: who may prepare lines, who closes which, what has changed since."""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from accounts.roles import Role
from approvals.carrying import changed_between
from approvals.models import Case, CorrectionNotice, NoticeItem, NoticeLine, Review
from approvals.names import OPEN, REVIEWER, ReviewStatus, SeatState
from approvals.standing import conflict, mandate_for
from projects.models import Version
from projects.queries import load_parts
from projects.sections import section_hashes, section_snapshot
from projects.states import ENDINGS, State

# Where a notice may still be sent, so that lines for it can be prepared.
PREPARED_IN = frozenset(
    {State.INTAKE, State.SCREENING, State.REVIEW, State.ADJUDICATION, State.EXPERT_REVIEW, State.DECISION}
)
WRITING = frozenset({ReviewStatus.IN_PROGRESS, ReviewStatus.INFO_NEEDED, ReviewStatus.FAILED})
COORDINATORS = (Role.INTAKE, Role.MANAGER, Role.APPROVER)
UNJUDGED_IN = ENDINGS | {State.DRAFT, State.CORRECTION}


def sits_on(review: Review, user: User) -> bool:
    """Whether the user holds the review or one of its seats."""
    if review.reviewer_id == user.pk:
        return True
    return review.seats.filter(holder=user, state__in=[SeatState.OPEN, SeatState.SIGNED]).exists()


def can_act(case: Case, user: User, roles: Iterable[Role]) -> bool:
    """Whether the user holds one of the roles for the case and need not keep out of it."""
    mandate = mandate_for(case, user, tuple(roles))
    return mandate is not None and conflict(case, user, mandate.split("@")[0]) is None


def reviews_to_write_on(case: Case, user: User) -> list[Review]:
    """The user's reviews of the newest version, in progress or ended with a question: lines are prepared there."""
    if case.state not in PREPARED_IN:
        return []
    rows = [row for row in case.all_reviews if row.status in WRITING and case.review_in_force(row)]
    return [row for row in rows if sits_on(row, user)]


def coordinates(case: Case, user: User) -> bool:
    """Whether the user is of those who send notices of this case and so see every line."""
    return case.state in PREPARED_IN and can_act(case, user, COORDINATORS)


def may_prepare(case: Case, user: User) -> bool:
    """Whether the user may prepare a line for the next notice."""
    return coordinates(case, user) or bool(reviews_to_write_on(case, user))


def prepared(case: Case, user: User) -> QuerySet[NoticeLine]:
    """Lines that no notice has sent: the own ones, all of them for who sends the notice (reviews are blind)."""
    rows = case.notice_lines.filter(sent_as=None).select_related("by", "review", "allowed_by")
    return rows if coordinates(case, user) else rows.filter(by=user)


def closable(case: Case, user: User) -> list[NoticeItem]:
    """Answered lines, not closed and not repeated, that the user may close now; by notice and position."""
    if case.state in UNJUDGED_IN:
        return []
    able = cache(lambda person, roles: can_act(case, person, roles))
    return [item for item in judged_lines(case) if may_close(case, item, user, able)]


def judged_lines(case: Case) -> list[NoticeItem]:
    """Answered lines that nobody has closed or repeated."""
    found = []
    answered = case.notices.exclude(closed_at=None).order_by("number")
    for notice in answered.prefetch_related("items__later", "items__raised_by", "items__reviews"):
        for item in notice.items.all():
            item.notice = notice
            if item.is_pending:
                found.append(item)
    return found


def may_close(
    case: Case, item: NoticeItem, user: User, able: Callable[[User, tuple[Role, ...]], bool] | None = None
) -> bool:
    """Whoever raised it; who holds the review of its kind now; where they cannot act any more, another of the kind.

    The office closes its own lines in the same way. Nobody closes in a case that they must keep out of.
    able: can_act for this case, where many lines are asked about.
    """
    able = able or (lambda person, roles: can_act(case, person, roles))
    kinds = {review.kind for review in item.reviews.all()}
    roles = tuple(REVIEWER[kind] for kind in sorted(kinds)) or _office_of(item)
    if not able(user, roles):
        return False
    raisers = list(item.raised_by.all())
    if user in raisers or any(_holds_now(case, kind, user) for kind in kinds):
        return True
    return not any(able(person, roles) for person in raisers)


def _holds_now(case: Case, kind: str, user: User) -> bool:
    review = case.review_of(kind)
    return review is not None and review.status in OPEN and sits_on(review, user)


def _office_of(item: NoticeItem) -> tuple[Role, ...]:
    return (Role(item.origin),) if item.origin in set(COORDINATORS) else (Role.INTAKE, Role.MANAGER)


def changed_since_notice(case: Case, notice: CorrectionNotice) -> frozenset[str]:
    """Codes of sections that differ from the version the notice was sent on: of the draft while it is being corrected,
    else of the newest version."""
    before = notice.decision.version
    if before is None:
        return frozenset()
    if case.state == State.CORRECTION and notice.closed_at is None:
        now = section_hashes(section_snapshot(load_parts(case)))
        return frozenset(code for code in {*before.sections, *now} if before.sections.get(code) != now.get(code))
    answered = next_version(notice)
    return changed_between(before, answered) if answered else frozenset()


def next_version(notice: CorrectionNotice) -> Version | None:
    """The version that answered the notice."""
    before = notice.decision.version
    rows = Version.objects.filter(project_id=notice.project_id, number__gt=before.number if before else 0)
    return rows.order_by("number").first()


def said_by(items: Iterable[NoticeItem]) -> dict[int, list[str]]:
    """Key of a line → what it comes from, in words that name no person: kinds of review, else the role."""
    found: dict[int, list[str]] = {}
    for item in items:
        kinds = dict.fromkeys(review.get_kind_display() for review in item.reviews.all())
        found[item.pk] = list(kinds) or [_origin(item.origin)]
    return found


def _origin(code: str) -> str:
    labels: dict[str, Any] = {role.value: role.label for role in Role}
    return str(labels.get(code, code))
