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
