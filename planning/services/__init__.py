"""Change rounds, plan items, policy rows and the calendar."""

from planning.services.calendar import Notice, NoticeDay, publish, seed_calendar
from planning.services.plan import add_commitment, close_commitment, save_item, withdraw_item
from planning.services.policies import (
    cancel_policy,
    change_bands,
    change_policy,
    confirm_policy,
    seed_policies,
    set_policy,
)
from planning.services.rounds import (
    grant_late_filing,
    load_plan_items,
    open_round,
    revoke_late_filing,
    save_round,
)

__all__ = [
    "Notice",
    "NoticeDay",
    "add_commitment",
    "cancel_policy",
    "change_bands",
    "change_policy",
    "close_commitment",
    "confirm_policy",
    "grant_late_filing",
    "load_plan_items",
    "open_round",
    "publish",
    "revoke_late_filing",
    "save_item",
    "save_round",
    "seed_calendar",
    "seed_policies",
    "set_policy",
    "withdraw_item",
]
