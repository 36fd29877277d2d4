"""Measures the engine on a labelled set, beside baselines in the same run; cross-validated by proposal if asked."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from duplicates import baselines, fit
from duplicates.engine import Engine
from duplicates.facts import Capability, Proposal, System
from duplicates.files import Labelled
from duplicates.metrics import Outcome, Scored, figures
from duplicates.model import Model
from duplicates.relations import Listing
from duplicates.results import ProposalResult, RunRecord

INNER = 4
EVERYTHING = Listing(top=100_000, min_score=0.0, evidence=False)


def without_tags(labelled: Labelled) -> Labelled:
    """The same set with every taxonomy, domain and object tag removed."""

    def bare(items: tuple[Capability, ...]) -> tuple[Capability, ...]:
        return tuple(replace(item, taxonomy=None, domain=None, object=None) for item in items)

    systems: list[System] = [replace(item, capabilities=bare(item.capabilities)) for item in labelled.systems]
    proposals: list[Proposal] = [replace(item, capabilities=bare(item.capabilities)) for item in labelled.proposals]
    return replace(labelled, systems=systems, proposals=proposals)


def _add(outcome: Outcome, result: ProposalResult) -> None:
    for finding in result.findings:
        if finding.system or finding.proposal2:
            key = (finding.capability, finding.system or finding.proposal2 or "", finding.matched_capability or "")
            outcome.pairs.append(Scored(key, finding.score, finding.proposal2 is not None, finding.counts))
    outcome.verdicts[result.proposal] = result.verdict
    outcome.main[result.proposal] = result.main_systems


def outcome(labelled: Labelled, encoder: str, model: Model | None = None) -> tuple[Outcome, RunRecord]:
    """Screen every proposal of the set with the committed coefficients, or with ``model``."""
    engine = Engine(labelled.systems, peers=labelled.proposals, encoder=encoder, coefficients=model)
    found = Outcome()
    for proposal in labelled.proposals:
        _add(found, engine.screen(proposal, listing=EVERYTHING))
    return found, engine.record


def cross_validated(labelled: Labelled, chosen: Labelled, encoder: str, folds: int) -> tuple[Outcome, RunRecord]:
    """Screen each fold of ``chosen`` with coefficients fitted on the other folds of ``labelled``."""
    engine = Engine(chosen.systems, peers=chosen.proposals, encoder=encoder)
    channel = "lexical" if engine.record.encoder == "lexical" else "dense"
    groups, lessons = fit.collect(labelled, encoder), fit.twins(labelled, encoder)
    asked = {proposal.code: proposal for proposal in chosen.proposals}
    found = Outcome()
    for part in fit.split(groups, folds):
        held = {group.proposal.code for group in part}
        rest = [group for group in groups if group.proposal.code not in held]
        engine.coefficients = fit.fit([*rest, *lessons], channel, INNER)
        for group in part:
            _add(found, engine.screen(asked[group.proposal.code], listing=EVERYTHING))
    return found, engine.record


def evaluate(labelled: Labelled, encoder: str, *, folds: int = 0, tags: bool = True) -> dict[str, Any]:
    """All figures of the engine and of the baselines (design, “Quality is measured”)."""
    chosen = labelled if tags else without_tags(labelled)
    found, record = cross_validated(labelled, chosen, encoder, folds) if folds else outcome(chosen, encoder)
    result = figures(found, chosen)
    result["encoder"] = record.encoder
    if record.degraded_reason:
        result["degraded"] = record.degraded_reason
    result["folds"] = folds
    result["baselines"] = {name: figures(baselines.outcome(chosen, name), chosen) for name in baselines.METHODS}
    return result
