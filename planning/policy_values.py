"""The value of a policy row as labelled fields and back: value → fields → value is the same value."""

import copy
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import permutations
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from planning.policy_schema import OPINIONS, REVIEWS, Rule, rule_of, word_for

TIERS = ("T0", "T1", "T2", "T3")  # the product compares them by name, so they are not for the office to rename
FIGURE = re.compile(r"-?\d+(\.\d+)?\Z")
PARALLEL = "parallel"
NAMES = ("zh", "en")
Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One field of a value. kind: integer, number, figure (a number kept as text), text, flag, lines, choice."""

    path: Path
    kind: str
    label: str
    unit: str = ""
    required: bool = True
    share: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    of: str = "text"  # kind of each line

    @property
    def name(self) -> str:
        """Name of the field in a form."""
        return name_of(self.path)


def name_of(path: Iterable[str | int]) -> str:
    """The name of the field at a place of a value."""
    return "-".join(["value", *map(str, path)])


# --- value → fields ---------------------------------------------------------------------------------------------------


def leaves(key: str, value: Any) -> list[Leaf]:
    """The fields of a value of the row `key`, in the order in which they are shown."""
    special = SPECIAL.get(key)
    return special(rule_of(key), value) if special else list(_flat(rule_of(key), (), value))


def _flat(rule: Rule, path: Path, value: Any, said: tuple[str, ...] = ()) -> Iterator[Leaf]:
    if isinstance(value, Mapping):
        own, said = {}, (*said, _named(value)) if _is_named(value) else said
        if _is_named(value):  # an entry with a name: code and name are not for this form
            own = dict.fromkeys(("code", *NAMES))
        for part, inner in value.items():
            if part == "usual" and "options" in value:
                yield _usual(rule, (*path, part), value["options"], said)
            elif part not in own:
                yield from _flat(rule, (*path, part), inner, (*said, word_for(rule, part)))
    elif isinstance(value, list) and any(isinstance(inner, list | Mapping) for inner in value):
        for number, inner in enumerate(value):
            more = said if isinstance(inner, Mapping) and _is_named(inner) else (*said, str(number + 1))
            yield from _flat(rule, (*path, number), inner, more)
    else:
        yield _leaf(rule, path, value, said)


def _is_named(value: Mapping[str, Any]) -> bool:
    return all(value.get(name) and isinstance(value[name], str) for name in NAMES)


def _named(value: Mapping[str, Any]) -> str:
    return value["en"] if (get_language() or "").startswith("en") else value["zh"]


def _usual(rule: Rule, path: Path, options: list[dict[str, Any]], said: tuple[str, ...]) -> Leaf:
    choices = tuple((option["code"], _named(option)) for option in options)
    return Leaf(path, "choice", _joined((*said, word_for(rule, "usual"))), choices=choices)


def _leaf(rule: Rule, path: Path, value: Any, said: tuple[str, ...]) -> Leaf:
    last = next((str(part) for part in reversed(path) if isinstance(part, str)), "")
    label, unit = _joined(said) or str(rule.label), str(rule.units.get(last, rule.unit))
    if last in rule.choices:
        return Leaf(path, "choice", label, choices=tuple((code, str(word)) for code, word in rule.choices[last]))
    of = kind_of(value[0]) if isinstance(value, list) and value else "text"
    needed = value is not None and not isinstance(value, list) and value != ""
    return Leaf(path, kind_of(value), label, unit, required=needed, share=last in rule.shares, of=of)


def _joined(said: Iterable[str]) -> str:
    return " · ".join(part for part in said if part)


def kind_of(value: Any) -> str:
    """Which kind of field a value needs."""
    if isinstance(value, bool):
        return "flag"
    if isinstance(value, list):
        return "lines"
    kinds = {int: "integer", float: "number"}
    return kinds.get(type(value)) or ("figure" if isinstance(value, str) and FIGURE.match(value) else "text")


def _tiers(rule: Rule, value: list[dict[str, Any]]) -> list[Leaf]:
    found = []
    for number, tier in enumerate(value[:-1]):
        label = _("%(tier)s: below") % {"tier": tier["code"]}
        kind = "number" if isinstance(tier["below"], float) else "integer"
        found.append(Leaf((number, "below"), kind, label, str(rule.unit)))
    return found


def _quorum(rule: Rule, value: Mapping[str, int]) -> list[Leaf]:
    codes = [*TIERS, *(code for code in value if code not in TIERS)]
    return [Leaf((code,), "integer", code, str(OPINIONS), required=False) for code in codes]


def _authority(rule: Rule, value: str) -> list[Leaf]:
    return [Leaf((), "choice", str(rule.label), choices=tuple((code, code) for code in TIERS))]


def _order(rule: Rule, value: Any) -> list[Leaf]:
    choices = [(PARALLEL, _("in parallel"))]
    choices += [(" ".join(kinds), " → ".join(str(REVIEWS[kind]) for kind in kinds)) for kinds in permutations(REVIEWS)]
    return [Leaf((), "choice", str(rule.label), choices=tuple(choices))]


SPECIAL: dict[str, Callable[[Rule, Any], list[Leaf]]] = {
    "tiers": _tiers,
    "expert_quorum": _quorum,
    "manager_authority": _authority,
    "review_order": _order,
}


# --- fields → value ---------------------------------------------------------------------------------------------------


def initial(fields: Iterable[Leaf], value: Any) -> dict[str, Any]:
    """What stands in each field of a form before anybody types."""
    return {leaf.name: _shown(leaf, _at(value, leaf.path)) for leaf in fields}


def _at(value: Any, path: Path) -> Any:
    for part in path:
        value = value[part] if isinstance(part, int) else value.get(part)
    return value


def _shown(leaf: Leaf, found: Any) -> Any:
    if leaf.kind == "lines":
        return "\n".join(str(line) for line in found)
    if leaf.kind == "choice" and isinstance(found, list):
        return " ".join(found)
    return found


def rebuild(fields: Iterable[Leaf], value: Any, cleaned: Mapping[str, Any]) -> Any:
    """The value that a form says. value: the present one, for everything that has no field. cleaned: by field name."""
    made = copy.deepcopy(value)
    for leaf in fields:
        told = _told(leaf, cleaned.get(leaf.name), _at(value, leaf.path))
        if not leaf.path:
            return told
        place = _at(made, leaf.path[:-1])
        if told is None and isinstance(place, dict) and _at(value, leaf.path) is not None and not leaf.required:
            place.pop(leaf.path[-1])  # an optional part that was emptied
        elif told is not None or (isinstance(place, dict) and leaf.path[-1] in place):
            place[leaf.path[-1]] = told
    return made


def _told(leaf: Leaf, typed: Any, before: Any) -> Any:
    if leaf.kind == "lines":
        turn = {"integer": int, "number": float}.get(leaf.of, str)
        return [turn(line) for line in str(typed or "").splitlines() if line.strip()]
    if leaf.kind == "choice":
        return typed.split() if " " in typed else typed
    if leaf.kind == "figure":
        return f"{Decimal(str(typed)):f}"
    if leaf.kind == "text" and not typed:
        return before if before is None else ""
    return typed


# --- value → words ----------------------------------------------------------------------------------------------------


def lines(key: str, value: Any) -> list[tuple[str, str]]:
    """A value as (label, text with unit) pairs for reading."""
    if key == "tiers":
        return _tier_lines(value)
    return [(leaf.label, _text(leaf, _at(value, leaf.path))) for leaf in leaves(key, value)]


def _tier_lines(value: list[dict[str, Any]]) -> list[tuple[str, str]]:
    found, low = [], None
    unit = str(rule_of("tiers").unit)
    for tier in value:
        high = tier["below"]
        if low is None:
            text = _("below %(high)s (%(unit)s)")
        else:
            text = _("%(low)s to below %(high)s (%(unit)s)") if high is not None else _("%(low)s and more (%(unit)s)")
        found.append((tier["code"], text % {"low": low, "high": high, "unit": unit}))
        low = high
    return found


def _text(leaf: Leaf, found: Any) -> str:
    if leaf.kind == "choice":
        return dict(leaf.choices).get(str(_shown(leaf, found)), str(found))
    if leaf.kind == "flag":
        return _("yes") if found else _("no")
    if found is None or found in ("", []):
        return _("none")
    if leaf.share:
        return f"{(Decimal(str(found)) * 100).normalize():f} %"
    shown = ", ".join(map(str, found)) if isinstance(found, list) else str(found)
    return f"{shown} {leaf.unit}".strip()


def compare(key: str, before: Any, after: Any) -> list[dict[str, str]]:
    """Each field that differs: {label, before, after}; a side that has no such field says so with an en dash."""
    old, new = dict(lines(key, before)), dict(lines(key, after))
    labels = list(dict.fromkeys([*old, *new]))
    rows = [{"label": label, "before": old.get(label, "–"), "after": new.get(label, "–")} for label in labels]
    return [row for row in rows if row["before"] != row["after"]]
