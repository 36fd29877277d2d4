"""The policy rows that a new installation starts with: key, value, source. The office edits rows, not this table."""

from typing import Any

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
}
