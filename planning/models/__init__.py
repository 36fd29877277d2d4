"""What the city has decided beforehand, and what its units need."""

from planning.models.needs import Need, NeedCall, NeedGroup
from planning.models.plan import IntegrationCommitment, PlanEnvelope, PlanItem
from planning.models.policy import CalendarDay, CalendarImport, PolicyRow
from planning.models.rounds import LateFiling, Round

__all__ = [
    "CalendarDay",
    "CalendarImport",
    "IntegrationCommitment",
    "LateFiling",
    "Need",
    "NeedCall",
    "NeedGroup",
    "PlanEnvelope",
    "PlanItem",
    "PolicyRow",
    "Round",
]
