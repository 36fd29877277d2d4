"""Read the pool, the draws and the points of a panel, for those who may."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.policy import require
from approvals import drawing
from approvals.models import Case, Decision, ExpertDraw, ExpertProfile, ExpertScore, Review
from approvals.names import CONCLUDED, ExpertField, ReviewKind, ReviewStatus
from approvals.scoring import Spread, apart, spread, total

REASONS: dict[str, Any] = {
    "paused": _("paused"),
    "unit": _("belongs to the applicant unit"),
    "supervisor": _("belongs to its supervising department"),
    "partner": _("belongs to a unit that builds jointly"),
    "interest": _("has declared an interest in that unit"),
    "prepared": _("prepared the proposal"),
    "acted": _("has acted on the case in another capacity"),
    "invited": _("was asked as an outside expert"),
    "seated": _("is seated already"),
    "recused": _("has stepped back"),
    "released": _("was replaced"),
}


@dataclass(frozen=True, slots=True)
class PoolRow:
    """One expert with how often drawn, and how often stepped back or replaced without an answer."""

    profile: ExpertProfile
    drawn: int
    stepped_back: int
    unanswered: int
    open: int

    @property
    def fields(self) -> list[str]:
        """The fields as words."""
        return field_labels(self.profile.fields)


def field_labels(codes: Iterable[str]) -> list[str]:
    """Fields as words."""
    return [str(ExpertField(code).label) for code in codes if code in ExpertField.values]


def profiles_for(user: User, *, field: str = "", q: str = "", show: str = "") -> list[PoolRow]:
    """The pool. field: a code of names.ExpertField; q: words of name, employer or unit; show: "available" or "paused".

    Three queries, whatever its size. Raises PermissionDenied.
    """
    require(user, "experts.view")
    rows = ExpertProfile.objects.select_related("user__department").order_by("user__username")
    if show in {"available", "paused"}:
        rows = rows.filter(is_available=show == "available")
    # Codes in a list: SQLite cannot ask for them inside JSON, and the pool is small.
    found = [row for row in rows if not field or field in row.fields]
    for word in q.split()[:5]:
        found = [row for row in found if word.lower() in _text(row)]
    drawn: dict[str, int] = {}
    for names in ExpertDraw.objects.values_list("drawn", flat=True):
        for name in names:
            drawn[name] = drawn.get(name, 0) + 1
    ends = _ends()
    return [PoolRow(row, drawn.get(row.user.username, 0), *ends.get(row.user_id, (0, 0, 0))) for row in found]


def _text(row: ExpertProfile) -> str:
    unit = row.user.department.label if row.user.department else ""
    return " ".join([row.user.name, row.user.name_en, row.user.username, row.employer, row.title, unit]).lower()


def _ends() -> dict[int, tuple[int, int, int]]:
    """Expert → how often stepped back, how often replaced without an answer, how many seats wait."""
    found: dict[int, list[int]] = {}
    rows = Review.objects.filter(kind=ReviewKind.EXPERT).values_list("reviewer", "status", "released_at")
    for person, status, released in rows:
        counts = found.setdefault(person, [0, 0, 0])
        if status == ReviewStatus.RECUSED:
            counts[0] += 1
        elif released is not None:
            counts[1] += 1
        elif status not in CONCLUDED:
            counts[2] += 1
    return {person: (counts[0], counts[1], counts[2]) for person, counts in found.items()}


def profile_for(user: User, pk: int, permission: str = "experts.edit") -> ExpertProfile:
    """One expert of the pool. Raises PermissionDenied, Http404."""
    require(user, permission)
    row = ExpertProfile.objects.select_related("user__department").filter(pk=pk).first()
    if row is None:
        raise Http404(str(pk))
    return row


# --- draws ------------------------------------------------------------------------------------------------------------


def draws_of(case: Case) -> list[ExpertDraw]:
    """The draws of a case in order; one query."""
    return list(case.draws.select_related("decision__actor", "replaces", "version").order_by("number"))


def draw_for(user: User, case: Case, number: int) -> ExpertDraw:
    """One draw of a case. Raises PermissionDenied, Http404."""
    require(user, "experts.view")
    found = next((row for row in draws_of(case) if row.number == number), None)
    if found is None:
        raise Http404(str(number))
    return found


@dataclass(frozen=True, slots=True)
class Verdict:
    """What running a draw again has shown."""

    same: bool  # the same people in the same order
    sealed: bool  # the record is what the decision row says it was
    again: drawing.Drawn

    @property
    def holds(self) -> bool:
        """Whether the draw stands."""
        return self.same and self.sealed


def run_again(row: ExpertDraw) -> Verdict:
    """Draw again from what was recorded, and compare the record with its fingerprint in the chained decision row."""
    record, decision = row.record(), Decision.objects.get(pk=row.decision_id)
    found = drawing.again(record)
    sealed = decision.payload.get("draw") == drawing.fingerprint(record)
    return Verdict(found.usernames == row.drawn, sealed and decision.payload.get("seed") == row.seed, found)


# --- points -----------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class ExpertLine:
    """One expert's points: by criterion, in total, and whether the total stands apart."""

    review: Review
    points: dict[str, ExpertScore]
    total: Decimal | None
    apart: bool = False


@dataclass(slots=True)
class Summary:
    """The panel's points together. rows: criterion → its mean and spread."""

    criteria: list[dict[str, Any]] = field(default_factory=list)
    lines: list[ExpertLine] = field(default_factory=list)
    rows: dict[str, Spread | None] = field(default_factory=dict)
    total: Spread | None = None


def summary_of(reviews: Iterable[Review]) -> Summary:
    """Mean, spread and table of what some concluded reviews of one panel say; one query.

    The criteria are those of the seat that was opened last; points for others are left out of the means.
    """
    seats = [row for row in reviews if row.kind == ReviewKind.EXPERT and row.status in CONCLUDED]
    found = Summary()
    prefetch_related_objects(seats, "scores")
    if seats:
        found.criteria = list(max(seats, key=lambda seat: seat.pk).signing.get("criteria") or [])
    for seat in sorted(seats, key=lambda seat: seat.pk):
        points = {score.criterion: score for score in seat.scores.all()}
        figures = {code: score.points for code, score in points.items()}
        found.lines.append(ExpertLine(seat, points, total(seat.signing.get("criteria") or [], figures)))
    for code in (row["code"] for row in found.criteria):
        found.rows[code] = spread([line.points[code].points for line in found.lines if code in line.points])
    counted = [line for line in found.lines if line.total is not None]
    found.total = spread([line.total for line in counted if line.total is not None])
    for line, is_apart in zip(counted, apart([line.total for line in counted if line.total is not None]), strict=True):
        line.apart = is_apart
    return found
