"""The words of every event, and which facts a notice of each carries: codes and days, never words."""

from dataclasses import asdict, dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications.names import Event, MessageRole

ACT, INFORM = MessageRole.ACT, MessageRole.INFORM


@dataclass(frozen=True, slots=True)
class Payload:
    """What a notice remembers besides who, which project and which event: codes and days, never words."""

    action: str = ""  # the verb that was taken
    state: str = ""  # the state that it led to
    due_on: str = ""  # the day until which the reader may act, ISO
    target_project: str = ""  # reference of the project that a merged one goes into
    item: str = ""  # code of a checklist item
    need: str = ""  # number of a need of the demand pool
    mode: str = ""  # how it is met
    merged_project: str = ""  # reference of the project that was merged
    person: str = ""  # user name of whoever sent, asked or is on leave
    until: str = ""  # a second day, ISO
    meeting: str = ""  # number of a meeting

    def stored(self) -> dict[str, str]:
        """As it is kept in the row: what is empty is left out."""
        return {name: str(value) for name, value in asdict(self).items() if value}

    @classmethod
    def read(cls, stored: dict[str, Any]) -> "Payload":
        """From a row. Raises TypeError for a key that no message knows."""
        return cls(**stored)


@dataclass(frozen=True, slots=True)
class Message:
    """One row of the table: whether the reader has to act, one line, and a sentence for the mail."""

    role: MessageRole
    subject: Promise
    body: Promise


@dataclass(frozen=True, slots=True)
class Text:
    """A notice in one language."""

    subject: str
    body: str


MESSAGES: dict[Event, Message] = {
    Event.TO_ENDORSE: Message(
        ACT, _("For your opinion: %(project)s"),
        _("%(unit)s has filed this proposal. Your department's opinion is needed before the intake check."),
    ),
    Event.TO_CHECK: Message(
        ACT, _("For intake check: %(project)s"),
        _("Accept the proposal, or return it once with everything that is missing."),
    ),
    Event.TO_CORRECT: Message(
        ACT, _("Returned for correction: %(project)s"),
        _("Answer every item of the correction notice by %(due_on)s and submit the corrected version."),
    ),
    Event.SENT_BACK: Message(
        ACT, _("Sent back by the supervising department: %(project)s"),
        _("The case page lists what is to be changed. Submit the proposal again afterwards."),
    ),
    Event.TAKEN_UP: Message(
        ACT, _("Taken up again: %(project)s"),
        _("The deferred project is a draft again. Bring it up to date and submit it."),
    ),
    Event.TO_REVIEW: Message(
        ACT, _("For review: %(project)s"),
        _("The duplicate screening is finished and the three reviews have begun. Please take yours."),
    ),
    Event.SEAT_FREE: Message(
        ACT, _("Review to be taken over: %(project)s"),
        _("A reviewer has stepped back. Another person has to take this review."),
    ),
    Event.TO_REPLY: Message(
        ACT, _("Possible duplicates, your answer is needed: %(project)s"),
        _("The screening found possible duplicates. Answer each of them by %(due_on)s; then they are adjudicated."),
    ),
    Event.REVIEWS_PASSED: Message(
        INFORM, _("All three reviews passed: %(project)s"),
        _("Planning, requirements and standards have passed."),
    ),
    Event.REVIEWS_AGAINST: Message(
        ACT, _("Reviews concluded, not all passed: %(project)s"),
        _("Return the proposal once with everything that the reviews ask for, or do not approve it."),
    ),
    Event.TO_ADJUDICATE: Message(
        ACT, _("For duplicate adjudication: %(project)s"),
        _("The reviews have passed. Duplicate findings wait for your decision."),
    ),
    Event.TO_CONFIRM: Message(
        ACT, _("Ending to be confirmed: %(project)s"),
        _("The portfolio manager proposes to end this case. Confirm or decline the proposal."),
    ),
    Event.ENDING_DECLINED: Message(
        ACT, _("Ending declined: %(project)s"),
        _("The approver has declined the proposed ending. The adjudication goes on."),
    ),
    Event.TO_ADVISE: Message(
        ACT, _("For your expert opinion: %(project)s"),
        _("You are seated as an expert. Read the proposal and give your opinion."),
    ),
    Event.TO_CLOSE: Message(
        ACT, _("Enough expert opinions: %(project)s"),
        _("The number of opinions that this tier needs is reached. Close the expert review or return the proposal."),
    ),
    Event.TO_DECIDE: Message(
        ACT, _("For decision: %(project)s"),
        _("Reviews, duplicate findings and expert opinions are settled. The case waits for your decision."),
    ),
    Event.DEFERRED: Message(
        INFORM, _("Deferred: %(project)s"),
        _("The project is kept in the demand pool. It can be taken up again in a later round."),
    ),
    Event.APPROVED: Message(
        INFORM, _("Approved: %(project)s"), _("Approved amount, conditions and validity are on the case page."),
    ),
    Event.FILED: Message(
        INFORM, _("Filed: %(project)s"), _("The project is recorded and needs no further decision."),
    ),
    Event.REJECTED: Message(
        INFORM, _("Not approved: %(project)s"), _("The reasons are on the case page."),
    ),
    Event.MERGED: Message(
        INFORM, _("Merged into %(target_project)s: %(project)s"),
        _("The project goes on inside project %(target_project)s. The reasons are on the case page."),
    ),
    Event.MERGED_HERE: Message(
        INFORM, _("%(merged_project)s is merged into your project: %(project)s"),
        _("The capabilities of project %(merged_project)s are to be built in yours. Agree on them with its unit."),
    ),
    Event.REUSE: Message(
        INFORM, _("Use an existing system instead: %(project)s"),
        _("The project is redirected to reuse. The case page names the system and the reasons."),
    ),
    Event.WITHDRAWN: Message(
        INFORM, _("Withdrawn: %(project)s"), _("The applicant unit has withdrawn the proposal."),
    ),
    Event.LAPSED: Message(
        INFORM, _("Withdrawn for lack of correction: %(project)s"),
        _("The time for correction and its period of grace have run out, so the proposal counts as withdrawn."),
    ),
    Event.WAIVED: Message(
        INFORM, _("%(item)s is waived until %(due_on)s: %(project)s"),
        _("The item failed in the review and is let pass for a time, with a compensating measure. See the case page."),
    ),
    Event.WAIVER_CURED: Message(
        INFORM, _("%(item)s is cured: %(project)s"),
        _("The waiver of this item has ended with evidence that it is met."),
    ),
    Event.WAIVER_EXPIRED: Message(
        ACT, _("The waiver of %(item)s has run out: %(project)s"),
        _("The item counts again: before the approval it blocks, afterwards it is owed. Show that it is cured."),
    ),
    Event.WAIVER_DUE: Message(
        ACT, _("%(item)s is to be checked again by %(due_on)s: %(project)s"),
        _("The waiver of this item ends then. Confirm that it is cured, or have it renewed."),
    ),
    Event.NEED_DECIDED: Message(
        INFORM, _("%(need)s is decided: %(mode)s"), _("The reason and what to do next are on the page of the need."),
    ),
    Event.TO_SIGN: Message(
        ACT, _("For your signature: %(project)s"),
        _("%(person)s or the rules of the office have seated you at this review. Read it and sign."),
    ),
    Event.DELEGATED: Message(
        ACT, _("%(person)s asks for your view: %(project)s"),
        _("Give your view; the review then goes back to whoever asked you."),
    ),
    Event.DELEGATE_ANSWERED: Message(
        ACT, _("The view of %(person)s is in: %(project)s"),
        _("The review is back with you and waits for your signature."),
    ),
    Event.SEAT_REMOVED: Message(
        INFORM, _("Your signature is no longer needed: %(project)s"), _("The review goes on without it."),
    ),
    Event.URGED: Message(
        ACT, _("Reminder by %(person)s: %(project)s"), _("Somebody waits for your step in this case."),
    ),
    Event.ASKED: Message(
        ACT, _("Question about your proposal: %(project)s"),
        _("%(person)s asks a question. Please answer by %(due_on)s; the proposal itself is not returned."),
    ),
    Event.QUESTION_ANSWERED: Message(
        ACT, _("Your question is answered: %(project)s"), _("The answer is on the case page."),
    ),
    Event.INVITED: Message(
        ACT, _("Your opinion is asked for: %(project)s"),
        _("%(person)s invites you to answer one question in confidence by %(due_on)s."),
    ),
    Event.INVITATION_CLOSED: Message(
        INFORM, _("Invitation revoked: %(project)s"), _("Your answer is no longer needed. Thank you."),
    ),
    Event.INVITATION_ANSWERED: Message(
        ACT, _("The invited expert has answered: %(project)s"), _("Only you and the manager can read the answer."),
    ),
    Event.SUSPENDED: Message(
        INFORM, _("Suspended: %(project)s"), _("The clock stands still. The reason is on the case page."),
    ),
    Event.RESUMED: Message(INFORM, _("Goes on: %(project)s"), _("The clock runs again.")),
    Event.RECALLED: Message(
        INFORM, _("Taken back by the sender: %(project)s"), _("%(person)s has taken it back before you acted on it."),
    ),
    Event.SUBSTITUTE: Message(
        INFORM, _("You stand in for %(person)s until %(until)s"),
        _("Their tasks appear in your list as well. What you do is recorded as done for them."),
    ),
    Event.HANDED_OVER: Message(
        ACT, _("Handed over to you by %(person)s: %(project)s"), _("The task is yours from now on."),
    ),
    Event.MEETING_CALLED: Message(
        INFORM, _("On the agenda of %(due_on)s: %(project)s"), _("The meeting will discuss this project."),
    ),
    Event.DEADLINE_MOVED: Message(
        INFORM, _("New deadline %(due_on)s: %(project)s"),
        _("A notice of public holidays was put into the calendar. The deadline was %(until)s before."),
    ),
    Event.DEADLINE_NEAR: Message(
        ACT, _("To be done by %(due_on)s: %(project)s"), _("Most of the time limit has passed."),
    ),
    Event.DEADLINE_PASSED: Message(
        ACT, _("Overdue since %(due_on)s: %(project)s"), _("The time limit has passed. Nothing is decided by itself."),
    ),
    Event.ESCALATED: Message(
        ACT, _("Overdue and escalated: %(project)s"),
        _("The step was due on %(due_on)s and lies with %(person)s. Please see that it is taken."),
    ),
    Event.EXTENDED: Message(
        INFORM, _("Time limit extended to %(due_on)s: %(project)s"), _("The reason is on the case page."),
    ),
    Event.COPIED: Message(
        INFORM, _("Copied to you (%(state)s): %(project)s"), _("You receive a copy of this decision."),
    ),
}  # fmt: skip
