"""What is compared, in the engine's words: a submitted version, the others of its round, the thresholds in force."""

from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, Subquery

from duplicates import BudgetLine, Capability, Proposal, Thresholds
from planning.queries import policy
from projects.models import Project, Version
from projects.sections.snapshot import LINE_DETAILS
from projects.states import IN_COMPETITION


@dataclass(frozen=True, slots=True)
class Peer:
    """Another project of the round and what it submitted last."""

    project: Project
    proposal: Proposal


def limits() -> Thresholds:
    """The policy row "bands"; what it does not set stays as the engine was fitted. Raises PolicyMissing."""
    bands = policy("bands")
    known = {field.name for field in fields(Thresholds)}
    return Thresholds(**{name: float(value) for name, value in bands.items() if name in known})


def peers_of(project: Project) -> list[Peer]:
    """The other projects of the round that compete, each with its newest version (domain reference §3.5, 10)."""
    others = Project.objects.filter(round=project.round_id, state__in=IN_COMPETITION).exclude(pk=project.pk)
    newest = Version.objects.filter(project=OuterRef("project")).order_by("-number").values("pk")[:1]
    versions = Version.objects.filter(project__in=others, pk=Subquery(newest)).select_related("project__department")
    return [Peer(version.project, proposal_of(version)) for version in versions.order_by("project")]


def proposal_of(version: Version) -> Proposal:
    """A submitted version as the engine sees it: from the frozen snapshot, never from rows that are being edited."""
    return proposal_from(version.project, version.snapshot)


def proposal_from(project: Project, snapshot: dict[str, Any]) -> Proposal:
    """Any snapshot of the project as the engine sees it; of a draft that is only rehearsed, the one it would get."""
    overview, solution = snapshot["overview"], snapshot["solution"]
    lines = tuple(_line(row) for row in snapshot["budget"]["lines"])
    return Proposal(
        code=project.ref,
        title=overview["title"],
        department=snapshot["unit"]["department"],
        kind=overview["kind"],
        predecessor=overview["predecessor"],
        background=snapshot["needs"]["background"],
        capabilities=tuple(_capability(row, lines) for row in solution["capabilities"]),
        budget_lines=lines,
    )


def _capability(row: dict[str, Any], lines: tuple[BudgetLine, ...]) -> Capability:
    budget = sum((line.amount for line in lines if line.capability == row["code"]), Decimal(0))
    return Capability(
        row["code"], row["text"], row["taxonomy"] or None, row["domain"] or None, row["object"] or None, budget
    )


def _line(row: dict[str, Any]) -> BudgetLine:
    details = {name: row.get(name, "") for name in LINE_DETAILS}
    return BudgetLine(row["name"], Decimal(row["amount"]), row["capability"], row["category"], **details)
