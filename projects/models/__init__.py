"""The facts of a proposal: what a department wants to build. Decisions about it live in approvals."""

from projects.models.assessment import SelfAssessment
from projects.models.hints import CostHint
from projects.models.overlaps import OverlapDismissal, OverlapReport, SystemOverlap
from projects.models.proposal import MONEY, BudgetLine, Document, Project, ProjectQuerySet, ProposedCapability, Version
from projects.models.ranking import ProjectRank, SystemPlanLink
from projects.models.screening import Finding, ScreeningRun, TextVector
from projects.models.statements import DuplicateStatement
from projects.models.tracing import (
    DataRequest,
    FunctionItem,
    FundScope,
    JointPartner,
    PerformanceGoal,
    ReuseDeclaration,
    TraceRow,
)
from projects.models.trial import Trial

__all__ = [
    "MONEY",
    "CostHint",
    "OverlapDismissal",
    "OverlapReport",
    "SystemOverlap",
    "BudgetLine",
    "Document",
    "DuplicateStatement",
    "Finding",
    "Project",
    "ProjectQuerySet",
    "ProposedCapability",
    "ScreeningRun",
    "TextVector",
    "Trial",
    "DataRequest",
    "FunctionItem",
    "FundScope",
    "JointPartner",
    "PerformanceGoal",
    "ReuseDeclaration",
    "TraceRow",
    "ProjectRank",
    "SystemPlanLink",
    "SelfAssessment",
    "Version",
]
