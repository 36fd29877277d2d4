"""Events, whether their reader has to act, when a mail goes out, and the kinds of channels."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class MessageRole(TextChoices):
    """What a notice wants of its reader."""

    ACT = "act", _("For action")
    INFORM = "inform", _("For information")


class Mailing(TextChoices):
    """When a notice is mailed."""

    INSTANT = "instant", _("At once")
    DIGEST = "digest", _("In the daily digest")
    NONE = "none", _("Not by e-mail")


class ChannelKind(TextChoices):
    """What is at the other end of a webhook: three kinds of group robot, or anything that takes JSON."""

    WECOM = "wecom", _("WeCom robot")
    DINGTALK = "dingtalk", _("DingTalk robot")
    FEISHU = "feishu", _("Feishu robot")
    CUSTOM = "custom", _("Other address that takes JSON")


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
    TO_SIGN = "to_sign", _("Your signature needed")
    DELEGATED = "delegated", _("Your view is asked for")
    DELEGATE_ANSWERED = "delegate_answered", _("The view you asked for is in")
    SEAT_REMOVED = "seat_removed", _("Your signature is no longer needed")
    URGED = "urged", _("Reminder by a colleague or the unit")
    ASKED = "asked", _("Question to the applicant")
    QUESTION_ANSWERED = "question_answered", _("Question answered")
    INVITED = "invited", _("Invitation to give an opinion")
    INVITATION_CLOSED = "invitation_closed", _("Invitation revoked")
    INVITATION_ANSWERED = "invitation_answered", _("Invited expert has answered")
    SUSPENDED = "suspended", _("Case suspended")
    RESUMED = "resumed", _("Case goes on")
    RECALLED = "recalled", _("Taken back by the sender")
    SUBSTITUTE = "substitute", _("You stand in for a colleague")
    HANDED_OVER = "handed_over", _("Work handed over to you")
    MEETING_CALLED = "meeting_called", _("On the agenda of a meeting")
    DEADLINE_MOVED = "deadline_moved", _("Deadline moved by a new calendar")
    DEADLINE_NEAR = "deadline_near", _("Deadline is near")
    DEADLINE_PASSED = "deadline_passed", _("Deadline has passed")
    ESCALATED = "escalated", _("Overdue case escalated")
    EXTENDED = "extended", _("Time limit extended")
