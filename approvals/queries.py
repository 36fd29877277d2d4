"""Fetch cases and reviews for a person, the history they may read, and the four lists of the workbench."""

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.http import Http404

from accounts.models import Assignment, User
from accounts.policy import has_permission, visible
from accounts.roles import SIDES, Role
from approvals.models import Case, Decision, Review
from approvals.names import CONCLUDED, OPEN, PASSING, REVIEWER, UNIFIED_KINDS, ReviewKind
from approvals.obligations import to_recheck
from approvals.workflow import WORKFLOW
from projects import queries as projects
from projects.models import Finding, Project, ScreeningRun
from projects.states import Band, Relation, RunStatus, State

REVIEWING = {role.value for role in REVIEWER.values()}


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


def _may_take(review: Review, user: User) -> bool:
    return review.status in OPEN and user.holds(REVIEWER[review.kind]) and review.reviewer_id in {None, user.pk}


def readable_reviews(case: Case, user: User) -> list[Review]:
    """Reviews whose opinion the user may read (背靠背): own ones, and others' once nothing can be copied any more.

    A reviewer reads the others after submitting their own; the applicant side after the reviews are over; the office
    reads what is concluded.
    """
    roles = {mandate.role for mandate in user.mandates}
    mine = {review.kind for review in case.all_reviews if review.reviewer_id == user.pk and review.status in OPEN}
    blind = bool(mine) or _may_still_review(case, user, roles)
    only_applicant = not roles - {role.value for role in SIDES["applicant"]}
    return [
        review
        for review in case.all_reviews
        if review.reviewer_id == user.pk
        or (review.status in CONCLUDED and not blind and not (only_applicant and case.state == State.REVIEW))
    ]


def _may_still_review(case: Case, user: User, roles: set[str]) -> bool:
    """Whether the user could still take a seat on this version: then the others' opinions stay hidden."""
    kinds = [kind for kind in REVIEWER if REVIEWER[kind].value in roles]
    return any(case.has_open_review(kind) for kind in kinds if kind != ReviewKind.EXPERT)


def history(case: Case, user: User) -> list[Decision]:
    """The case's decisions, newest first, without review conclusions that the user may not read yet."""
    readable = {review.pk for review in readable_reviews(case, user)}
    rows = case.decisions.select_related("actor__department", "review", "version").order_by("-seq")
    return [row for row in rows if row.review_id is None or row.review_id in readable]


# --- the workbench --------------------------------------------------------------------------------------------------


def inbox(user: User) -> QuerySet[Project]:
    """待办: cases that wait for a step of this user, by the rows of the workflow table that are a duty."""
    waiting = Q(pk__in=[])
    for mandate in user.mandates:
        waiting |= _waiting_for(mandate, user)
    prepared = Q(created_by=user) & ~Q(state__in=[State.DRAFT, State.CORRECTION, State.REVIEW, State.ADJUDICATION])
    rows = projects.visible_to(user).filter(waiting).exclude(state=State.DRAFT)
    return rows.exclude(prepared) if _is_office(user) else rows


def _is_office(user: User) -> bool:
    return any(mandate.role not in SIDES["applicant"] for mandate in user.mandates)


def _duty_states(role: str) -> list[str]:
    return sorted({step.source.value for step in WORKFLOW if role in step.by and step.duty})


def _waiting_for(mandate: Assignment, user: User) -> Q:
    role, states = mandate.role, _duty_states(mandate.role)
    if role == Role.APPLICANT:
        return Q(department=mandate.department_id) & (Q(state__in=states) | _unanswered())
    if role == Role.ENDORSER:
        return Q(department__parent=mandate.department_id, state__in=states)
    others = ~Q(department=user.department_id) if user.department_id else Q()
    if role in REVIEWING:
        return others & (_open_reviews(role, user) | to_recheck(user))
    if role in {Role.INTAKE, Role.MANAGER}:
        return others & (Q(state__in=set(states) - {State.REVIEW, State.SCREENING}) | _to_coordinate())
    if role == Role.APPROVER:
        return others & (Q(state=State.DECISION) | _proposed_endings())
    return Q(pk__in=[])


def _unanswered() -> Q:
    silent = Finding.objects.filter(
        project=OuterRef("pk"), is_current=True, decision="", reply="", band__in=[Band.RED, Band.AMBER]
    ).exclude(relation=Relation.RELATED)
    return Q(Exists(silent), state__in=[State.REVIEW, State.ADJUDICATION])


def _open_reviews(role: str, user: User) -> Q:
    kinds = [kind for kind, reviewer in REVIEWER.items() if reviewer == role]
    seats = Review.objects.filter(project=OuterRef("pk"), kind__in=kinds, status__in=OPEN)
    seats = seats.filter(created_at__gte=OuterRef("state_since"))
    seats = seats.filter(reviewer=user) if role == Role.EXPERT else seats.filter(Q(reviewer=None) | Q(reviewer=user))
    return Q(Exists(seats), state=State.EXPERT_REVIEW if role == Role.EXPERT else State.REVIEW)


def _to_coordinate() -> Q:
    """Reviews all concluded and not all passed; a screening that failed."""
    here = Review.objects.filter(project=OuterRef("pk"), kind__in=UNIFIED_KINDS)
    here = here.filter(created_at__gte=OuterRef("state_since"))
    against = here.filter(status__in=CONCLUDED - PASSING)
    failed = ScreeningRun.objects.filter(project=OuterRef("pk"), status=RunStatus.FAILED)
    failed = failed.filter(requested_at__gte=OuterRef("state_since"))
    waiting = here.filter(status__in=OPEN)
    return Q(~Exists(waiting), Exists(against), state=State.REVIEW) | Q(Exists(failed), state=State.SCREENING)


def _proposed_endings() -> Q:
    last = Decision.objects.filter(project=OuterRef("pk"), action__in=["propose_ending", "decline_ending"])
    newest = last.filter(taken_at__gte=OuterRef("state_since")).order_by("-seq").values("action")[:1]
    proposed = Project.objects.annotate(last=Subquery(newest)).filter(last="propose_ending", state=State.ADJUDICATION)
    return Q(pk__in=proposed.values("pk"))


def inbox_count(user: User) -> int:
    """How many cases wait for the user."""
    return inbox(user).count()


def done(user: User) -> QuerySet[Project]:
    """已办: cases on which the user has taken a step."""
    return projects.visible_to(user).filter(pk__in=Decision.objects.filter(actor=user).values("project"))


def started(user: User) -> QuerySet[Project]:
    """我发起的: proposals the user began and has submitted."""
    return projects.visible_to(user).filter(created_by=user).exclude(state=State.DRAFT)


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
