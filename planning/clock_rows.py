"""The policy rows of clocks that a new installation starts with, and what is wrong with values of them."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

WHOM = ("holder", "head", "manager")
# Beside the service norms of the row "limits": the legal limit of each state and of the whole procedure, working days.
CLOCK_ROWS: dict[str, tuple[Any, str]] = {
    "legal_limits": (
        {
            "endorsement": 20,
            "intake": 5,
            "review": 20,
            "adjudication": 20,
            "expert_review": 30,
            "decision": 20,
            "procedure": 45,
        },
        gettext_noop(
            "[from memory] 《行政许可法》 §32 (5 days to accept), §42 (20 days, jointly 45); whether it binds these "
            "projects is to be confirmed, and the numbers by state are [proposed]"
        ),
    ),
    "clock": (
        {"question_pauses": True},
        gettext_noop("[proposed] the clock stands while a question to the applicant is open"),
    ),
    "extension": (
        {"most_days": 10},
        gettext_noop("[from memory] 《行政许可法》 §42: ten days more, once, with the reason told to the applicant"),
    ),
    # What is done when so much of the norm has passed, and who is told. Nothing is ever decided by itself.
    "escalation": (
        [
            {"percent": 75, "holder": True, "head": False, "manager": False},
            {"percent": 100, "holder": True, "head": True, "manager": False},
            {"percent": 150, "holder": False, "head": False, "manager": True},
        ],
        gettext_noop("[proposed] thresholds as service desks use them; no rule of the city was read"),
    ),
}
MOST_WORKDAYS, HIGHEST = 250, 1000


def legal_problems(value: Mapping[str, Any]) -> dict[tuple[str | int, ...], str]:
    """What is wrong with legal limits: the states of the starting row, at most a year each. Raises ValueError."""
    if set(value) != set(CLOCK_ROWS["legal_limits"][0]):
        raise ValueError(value)
    return {(name,): _whole(days, 1, MOST_WORKDAYS) for name, days in value.items()}


def extension_problems(value: Mapping[str, Any]) -> dict[tuple[str | int, ...], str]:
    """The longest extension in working days; 0 allows none. Raises ValueError."""
    if set(value) != {"most_days"}:
        raise ValueError(value)
    return {("most_days",): _whole(value["most_days"], 0, MOST_WORKDAYS)}


def escalation_problems(value: Any) -> dict[tuple[str | int, ...], str]:
    """A ladder goes upwards, and each rung tells somebody. Raises ValueError for another shape."""
    found: dict[tuple[str | int, ...], str] = {}
    low = 0
    for number, rung in enumerate(value):
        if set(rung) != {"percent", *WHOM} or not all(isinstance(rung[name], bool) for name in WHOM):
            raise ValueError(rung)
        problem = _whole(rung["percent"], low + 1, HIGHEST)
        if problem:
            found[number, "percent"] = problem
        else:
            low = rung["percent"]
        if not any(rung[name] for name in WHOM):
            found[number, "holder"] = _("Choose somebody who is told.")
    return found


def _whole(value: Any, least: int, most: int) -> str:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        return _("Enter a whole number from %(least)d to %(most)d.") % {"least": least, "most": most}
    return ""
