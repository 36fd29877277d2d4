"""The policy rows that a new installation starts with: key, value, source. The office edits rows, not this table."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

PROPOSED = "domain reference §2.4, proposed default"

# Amounts are in 万元 (10,000 CNY), limits in working days, shares between 0 and 1.
STARTING_ROWS: dict[str, tuple[Any, str]] = {
    "tiers": (
        [
            {"code": "T0", "below": 20},
            {"code": "T1", "below": 100},
            {"code": "T2", "below": 500},
            {"code": "T3", "below": None},
        ],
        PROPOSED,
    ),
    # Tiers that go before experts, and how many opinions they need (odd numbers).
    "expert_quorum": ({"T2": 3, "T3": 5}, "domain reference §3.3 row 20"),
    # The highest tier whose ending the manager decides without the approver.
    "manager_authority": ("T1", "domain reference §3.3 row 19"),
    # "parallel", or the kinds in the order in which they open.
    "review_order": ("parallel", "国办发〔2019〕57号, parallel management"),
    "bands": ({"red": 0.70, "amber": 0.30, "mapped": 0.90}, "domain reference §6.5"),
    "limits": (
        {
            "endorsement": 5,
            "intake": 3,
            "correction": 10,
            "review": 5,
            "adjudication": 5,
            "expert_review": 10,
            "decision": 5,
        },
        "domain reference §3.2",
    ),
    "reply_days": (3, "domain reference §3.3 row 14, proposed"),
    "correction_grace": (5, "domain reference §3.3 row 7"),
    "screening_max_age": (30, "domain reference §3.3 row 11"),
    "approval_validity_months": (24, "domain reference §0 fact 17"),
    "exception_months": (12, "domain reference §6.2"),
    # Consolidation of existing systems. min_share: share of a system's capabilities that the other one must have.
    # om_saved: share of the yearly O&M money of what is covered that is saved. migration: one-off cost as a share of
    # the build cost of the system that is merged. years: over how many years the saving is counted.
    "consolidation": (
        {"min_share": "0.30", "om_saved": "0.60", "migration": "0.10", "years": 5},
        gettext_noop("assumption [proposed], to be settled by the office"),
    ),
}

SHARES = ("red", "amber", "mapped")  # what the row "bands" must say
SCORES = ("finding", "untagged", "related")  # what it may say; left out, the engine's own limits hold


def bands_problems(value: Mapping[str, float]) -> dict[str, str]:
    """What is wrong with a value of the row "bands", by field; empty when it may be put in force.

    Shares of money and scores are from 0 to 1; red above amber, finding above related, and mapped above 0: a limit of
    nothing would call every proposal sufficient. Source: domain reference §6.5, §6.6.
    """
    problems = {name: _("Required.") for name in SHARES if value.get(name) is None}
    for name, number in value.items():
        if name not in (*SHARES, *SCORES):
            problems[name] = _("The product does not read this.")
        elif number is not None and not 0 <= number <= 1:
            problems[name] = _("Enter a number from 0 to 1.")
    if problems:
        return problems
    if value["amber"] >= value["red"]:
        problems["amber"] = _("Amber must begin below red.")
    if value["amber"] <= 0:
        problems["amber"] = _("A limit of 0 would mark every proposal.")
    if value["mapped"] <= 0:
        problems["mapped"] = _("A limit of 0 would call every proposal sufficient.")
    if "finding" in value and value.get("untagged", 0) > value["finding"]:
        problems["untagged"] = _("Without tags it must not begin above “the same function”.")
    counting = [value[name] for name in ("finding", "untagged") if name in value]
    if "related" in value and counting and value["related"] >= min(counting):
        problems["related"] = _("Similar must begin below what counts as the same function.")
    return problems
