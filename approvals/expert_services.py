"""What experts and the keeper of the pool write between steps: the declaration, points, and the pool itself."""

from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policy import holders, require
from accounts.roles import Role
from accounts.services import record_edit
from approvals.errors import Blocked, NotOffered
from approvals.models import ExpertProfile, ExpertScore, Review
from approvals.names import ExpertField, ReviewKind, ReviewStatus

TABLE = "approvals.ExpertProfile"
LONGEST = 3000


def _seat(review_id: int, actor: User, status: str) -> Review:
    """The actor's own seat in that status, locked. Raises NotOffered or Blocked."""
    review = Review.objects.select_for_update(of=("self",)).select_related("reviewer").get(pk=review_id)
    if review.kind != ReviewKind.EXPERT or review.reviewer_id != actor.pk or review.released_at is not None:
        raise NotOffered([_("This seat is not yours.")])
    if review.status != status:
        raise Blocked([_("This is done before the opinion is submitted.")])
    return review


@transaction.atomic
def declare(*, review_id: int, actor: User) -> Review:
    """回避承诺: the seated expert declares to have no interest in the project; kept with the moment.

    Raises NotOffered for another person, Blocked once the review was begun. Source: domain reference §3.5, avoidance.
    """
    review = _seat(review_id, actor, ReviewStatus.NOT_STARTED)
    if review.declared_at is None:
        review.declared_at = timezone.now()
        review.save(update_fields=["declared_at"])
    return review


@transaction.atomic
def save_scores(
    *, review_id: int, actor: User, scores: Mapping[str, Mapping[str, Any]], opinion: str | None = None
) -> int:
    """Keep an expert's points and draft of the opinion without concluding; returns how many criteria have points.

    `scores`: criterion → points (up to what was pinned, one decimal; empty: none yet) and remark.
    Raises NotOffered for another person, Blocked unless the review is in progress, ValidationError by criterion.
    """
    review = _seat(review_id, actor, ReviewStatus.IN_PROGRESS)
    criteria = {row["code"]: row for row in review.signing.get("criteria") or []}
    wrong: dict[str, str] = {}
    for code, given in scores.items():
        if code in criteria:
            _score(review, criteria[code], given, wrong)
    if wrong:
        raise ValidationError(wrong)
    if opinion is not None:
        review.opinion = opinion.strip()[:LONGEST]
        review.save(update_fields=["opinion"])
    return review.scores.count()


def _score(review: Review, criterion: Mapping[str, Any], given: Mapping[str, Any], wrong: dict[str, str]) -> None:
    typed = given.get("points")
    if typed in (None, ""):
        ExpertScore.objects.filter(review=review, criterion=criterion["code"]).delete()
        return
    try:
        points = Decimal(str(typed))
        fits = points.is_finite() and 0 <= points <= criterion["points"] and points == points.quantize(Decimal("0.1"))
    except InvalidOperation:
        fits = False
    if not fits:
        text = _("Points from 0 to %(most)s, at most one decimal.")
        wrong[criterion["code"]] = text % {"most": criterion["points"]}
        return
    values = {"points": points, "remark": str(given.get("remark") or "").strip()[:500]}
    ExpertScore.objects.update_or_create(review=review, criterion=criterion["code"], defaults=values)


# --- the pool ---------------------------------------------------------------------------------------------------------


def _stored(profile: ExpertProfile) -> dict[str, Any]:
    names = ("fields", "employer", "title", "is_available", "note", "interests")
    return {name: getattr(profile, name) for name in names}


@transaction.atomic
def keep_expert(
    *, actor: User, person: User, fields: Iterable[str], employer: str, title: str = "", note: str = "",
    interests: Iterable[str] = (), is_available: bool | None = None,
) -> ExpertProfile:  # fmt: skip
    """Put somebody who holds the expert's role into the pool, or change what the pool says of them.

    fields: codes of names.ExpertField. employer: two people of one employer count together in a draw. interests: codes
    of units in whose proposals the expert is never seated. Raises PermissionDenied, ValidationError. Panels that sit
    are kept. The change is recorded (accounts.EditRecord).
    """
    require(actor, "experts.edit")
    if not holders(Role.EXPERT).filter(pk=person.pk).exists():
        raise ValidationError({"person": _("This account does not hold the role of an expert.")})
    chosen = sorted(set(fields) & set(ExpertField.values))
    if not chosen or not employer.strip():
        wrong = {} if chosen else {"fields": _("Choose at least one field.")}
        raise ValidationError({**wrong, **({} if employer.strip() else {"employer": _("Name the employer.")})})
    profile = ExpertProfile.objects.select_for_update().filter(user=person).first()
    before = _stored(profile) if profile else None
    profile = profile or ExpertProfile(user=person)
    profile.fields, profile.employer, profile.title = chosen, employer.strip(), title.strip()
    profile.note, profile.interests = note.strip(), sorted(set(interests))
    profile.is_available = profile.is_available if is_available is None else is_available
    profile.save()
    record_edit(table=TABLE, key=person.username, actor=actor, before=before, after=_stored(profile))
    return profile


@transaction.atomic
def pause_expert(*, actor: User, profile_id: int, is_available: bool, reason: str = "") -> ExpertProfile:
    """Leave somebody out of draws, or let them be drawn again; seats that they hold are kept.

    Raises PermissionDenied; Blocked for pausing without a reason.
    """
    require(actor, "experts.edit")
    if not is_available and not reason.strip():
        raise Blocked([_("Say why this expert is paused.")])
    profile = ExpertProfile.objects.select_for_update(of=("self",)).select_related("user").get(pk=profile_id)
    before = _stored(profile)
    profile.is_available, profile.note = is_available, reason.strip() or profile.note
    profile.save(update_fields=["is_available", "note"])
    name, after = profile.user.username, _stored(profile)
    record_edit(table=TABLE, key=name, actor=actor, before=before, after=after, reason=reason.strip())
    return profile
