"""A condition in the words of the page's language: "MLPS level at least 3, or critical information infrastructure"."""

import ast
from typing import Any

from django.utils.translation import gettext as _

from standards.applicability import pairs_of, parse
from standards.facts import FACTS, Fact, FactType


def in_words(condition: str) -> str:
    """What a condition asks for, as people say it. Raises ConditionError for one that cannot be read."""
    tree = parse(condition)
    return _("every project") if tree is None else _said(tree)


def _said(node: ast.expr, inside: bool = False) -> str:
    if isinstance(node, ast.BoolOp):
        joint = _(", and ") if isinstance(node.op, ast.And) else _(", or ")
        text = joint.join(_said(value, inside=True) for value in node.values)
        return _("(%(text)s)") % {"text": text} if inside else text
    if isinstance(node, ast.UnaryOp):
        if isinstance(node.operand, ast.Name):
            return FACTS[node.operand.id].phrase(False)
        return _("not: %(text)s") % {"text": _said(node.operand, inside=True)}
    if isinstance(node, ast.Compare):
        return _(", and ").join(_compared(*pair) for pair in pairs_of(node))
    assert isinstance(node, ast.Name)  # nothing else passes the check
    return FACTS[node.id].phrase(True)


def _compared(left: ast.expr, sign: ast.cmpop, right: ast.expr) -> str:
    if isinstance(left, ast.Name):
        return _fact(FACTS[left.id], type(sign), ast.literal_eval(right))
    assert isinstance(right, ast.Name)  # one side is always a fact
    turned = {ast.Lt: ast.Gt, ast.LtE: ast.GtE, ast.Gt: ast.Lt, ast.GtE: ast.LtE}
    return _fact(FACTS[right.id], turned.get(type(sign), type(sign)), ast.literal_eval(left))


def _fact(fact: Fact, sign: type[ast.cmpop], value: Any) -> str:
    values = value if isinstance(value, tuple) else (value,)
    said = _(" or ").join(fact.phrase(one) for one in values)
    if sign in (ast.Eq, ast.In):
        return said
    if sign in (ast.NotEq, ast.NotIn):
        return _("not: %(text)s") % {"text": said}
    words = {ast.GtE: _("%(fact)s at least %(value)s"), ast.Gt: _("%(fact)s above %(value)s")}
    words |= {ast.LtE: _("%(fact)s at most %(value)s"), ast.Lt: _("%(fact)s below %(value)s")}
    return words[sign] % {"fact": fact.label, "value": _number(fact, value)}


def _number(fact: Fact, value: Any) -> str:
    return _("%(amount)s (10,000 CNY)") % {"amount": value} if fact.type is FactType.MONEY else str(value)
