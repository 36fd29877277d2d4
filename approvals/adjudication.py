"""Adjudicate several amber findings: one step through the door per project, each with its own result."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from accounts.models import User
from approvals.errors import WorkflowError
from approvals.services import perform
from projects.models import Finding, Project


@dataclass(frozen=True, slots=True)
class Result:
    """What became of the findings of one project."""

    project: Project
    findings: list[Finding]
    reasons: list[str] = field(default_factory=list)
    who: list[str] = field(default_factory=list)

    @property
    def taken(self) -> bool:
        """Whether the decision was recorded."""
        return not self.reasons


def adjudicate_together(
    *, findings: Iterable[Finding], actor: User, comment: str, entry: Mapping, versions: Mapping[int, int]
) -> list[Result]:
    """The same decision on findings of several projects; a refusal of one project does not stop the others.

    findings: sorted by project. entry: decision, reason_code and expires_on. versions: project key → the `seq` that the
    person saw; a project without one is decided on its present state. Returns one result per project.
    Source: domain reference §3.3 row 17 (batch for amber ones; the guard refuses others).
    """
    return [
        _adjudicate(list(group), actor, comment, entry, versions.get(project_id))
        for project_id, group in groupby(findings, key=lambda finding: finding.project_id)
    ]


def _adjudicate(findings: list[Finding], actor: User, comment: str, entry: Mapping, expected: int | None) -> Result:
    project = findings[0].project
    try:
        perform(
            case_id=project.pk, action="adjudicate", actor=actor, comment=comment, expected_version=expected,
            entry={**entry, "findings": [finding.pk for finding in findings]},
        )  # fmt: skip
    except WorkflowError as refusal:
        return Result(project, findings, refusal.reasons, refusal.who)
    return Result(project, findings)
