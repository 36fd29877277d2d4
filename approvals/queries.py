"""Fetch cases and reviews for a person, the history they may read, and the four lists of the workbench."""

from django.db.models import Q, QuerySet
from django.http import Http404

from accounts.models import User
from accounts.policy import allows, has_permission, visible
from accounts.roles import SIDES
from approvals import seat_queries
from approvals.expert_sight import hidden_opinions, is_guest
from approvals.inbox import is_office, waiting
from approvals.models import Case, CaseMark, Decision, Review, Seat
from approvals.names import CONCLUDED, OPEN, REVIEWER, ReviewKind, SeatState
from approvals.standing import stands_for
from projects import queries as projects
from projects.models import Project
from projects.states import State


def get_case(user: User, ref: str, permission: str = "projects.view") -> Case:
    """The case `ref` for a user who holds `permission` for it. Raises Http404 or PermissionDenied."""
    project = projects.get_for(user, ref, permission)
    related = Case.objects.select_related("department__parent", "round", "created_by", "predecessor")
    return related.get(pk=project.pk)


def readable_review(user: User, ref: str, pk: int) -> Review:
    """A review that the user may read, or may take: a seat of their kind that is theirs or free. Raises Http404."""
    case = get_case(user, ref)
    review = next((review for review in case.all_reviews if review.pk == pk), None)
    if review is None or not (_may_take(review, user) or review in readable_reviews(case, user)):
        raise Http404(f"{ref}/{pk}")
    review.case = case
    return review


def seat_for(user: User, ref: str, pk: int, seat: int) -> Seat:
    """A seat of an open review, for people with a part in it, for those who may take it, and for the manager.

    Raises Http404. What may be done with the seat is asked at the door; opinions are not shown with it.
    """
    case = get_case(user, ref)
    review = next((review for review in case.all_reviews if review.pk == pk), None)
    if review is None or not (allows(user, "reviews.assign", case) or _may_take(review, user)):
        raise Http404(f"{ref}/{pk}")
    review.case = case
    found = review.seats.select_related("holder", "delegate").filter(pk=seat).first()
    if found is None:
        raise Http404(f"{ref}/{pk}/{seat}")
    found.review = review
    return found


def _may_take(review: Review, user: User) -> bool:
    """Whether the user leads it or has a part in it (also in somebody's stead), or might take a free seat of it."""
    if review.status not in OPEN or review.released_at is not None or not user.holds(REVIEWER[review.kind]):
        return False
    people = stands_for(user, REVIEWER[review.kind])
    if review.reviewer_id is None or review.reviewer_id in people:
        return True
    free = review.seats.filter(holder=None, state=SeatState.OPEN).exists()
    return free or review.pk in seat_queries.reviews_with_a_part(review.project_id, people)


def readable_reviews(case: Case, user: User) -> list[Review]:
    """Reviews whose opinion the user may read (背靠背): own ones, and others' once nothing can be copied any more.

    A reviewer reads the others after submitting their own; the applicant side after the reviews are over; the office
    reads what is concluded.
    """
    roles = {mandate.role for mandate in user.mandates}
    part = seat_queries.reviews_with_a_part(case.pk, seat_queries.in_whose_stead(user))
    own = {review.pk for review in case.all_reviews if review.pk in part or review.reviewer_id == user.pk}
    mine = {review.kind for review in case.all_reviews if review.pk in own and review.status in OPEN}
    blind = bool(mine) or _may_still_review(case, user, roles)
    only_applicant = not roles - {role.value for role in SIDES["applicant"]}
    blind = blind or is_guest(case, user) or (only_applicant and case.state == State.REVIEW)
    hidden = () if blind else hidden_opinions(case, user)
    return [
        review
        for review in case.all_reviews
        if review.pk in own or (review.status in CONCLUDED and not blind and review.pk not in hidden)
    ]


def _may_still_review(case: Case, user: User, roles: set[str]) -> bool:
    """Whether the user could still take a seat on this version: then the others' opinions stay hidden."""
    kinds = [kind for kind in REVIEWER if REVIEWER[kind].value in roles]
    return any(case.has_open_review(kind) for kind in kinds if kind != ReviewKind.EXPERT)


def history(case: Case, user: User) -> list[Decision]:
    """The case's decisions, newest first, without review conclusions that the user may not read yet.

    Whoever is only invited to one question reads none of them.
    """
    if is_guest(case, user):
        return []
    readable = {review.pk for review in readable_reviews(case, user)}
    rows = case.decisions.select_related("actor__department", "on_behalf_of", "review", "version").order_by("-seq")
    return [row for row in rows if row.review_id is None or row.review_id in readable]


# --- the workbench --------------------------------------------------------------------------------------------------


def inbox(user: User, work: str = "") -> QuerySet[Project]:
    """待办: cases that wait for this user (approvals.inbox says for what); work: the code of one kind of it."""
    cases = Q(pk__in=[])
    for row in waiting(user, work):
        cases |= row.cases
    prepared = Q(created_by=user) & ~Q(state__in=[State.DRAFT, State.CORRECTION, State.REVIEW, State.ADJUDICATION])
    rows = projects.visible_to(user).filter(cases).exclude(state=State.DRAFT)
    return rows.exclude(prepared) if is_office(user) else rows


def inbox_count(user: User) -> int:
    """How many cases wait for the user."""
    return inbox(user).count()


def done(user: User) -> QuerySet[Project]:
    """已办: cases on which the user has taken a step."""
    return projects.visible_to(user).filter(pk__in=Decision.objects.filter(actor=user).values("project"))


def started(user: User) -> QuerySet[Project]:
    """我发起的: proposals the user began and has submitted."""
    return projects.visible_to(user).filter(created_by=user).exclude(state=State.DRAFT)


def followed(user: User) -> QuerySet[Project]:
    """我关注的: cases that the user follows, as long as they may see them."""
    marks = CaseMark.objects.filter(user=user, followed_at__isnull=False)
    return projects.visible_to(user).filter(pk__in=marks.values("project"))


def drafts(user: User) -> QuerySet[Project]:
    """草稿箱: drafts of the user's units."""
    if not has_permission(user, "projects.edit"):
        return Project.objects.none()
    rows = visible(user, "projects.edit", Project.objects.filter(state=State.DRAFT))
    return projects.with_amount(rows).select_related("department", "round")


def copied(user: User) -> QuerySet[Project]:
    """抄送我的: cases of which the user was sent a copy."""
    rows = Project.objects.filter(decisions__copies__user=user).distinct()
    return projects.with_amount(rows).select_related("department", "round")
