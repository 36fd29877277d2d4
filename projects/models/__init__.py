"""The facts of a proposal: what a department wants to build. Decisions about it live in approvals."""

from projects.models.proposal import MONEY, BudgetLine, Document, Project, ProjectQuerySet, ProposedCapability, Version
from projects.models.screening import Finding, ScreeningRun, TextVector

__all__ = [
    "MONEY",
    "BudgetLine",
    "Document",
    "Finding",
    "Project",
    "ProjectQuerySet",
    "ProposedCapability",
    "ScreeningRun",
    "TextVector",
    "Version",
]
