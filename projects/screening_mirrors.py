"""The two sides of a same-round finding: when one project meets another, both cases show it."""

from collections.abc import Iterable, Sequence
from typing import Any

from duplicates import Evidence, Kind, Proposal, Thresholds, coverage, explain
from duplicates import Finding as Match
from duplicates import Relation as MatchRelation
from projects.models import Finding, Project, ScreeningRun
from projects.screening_history import History, pair_of
from projects.screening_input import Peer
from projects.states import IN_COMPETITION, Relation, RunStatus, State

# Where the adjudication still lies ahead: a finding that comes later could not be settled any more.
OPEN_TO_MIRRORS = frozenset({State.INTAKE, State.CORRECTION, State.SCREENING, State.REVIEW, State.ADJUDICATION})
ABOUT_ONE_SIDE = {Kind.NOT_COVERED, Kind.GENERIC}


def pulled(
    run: ScreeningRun, proposal: Proposal, peers: Sequence[Peer], rows: list[Finding], limits: Thresholds
) -> list[Finding]:
    """Findings that the others have against this project and that this comparison did not see by itself.

    Also raises the band of `rows` where the two sides together cover more.
    """
    known = {pair_of(row) for row in rows}
    by_project = {peer.project.pk: peer for peer in peers}
    others = Finding.objects.filter(other_project=run.project, relation=Relation.SAME_ROUND, is_current=True)
    found = []
    for theirs in others.filter(project__state__in=IN_COMPETITION).select_related("project"):
        peer = by_project.get(theirs.project_id)
        if peer is None or not _asked(proposal, theirs.matched_code, theirs.matched_text):
            continue
        if _asked(peer.proposal, theirs.capability_code, theirs.capability_text):
            row = _mirror(theirs, run, proposal)
            if pair_of(row) not in known:
                known.add(pair_of(row))
                found.append(row)
    for peer_id in {row.other_project_id for row in found}:
        _set_band([row for row in (*rows, *found) if row.other_project_id == peer_id], proposal, limits)
    return found


def pushed(
    project: Project, proposal: Proposal, peers: Sequence[Peer], rows: Iterable[Finding], limits: Thresholds
) -> list[str]:
    """Create or refresh the other side of each same-round finding; what `project` no longer asks for is taken off.

    Only on projects that can still adjudicate it and have been screened; a decided pair is never touched. Returns the
    references of the projects concerned, whose system steps may be open now.
    """
    met: dict[int, list[Finding]] = {peer.project.pk: [] for peer in peers}
    for row in rows:
        if row.other_project_id is not None and row.relation == Relation.SAME_ROUND:  # related ones count on no side
            met[row.other_project_id].append(row)
    states = dict(Project.objects.filter(pk__in=met).values_list("pk", "state"))
    against = Finding.objects.filter(other_project=project, relation=Relation.SAME_ROUND, is_current=True)
    before = _by_project(against.select_related("other_project"))
    concerned = [peer for peer in peers if met[peer.project.pk] or peer.project.pk in before]
    concerned = [peer for peer in concerned if states[peer.project.pk] in OPEN_TO_MIRRORS]
    for peer in concerned:
        _refresh(peer, proposal, met[peer.project.pk], before.get(peer.project.pk, []), limits)
    return [peer.proposal.code for peer in concerned]


# --- inside ---------------------------------------------------------------------------------------------------------


def _by_project(findings: Iterable[Finding]) -> dict[int, list[Finding]]:
    grouped: dict[int, list[Finding]] = {}
    for finding in findings:
        grouped.setdefault(finding.project_id, []).append(finding)
    return grouped


def peer_coverage(rows: Iterable[Finding], proposal: Proposal, limits: Thresholds) -> list[dict[str, Any]]:
    """How much of the proposal's money each other project also asks for, both sides together, the most first."""
    money = coverage.money_of(proposal)
    asked: dict[str, set[str]] = {}
    for row in rows:
        if row.other_project is not None and row.relation == Relation.SAME_ROUND:
            asked.setdefault(row.other_project.ref, set()).add(row.capability_code)
    shares = {ref: _known(codes, money) for ref, codes in asked.items()}
    return [
        {
            "code": ref,
            "coverage": share,
            "money": f"{money.sum(codes):.2f}",
            "band": coverage.band_of(share, limits).value,
        }
        for ref, codes in sorted(shares.items(), key=lambda item: (-money.share(item[1]), item[0]))
        for share in [money.share(codes)]
    ]


def _known(codes: set[str], money: coverage.Money) -> set[str]:
    return codes & set(money.amounts)


def _asked(proposal: Proposal, code: str, text: str) -> bool:
    """Whether the proposal still asks for that capability in those words."""
    return any(item.code == code and item.text[:500] == text for item in proposal.capabilities)


def _refresh(
    peer: Peer, proposal: Proposal, met: Sequence[Finding], before: Sequence[Finding], limits: Thresholds
) -> None:
    run = ScreeningRun.objects.filter(project=peer.project, status=RunStatus.SUCCEEDED).order_by("-pk").first()
    if run is None:
        return  # its own run will fetch the other side
    gone = [row for row in before if not row.decision and not _asked(proposal, row.matched_code, row.matched_text)]
    Finding.objects.filter(pk__in=[row.pk for row in gone]).update(is_current=False)
    kept = [row for row in before if row not in gone]
    known, history = {pair_of(row) for row in kept}, History.of(peer.project)
    fresh = [
        row
        for row in (_mirror(mine, run, peer.proposal) for mine in met)
        if pair_of(row) not in known and _asked(peer.proposal, row.capability_code, row.capability_text)
    ]
    _set_band([*kept, *fresh], peer.proposal, limits)
    Finding.objects.bulk_update([row for row in kept if row.awaits_decision], ["band"])
    Finding.objects.bulk_create([history.applied_to(row) for row in fresh])
    others = [item for item in run.record.get("peer_coverage", []) if item["code"] != proposal.code]
    run.record["peer_coverage"] = [*others, *peer_coverage([*kept, *fresh], peer.proposal, limits)]
    run.save(update_fields=["record"])


def _set_band(rows: Sequence[Finding], proposal: Proposal, limits: Thresholds) -> None:
    """One band for all findings against one project: by the share of the money that they cover together."""
    money = coverage.money_of(proposal)
    codes = _known({row.capability_code for row in rows}, money)
    band = coverage.band_of(money.share(codes), limits)
    for row in rows:
        row.band = band.value


def _mirror(finding: Finding, run: ScreeningRun, proposal: Proposal) -> Finding:
    """The same pair from the other side: texts, spans and terms change places, the money is the other side's."""
    amounts = coverage.money_of(proposal).amounts
    evidence = [_swapped(part) for part in finding.evidence if part["kind"] not in ABOUT_ONE_SIDE]
    row = Finding(
        project=run.project,
        run=run,
        other_project=finding.project,
        relation=Relation.SAME_ROUND,
        capability_code=finding.matched_code,
        capability_text=finding.matched_text,
        matched_code=finding.capability_code,
        matched_text=finding.capability_text,
        score=finding.score,
        money=amounts.get(finding.matched_code, 0),
        evidence=evidence,
    )
    row.explanation_zh, row.explanation_en = (_sentence(row, language) for language in ("zh", "en"))
    return row


def _swapped(part: dict[str, Any]) -> dict[str, Any]:
    term, other = (part["other"], part["term"]) if part["other"] else (part["term"], "")
    return {**part, "term": term, "other": other, "proposed": part["existing"], "existing": part["proposed"]}


def _sentence(row: Finding, language: str) -> str:
    parts = tuple(Evidence(Kind(part["kind"]), part["term"], other=part["other"]) for part in row.evidence)
    match = Match(
        row.project.ref, row.capability_code, MatchRelation.SAME_ROUND, row.score, evidence=parts,
        matched_text=row.matched_text, system_name=row.other_project.title if row.other_project else "",
    )  # fmt: skip
    return explain.sentence(match, language)
