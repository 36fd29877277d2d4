"""Conditions: what they mean, how they are explained, which are refused and where."""

from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from standards.applicability import MAX_LENGTH, ConditionError, applies, check
from standards.facts import FACTS, FactType


@pytest.mark.parametrize(
    ("condition", "facts", "expected"),
    [
        ("", {}, True),
        ("   ", {}, True),
        ("joint", {"joint": True}, True),
        ("joint", {"joint": False}, False),
        ("not joint", {"joint": False}, True),
        ("mlps_level >= 3", {"mlps_level": 3}, True),
        ("mlps_level >= 3", {"mlps_level": 2}, False),
        ("3 <= mlps_level", {"mlps_level": 3}, True),
        ("2 <= mlps_level <= 3", {"mlps_level": 4}, False),
        ("2 <= mlps_level <= 3", {"mlps_level": 2}, True),
        ("mlps_level not in (0, 1)", {"mlps_level": 1}, False),
        ("kind in ('new', 'upgrade')", {"kind": "upgrade"}, True),
        ("kind != 'om'", {"kind": "om"}, False),
        ("joint or cii and mobile", {"joint": True, "cii": False, "mobile": False}, True),
        ("(joint or cii) and mobile", {"joint": True, "cii": False, "mobile": False}, False),
        ("total_budget >= 0.1", {"total_budget": Decimal("0.10")}, True),
        ("total_budget > 200", {"total_budget": Decimal("200.00")}, False),
        ("public_facing == True", {"public_facing": True}, True),
    ],
)
def test_condition_means_what_it_says(condition, facts, expected):
    assert applies(condition, facts).applies is expected


@pytest.mark.parametrize(
    ("condition", "facts", "expected"),
    [
        ("joint", {}, True),
        ("joint", {"joint": None}, True),
        ("not joint", {}, True),
        ("mlps_level >= 3 and public_facing", {"public_facing": True}, True),
        ("mlps_level >= 3 and public_facing", {"public_facing": False}, False),
        ("mlps_level >= 3 or cii", {"cii": True}, True),
        ("mlps_level >= 3 or cii", {"cii": False}, True),
    ],
)
def test_unstated_fact_leaves_the_item_in_unless_the_rest_decides(condition, facts, expected):
    assert applies(condition, facts).applies is expected


@pytest.mark.parametrize(
    ("condition", "facts", "chinese", "english"),
    [
        (
            "mlps_level >= 3 and internet_facing",
            {"mlps_level": 3, "internet_facing": True},
            "等级保护拟定三级；面向互联网",
            "MLPS level 3 proposed; reachable from the internet",
        ),
        ("mlps_level >= 3 or cii", {"mlps_level": 3, "cii": False}, "等级保护拟定三级", "MLPS level 3 proposed"),
        (
            "mlps_level >= 3 or cii",
            {"mlps_level": 2, "cii": False},
            "等级保护拟定二级；不属于关键信息基础设施",
            "MLPS level 2 proposed; not critical information infrastructure",
        ),
        ("kind == 'om' and joint", {"kind": "new", "joint": True}, "新建项目", "new build"),
        (
            "total_budget > 100",
            {"total_budget": Decimal("301.5")},
            "总预算 301.50 万元",
            "total budget 301.50 (10,000 CNY)",
        ),
        ("joint", {}, "尚未填报：是否多单位联合建设", "not stated yet: whether “joint project of several units”"),
        ("mlps_level >= 2", {}, "尚未填报：等级保护级别", "not stated yet: MLPS level"),
        ("", {}, "所有项目均适用", "applies to every project"),
    ],
)
def test_reason_names_the_facts_that_decided(condition, facts, chinese, english):
    with translation.override("zh-hans"):
        assert applies(condition, facts).because == chinese
    with translation.override("en"):
        assert applies(condition, facts).because == english


@pytest.mark.parametrize(
    ("condition", "position"),
    [
        ("mlps_level >=", 14),
        ("joint and and cii", 11),
        ("joint and (cii", 11),
        ("joint)", 6),
        ("mlps_level = 3", 12),
        ("foo", 1),
        ("  foo", 3),
        ("joint and foo", 11),
        ("kind == '新' or foo", 9),
        ("joint == True and foo >= 3", 19),
        ("kind in ('new', '新', foo)", 17),
        ("mlps_level", 1),
        ("joint and mlps_level", 11),
        ("mlps_level >= 9", 15),
        ("mlps_level == True", 15),
        ("mlps_level >= -1", 15),
        ("mlps_level >= joint", 1),
        ("mlps_level in ()", 15),
        ("mlps_level in (2, 'x')", 19),
        ("3 in (mlps_level, 2)", 1),
        ("kind == 'novelty'", 9),
        ("kind in ('new')", 10),
        ("kind < 'new'", 8),
        ("joint > 1", 9),
        ("3", 1),
        ("True", 1),
        ("joint.real", 1),
        ("__import__('os').system('id')", 1),
        ("[joint]", 1),
        ("lambda: 1", 1),
        ("joint if cii else mobile", 1),
        ("f'{kind}' == kind", 1),
        ("(joint := True)", 2),
        ("joint and\ncii", 10),
        ("\x00", 1),
        ("(" * 250, 201),
        ("j" * (MAX_LENGTH + 1), MAX_LENGTH + 1),
    ],
)
def test_malformed_condition_is_refused_with_its_position(condition, position):
    with pytest.raises(ConditionError) as refused:
        check(condition)
    assert refused.value.position == position
    assert str(position) in str(refused.value)


@pytest.mark.parametrize(
    ("condition", "position"), [("'新建' == foo", 9), ("kind in ('新建',)", 10), ("'新建' == kind", 1)]
)
def test_position_counts_characters_not_bytes(condition, position):
    with pytest.raises(ConditionError) as refused:
        check(condition)
    assert refused.value.position == position


def test_check_names_the_facts_in_order_of_appearance():
    condition = "public_facing and (mlps_level >= 3 or not cii) and public_facing"
    assert check(condition) == ("public_facing", "mlps_level", "cii")


@pytest.mark.parametrize("facts", [{"mlps_level": "3"}, {"mlps_level": True}, {"mlps_level": 7}])
def test_fact_of_the_wrong_type_is_a_programming_error(facts):
    with pytest.raises(TypeError, match="mlps_level"):
        applies("mlps_level >= 3", facts)


def _leaves():
    flags = st.sampled_from([name for name, fact in FACTS.items() if fact.type is FactType.FLAG])
    signs = st.sampled_from([">=", ">", "<", "<=", "==", "!="])
    levels = st.builds("mlps_level {} {}".format, signs, st.integers(0, 4))
    kinds = st.sampled_from(["kind == 'new'", "kind in ('om', 'service')", "kind not in ('upgrade',)"])
    return st.one_of(flags, levels, kinds)


_CONDITIONS = st.recursive(
    _leaves(),
    lambda inner: st.one_of(
        st.builds("({} and {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("not {}".format, inner.map(lambda text: f"({text})")),
    ),
    max_leaves=8,
).filter(lambda text: len(text) <= MAX_LENGTH)


def _facts_strategy(*, open_too):
    values = {
        name: st.booleans() if fact.type is FactType.FLAG else st.sampled_from(sorted(fact.words, key=str))
        for name, fact in FACTS.items()
        if fact.type is not FactType.MONEY
    }
    return st.fixed_dictionaries({name: st.none() | value if open_too else value for name, value in values.items()})


@given(condition=_CONDITIONS, facts=_facts_strategy(open_too=False))
def test_conditions_agree_with_python_itself(condition, facts):
    assert applies(condition, facts).applies is bool(eval(condition, {"__builtins__": {}}, dict(facts)))  # noqa: S307


@given(condition=_CONDITIONS, facts=_facts_strategy(open_too=True))
def test_every_decision_has_a_reason_and_leaving_a_form_empty_never_drops_an_item(condition, facts):
    decided = applies(condition, facts)
    assert decided.because
    if not decided.applies:
        stated = {name: value for name, value in facts.items() if value is not None}
        for fill in (False, True):
            filled = {**{name: fill for name, fact in FACTS.items() if fact.type is FactType.FLAG}, **stated}
            filled = {"kind": "new", "mlps_level": 4 if fill else 0, **filled}
            assert not applies(condition, filled).applies


@given(text=st.text(max_size=60))
def test_any_text_is_accepted_or_refused_never_an_error(text):
    assert 0 <= _position(text) <= len(text) + 1


def _position(text):
    try:
        check(text)
    except ConditionError as refused:
        return refused.position
    return 0
