"""When a checklist item applies: conditions over the facts of a proposal, checked when saved, explained when shown.

A condition is a Python-like expression such as `mlps_level >= 3 and public_facing`. It is parsed, never executed.
"""

import ast
import operator
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from standards.facts import FACTS, Fact, FactType, Value

MAX_LENGTH = 300  # also the length of the column: bounds how deep an expression can nest

_EQUALS = (ast.Eq, ast.NotEq)
_ORDER = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_MEMBER = (ast.In, ast.NotIn)
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.In: lambda value, values: value in values,
    ast.NotIn: lambda value, values: value not in values,
}


class ConditionError(ValueError):
    """A condition that cannot be used: what is wrong, and at which character (from 1)."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message, position)
        self.message = message
        self.position = position

    def __str__(self) -> str:
        return _("%(message)s (at character %(position)d)") % {"message": self.message, "position": self.position}


@dataclass(frozen=True, slots=True)
class Applicability:
    """Whether an item applies, and why or why not, in the page's language."""

    applies: bool
    because: str


@dataclass(frozen=True, slots=True)
class _Verdict:
    """Truth of a part (None: a fact it needs is not stated) and the facts that made it so."""

    truth: bool | None
    facts: tuple[str, ...]


def check(condition: str) -> tuple[str, ...]:
    """Check a condition without evaluating it.

    condition: the expression; empty or blank means "always".
    Returns the names of the facts it asks for, in order of appearance. Raises ConditionError with the position.
    """
    tree = parse(condition)
    if tree is None:
        return ()
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    return tuple(dict.fromkeys(node.id for node in sorted(names, key=lambda node: node.col_offset)))


def applies(condition: str, facts: Mapping[str, Value | None]) -> Applicability:
    """Decide whether an item with this condition applies to a proposal with these facts.

    condition: the expression; empty means "always". facts: values by name (money in 万元); None or absent: not stated.
    Returns the decision and its reason. An item whose facts are not stated applies, so that nothing is skipped because
    a form was left empty. Raises ConditionError (malformed condition) or TypeError (a fact of the wrong type).
    """
    tree = parse(condition)
    if tree is None:
        return Applicability(True, _("applies to every project"))
    verdict = _evaluate(tree, facts)
    if verdict.truth is None:
        missing = _(", ").join(FACTS[name].asked for name in verdict.facts)
        return Applicability(True, _("not stated yet: %(facts)s") % {"facts": missing})
    stated = [(name, facts[name]) for name in verdict.facts]
    phrases = [FACTS[name].phrase(value) for name, value in stated if value is not None]
    return Applicability(verdict.truth, _("; ").join(phrases))


# --- reading --------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1024)
def parse(condition: str) -> ast.expr | None:
    """The checked expression, None for "always". Raises ConditionError."""
    if len(condition) > MAX_LENGTH:
        raise ConditionError(_("longer than %(limit)s characters") % {"limit": MAX_LENGTH}, MAX_LENGTH + 1)
    text = condition.strip()
    if not text:
        return None
    indent = len(condition) - len(condition.lstrip())
    for index, character in enumerate(text):
        if not character.isprintable():
            raise ConditionError(_("a condition is one line of printable characters"), indent + index + 1)
    tree = _tree(text, indent)
    _check(tree, text, indent)
    return tree


def _tree(text: str, indent: int) -> ast.expr:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text, mode="eval").body
    except SyntaxError as error:
        # The parser says 0 when the text ends too early.
        offset = min(error.offset or len(text) + 1, len(text) + 1)
        raise ConditionError(_("not a readable condition"), indent + offset) from error
    except (ValueError, RecursionError, MemoryError) as error:
        raise ConditionError(_("not a readable condition"), indent + 1) from error


def _check(tree: ast.expr, text: str, indent: int) -> None:
    for node, message in _problems(tree):
        # col_offset counts bytes; people count characters.
        column = len(text.encode()[: node.col_offset].decode(errors="ignore"))
        raise ConditionError(message, indent + column + 1)


def _problems(node: ast.expr) -> Iterator[tuple[ast.expr, str]]:
    if isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from _problems(value)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield from _problems(node.operand)
    elif isinstance(node, ast.Compare):
        yield from _comparison_problems(node)
    elif isinstance(node, ast.Name):
        yield from _name_problems(node)
        if node.id in FACTS and FACTS[node.id].type is not FactType.FLAG:
            yield node, _("“%(name)s” needs a comparison") % {"name": node.id}
    elif isinstance(node, ast.Constant):
        yield node, _("a value without a fact to compare it with")
    else:
        yield node, _("only facts, values, comparisons, and, or, not are allowed")


def _name_problems(node: ast.Name) -> Iterator[tuple[ast.expr, str]]:
    if node.id not in FACTS:
        yield node, _("there is no fact “%(name)s”") % {"name": node.id}


def _comparison_problems(node: ast.Compare) -> Iterator[tuple[ast.expr, str]]:
    for left, sign, right in pairs_of(node):
        for side in (left, right):
            if isinstance(side, ast.Name):
                yield from _name_problems(side)
        # An unknown name was yielded above and nothing is asked after a problem, so the look-ups below succeed.
        if isinstance(left, ast.Name) and not isinstance(right, ast.Name):
            yield from _value_problems(FACTS[left.id], sign, right)
        elif isinstance(right, ast.Name) and isinstance(left, ast.Constant) and not isinstance(sign, _MEMBER):
            yield from _value_problems(FACTS[right.id], sign, left)
        else:
            yield left, _("a comparison has a fact on one side and a value on the other")


def _value_problems(fact: Fact, sign: ast.cmpop, side: ast.expr) -> Iterator[tuple[ast.expr, str]]:
    ordered = fact.type in (FactType.LEVEL, FactType.MONEY)
    if not isinstance(sign, _EQUALS + _MEMBER + (_ORDER if ordered else ())):
        yield side, _("“%(name)s” cannot be compared in this way") % {"name": fact.name}
    values = side.elts if isinstance(side, ast.Tuple) else [side]
    if isinstance(sign, _MEMBER) != isinstance(side, ast.Tuple) or not values:
        yield side, _("“in” takes values in brackets, such as (2, 3); other comparisons take one value")
    for value in values:
        if not isinstance(value, ast.Constant):
            yield value, _("only a plain value can stand here")
        elif not fact.accepts(value.value):
            yield value, _("“%(name)s” has no such value") % {"name": fact.name}


def pairs_of(node: ast.Compare) -> Iterator[tuple[ast.expr, ast.cmpop, ast.expr]]:
    """The comparisons of a chain, two sides at a time."""
    left = node.left
    for sign, right in zip(node.ops, node.comparators, strict=True):
        yield left, sign, right
        left = right


# --- deciding -------------------------------------------------------------------------------------------------------


def _evaluate(node: ast.expr, facts: Mapping[str, Value | None]) -> _Verdict:
    if isinstance(node, ast.BoolOp):
        return _combine([_evaluate(value, facts) for value in node.values], decisive=isinstance(node.op, ast.Or))
    if isinstance(node, ast.UnaryOp):
        inner = _evaluate(node.operand, facts)
        return _Verdict(None if inner.truth is None else not inner.truth, inner.facts)
    if isinstance(node, ast.Compare):
        return _combine([_compare(*pair, facts) for pair in pairs_of(node)], decisive=False)
    name = _name(node)
    value = _value(name, facts)
    return _Verdict(None if value is None else bool(value), (name,))


def _combine(parts: list[_Verdict], *, decisive: bool) -> _Verdict:
    """Three-valued or (decisive=True) and and (decisive=False), keeping the facts of the parts that decided."""
    for truth in (decisive, None):
        if decided := [part for part in parts if part.truth is truth]:
            return _Verdict(truth, _facts_of(decided))
    return _Verdict(not decisive, _facts_of(parts))


def _facts_of(parts: list[_Verdict]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for part in parts for name in part.facts))


def _compare(left: ast.expr, sign: ast.cmpop, right: ast.expr, facts: Mapping[str, Value | None]) -> _Verdict:
    name = _name(left, right)
    if _value(name, facts) is None:
        return _Verdict(None, (name,))
    first, second = _operand(left, facts), _operand(right, facts)
    return _Verdict(bool(_COMPARE[type(sign)](first, second)), (name,))


def _name(*nodes: ast.expr) -> str:
    return next(node.id for node in nodes if isinstance(node, ast.Name))


def _operand(node: ast.expr, facts: Mapping[str, Value | None]) -> object:
    if isinstance(node, ast.Tuple):
        return tuple(_operand(value, facts) for value in node.elts)
    value = _value(node.id, facts) if isinstance(node, ast.Name) else ast.literal_eval(node)
    # 0.1 in a condition and Decimal("0.1") in a form are the same amount.
    return Decimal(str(value)) if isinstance(value, float) else value


def _value(name: str, facts: Mapping[str, Value | None]) -> Value | None:
    value = facts.get(name)
    if value is not None and not FACTS[name].accepts(value):
        raise TypeError(f"fact {name!r} has the wrong type or value: {value!r}")
    return value
