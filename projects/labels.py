"""Managers' decisions as a labelled set in the engine's format (design §9): systems, proposals, truth, verdicts."""

import io
import json
import zipfile
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from duplicates import Band as MatchBand
from duplicates import Capability, Proposal, System, Thresholds, coverage
from duplicates.verdicts import VERDICTS
from portfolio import queries as portfolio
from projects.models import Finding, Version
from projects.screening_input import proposal_of
from projects.states import Adjudication, Band, Relation

# The manager treated the pair as a duplicate; an exception is one that was let pass (domain reference §6.2, §6.7).
CONFIRMED = frozenset(
    {Adjudication.MERGE, Adjudication.REUSE, Adjudication.UPGRADE, Adjudication.CUT, Adjudication.REJECT}
)
SAME = CONFIRMED | {Adjudication.EXCEPTION}
MET = ("system", "other_project")
NAMES = ("systems", "proposals", "truth", "verdicts")
Rows = list[dict[str, Any]]


@dataclass(slots=True)
class _Judged:
    """One proposal as it was judged: the version, what was said on its pairs, what nobody said anything on."""

    version: Version
    proposal: Proposal
    labels: list[Finding] = field(default_factory=list)
    silent: list[Finding] = field(default_factory=list)


def labelled_set(round_code: str = "") -> dict[str, Rows]:
    """The rows of the four files by name, of one application round where its code is given.

    Grade 2: decided as a duplicate. Dismissed: the capability is listed and the pair is absent. Found and never judged,
    or judged on a text that the registry no longer has: `excluded`, neither hit nor miss. Grade 1 is never given:
    managers do not say "overlapping". The registry is complete, so that what was not found can be found.
    """
    judged, inventory = _judged(round_code), portfolio.inventory()
    texts = {(item.code, one.code): one.text for item in inventory for one in item.capabilities}
    texts |= {(item.code, ""): "" for item in inventory}
    texts |= {(one.proposal.code, item.code): item.text for one in judged for item in one.proposal.capabilities}
    return {
        "systems": [system_row(system) for system in inventory],
        "proposals": [proposal_row(one.proposal) for one in judged],
        "truth": [row for one in judged for row in _truth(one, texts)],
        "verdicts": [row for one in judged if (row := _verdict(one))],
    }


def archive(files: dict[str, Rows]) -> bytes:
    """The files in one zip, the same bytes for the same rows."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name in NAMES:
            bundle.writestr(zipfile.ZipInfo(f"{name}.jsonl"), lines(files[name]))
    return buffer.getvalue()


def write(files: dict[str, Rows], folder: Path) -> None:
    """The files in a folder, which is made where it is not there. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in files:
        (folder / f"{name}.jsonl").write_text(lines(files[name]), encoding="utf-8")


def lines(rows: Iterable[dict[str, Any]]) -> str:
    """JSON Lines."""
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)


# --- rows -----------------------------------------------------------------------------------------------------------


def system_row(system: System) -> dict[str, Any]:
    """One system as data."""
    names = ("code", "name", "department", "status", "build_mode", "description")
    facts = {name: getattr(system, name) for name in names}
    return {
        **facts,
        "aliases": list(system.aliases),
        "capabilities": [_capability_row(item) for item in system.capabilities],
    }


def proposal_row(proposal: Proposal) -> dict[str, Any]:
    """One proposal as data; sums in 万元."""
    names = ("code", "title", "department", "kind", "predecessor", "background")
    facts = {name: getattr(proposal, name) for name in names}
    budget = [
        {"name": line.name, "amount": _number(line.amount), "capability": line.capability, "category": line.category}
        for line in proposal.budget_lines
    ]
    capabilities = [{**_capability_row(item), "budget": _number(item.budget)} for item in proposal.capabilities]
    return {**facts, "capabilities": capabilities, "budget_lines": budget}


def _capability_row(item: Capability) -> dict[str, Any]:
    return {name: getattr(item, name) for name in ("code", "text", "taxonomy", "domain", "object")}


def _number(amount: Decimal) -> float | int:
    return int(amount) if amount == amount.to_integral_value() else float(amount)


# --- what was judged ------------------------------------------------------------------------------------------------


def _judged(round_code: str) -> list[_Judged]:
    """Every proposal with a decision, and those they meet in the round, each in its newest version. Three queries."""
    findings = Finding.objects.exclude(relation__in=[Relation.NEGATIVE, Relation.RELATED])
    if round_code:
        findings = findings.filter(project__round__code=round_code)
    labels = list(findings.exclude(decision="").select_related("run", *MET).order_by("decided_at", "pk"))
    projects = {label.project_id for label in labels} | {label.other_project_id for label in labels} - {None}
    found: dict[int, _Judged] = {}
    versions = Version.objects.filter(project__in=projects).select_related("project__department", "project")
    for version in versions.order_by("project__ref", "number"):
        found[version.project_id] = _Judged(version, proposal_of(version))
    once = {_pair(label): label for label in labels if label.project_id in found}  # the newest decision on a pair
    for label in once.values():
        found[label.project_id].labels.append(label)
    silent = findings.filter(is_current=True, decision="", project__in=found).select_related(*MET)
    for finding in silent.order_by("pk"):
        if _pair(finding) not in once:
            found[finding.project_id].silent.append(finding)
    return sorted(found.values(), key=lambda one: one.proposal.code)


def _pair(finding: Finding) -> tuple:
    codes = finding.capability_code, finding.matched_code, finding.capability_text, finding.matched_text
    return finding.project_id, finding.system_id, finding.other_project_id, *codes


def _truth(one: _Judged, texts: dict[tuple[str, str], str]) -> Rows:
    asked = {item.code: item.text[:500] for item in one.proposal.capabilities}
    matches: dict[str, dict[tuple[str, str], dict[str, Any]]] = defaultdict(dict)
    for finding in (*one.labels, *one.silent):
        if asked.get(finding.capability_code) != finding.capability_text:
            continue  # the unit has since said it otherwise: nobody has judged the new words
        known = matches[finding.capability_code]
        owner = finding.target_code
        now = texts.get((owner, finding.matched_code))
        stands = now is not None and (not finding.matched_code or now[:500] == finding.matched_text)
        excluded = not finding.decision or not stands
        if excluded or finding.decision in SAME:
            side = "system" if finding.system_id else "proposal2"
            match = {side: owner, "capability": finding.matched_code, "grade": 1 if excluded else 2}
            known[owner, finding.matched_code] = {**match, "excluded": True} if excluded else match
    return [
        {"proposal": one.proposal.code, "capability": code, "matches": [found[key] for key in sorted(found)]}
        for code, found in sorted(matches.items())
    ]


def _verdict(one: _Judged) -> dict[str, Any] | None:
    """The verdict as judged, where every finding of the proposal has been: by the money of its confirmed pairs."""
    if one.silent or not one.labels:
        return None
    run = one.labels[-1].run
    limits = Thresholds(**run.record["thresholds"]) if run.record.get("thresholds") else Thresholds()
    covered: dict[str, set[str]] = defaultdict(set)
    codes = {item.code for item in one.proposal.capabilities}
    for label in one.labels:
        if label.decision in SAME and label.capability_code in codes:
            covered[label.target_code if label.system_id else ""].add(label.capability_code)
    money = coverage.money_of(one.proposal)
    band = coverage.band_of(money.share(set().union(*covered.values())), limits)
    if run.band == Band.INSUFFICIENT:
        band = MatchBand.INSUFFICIENT
    covered.pop("", None)
    main = coverage.greedy_union(covered, money, {}) if band in {MatchBand.RED, MatchBand.AMBER} else []
    return {"proposal": one.proposal.code, "verdict": VERDICTS[band].value, "main_systems": main}
