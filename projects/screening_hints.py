"""Split projects and double budgets: what the engine looks at besides the findings, and how it is kept."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from duplicates import Finding as Match
from duplicates import Proposal, SplitHint, splits
from planning.queries import policy
from portfolio.models import System
from portfolio.queries import running_contracts
from projects.models import CostHint, ScreeningRun
from projects.screening_input import Peer
from projects.sections.snapshot import digest_of

NOTED = ("note", "noted_by_id", "noted_at")


def hints_of(proposal: Proposal, peers: Sequence[Proposal], findings: Iterable[Match]) -> tuple[SplitHint, ...]:
    """The signs for one proposal, with the tiers of the policy row and the contracts that run today.

    Raises PolicyMissing.
    """
    limits = [Decimal(str(row["below"])) for row in policy("tiers") if row["below"] is not None]
    return splits.hints(proposal, peers, findings, tiers=limits, contracts=running_contracts())


def keep(run: ScreeningRun, hints: Iterable[SplitHint], peers: Iterable[Peer]) -> None:
    """Replace the current hints of the run's project; a note on an equal one stays. The caller holds the transaction.

    Four queries.
    """
    noted = {row.digest: row for row in CostHint.objects.filter(project=run.project).exclude(noted_at=None)}
    CostHint.objects.filter(project=run.project, is_current=True).update(is_current=False)
    projects = {peer.proposal.code: peer.project for peer in peers}
    kept = list(hints)
    codes = {hint.system for hint in kept if hint.system}
    names = dict(System.objects.filter(code__in=codes).values_list("code", "name"))
    rows = [_row(run, hint, projects, names) for hint in kept]
    for row in rows:
        if earlier := noted.get(row.digest):
            for name in NOTED:
                setattr(row, name, getattr(earlier, name))
    CostHint.objects.bulk_create(rows)


def _row(run: ScreeningRun, hint: SplitHint, projects: dict[str, Any], names: dict[str, str]) -> CostHint:
    contract = {}
    if hint.system:
        contract = {"number": hint.proposal2, "code": hint.system, "name": names.get(hint.system, hint.system)}
    pairs = [
        {**asdict(pair), "amount": f"{pair.amount:.2f}", "other_amount": f"{pair.other_amount:.2f}"}
        for pair in hint.pairs
    ]
    return CostHint(
        project=run.project,
        run=run,
        kind=hint.kind,
        other_project=None if hint.system else projects[hint.proposal2],
        contract=contract,
        money=hint.money,
        limit=hint.limit,
        pairs=pairs,
        digest=digest_of([hint.kind, hint.proposal2, pairs]),
    )
