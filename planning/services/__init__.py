"""Change rounds, plan items, policy rows and the calendar."""

from planning.services.calendar import seed_calendar
from planning.services.policies import change_bands, seed_policies, set_policy
from planning.services.rounds import load_plan_items, open_round

__all__ = ["change_bands", "load_plan_items", "open_round", "seed_calendar", "seed_policies", "set_policy"]
