"""Role and Scope: the only vocabulary of who may act, and how far."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Role(TextChoices):
    """What a person does; held for a department through an assignment."""

    APPLICANT = "applicant", _("Applicant")
    ENDORSER = "endorser", _("Supervising-department endorser")
    INTAKE = "intake", _("Intake officer")
    PLANNER = "planner", _("Planning reviewer")
    REQUIREMENTS = "requirements", _("Requirements reviewer")
    STANDARDS = "standards", _("Standards reviewer")
    EXPERT = "expert", _("Expert")
    MANAGER = "manager", _("Portfolio manager")
    APPROVER = "approver", _("Approver")
    FINANCE = "finance", _("Finance officer")
    STEWARD = "steward", _("Registry steward")
    AUDITOR = "auditor", _("Auditor")
    SECADMIN = "secadmin", _("Security administrator")
    SYSADMIN = "sysadmin", _("System administrator")
    SYSTEM = "system", _("System")


class Scope(TextChoices):
    """Which rows a permission reaches."""

    OWN = "own", _("own unit")
    SUBTREE = "subtree", _("own and subordinate units")
    ASSIGNED = "assigned", _("assigned to me")
    ALL = "all", _("all units")


# Nobody is given the system's role: it belongs to the system account alone.
ASSIGNABLE = tuple(role for role in Role if role is not Role.SYSTEM)

# The three administrators: one person is one of them and nothing else (separation of the three administrators).
ADMINISTRATORS = frozenset({Role.SYSADMIN, Role.SECADMIN, Role.AUDITOR})

# Rights that nobody else exercises in one's stead: the administrators', and an expert's own judgement.
NEVER_LENT = ADMINISTRATORS | {Role.EXPERT}

# Sides of one case that the same person may not hold together (domain rules, separation of duties).
SIDES: dict[str, frozenset[Role]] = {
    "applicant": frozenset({Role.APPLICANT, Role.ENDORSER}),
    "reviewer": frozenset({Role.PLANNER, Role.REQUIREMENTS, Role.STANDARDS, Role.EXPERT}),
    "manager": frozenset({Role.MANAGER}),
    "approver": frozenset({Role.APPROVER}),
}
