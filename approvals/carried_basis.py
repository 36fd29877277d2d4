"""Which sections a checklist item rests on: a change elsewhere leaves its verdict standing."""

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import standards
from approvals.names import BASIS
from projects.sections import SECTIONS
from standards.applicability import ConditionError, check

# Where the proposal answers the question of a shipped item, the most likely place first. An item that is not here, or
# whose question was reworded in a later edition, rests on everything that its review rests on.
ITEMS: dict[str, tuple[str, ...]] = {
    "PL-01": ("overview",), "PL-02": ("overview", "solution"), "PL-04": ("unit", "overview"),
    "PL-05": ("overview", "solution", "budget"), "PL-06": ("budget",),
    "PL-08": ("overview", "unit", "budget", "management"),
    "RQ-01": ("needs", "solution"), "RQ-02": ("needs",), "RQ-03": ("solution", "budget"), "RQ-06": ("solution",),
    "RQ-07": ("management",), "RQ-08": ("resources",), "RQ-09": ("budget", "solution"),
    "RQ-11": ("overview", "solution"),
    "SC-01": ("overview",), "SE-01": ("security", "overview"), "SE-02": ("security", "solution", "budget"),
    "SE-04": ("security", "budget"), "SE-06": ("security", "resources"), "SE-07": ("security",),
    "SE-08": ("security", "solution"),
    "DA-01": ("resources",), "DA-02": ("resources", "solution"), "DA-03": ("resources",),
    "DA-04": ("resources", "solution"), "DA-05": ("resources",),
    "PF-01": ("solution",), "PF-02": ("solution",), "PF-03": ("solution",), "PF-04": ("solution",),
    "PF-05": ("solution", "security"), "IN-01": ("solution", "budget"), "IN-02": ("solution",),
    "IN-05": ("solution", "security"), "AC-03": ("solution",),
    "DO-01": ("management",), "DO-03": ("budget",), "DO-04": ("budget",), "DO-05": ("management", "budget"),
    "DO-07": ("management",),
}  # fmt: skip
# Where a fact that a condition asks for is stated (projects.queries.facts).
FACTS: dict[str, tuple[str, ...]] = {
    "kind": ("overview",), "followup": ("overview",), "joint": ("overview",),
    "total_budget": ("budget",), "procurement": ("budget",), "multi_source": ("budget",), "software_dev": ("budget",),
    "supervision_required": ("budget",), "cloud": ("solution", "budget"),
    "mlps_level": ("security",), "public_facing": ("security",), "personal_data": ("security",),
    "important_data": ("security",), "cii": ("security",), "external_cloud": ("security",),
    "internet_facing": ("solution", "security"), "mobile": ("solution", "security"),
    "handles_data": ("solution", "resources", "budget"), "shares_data": ("solution", "resources"),
    "uses_licences": ("solution",), "uses_seals": ("solution",), "uses_payment": ("solution",),
    "common_functions": ("solution",),
}  # fmt: skip


def rests_on(kind: str, code: str, question: str, condition: str, fields: Iterable[str] = ()) -> frozenset[str]:
    """Codes of the sections that the verdict on an item rests on.

    question, condition: of the item as the sheet pins it. fields: columns of the proposal that the unit named as its
    evidence. Unknown is everything that the review rests on, so that nothing is carried over by mistake.
    """
    whole = frozenset(BASIS[kind])
    known = ITEMS.get(code)
    if known is None or _shipped().get(code) != question:
        return whole
    try:
        asked = [FACTS.get(name) for name in check(condition)]
    except ConditionError:
        return whole
    if None in asked:
        return whole
    named = [section.code for section in SECTIONS if set(section.fields) & set(fields)]
    return frozenset([*known, *named, *(code for sections in asked for code in sections or ())])


def first_section(kind: str, code: str, question: str, condition: str) -> str:
    """Where the unit should look first for an item: "" where that is not known."""
    if ITEMS.get(code) is None or _shipped().get(code) != question:
        return ""
    return ITEMS[code][0]


@cache
def _shipped() -> dict[str, str]:
    path = Path(standards.__file__).parent / "data" / "checklist.json"
    return {row["code"]: row["question"] for row in json.loads(path.read_text("utf-8"))}
