"""The start page of who keeps rules: what there is to keep, how much of it, and when it changed last."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.policy import has_permission
from accounts.queries import last_edits
from approvals.confirm_page import groups
from approvals.models import ExpertProfile
from planning import queries as planning
from planning.models import NeedCall, PlanItem, Round
from portfolio.models import SynonymGroup
from standards.models import ChecklistEdition, Standard


@dataclass(frozen=True, slots=True)
class Card:
    """One kind of rule: where it is kept, which tables hold it, and the permission to edit it."""

    label: Any
    text: Any
    urls: tuple[str, ...]  # the first that exists
    counts: str
    tables: tuple[str, ...]
    permission: str


CARDS = (
    Card(
        _("Application rounds"), _("Windows, calendar and late filings"),
        ("planning:index",),
        "rounds", ("planning.Round", "planning.LateFiling"), "planning.edit",
    ),
    Card(
        _("Plan items"), _("City plan, departmental plans, superior documents, with money"),
        ("plan:items",), "items",
        ("planning.PlanItem", "planning.PlanEnvelope", "planning.IntegrationCommitment"), "planning.edit",
    ),
    Card(
        _("Calls for needs"), _("What units are asked for, and until when"), ("needs:needs",),
        "calls", ("planning.NeedCall", "planning.NeedGroup", "planning.Need"), "needs.decide",
    ),
    Card(
        _("Standards"), _("Catalogue with editions, validity and successors"), ("standards:catalogue",),
        "standards", ("standards.Standard",), "standards.edit",
    ),
    Card(
        _("Expert pool"), _("Who may be drawn for a panel, with fields, employer and declared interests"),
        ("experts:experts",), "experts", ("approvals.ExpertProfile",), "experts.edit",
    ),
    Card(
        _("Checklist editions"), _("Items with their conditions; reviews keep the edition they began under"),
        ("standards:editions",), "editions",
        ("standards.ChecklistEdition", "standards.ChecklistItem"), "standards.edit",
    ),
    Card(
        _("Policy rows"), _("Numbers that decide: tiers, limits, shares, each from a day on"), ("policies:policies",),
        "policies", ("planning.PolicyRow",), "policies.edit",
    ),
    Card(
        _("Thresholds of the duplicate screening"), _("Changed after a trial run"), ("approvals:thresholds",),
        "", (), "policies.edit",
    ),
    Card(
        _("Synonyms"), _("Words of the city that mean the same"), ("approvals:synonyms",),
        "synonyms", (), "policies.edit",
    ),
)  # fmt: skip


def cards(user: User) -> list[dict[str, Any]]:
    """The cards the user may follow: label, text, address, count, last change, whether the user may edit."""
    last, counts = last_edits(), _counts()
    found = []
    for card in CARDS:
        may_edit, url = has_permission(user, card.permission), _url(card)
        if url and (may_edit or card.urls[0].split(":")[0] not in {"approvals", "experts"}):
            found.append({
                "label": card.label, "text": card.text, "url": url, "count": counts.get(card.counts),
                "last": _latest(last, card.tables), "may_edit": may_edit,
            })  # fmt: skip
    return found


def _url(card: Card) -> str:
    for name in card.urls:
        try:
            return reverse(name)
        except NoReverseMatch:
            continue
    return ""


def _latest(last: dict[str, datetime], tables: tuple[str, ...]) -> datetime | None:
    return max((last[table] for table in tables if table in last), default=None)


def _counts() -> dict[str, int]:
    return {
        "rounds": Round.objects.count(),
        "items": PlanItem.objects.count(),
        "calls": NeedCall.objects.count(),
        "standards": Standard.objects.count(),
        "editions": ChecklistEdition.objects.count(),
        "policies": len(planning.rows_now()),
        "synonyms": SynonymGroup.objects.count(),
        "experts": ExpertProfile.objects.count(),
    }


def open_count() -> int:
    """How many rules wait for an official's confirmation."""
    return sum(len(group.rows) for group in groups())
