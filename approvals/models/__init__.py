"""Decisions, reviews, notices, and the case that they move."""

from approvals.models.case import Case
from approvals.models.clock import DeadlineMove, Extension, Pause, Rung
from approvals.models.decision import Approval, CarbonCopy, Decision, Edge
from approvals.models.desk import Invitation, Phrase, Question, SavedFilter, Seen, Urge
from approvals.models.experts import ExpertDraw, ExpertProfile, ExpertScore, Meeting, MeetingItem
from approvals.models.mark import CaseMark
from approvals.models.notice import CorrectionNotice, NoticeItem, NoticeLine
from approvals.models.obligation import Obligation, Waiver
from approvals.models.registry import RegistryCheck
from approvals.models.review import Review, ReviewItem
from approvals.models.seat import Seat

__all__ = [
    "Approval",
    "CarbonCopy",
    "Case",
    "CaseMark",
    "CorrectionNotice",
    "DeadlineMove",
    "Decision",
    "Edge",
    "ExpertDraw",
    "ExpertProfile",
    "ExpertScore",
    "Extension",
    "Invitation",
    "Meeting",
    "MeetingItem",
    "NoticeItem",
    "NoticeLine",
    "Obligation",
    "Pause",
    "Phrase",
    "Question",
    "RegistryCheck",
    "Review",
    "ReviewItem",
    "Rung",
    "SavedFilter",
    "Seat",
    "Seen",
    "Urge",
    "Waiver",
]
