"""Measures the engine on a labelled set, beside baselines in the same run; cross-validated by proposal if asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from duplicates import baselines, fit
from duplicates.encoders import Encoder
from duplicates.engine import Engine
from duplicates.facts import Capability, Proposal, System
from duplicates.files import Labelled
from duplicates.metrics import Outcome, Scored, figures
from duplicates.model import Model
from duplicates.relations import Listing
from duplicates.results import ProposalResult, RunRecord

Figures = dict[str, float]
INNER = 4
OTHERS = 0.1  # weight of a pair of another set that helps to fit
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


@dataclass(frozen=True, slots=True)
class Plan:
    """How to cross-validate: folds by proposal; other sets that always teach, each with its weight."""

    folds: int = 0
    also: tuple[tuple[Labelled, float], ...] = ()


def cross_validated(
    chosen: Labelled, taught: Sequence[fit.Rows], always: Sequence[fit.Rows], encoder: str | Encoder, folds: int
) -> tuple[Outcome, RunRecord]:
    """Screen each fold of ``chosen`` with coefficients fitted on the other folds of ``taught`` and on ``always``."""
    engine = Engine(chosen.systems, peers=chosen.proposals, encoder=encoder)
    channel = "lexical" if engine.record.encoder == "lexical" else "dense"
    asked = {proposal.code: proposal for proposal in chosen.proposals}
    groups = [row for row in taught if row.proposal in asked]
    rest = [row for row in taught if row.proposal not in asked]
    found = Outcome()
    for part in fit.split(groups, folds):
        held = {group.proposal for group in part}
        others = [group for group in groups if group.proposal not in held]
        engine.coefficients = fit.fit([*others, *rest, *always], channel, INNER)
        for group in part:
            _add(found, engine.screen(asked[group.proposal], listing=EVERYTHING))
    return found, engine.record


def evaluate(labelled: Labelled, encoder: str, plan: Plan | None = None, *, tags: bool = True) -> dict[str, Any]:
    """All figures of the engine and of the baselines (design, “Quality is measured”)."""
    plan = plan or Plan()
    chosen = labelled if tags else without_tags(labelled)
    if plan.folds:
        always = [row for other, weight in plan.also for row in fit.lessons(other, encoder, weight)]
        found, record = cross_validated(chosen, fit.lessons(labelled, encoder), always, encoder, plan.folds)
    else:
        found, record = outcome(chosen, encoder)
    result = figures(found, chosen)
    result["encoder"] = record.encoder
    if record.degraded_reason:
        result["degraded"] = record.degraded_reason
    result["folds"] = plan.folds
    result["baselines"] = {name: figures(baselines.outcome(chosen, name), chosen) for name in baselines.METHODS}
    return result


Sets = Sequence[tuple[str, Labelled, float]]  # name, labels, weight of each pair


def lessons(known: Sets, encoder: str | Encoder) -> dict[str, list[fit.Rows]]:
    """What each set teaches, by its name."""
    return {name: fit.lessons(labelled, encoder, weight) for name, labelled, weight in known}


def summaries(known: Sets, encoder: str | Encoder, taught: dict[str, list[fit.Rows]], folds: int) -> dict[str, Figures]:
    """The figures coefficients are published with, cross-validated by proposal: set, encoder and tags → figures."""
    found = {}
    for name, labelled, _ in known:
        always = [row for code, rows in taught.items() if code != name for row in rows]
        for tags in (True, False) if any(c.taxonomy for p in labelled.proposals for c in p.capabilities) else (False,):
            chosen = labelled if tags else without_tags(labelled)
            result = figures(cross_validated(chosen, taught[name], always, encoder, folds)[0], chosen)
            row = {key: result["pairs"][key] for key in ("f1", "precision", "recall", "ap")}
            row |= {key: result["retrieval"][key] for key in ("r1", "r5")}
            if labelled.verdicts:
                row |= {key: result["verdicts"][key] for key in ("accuracy", "main_named")}
            channel = encoder if isinstance(encoder, str) else encoder.name
            found[f"{name}, {channel}, {'with' if tags else 'without'} tags"] = row
    return found
