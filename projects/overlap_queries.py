"""The report on systems that do the same, as a person reads it: candidates by saving, weaker overlaps, dismissals."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from accounts.models import User
from accounts.policy import require
from portfolio.models import System
from projects.models import OverlapDismissal, OverlapReport, SystemOverlap
from projects.savings import Assumptions

WEAKER = 50  # weaker overlaps on the page; the download has all that are kept
LAST = Decimal("-Infinity")


@dataclass(slots=True)
class Merger:
    """One system that stays and what could be merged into it; sums in 万元 over those whose costs are recorded."""

    target: System
    rows: list[SystemOverlap] = field(default_factory=list)

    @property
    def known(self) -> list[SystemOverlap]:
        """Those whose saving can be worked out."""
        return [row for row in self.rows if row.net is not None]

    @property
    def unknown(self) -> list[SystemOverlap]:
        """Those for which a cost is not recorded."""
        return [row for row in self.rows if row.net is None]

    @property
    def net(self) -> Decimal | None:
        """What is saved over the years, less the migration; None where nothing is known."""
        return _sum(row.net for row in self.known) if self.known else None


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything the page shows. `failure`: a run after the report that failed; `changed`: systems changed since."""

    report: OverlapReport | None
    failure: OverlapReport | None
    assumptions: Assumptions | None
    mergers: list[Merger]
    weaker: list[SystemOverlap]
    weaker_count: int
    dismissed: list[SystemOverlap]
    changed: int


def overview_for(user: User) -> Overview:
    """The newest report with what is dismissed now; constant queries. Raises PermissionDenied."""
    require(user, "duplicates.view")
    report = OverlapReport.objects.filter(succeeded=True).first()
    failure = OverlapReport.objects.filter(succeeded=False, pk__gt=report.pk if report else 0).first()
    if report is None:
        return Overview(None, failure, None, [], [], 0, [], 0)
    standing = _standing()
    rows = overlaps_of(report)
    shown = _with_dismissals(rows.filter(Q(is_candidate=True) | Q(digest__in=standing)), standing)
    weaker = rows.filter(is_candidate=False).exclude(digest__in=standing)
    return Overview(
        report=report,
        failure=failure,
        assumptions=Assumptions.of(report.assumptions),
        mergers=mergers_of(row for row in shown if row.dismissal is None),
        weaker=list(weaker[:WEAKER]),
        weaker_count=weaker.count(),
        dismissed=[row for row in shown if row.dismissal is not None],
        changed=changed_since(report),
    )


def table_for(user: User) -> tuple[OverlapReport | None, list[Any]]:
    """The newest report and all its rows with their dismissals, for a file. Raises PermissionDenied."""
    require(user, "duplicates.view")
    report = OverlapReport.objects.filter(succeeded=True).first()
    return report, _with_dismissals(overlaps_of(report), _standing()) if report else []


def overlap_for(user: User, pk: int, permission: str) -> SystemOverlap | None:
    """One row of the newest report for who holds `permission`; None where it is gone. Raises PermissionDenied."""
    require(user, permission)
    report = OverlapReport.objects.filter(succeeded=True).first()
    return overlaps_of(report).filter(pk=pk).first() if report else None


def overlaps_of(report: OverlapReport) -> QuerySet[SystemOverlap]:
    """The rows of a report with both systems and their units."""
    return report.overlaps.select_related("member__department", "target__department")


def changed_since(report: OverlapReport) -> int:
    """How many systems were changed, added or deleted after the report began. Two queries."""
    changed = System.objects.filter(updated_at__gte=report.started_at).count()
    return max(changed, abs(System.objects.count() - report.record.get("systems", 0)))


def mergers_of(rows: Iterable[SystemOverlap]) -> list[Merger]:
    """Rows grouped by what stays; the largest saving first, those without a figure last."""
    grouped: dict[int, Merger] = {}
    for row in rows:
        grouped.setdefault(row.target_id, Merger(row.target)).rows.append(row)
    for merger in grouped.values():
        merger.rows.sort(key=lambda row: (-(LAST if row.net is None else row.net), row.member.code))
    return sorted(grouped.values(), key=lambda one: (-(LAST if one.net is None else one.net), one.target.code))


def totals_of(mergers: Iterable[Merger]) -> dict[str, Any]:
    """Sums in 万元 over the merges that pay off within the years; how many do not, and whose costs are missing."""
    rows = [row for merger in mergers for row in merger.rows]
    paying = [row for row in rows if row.net is not None and row.net > 0]
    return {
        "systems": len(rows),
        "paying": len(paying),
        "losing": [row for row in rows if row.net is not None and row.net <= 0],
        "unknown": [row for row in rows if row.net is None],
        "yearly": _sum(row.saved_yearly for row in paying),
        "one_off": _sum(row.one_off for row in paying),
        "net": _sum(row.net for row in paying),
    }


def _standing() -> dict[str, OverlapDismissal]:
    rows = OverlapDismissal.objects.filter(revoked_at=None).select_related("decided_by")
    return {row.digest: row for row in rows}


def _with_dismissals(rows: Iterable[Any], standing: dict[str, OverlapDismissal]) -> list[Any]:
    listed = list(rows)
    for row in listed:
        row.dismissal = standing.get(row.digest)
    return listed


def _sum(amounts: Iterable[Decimal | None]) -> Decimal:
    return sum((amount for amount in amounts if amount is not None), Decimal(0))


def dismissal_or_404(pk: int) -> OverlapDismissal:
    """A dismissal by its key. Raises Http404."""
    return get_object_or_404(OverlapDismissal, pk=pk)
