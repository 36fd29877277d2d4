"""State and the other names that a proposal is described with: codes only, labels are for display."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class State(TextChoices):
    """Where a project is in the approval phase (domain reference §3.2)."""

    DRAFT = "draft", _("Draft")
    ENDORSEMENT = "endorsement", _("Supervising-department endorsement")
    INTAKE = "intake", _("Intake check")
    CORRECTION = "correction", _("Returned for correction")
    SCREENING = "screening", _("Duplicate screening")
    REVIEW = "review", _("Parallel unified review")
    ADJUDICATION = "adjudication", _("Duplicate adjudication")
    EXPERT_REVIEW = "expert_review", _("Expert review")
    DECISION = "decision", _("Final decision")
    APPROVED = "approved", _("Approved")
    DEFERRED = "deferred", _("Deferred")
    REJECTED = "rejected", _("Not approved")
    MERGED = "merged", _("Merged into another project")
    REUSE = "reuse", _("Redirected to reuse")
    FILED = "filed", _("Filed")
    WITHDRAWN = "withdrawn", _("Withdrawn")


INITIAL = State.DRAFT
EDITABLE = frozenset({State.DRAFT, State.CORRECTION})
ENDINGS = frozenset({State.APPROVED, State.REJECTED, State.MERGED, State.REUSE, State.FILED, State.WITHDRAWN})
PRE_APPROVAL = tuple(state for state in State if state not in ENDINGS)
# States in which proposals of one round are compared with each other.
IN_COMPETITION = frozenset(set(PRE_APPROVAL) - {State.DRAFT, State.DEFERRED}) | {State.APPROVED}

# The five groups of the look: waiting, doing, returned, passed, stopped.
BADGE: dict[str, str] = {
    State.DRAFT: "waiting",
    State.ENDORSEMENT: "waiting",
    State.INTAKE: "waiting",
    State.CORRECTION: "returned",
    State.SCREENING: "doing",
    State.REVIEW: "doing",
    State.ADJUDICATION: "doing",
    State.EXPERT_REVIEW: "doing",
    State.DECISION: "doing",
    State.APPROVED: "passed",
    State.DEFERRED: "waiting",
    State.REJECTED: "stopped",
    State.MERGED: "stopped",
    State.REUSE: "stopped",
    State.FILED: "passed",
    State.WITHDRAWN: "stopped",
}


class Kind(TextChoices):
    """What is asked for."""

    NEW = "new", _("New build")
    UPGRADE = "upgrade", _("Upgrade")
    OM = "om", _("Operation and maintenance")
    SERVICE = "service", _("Service purchase")


class Category(TextChoices):
    """What a budget line buys; all but software are non-functional categories."""

    SOFTWARE = "software", _("Software")
    CLOUD = "cloud", _("Cloud")
    SECURITY = "security", _("Security")
    SUPERVISION = "supervision", _("Supervision")
    TRAINING = "training", _("Training")
    DATA = "data", _("Data governance")
    HARDWARE = "hardware", _("Hardware")


class FundSource(TextChoices):
    """Where the money of a budget line comes from."""

    MUNICIPAL = "municipal", _("Municipal budget")
    DISTRICT = "district", _("District budget")
    SUPERIOR = "superior", _("Transfer from a superior level")
    OWN = "own", _("Own funds of the unit")
    OTHER = "other", _("Other")


class DocumentKind(TextChoices):
    """What a document is (domain reference §4)."""

    PLAN = "plan", _("Construction plan (nine chapters)")
    BASIS = "basis", _("Basis document")
    PERFORMANCE = "performance", _("Performance goals table")
    CRYPTO_PLAN = "crypto_plan", _("Cryptography plan")
    LEVEL_REPORT = "level_report", _("MLPS level report")
    CATALOGUE = "catalogue", _("Information-resource catalogue (draft)")
    HIGHER_APPROVAL = "higher_approval", _("Approval by a higher level")
    OTHER = "other", _("Other")


class Relation(TextChoices):
    """How a proposed capability relates to what was found (design §5)."""

    DUPLICATE = "duplicate", _("Duplicate")
    EXTEND = "extend", _("Extend an existing system")
    UNIFIED = "unified", _("Unified platform")
    NEGATIVE = "negative", _("Negative list")
    SAME_ROUND = "same_round", _("Same round")
    RELATED = "related", _("Related")


class HintKind(TextChoices):
    """Signs of a split project or of a cost that is asked for twice; the values are the engine's."""

    SPLIT = "split_under_tier", _("Split below a tier")
    SAME_UNIT = "same_unit", _("Same unit asks for the same")
    COST_ITEM = "same_cost_item", _("Same cost item")
    VENDOR = "same_vendor_period", _("Same vendor and period")
    SITE = "same_site", _("Same site")
    CONTRACT = "running_contract", _("Paid by a running contract")


class Band(TextChoices):
    """How severe a screening result is."""

    RED = "red", _("Red")
    AMBER = "amber", _("Amber")
    GREEN = "green", _("Green")
    INSUFFICIENT = "insufficient", _("Insufficient data")


class RunStatus(TextChoices):
    """What became of a screening run."""

    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    SUCCEEDED = "succeeded", _("Succeeded")
    FAILED = "failed", _("Screening failed")
    SUPERSEDED = "superseded", _("Superseded")


class Reply(TextChoices):
    """The applicant's answer to a finding."""

    EXPLAIN = "explain", _("Explain the difference")
    REUSE = "reuse", _("Reuse what exists")
    REMOVE = "remove", _("Remove the capability")


class Adjudication(TextChoices):
    """The manager's decision on a finding (domain reference §6.7)."""

    MERGE = "merge", _("Merge")
    REUSE = "reuse", _("Reuse")
    UPGRADE = "upgrade", _("Upgrade the existing system")
    CUT = "cut", _("Cut")
    REJECT = "reject", _("Reject the proposal")
    NOT_DUPLICATE = "not_duplicate", _("Not a duplicate")
    EXCEPTION = "exception", _("Exception granted")


class ReasonCode(TextChoices):
    """Why an exception is granted (domain reference §6.2); each expires."""

    SUPERIOR_MANDATE = "superior_mandate", _("Mandated by a superior level")
    ISOLATION = "network_or_secrecy_isolation", _("Network or secrecy isolation")
    DIFFERENT = "different_object_or_area", _("Different object or area")
    CAPACITY = "capacity_or_performance_gap", _("Capacity or performance gap")
    RETIRING = "existing_to_be_retired", _("Existing system will be retired")
    LEGAL = "legal_compliance", _("Legal compliance")
    EMERGENCY = "emergency", _("Emergency")
    PILOT = "pilot_with_sunset", _("Pilot with an end date")
    REFUSES = "owner_refuses_sharing", _("Owner refuses sharing (coordination recorded)")


# Decisions that let the capability stay as proposed; the others need a correction or an ending.
SETTLED_AS_IS = frozenset({Adjudication.NOT_DUPLICATE, Adjudication.EXCEPTION})
TO_CORRECT = frozenset({Adjudication.REUSE, Adjudication.UPGRADE, Adjudication.CUT})
