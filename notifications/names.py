"""Event and MessageRole: what a notice tells, and whether its reader has to act."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class MessageRole(TextChoices):
    """What a notice wants of its reader."""

    ACT = "act", _("For action")
    INFORM = "inform", _("For information")


class Event(TextChoices):
    """What happened, as the reader sees it; notifications.messages has the words for each."""

    TO_ENDORSE = "to_endorse", _("Opinion of the supervising department needed")
    TO_CHECK = "to_check", _("Intake check needed")
    TO_CORRECT = "to_correct", _("Returned for correction")
    SENT_BACK = "sent_back", _("Sent back to the unit")
    TAKEN_UP = "taken_up", _("Taken up again")
    TO_REVIEW = "to_review", _("Review needed")
    SEAT_FREE = "seat_free", _("Review without a reviewer")
    TO_REPLY = "to_reply", _("Reply to duplicate findings needed")
    REVIEWS_PASSED = "reviews_passed", _("All three reviews passed")
    REVIEWS_AGAINST = "reviews_against", _("Reviews concluded, not all passed")
    TO_ADJUDICATE = "to_adjudicate", _("Duplicate adjudication needed")
    TO_CONFIRM = "to_confirm", _("Proposed ending to be confirmed")
    ENDING_DECLINED = "ending_declined", _("Proposed ending declined")
    TO_ADVISE = "to_advise", _("Expert opinion needed")
    TO_CLOSE = "to_close", _("Enough expert opinions are in")
    TO_DECIDE = "to_decide", _("Decision needed")
    DEFERRED = "deferred", _("Project deferred")
    APPROVED = "approved", _("Project approved")
    FILED = "filed", _("Project filed")
    REJECTED = "rejected", _("Project not approved")
    MERGED = "merged", _("Project merged into another")
    MERGED_HERE = "merged_here", _("Another project merged into yours")
    REUSE = "reuse", _("Project redirected to reuse")
    WITHDRAWN = "withdrawn", _("Project withdrawn")
    LAPSED = "lapsed", _("Time for correction ran out")
    WAIVED = "waived", _("Failed item waived")
    WAIVER_CURED = "waiver_cured", _("Waived item cured")
    WAIVER_EXPIRED = "waiver_expired", _("Waiver ran out")
    WAIVER_DUE = "waiver_due", _("Waived item to be checked again")
    NEED_DECIDED = "need_decided", _("Need decided")
    COPIED = "copied", _("Copy of a decision")
