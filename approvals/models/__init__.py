"""Decisions, reviews, notices, and the case that they move."""

from approvals.models.case import Case
from approvals.models.decision import Approval, CarbonCopy, Decision, Edge
from approvals.models.notice import CorrectionNotice, NoticeItem
from approvals.models.obligation import Obligation, Waiver
from approvals.models.registry import RegistryCheck
from approvals.models.review import Review, ReviewItem

__all__ = [
    "Approval",
    "CarbonCopy",
    "Case",
    "CorrectionNotice",
    "Decision",
    "Edge",
    "NoticeItem",
    "Obligation",
    "RegistryCheck",
    "Review",
    "ReviewItem",
    "Waiver",
]
