"""Compute and keep the report on systems that do the same, and remember what a manager said is no duplicate."""

import hashlib
import json
import logging
import time
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

import duplicates
from accounts import policy
from accounts.models import User
from duplicates.overlaps import Candidate, Overlap, Survey, candidates
from planning import queries as planning
from portfolio.models import System
from projects.limits import check_text
from projects.models import OverlapDismissal, OverlapReport, SystemOverlap
from projects.savings import Assumptions, saving
from projects.screening import PlainError, survey_registry

logger = logging.getLogger(__name__)

LISTED = 1000  # overlaps kept besides those of the candidates, the most severe first
PAIRS = 40  # pairs of capabilities kept with one overlap
REASON = 1000  # characters


def report_overlaps() -> OverlapReport:
    """Compare every system with every other and replace the last report, in one transaction; safe to repeat.

    Returns the report. A run that fails is kept beside the last good one with the reason, and nothing else changes.
    """
    started, began = timezone.now(), time.monotonic()
    try:
        row = planning.policy_row("consolidation")
        assumptions = Assumptions.of(row.value)
        found, systems, record = survey_registry()
        facts = _record(found, record) | {"milliseconds": round((time.monotonic() - began) * 1000)}
        return _keep(started, found, systems, facts, assumptions, row.source)
    except Exception as error:  # whatever it is, the page has to say that the report is not of last night
        logger.exception("the overlap report failed")
        return _fail(started, error)


def _fail(started: datetime, error: Exception) -> OverlapReport:
    text = str(error) if isinstance(error, PlainError) else f"{type(error).__name__}: {error}"
    with transaction.atomic():
        OverlapReport.objects.filter(succeeded=False).delete()
        return OverlapReport.objects.create(started_at=started, succeeded=False, error=text[:2000])


def _record(found: Survey, record: duplicates.RunRecord) -> dict[str, Any]:
    return {
        "engine": record.engine_version,
        "encoder": record.encoder,
        "degraded": record.degraded_reason or "",
        "fingerprint": record.inventory_fingerprint,
        "systems": record.systems,
        "compared": found.compared,
        "retired": list(found.excluded),
        "overlaps": len(found.overlaps),
    }


@transaction.atomic
def _keep(
    started: datetime,
    found: Survey,
    systems: list[duplicates.System],
    facts: dict[str, Any],
    assumptions: Assumptions,
    source: str,
) -> OverlapReport:
    known = {system.code: system for system in systems}
    digests = {(item.left, item.right): _digest(item, known) for item in found.overlaps}
    dismissed = _dismissed(digests)
    rows = System.objects.in_bulk({code for pair in digests for code in pair}, field_name="code")
    users = {code: row.users or 0 for code, row in rows.items()}
    stars = candidates(found.overlaps, systems, strong=float(assumptions.min_share), users=users, dismissed=dismissed)
    kept = _rows(found, stars, rows, digests, assumptions)
    named: dict[str, Any] = {name: str(getattr(assumptions, name)) for name in ("min_share", "om_saved", "migration")}
    named |= {"years": assumptions.years, "source": source}
    report = OverlapReport.objects.create(started_at=started, succeeded=True, record=facts, assumptions=named)
    for row in kept:
        row.report = report
    SystemOverlap.objects.bulk_create(kept, batch_size=200)
    OverlapReport.objects.filter(pk__lt=report.pk).delete()
    return report


def _rows(
    found: Survey,
    stars: tuple[Candidate, ...],
    rows: Mapping[str, System],
    digests: Mapping[tuple[str, str], str],
    assumptions: Assumptions,
) -> list[SystemOverlap]:
    joined = {(member, star.target) for star in stars for member in star.members}
    kept, others = [], 0
    for item in found.overlaps:
        if item.left not in rows or item.right not in rows:  # deleted while the comparison ran
            continue
        member, target = _direction(item, joined)
        is_candidate = (member, target) in joined
        others += not is_candidate
        if is_candidate or others <= LISTED:
            row = _row(item, rows[member], rows[target], assumptions)
            row.is_candidate, row.digest = is_candidate, digests[item.left, item.right]
            kept.append(row)
    return kept


def _direction(item: Overlap, joined: set[tuple[str, str]]) -> tuple[str, str]:
    """(what would be merged, what stays): as grouped, else the more covered side goes, on a tie the larger code."""
    for pair in ((item.left, item.right), (item.right, item.left)):
        if pair in joined:
            return pair
    return (item.left, item.right) if item.left_covered > item.right_covered else (item.right, item.left)


def _row(item: Overlap, member: System, target: System, assumptions: Assumptions) -> SystemOverlap:
    shares = [Decimal(str(item.covered(code))) for code in (member.code, target.code)]
    estimate = saving(shares[0], member.annual_om_cost, member.build_cost, assumptions)
    return SystemOverlap(
        member=member,
        target=target,
        member_share=shares[0],
        target_share=shares[1],
        pairs=[_pair(item, pair, member.code) for pair in item.pairs[:PAIRS]],
        yearly_cost=member.annual_om_cost,
        build_cost=member.build_cost,
        saved_yearly=estimate.yearly,
        one_off=estimate.one_off,
        net=estimate.net,
    )


def _pair(item: Overlap, pair: Any, member: str) -> dict[str, Any]:
    left, right = (pair.left, pair.left_text), (pair.right, pair.right_text)
    mine, theirs = (left, right) if item.left == member else (right, left)
    return {
        "member": mine[0],
        "member_text": mine[1],
        "target": theirs[0],
        "target_text": theirs[1],
        "score": pair.score,
        "relation": str(pair.relation),
    }


# --- what is no duplicate -------------------------------------------------------------------------------------------


def _digest(item: Overlap, known: Mapping[str, duplicates.System]) -> str:
    """Of the names, descriptions and capability texts of both systems: what a person judged when dismissing them."""
    said = []
    for code in (item.left, item.right):
        system = known[code]
        texts = sorted(capability.text for capability in system.capabilities)
        said.append([code, system.name, system.description, texts])
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def _dismissed(digests: Mapping[tuple[str, str], str]) -> set[tuple[str, str]]:
    standing = OverlapDismissal.objects.filter(revoked_at=None).values_list("first__code", "second__code", "digest")
    return {(first, second) for first, second, digest in standing if digests.get((first, second)) == digest}


@transaction.atomic
def dismiss_overlap(*, overlap_id: int, actor: User, reason: str) -> OverlapDismissal:
    """Record that two systems are not duplicates of each other; it holds until a text of either changes.

    reason: 1 to 1,000 characters. Returns the dismissal (the standing one, where somebody was faster). Raises
    PermissionDenied, SystemOverlap.DoesNotExist, ValidationError {"reason"}.
    """
    policy.require(actor, "duplicates.adjudicate")
    text = check_text(reason or "")
    if not text or len(text) > REASON:
        raise ValidationError({"reason": _("Enter a text of at most %(limit)s characters.") % {"limit": REASON}})
    row = SystemOverlap.objects.select_for_update(of=("self",)).select_related("member", "target").get(pk=overlap_id)
    first, second = sorted((row.member, row.target), key=lambda system: system.code)
    made, _created = OverlapDismissal.objects.get_or_create(
        first=first, second=second, digest=row.digest, revoked_at=None,
        defaults={"reason": text, "decided_by": actor},
    )  # fmt: skip
    return made


@transaction.atomic
def revoke_dismissal(*, dismissal_id: int, actor: User) -> OverlapDismissal:
    """Take a dismissal back: the pair counts again. Safe to repeat.

    Returns it. Raises PermissionDenied, OverlapDismissal.DoesNotExist.
    """
    policy.require(actor, "duplicates.adjudicate")
    row = OverlapDismissal.objects.select_for_update().get(pk=dismissal_id)
    if row.revoked_at is None:
        row.revoked_by, row.revoked_at = actor, timezone.now()
        row.save(update_fields=["revoked_by", "revoked_at"])
    return row
