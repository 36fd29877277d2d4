"""Properties of the shipped conditions and of the language: total, monotone, explained, refused inside the text."""

import json

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from standards import services
from standards.applicability import ConditionError, applies, check
from standards.edit_forms import caret_line
from standards.facts import FACTS, FactType
from standards.wording import in_words

ROWS = json.loads((services.DATA / "checklist.json").read_text(encoding="utf-8"))
CONDITIONS = {row["code"]: row["condition"] for row in ROWS}
# Every item of the domain reference §5.1–5.3, written out by hand.
CODES = [
    "PL-01",
    "PL-02",
    "PL-03",
    "PL-04",
    "PL-05",
    "PL-06",
    "PL-07",
    "PL-08",
    "RQ-01",
    "RQ-02",
    "RQ-03",
    "RQ-04",
    "RQ-05",
    "RQ-06",
    "RQ-07",
    "RQ-08",
    "RQ-09",
    "RQ-10",
    "RQ-11",
    "SC-01",
    "SE-01",
    "SE-02",
    "SE-03",
    "SE-04",
    "SE-05",
    "SE-06",
    "SE-07",
    "SE-08",
    "SE-09",
    "DA-01",
    "DA-02",
    "DA-03",
    "DA-04",
    "DA-05",
    "PF-01",
    "PF-02",
    "PF-03",
    "PF-04",
    "PF-05",
    "IN-01",
    "IN-02",
    "IN-03",
    "IN-04",
    "IN-05",
    "AC-01",
    "AC-02",
    "AC-03",
    "DO-01",
    "DO-02",
    "DO-03",
    "DO-04",
    "DO-05",
    "DO-06",
    "DO-07",
    "PR-01",
    "PR-02",
]
FLAGS = [name for name, fact in FACTS.items() if fact.type is FactType.FLAG]


def _values(fact):
    if fact.type is FactType.FLAG:
        return st.booleans()
    if fact.type is FactType.MONEY:
        return st.decimals(0, 100000, places=2)
    return st.sampled_from(sorted(fact.words, key=str))


FULL = st.fixed_dictionaries({name: _values(fact) for name, fact in FACTS.items()})
PARTIAL = st.fixed_dictionaries({}, optional={name: st.none() | _values(fact) for name, fact in FACTS.items()})


def _met(facts):
    return {code for code, condition in CONDITIONS.items() if applies(condition, facts).applies}


def test_every_item_of_the_reference_is_there_with_its_source():
    assert sorted(CONDITIONS) == sorted(CODES)
    assert len(CODES) == 56
    assert all(row["source"].strip() for row in ROWS)


@given(facts=PARTIAL)
def test_every_condition_decides_every_combination_of_facts(facts):
    for condition in CONDITIONS.values():
        assert applies(condition, facts).because


@given(facts=FULL, higher=st.integers(0, 4))
def test_a_higher_level_never_drops_a_security_item(facts, higher):
    raised = {**facts, "mlps_level": max(facts["mlps_level"], higher)}
    assert {code for code in _met(facts) if code.startswith("SE")} <= _met(raised)


@given(facts=FULL, flag=st.sampled_from(FLAGS))
def test_turning_a_flag_on_never_drops_an_item_without_a_negation(facts, flag):
    positive = {code for code, condition in CONDITIONS.items() if "not" not in condition.split()}
    assert _met({**facts, flag: False}) & positive <= _met({**facts, flag: True})


@given(facts=FULL, more=st.decimals(0, 100000, places=2))
def test_more_money_never_drops_an_item(facts, more):
    assert _met(facts) <= _met({**facts, "total_budget": facts["total_budget"] + more})


@given(facts=FULL, dropped=st.sets(st.sampled_from(sorted(FACTS))))
def test_leaving_facts_open_never_drops_an_item(facts, dropped):
    assert _met(facts) <= _met({name: value for name, value in facts.items() if name not in dropped})


@given(facts=FULL)
def test_explanation_speaks_of_the_facts_in_the_condition_alone(facts):
    for condition in CONDITIONS.values():
        said = {FACTS[name].phrase(facts[name]) for name in check(condition)}
        because = applies(condition, facts).because
        assert not condition or set(because.replace("；", "; ").split("; ")) <= said


def test_unknown_facts_leave_every_item_in():
    assert _met({}) == set(CODES)


BROKEN = st.one_of(
    st.sampled_from(sorted(CONDITIONS.values())).flatmap(
        lambda text: st.tuples(
            st.just(text), st.integers(0, len(text)), st.sampled_from([" (", ")", " foo ", "=", "'"])
        )
    ),
)


@given(parts=BROKEN)
def test_a_damaged_condition_is_read_or_refused_inside_the_text(parts):
    text, at, damage = parts
    damaged = text[:at] + damage + text[at:]
    at = _refused_at(damaged)
    line = caret_line(damaged)
    if at is None:
        assert line == ""
    else:
        assert 1 <= at <= len(damaged) + 1
        assert (line[-1], len(line)) == ("^", at)


def _refused_at(condition):
    try:
        check(condition)
    except ConditionError as refused:
        return refused.position
    return None


@pytest.mark.parametrize(
    ("condition", "line"), [("", ""), ("kind == '新建'", " " * 8 + "^"), ("'新' == foo", " \u3000" + " " * 5 + "^")]
)
def test_caret_stands_below_the_mistake_behind_wide_characters_too(condition, line):
    assert caret_line(condition) == line


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ("", "every project"),
        ("mlps_level >= 3 or cii", "MLPS level at least 3, or critical information infrastructure"),
        ("kind in ('new', 'upgrade')", "new build or upgrade of an existing system"),
        ("kind != 'om'", "not: operation and maintenance"),
        ("not joint", "project of one unit"),
        ("200 < total_budget", "total budget above 200 (10,000 CNY)"),
        ("not (joint or cii) and mobile", "not: (joint project of several units, or critical information "
         "infrastructure), and has a mobile client"),
        ("2 <= mlps_level < 4", "MLPS level at least 2, and MLPS level below 4"),
    ],
)  # fmt: skip
def test_condition_is_said_in_words(condition, words):
    with translation.override("en"):
        assert in_words(condition) == words


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_shipped_condition_is_said_without_its_code(language):
    with translation.override(language):
        said = [in_words(condition) for condition in CONDITIONS.values()]
    assert all(said)
    assert not [text for text in said if "_" in text or "==" in text or ">=" in text]
