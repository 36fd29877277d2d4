"""The vocabulary of the library: kinds of review, severities, sections of the checklists, status of a standard."""

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class ReviewKind(TextChoices):
    """The three unifications of Article 3 (穗政数〔2020〕6号), each with its own checklist."""

    PLANNING = "planning", _("Unified planning")
    REQUIREMENTS = "requirements", _("Unified requirements")
    STANDARDS = "standards", _("Unified standards")


class Severity(TextChoices):
    """What a failed item does to the case (codes V, M, A, X of the checklist library)."""

    VETO = "veto", _("Veto")
    MAJOR = "major", _("Major")
    ADVISORY = "advisory", _("Advisory")
    ACCEPTANCE = "acceptance", _("At acceptance")


# What an item judged at acceptance may weigh then.
ACCEPTANCE_SEVERITIES = (Severity.VETO, Severity.MAJOR, Severity.ADVISORY)


class StandardStatus(TextChoices):
    """Whether a standard may be cited."""

    IN_FORCE = "in_force", _("In force")
    SUPERSEDED = "superseded", _("Replaced")
    DRAFT = "draft", _("Not yet issued")


# First two letters of an item's code → the heading it stands under.
SECTIONS: dict[str, Promise] = {
    "PL": _("Planning"),
    "RQ": _("Requirements"),
    "SC": _("System scope"),
    "SE": _("Security"),
    "DA": _("Data and sharing"),
    "PF": _("Common platforms"),
    "IN": _("Infrastructure"),
    "AC": _("Accessibility"),
    "DO": _("Documents and quality"),
    "PR": _("Procurement"),
}
