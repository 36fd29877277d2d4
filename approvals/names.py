"""ReviewStatus, ReviewKind and the other codes of reviews and notices."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role


class ReviewKind(TextChoices):
    """Which review it is; the three unifications and the experts."""

    PLANNING = "planning", _("Planning review")
    REQUIREMENTS = "requirements", _("Requirements review")
    STANDARDS = "standards", _("Standards review")
    EXPERT = "expert", _("Expert opinion")


UNIFIED_KINDS = (ReviewKind.PLANNING, ReviewKind.REQUIREMENTS, ReviewKind.STANDARDS)
REVIEWER: dict[str, Role] = {
    ReviewKind.PLANNING: Role.PLANNER,
    ReviewKind.REQUIREMENTS: Role.REQUIREMENTS,
    ReviewKind.STANDARDS: Role.STANDARDS,
    ReviewKind.EXPERT: Role.EXPERT,
}
# Sections whose change makes a review void (promise 3); section codes of projects.sections.
BASIS: dict[str, tuple[str, ...]] = {
    ReviewKind.PLANNING: ("overview", "unit", "solution", "budget"),
    ReviewKind.REQUIREMENTS: ("overview", "needs", "solution", "resources", "management", "budget"),
    ReviewKind.STANDARDS: ("overview", "solution", "resources", "security"),
    ReviewKind.EXPERT: ("overview", "needs", "solution", "resources", "security", "management", "budget"),
}


class ReviewStatus(TextChoices):
    """Where one review is (domain reference §3.4)."""

    NOT_STARTED = "not_started", _("Not started")
    IN_PROGRESS = "in_progress", _("In progress")
    PASSED = "passed", _("Passed")
    CONDITIONAL = "passed_with_conditions", _("Passed with conditions")
    FAILED = "failed", _("Failed")
    INFO_NEEDED = "info_needed", _("Information needed")
    RECUSED = "recused", _("Recused")


PASSING = frozenset({ReviewStatus.PASSED, ReviewStatus.CONDITIONAL})
CONCLUDED = PASSING | {ReviewStatus.FAILED, ReviewStatus.INFO_NEEDED}
OPEN = frozenset({ReviewStatus.NOT_STARTED, ReviewStatus.IN_PROGRESS})


class Verdict(TextChoices):
    """The verdict on one checklist item (domain reference §3.4)."""

    PASS = "pass", _("Pass")
    FAIL = "fail", _("Fail")
    DOUBT = "doubt", _("In doubt")
    NOT_APPLICABLE = "not_applicable", _("Not applicable")


NEEDS_REASON = frozenset({Verdict.FAIL, Verdict.DOUBT})


class Answer(TextChoices):
    """The applicant's answer to one item of a correction notice."""

    AMENDED = "amended", _("Amended")
    NOT_ADOPTED = "not_adopted", _("Not adopted, with reason")


class Ending(TextChoices):
    """How a case may end in adjudication; the manager's proposal above the manager's authority."""

    MERGE = "merge", _("Merge into another project")
    REDIRECT = "redirect", _("Redirect to reuse")
    REJECT = "reject", _("Do not approve")


# --- seats of a review that several sign ------------------------------------------------------------------------------


class SigningMode(TextChoices):
    """How the signatures of a review count together (会签, 或签, 票签, 依次)."""

    ALL = "all", _("All sign")
    ANY = "any", _("Any one signs")
    VOTE = "vote", _("Vote by weight")
    SEQUENCE = "sequence", _("One after the other")


class SeatState(TextChoices):
    """Where one seat is."""

    OPEN = "open", _("Waits for the signature")
    SIGNED = "signed", _("Signed")
    REMOVED = "removed", _("Removed")
    RECUSED = "recused", _("Recused")


class Outcome(TextChoices):
    """What a signature says; in the order of severity."""

    PASS = "pass", _("Pass")
    CONDITIONAL = "pass_with_conditions", _("Pass with conditions")
    ASK = "ask", _("Ask for correction")
    FAIL = "fail", _("Do not pass")


class Placement(TextChoices):
    """Where an added signer signs, seen from whoever added them."""

    BEFORE = "before", _("Before me")
    AFTER = "after", _("After me")


class PauseKind(TextChoices):
    """Why the clock of a case stands."""

    CORRECTION = "correction", _("The applicant corrects")
    QUESTION = "question", _("A question to the applicant is open")
    SUSPENDED = "suspended", _("Suspended")


# --- experts and meetings ---------------------------------------------------------------------------------------------


class ExpertField(TextChoices):
    """What an expert is asked about."""

    ARCHITECTURE = "architecture", _("Architecture and integration")
    DATA = "data", _("Data and sharing")
    SECURITY = "security", _("Security and cryptography")
    BUSINESS = "business", _("Government business")
    COST = "cost", _("Cost and budget")
    INFRASTRUCTURE = "infrastructure", _("Cloud and networks")
    ARTIFICIAL_INTELLIGENCE = "ai", _("Artificial intelligence")
    LAW = "law", _("Law and standards")


class MeetingStatus(TextChoices):
    """Where a meeting is."""

    PLANNED = "planned", _("Planned")
    HELD = "held", _("Held, results not released")
    RELEASED = "released", _("Results released")
    CANCELLED = "cancelled", _("Cancelled")


class Pending(TextChoices):
    """What a meeting has decided on one project, before the release; the actions of the decision state."""

    APPROVE = "approve", _("Approve")
    DEFER = "defer", _("Defer")
    REJECT = "reject", _("Do not approve")
    RETURN = "return_for_correction", _("Return for correction")


class LineState(TextChoices):
    """Where one line of a correction notice is, in the eyes of whoever raised it."""

    OPEN = "open", _("Open")
    CLOSED = "closed", _("Closed")
    UNCURED = "uncured", _("Not cured")
