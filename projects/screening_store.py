"""Writes what a screening found: the run record, its findings, and what earlier answers and decisions still say."""

from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from duplicates import Band, Evidence, Proposal, ProposalResult, RunRecord, coverage, explain
from duplicates import Finding as Match
from portfolio.models import NegativeRule, System
from projects import screening_hints
from projects import screening_mirrors as mirrors
from projects.models import Finding, Project, ScreeningRun
from projects.screening_carry import words_and_rules
from projects.screening_history import History
from projects.screening_input import Peer
from projects.states import RunStatus

LONGEST = 500  # characters of a text kept with a finding


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one comparison gave."""

    proposal: Proposal
    peers: tuple[Peer, ...]
    result: ProposalResult
    record: RunRecord
    milliseconds: int


def mine(run: ScreeningRun) -> QuerySet[ScreeningRun]:
    """The row while it is still this worker's: a superseded or re-claimed run is somebody else's business."""
    return ScreeningRun.objects.filter(pk=run.pk, status=RunStatus.RUNNING, started_at=run.started_at)


def save(run: ScreeningRun, outcome: Outcome) -> bool:
    """Record the outcome in one transaction; False, and nothing written, when the run was taken away meanwhile."""
    with transaction.atomic():
        _lock(run.project, outcome)
        if not mine(run).update(status=RunStatus.SUCCEEDED, finished_at=timezone.now()):
            return False
        rows = rows_of(run.project, outcome, run)
        rows += mirrors.pulled(run, outcome.proposal, outcome.peers, rows, outcome.record.thresholds)
        history = History.of(run.project)
        Finding.objects.filter(project=run.project, is_current=True).update(is_current=False)
        Finding.objects.bulk_create([history.applied_to(row) for row in rows])
        screening_hints.keep(run, outcome.result.hints, outcome.peers)
        others = mirrors.pushed(run.project, outcome.proposal, outcome.peers, rows, outcome.record.thresholds)
        columns = _columns(outcome, rows)
        columns["record"]["mirrored_on"] = others
        ScreeningRun.objects.filter(pk=run.pk).update(**columns)
    return True


def _lock(project: Project, outcome: Outcome) -> None:
    """Hold every project that a finding is about to be written on, in one order, against decisions and other runs."""
    codes = {finding.proposal2 for finding in outcome.result.findings if finding.proposal2}
    involved = {peer.project.pk for peer in outcome.peers if peer.proposal.code in codes} | {project.pk}
    against = Finding.objects.filter(other_project=project, is_current=True)
    involved |= set(against.values_list("project", flat=True))
    list(Project.objects.select_for_update().filter(pk__in=involved).order_by("pk").values_list("pk"))


# --- rows -----------------------------------------------------------------------------------------------------------


def rows_of(project: Project, outcome: Outcome, run: ScreeningRun | None = None) -> list[Finding]:
    """The findings as rows that are not stored yet; without a run they only serve to be looked at."""
    found = outcome.result.findings
    systems = System.objects.in_bulk({match.system for match in found if match.system}, field_name="code")
    rules = NegativeRule.objects.in_bulk({match.rule for match in found if match.rule}, field_name="code")
    projects = {peer.proposal.code: peer.project for peer in outcome.peers}
    return [
        Finding(
            project=project,
            run=run,
            system=systems[match.system] if match.system else None,
            other_project=projects[match.proposal2] if match.proposal2 else None,
            rule=rules[match.rule] if match.rule else None,
            **_said(match),
        )
        for match in found
    ]


def _said(match: Match) -> dict[str, Any]:
    return {
        "capability_code": match.capability,
        "capability_text": match.text[:LONGEST],
        "relation": match.relation.value,
        "band": match.band.value,
        "matched_code": match.matched_capability or "",
        "matched_text": match.matched_text[:LONGEST],
        "score": match.score,
        "money": match.money,
        "evidence": [evidence_row(part) for part in match.evidence],
        "explanation_zh": explain.sentence(match, "zh"),
        "explanation_en": explain.sentence(match, "en"),
    }


def evidence_row(part: Evidence) -> dict[str, Any]:
    """One part of a score as it is stored: spans are [start, end) offsets into the two texts."""
    return {
        "kind": part.kind.value,
        "term": part.term,
        "other": part.other,
        "weight": part.weight,
        "proposed": [list(span) for span in part.proposed],
        "existing": [list(span) for span in part.existing],
    }


# --- the run record -------------------------------------------------------------------------------------------------


def _columns(outcome: Outcome, rows: list[Finding]) -> dict[str, Any]:
    result = outcome.result
    names = _names(outcome)
    return {
        # A mirror may be worse than what this comparison saw by itself.
        "band": coverage.worse(result.band, *(Band(row.band) for row in rows)).value,
        "verdict": result.verdict.value,
        "coverage": result.coverage,
        "mapped_share": result.mapped_share,
        "systems": [_system_row(item, names, result) for item in result.systems],
        "union": {"systems": list(result.union), "coverage": result.union_coverage},
        "excluded": [_excluded_row(item, names) for item in result.excluded],
        "record": _record(outcome, rows),
    }


def _names(outcome: Outcome) -> dict[str, str]:
    result = outcome.result
    codes = {item.system for item in result.systems} | {item.system for item in result.excluded if item.system}
    named = dict(System.objects.filter(code__in=codes).values_list("code", "name"))
    return named | {peer.proposal.code: peer.project.title for peer in outcome.peers}


def _system_row(item: Any, names: dict[str, str], result: ProposalResult) -> dict[str, Any]:
    return {
        "code": item.system,
        "name": names.get(item.system, item.system),
        "coverage": item.coverage,
        "money": f"{item.money:.2f}",
        "band": item.band.value,
        "main": item.system in result.main_systems,
    }


def _excluded_row(item: Any, names: dict[str, str]) -> dict[str, Any]:
    code = item.system or item.proposal2 or ""
    return {
        "code": code,
        "name": names.get(code, code),
        "capability": item.capability,
        "matched": item.matched_capability or "",
        "reason": item.reason.value,
        "score": item.score,
    }


def _record(outcome: Outcome, rows: list[Finding]) -> dict[str, Any]:
    result, record = outcome.result, outcome.record
    return {
        "engine": record.engine_version,
        "encoder": record.encoder,
        "degraded": record.degraded_reason or "",
        "thresholds": asdict(record.thresholds),
        "fingerprint": record.inventory_fingerprint,
        "systems": record.systems,
        "capabilities": record.capabilities,
        "peers": sorted(peer.proposal.code for peer in outcome.peers),
        "findings": len(result.findings),
        "milliseconds": outcome.milliseconds,
        **words_and_rules(),
        "insufficient_reasons": list(result.insufficient_reasons),
        "peer_coverage": mirrors.peer_coverage(rows, outcome.proposal, record.thresholds),
        "suggestions": [
            {"capability": item.capability, "claimed": item.claimed or "", "suggested": item.suggested,
             "confidence": item.confidence}
            for item in result.suggestions
        ],
        "hints": [
            {"kind": item.kind, "project": item.proposal2, "items": list(item.items), "money": f"{item.money:.2f}"}
            for item in result.hints
        ],
    }  # fmt: skip
