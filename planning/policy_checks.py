"""What is wrong with a value of a policy row, by the name of its field; empty when it may be put in force."""

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from planning.clock_rows import escalation_problems, extension_problems, legal_problems
from planning.policy_rows import STARTING_ROWS, bands_problems
from planning.policy_schema import REVIEWS
from planning.policy_values import PARALLEL, TIERS, Leaf, leaves, name_of

Problems = dict[str, str]
BATCH_STEPS = ("endorse", "accept")
MOST_WORKDAYS = 59  # as far as the calendar is read around a date (approvals.deadlines)


def problems(key: str, value: Any) -> Problems:
    """What is wrong with `value` for the row `key`, by field name ("value-…", as planning.policy_values names them).

    A value of the wrong shape is a problem of "value". Raises KeyError for a key that the product does not read.
    """
    if key == "bands":
        return {name_of([name]): text for name, text in bands_problems(value).items()}
    try:
        return CHECKS[key](value) if key in CHECKS else _generic(key, value)
    except (TypeError, AttributeError, LookupError, ValueError, ArithmeticError):
        return {name_of(()): _("The value does not have the shape that the product reads.")}


def _whole(value: Any, least: int, most: int) -> str:
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        return _("Enter a whole number from %(least)d to %(most)d.") % {"least": least, "most": most}
    return ""


def _only(found: dict[tuple[str | int, ...], str]) -> Problems:
    return {name_of(path): text for path, text in found.items() if text}


def _number(least: int, most: int) -> Callable[[Any], Problems]:
    return lambda value: _only({(): _whole(value, least, most)})


def _tiers(value: Any) -> Problems:
    """Ascending limits above 0, the last one open, and the tiers that the product knows."""
    if [tier["code"] for tier in value] != list(TIERS) or value[-1]["below"] is not None:
        raise ValueError(value)
    found: dict[tuple[str | int, ...], str] = {}
    low = Decimal(0)
    for number, tier in enumerate(value[:-1]):
        high = Decimal(str(tier["below"]))
        if not high.is_finite() or high <= low:
            text = _("The limit must be above %(low)s, where the tier begins.")
            found[number, "below"] = text % {"low": low}
        else:
            low = high
    return _only(found)


def _quorum(value: Any) -> Problems:
    """Odd numbers, so that a vote has a winner; at least one tier goes without experts or none, as the office wants."""
    found: dict[tuple[str | int, ...], str] = {}
    for code, needed in value.items():
        if code not in TIERS:
            raise ValueError(code)
        text = _whole(needed, 1, 15)
        found[code,] = text or ("" if needed % 2 else _("Enter an odd number, so that opinions cannot tie."))
    return _only(found)


def _panel(value: Any) -> Problems:
    """Who draws, a limit of one employer, and the fields that the product knows."""
    start = STARTING_ROWS["expert_panel"][0]
    if set(value) != set(start) or set(value["fields"]) != set(start["fields"]):
        raise ValueError(value)
    if not all(isinstance(is_asked, bool) for is_asked in value["fields"].values()):
        raise ValueError(value["fields"])
    choice = "" if value["draw"] in {"system", "manager"} else _("Choose one of the values that are offered.")
    return _only({("draw",): choice, ("per_employer",): _whole(value["per_employer"], 0, 15)})


def _criteria(value: Any) -> Problems:
    """Named criteria, each once; weights are shares that make 1 together."""
    codes = [row["code"] for row in value]
    if not codes or len(set(codes)) < len(codes) or not all(row["zh"] and row["en"] for row in value):
        raise ValueError(value)
    found: dict[tuple[str | int, ...], str] = {}
    for number, row in enumerate(value):
        found[number, "weight"] = _share(row["weight"])
        found[number, "points"] = _whole(row["points"], 1, 1000)
    if not any(found.values()) and sum((Decimal(str(row["weight"])) for row in value), Decimal(0)) != 1:
        found[len(codes) - 1, "weight"] = _("The weights must make 1 together.")
    return _only(found)


def _limits(value: Any) -> Problems:
    if set(value) != set(STARTING_ROWS["limits"][0]):
        raise ValueError(value)
    return _only({(state,): _whole(days, 1, MOST_WORKDAYS) for state, days in value.items()})


def _authority(value: Any) -> Problems:
    return _only({(): "" if value in TIERS else _("Choose a tier.")})


def _batch(value: Any) -> Problems:
    """Steps of the workflow that need nothing but an opinion; an approval only with the tier that it reaches up to."""
    allowed = {*BATCH_STEPS, *(f"approve:{tier}" for tier in TIERS)}
    wrong = [step for step in value if step not in allowed]
    text = _("“%(step)s” is not offered. One line each: endorse, accept, or approve:T1 (up to that tier).")
    twice = len(value) != len({step.split(":")[0] for step in value})
    found = text % {"step": wrong[0]} if wrong else _("Name each step once.") if twice else ""
    return _only({(): found})


def _order(value: Any) -> Problems:
    fits = value == PARALLEL or (isinstance(value, list) and sorted(value) == sorted(REVIEWS))
    return _only({(): "" if fits else _("Choose parallel, or each review once.")})


def _consolidation(value: Any) -> Problems:
    if set(value) != set(STARTING_ROWS["consolidation"][0]):
        raise ValueError(value)
    found: dict[tuple[str | int, ...], str] = {("years",): _whole(value["years"], 1, 20)}
    for name in ("min_share", "om_saved", "migration"):
        found[name,] = _share(value[name])
    return _only(found)


def _share(value: Any) -> str:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        number = Decimal(-1)
    return "" if number.is_finite() and 0 <= number <= 1 else _("Enter a number from 0 to 1.")


def _generic(key: str, value: Any) -> Problems:
    """The same places as the starting row, no negative number, shares from 0 to 1, nothing left out."""
    known = {leaf.path: leaf for leaf in leaves(key, STARTING_ROWS[key][0])}
    given = {leaf.path: leaf for leaf in leaves(key, value)}
    if set(known) - set(given):
        raise ValueError(set(known) ^ set(given))
    found: dict[tuple[str | int, ...], str] = {}
    for path, leaf in given.items():
        found[path] = _plain(known.get(path, leaf), _at(value, path))
    return _only(found)


def _plain(leaf: Leaf, value: Any) -> str:
    if leaf.share:
        return _share(value)
    if leaf.kind == "choice":
        return "" if value in dict(leaf.choices) else _("Choose one of the values that are offered.")
    if leaf.kind == "integer":
        return _whole(value, 0, 1_000_000)
    if leaf.kind in {"number", "figure"}:
        number = Decimal(str(value))
        return "" if number.is_finite() and number >= 0 else _("Enter a number that is not below 0.")
    return _("Required.") if leaf.kind == "text" and leaf.required and not str(value or "").strip() else ""


def _at(value: Any, path: tuple[str | int, ...]) -> Any:
    for part in path:
        value = value[part]
    return value


def _signing(value: Any) -> Problems:
    """Each review with the same parts as the starting row, at most nine seats, and a share above 0 for a vote."""
    found = _generic("signing", value)
    for kind, rule in value.items():
        found |= _only({(kind, "seats"): _whole(rule["seats"], 1, 9)})
        if not Decimal(str(rule["ratio"])) > 0:
            found[name_of((kind, "ratio"))] = _("A share of 0 would pass without a vote.")
    return found


CHECKS: dict[str, Callable[[Any], Problems]] = {
    "tiers": _tiers,
    "expert_quorum": _quorum,
    "expert_panel": _panel,
    "expert_criteria": _criteria,
    "limits": _limits,
    "legal_limits": lambda value: _only(legal_problems(value)),
    "extension": lambda value: _only(extension_problems(value)),
    "escalation": lambda value: _only(escalation_problems(value)),
    "manager_authority": _authority,
    "review_order": _order,
    "signing": _signing,
    "batch_steps": _batch,
    "consolidation": _consolidation,
    "reply_days": _number(1, MOST_WORKDAYS),
    "question_days": _number(1, MOST_WORKDAYS),
    "substitution_days": _number(1, 366),
    "correction_grace": _number(0, 365),
    "screening_max_age": _number(1, 366),
    "approval_validity_months": _number(1, 120),
    "exception_months": _number(1, 60),
}
